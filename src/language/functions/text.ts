/** Functions about text. Places in a text are counted in characters from 0. */
import type { DataType } from "../types.ts";
import {
  type FunctionEntry,
  type FunctionText,
  functionsOf,
  gives,
  givesBy,
  optional,
  repeated,
  required,
} from "./entry.ts";

const TEXT = required("text", "string");

/** What PARSEURI gives. */
const URI: DataType = {
  kind: "tuple",
  fields: [
    { name: "scheme", type: { kind: "string" } },
    { name: "user", type: { kind: "string" } },
    { name: "host", type: { kind: "string" } },
    { name: "port", type: { kind: "integer" } },
    { name: "path", type: { kind: "string" } },
    { name: "query", type: { kind: "string" } },
    { name: "fragment", type: { kind: "string" } },
    { name: "params", type: { kind: "object" } },
  ],
};

function plain(spelling: string, description: string, example: string): FunctionText {
  return { spelling, signatures: [gives("string", TEXT)], description, example };
}

/** The list. */
export const TEXT_FUNCTIONS: readonly FunctionEntry[] = functionsOf("text", [
  plain("LOWER", "The text in small letters.", "LOWER(host)"),
  plain("UPPER", "The text in capital letters.", "UPPER(verb)"),
  plain("TRIM", "The text without blanks at its ends.", "TRIM(message)"),
  plain("URLDECODE", "The text with %xx and + replaced by what they stand for.", "URLDECODE(uri)"),
  plain("BASE64_DECODE", "The text that Base64 stands for, NULL when it is none.", "BASE64_DECODE(payload)"),
  plain("MD5", "The MD5 hash of the text in hexadecimal.", "MD5(message)"),
  plain("SHA256", "The SHA-256 hash of the text in hexadecimal.", "SHA256(message)"),
  {
    spelling: "HEX",
    signatures: [
      gives("string", TEXT),
      gives("string", required("number", "integral")),
      gives("string", required("bytes", "bytes")),
    ],
    description: "The number or the bytes of the text in hexadecimal.",
    example: "HEX(flags)",
  },
  {
    spelling: "STRLEN LENGTH",
    signatures: [gives("long", TEXT)],
    description: "How many characters the text has.",
    example: "STRLEN(agent) > 200",
  },
  {
    spelling: "SUBSTR SUBSTRING",
    signatures: [gives("string", TEXT, required("from", "integral"), optional("length", "integral"))],
    description: "The part of the text from a place on, counted from 0.",
    example: "SUBSTR(location, 0, 3)",
  },
  {
    spelling: "CONCAT",
    signatures: [gives("string", repeated("value", "any"))],
    description: "All values as one text; NULL counts as nothing.",
    example: "CONCAT(host, ':', port)",
  },
  {
    spelling: "REPLACE",
    signatures: [gives("string", TEXT, required("what", "string"), required("with", "string"))],
    description: "The text with every occurrence of one text replaced by another.",
    example: "REPLACE(user, '\\n', '')",
  },
  {
    spelling: "REPLACEALL",
    signatures: [gives("string", TEXT, required("expression", "string"), required("with", "string"))],
    description: "The text with every match of a regular expression (RE2) replaced.",
    example: "REPLACEALL(uri, '[0-9]+', 'N')",
  },
  {
    spelling: "SPLIT",
    signatures: [
      givesBy(
        { kind: "fixed", type: { kind: "array", element: { kind: "string" } } },
        TEXT,
        required("separator", "string"),
      ),
    ],
    description: "The parts of the text between separators.",
    example: "SPLIT(path, '/')",
  },
  {
    spelling: "PUNCT",
    signatures: [gives("string", TEXT, optional("max", "integral"), optional("keepsBlanks", "boolean"))],
    description:
      "The shape of a line: its first `max` characters without letters and digits, and without blanks unless they are kept.",
    example: "PUNCT(line, 80, false)",
  },
  {
    spelling: "PARSEURI",
    signatures: [givesBy({ kind: "fixed", type: URI }, TEXT)],
    description:
      "The parts of an address of the web, NULL when it is none; `params` holds the decoded parameters.",
    example: "PARSEURI(referrer)[host]",
  },
  {
    spelling: "ENTROPY",
    signatures: [gives("double", TEXT)],
    description: "Bits of information per character: high for random names, 0 for a repeated character.",
    example: "ENTROPY(domain) > 3.5",
  },
  {
    spelling: "LEVENSHTEIN",
    signatures: [gives("long", TEXT, required("other", "string"))],
    description: "How many characters must change to make one text the other; NULL beyond 4096 characters.",
    example: "LEVENSHTEIN(domain, 'example.com') <= 2",
  },
  {
    spelling: "PARSE",
    signatures: [gives("unknown", required("pattern", "string"), required("text", "string"))],
    description:
      "The text taken apart by a pattern: a value, or a TUPLE when the pattern has several fields; NULL when it does not fit.",
    example: "PARSE(\"INT:minutes ':' INT:seconds\", duration)",
  },
  {
    spelling: "STARTSWITH",
    signatures: [gives("boolean", TEXT, required("start", "string"))],
    description: "Whether the text starts with another.",
    example: "STARTSWITH(uri, '/admin')",
  },
  {
    spelling: "ENDSWITH",
    signatures: [gives("boolean", TEXT, required("end", "string"))],
    description: "Whether the text ends with another.",
    example: "ENDSWITH(uri, '.php')",
  },
  {
    spelling: "REGEX_EXTRACT",
    signatures: [gives("string", TEXT, required("expression", "string"), optional("group", "integral"))],
    description: "The first match of a regular expression (RE2), or one of its groups; NULL without a match.",
    example: "REGEX_EXTRACT(agent, 'Chrome/([0-9]+)', 1)",
  },
]);
