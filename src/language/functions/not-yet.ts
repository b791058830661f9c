/** Functions of the language that this version knows and types, but does not run. */
import type { DataType } from "../types.ts";
import {
  type FunctionCategory,
  type FunctionEntry,
  type FunctionSignature,
  functionsOf,
  gives,
  givesBy,
  optional,
  required,
} from "./entry.ts";

const ADDRESS = required("address", "address");
const TEXT = required("text", "string");
const ANY = required("value", "any");
const GEOPOINT: DataType = {
  kind: "tuple",
  fields: [
    { name: "latitude", type: { kind: "double" } },
    { name: "longitude", type: { kind: "double" } },
  ],
};
const POINT = givesBy({ kind: "fixed", type: GEOPOINT }, ADDRESS);
const VARIANTS: DataType = { kind: "array", element: { kind: "variant" } };
const TEXTS: DataType = { kind: "array", element: { kind: "string" } };

const LOOKUP = "needs a table of networks, which this version does not read";
const OUTSIDE = "asks other machines, which this version does not do";
const LATER = "is not available yet";

/** The list. */
export const FUNCTIONS_NOT_YET: readonly FunctionEntry[] = [
  ...later("outside", LOOKUP, [
    ["CC", "The country of an address as two letters, '--' when unknown.", gives("string", ADDRESS)],
    ["ASN", "The number of the network an address belongs to.", gives("long", ADDRESS)],
    ["ASNAME", "The name of the network an address belongs to.", gives("string", ADDRESS)],
    ["CITY", "The city of an address.", gives("string", ADDRESS)],
    ["GEO", "The place of an address, or of a latitude and a longitude.", POINT, pointOfNumbers()],
    ["IS_BOGON", "Whether an address can not come from the internet.", gives("boolean", ADDRESS)],
    [
      "IN_LIST",
      "Whether an address is in a named list.",
      gives("boolean", ADDRESS, required("list", "string")),
    ],
  ]),
  ...later("outside", OUTSIDE, [
    ["DNS_LOOKUP", "The name of an address, NULL when it has none.", gives("string", ADDRESS)],
    ["DNS_RESOLVE", "An address of a name, NULL when it has none.", gives("ip", required("name", "string"))],
    ["FETCH", "The text at a URL.", gives("string", required("url", "string"))],
  ]),
  ...later("network", LATER, [
    [
      "DISTANCE",
      "Kilometres between two places.",
      gives("double", required("from", "any"), required("to", "any")),
    ],
    ["PORT", "The port of a socket.", gives("integer", required("socket", "ipsocket"))],
    ["IPV4SOCKET", "The text as address and port.", gives("ipsocket", ANY)],
  ]),
  ...later("text", LATER, [
    [
      "PARSE",
      "The text taken apart by a pattern.",
      gives("unknown", required("pattern", "string"), required("text", "any")),
    ],
    [
      "PUNCT",
      "The punctuation of a line.",
      gives("string", TEXT, optional("max", "integral"), optional("keepsBlanks", "boolean")),
    ],
    ["PARSEURI", "The parts of an address of the web.", gives("object", TEXT)],
    ["ENTROPY", "Bits of information per character.", gives("double", TEXT)],
    ["LEVENSHTEIN", "Edits between two texts.", gives("long", TEXT, required("other", "string"))],
  ]),
  ...later("cast", LATER, [
    ["TIMESTAMP_NANO TNANO", "The value as a time in nanoseconds.", gives("timestamp-nano", ANY)],
    [
      "VARIANT_ARRAY",
      "The value as an array of values of any type.",
      givesBy({ kind: "fixed", type: VARIANTS }, ANY),
    ],
    ["VARIANT_OBJECT", "The value as an object.", gives("object", ANY)],
  ]),
  ...later("array", LATER, [
    [
      "ARRAY_REMOVE_NULLS REMOVE_NULLS",
      "The array without NULLs.",
      givesBy({ kind: "same", of: 0 }, required("array", "array")),
    ],
    [
      "UNNEST",
      "A row per element of an array.",
      givesBy({ kind: "element", of: 0 }, required("array", "array")),
      gives("variant", ANY),
    ],
    ["SPREAD", "A column per member of a tuple.", gives("unknown", ANY)],
    ["KEYS", "The names of the members.", givesBy({ kind: "fixed", type: TEXTS }, ANY)],
    ["VALUES", "The values of the members.", givesBy({ kind: "fixed", type: VARIANTS }, ANY)],
    ["JSON", "The text as JSON.", gives("variant", TEXT)],
  ]),
  ...later("maths", LATER, [["RANDOM", "A number from 0 up to 1.", gives("double")]]),
  ...later("row order", LATER, [
    ["KEEP", "The last value so far that is not NULL.", givesBy({ kind: "same", of: 0 }, ANY)],
    [
      "LAG",
      "The value of a row before.",
      givesBy({ kind: "same", of: 0 }, ANY, optional("rows", "integral")),
    ],
    [
      "LEAD",
      "The value of a row behind.",
      givesBy({ kind: "same", of: 0 }, ANY, optional("rows", "integral")),
    ],
    ["ROW_NUMBER", "The number of the row.", gives("long")],
    ["RANK", "The rank of the row.", gives("long")],
    [
      "CORR",
      "The correlation of two numbers.",
      gives("double", required("x", "number"), required("y", "number")),
    ],
  ]),
];

type Row = readonly [spelling: string, description: string, ...signatures: readonly FunctionSignature[]];

function later(
  category: FunctionCategory,
  unavailable: string,
  rows: readonly Row[],
): readonly FunctionEntry[] {
  const list = rows.map(([spelling, description, ...signatures]) => {
    const example = `${spelling.split(" ")[0]}(…)`;
    return { spelling, description, signatures, example, unavailable };
  });
  return functionsOf(category, list);
}

function pointOfNumbers(): FunctionSignature {
  return givesBy(
    { kind: "fixed", type: GEOPOINT },
    required("latitude", "number"),
    required("longitude", "number"),
  );
}
