/** Line ends, edges of the input, and matchers with a body. */
import type { DataType } from "../../types.ts";
import type { Quantifier } from "../tree.ts";
import { type ConfigKey, type Matcher, type QuantifierUse, TEXT_CONFIG } from "./matcher.ts";

interface Row {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly type?: DataType;
  readonly quantifier?: Quantifier;
  readonly quantifierUse?: QuantifierUse;
  readonly needsQuantifier?: boolean;
  readonly config?: readonly ConfigKey[];
  readonly body?: "none" | "optional" | "required";
  readonly description: string;
  readonly example?: string;
  readonly exampleText: string;
}

const EOL_CONFIG: readonly ConfigKey[] = [
  {
    key: "any",
    value: "boolean",
    defaultValue: false,
    description: "Takes a line feed, or a carriage return and a line feed.",
  },
];

const LINE_ROWS: readonly Row[] = [
  {
    name: "EOL",
    config: EOL_CONFIG,
    description: "The end of a line: a line feed, or the end of the input.",
    exampleText: "\n",
  },
  { name: "LF", description: "A line feed.", exampleText: "\n" },
  { name: "CR", description: "A carriage return.", exampleText: "\r" },
  {
    name: "EOLWIN",
    aliases: ["WINEOL"],
    description: "A carriage return and a line feed.",
    exampleText: "\r\n",
  },
];

const EDGE_ROWS: readonly Row[] = [
  {
    name: "BOS",
    aliases: ["BOF"],
    description: "The beginning of the input.",
    example: "BOS 'v1'",
    exampleText: "v1",
  },
  {
    name: "MOS",
    aliases: ["MOF"],
    description: "Anywhere but at the beginning of the input.",
    example: "LF MOS",
    exampleText: "\n",
  },
  {
    name: "EOS",
    aliases: ["EOF"],
    description: "The end of the input.",
    example: "'end' EOS",
    exampleText: "end",
  },
];

const CASE_CONFIG: ConfigKey = {
  key: "cis",
  value: "boolean",
  defaultValue: false,
  description: "ASCII letters match in any case.",
};

const CSV_CONFIG: readonly ConfigKey[] = [
  { key: "sep", value: "byte", defaultValue: ",", description: "What stands between the columns." },
  { key: "quote", value: "byte", defaultValue: '"', description: "What quoted cells stand in." },
  {
    key: "header",
    value: "boolean",
    defaultValue: false,
    description: "The first line of the input names the columns and is left out.",
  },
];

const STRUCTURE_ROWS: readonly Row[] = [
  {
    name: "STRUCTURE",
    body: "required",
    description: "A sequence as one value with members.",
    example: "STRUCTURE{INT:major '.' INT:minor}:version",
    exampleText: "1.2",
  },
  {
    name: "ARRAY",
    quantifierUse: "repetitions",
    needsQuantifier: true,
    body: "required",
    description: "A sequence that is repeated; its quantifier must be written.",
    example: "ARRAY{INT:n ','?}{1,10}:numbers",
    exampleText: "1,2,3",
  },
  {
    name: "KVP",
    quantifier: { min: 1, max: 128 },
    type: { kind: "object" },
    quantifierUse: "repetitions",
    body: "required",
    description: "Pairs of key and value in any order; of equal keys the first counts.",
    example: "KVP{WORD:key '=' NSPACE:value ' '?}:pairs",
    exampleText: "a=1 b=2",
  },
  {
    name: "ENUM",
    type: { kind: "integer" },
    config: [CASE_CONFIG],
    body: "required",
    description: "One of several texts, each standing for a whole number.",
    example: "ENUM{'low'=1, 'high'=2}:level",
    exampleText: "high",
  },
  {
    name: "CSV",
    config: CSV_CONFIG,
    body: "required",
    description: "A record of comma-separated cells, quoted or not; the end of its line stands behind it.",
    example: "CSV{INT:id, LD:name}",
    exampleText: '1,"Doe, J."',
  },
];

const JSON_SIZE_CONFIG: readonly ConfigKey[] = [
  {
    key: "maxlen",
    value: "size",
    defaultValue: 128_000,
    description: "A longer value does not match, in bytes.",
  },
  {
    key: "strict",
    value: "boolean",
    defaultValue: true,
    description: "Whether names and one-word values must stand in quotes.",
  },
  ...TEXT_CONFIG,
];

/** Config of an object inside an object. */
export const JSON_OBJECT_CONFIG: readonly ConfigKey[] = [
  {
    key: "greedy",
    value: "name",
    defaultValue: null,
    description: "The name of an object that collects all members not named.",
  },
  {
    key: "flat",
    value: "boolean",
    defaultValue: false,
    description: "Members become fields of their own.",
  },
];

const TYPED_CONFIG: ConfigKey = {
  key: "typed",
  value: "boolean",
  defaultValue: true,
  description: "Whether elements keep the type of the body.",
};

const JSON_ROWS: readonly Row[] = [
  {
    name: "JSON",
    aliases: ["JSON_OBJECT"],
    config: [...JSON_OBJECT_CONFIG, ...JSON_SIZE_CONFIG],
    body: "optional",
    description: "A JSON object; a body names members and their types.",
    example: "JSON{INT:status, STRING:url}:request",
    exampleText: '{"url":"/","status":200}',
  },
  {
    name: "JSON_ARRAY",
    config: [TYPED_CONFIG, ...JSON_SIZE_CONFIG],
    body: "optional",
    description: "A JSON array; a body gives the type of its elements.",
    example: "JSON_ARRAY{INT}:codes",
    exampleText: "[200, 404]",
  },
  {
    name: "JSON_VALUE",
    config: JSON_SIZE_CONFIG,
    body: "optional",
    description: "Any JSON value; a body gives its type.",
    example: "JSON_VALUE:x",
    exampleText: '"text"',
  },
];

function entry(row: Row, category: Matcher["category"]): Matcher {
  return {
    name: row.name,
    aliases: row.aliases ?? [],
    category,
    type: row.type ?? null,
    quantifier: row.quantifier ?? null,
    quantifierUse: row.quantifierUse ?? "none",
    needsQuantifier: row.needsQuantifier ?? false,
    config: row.config ?? [],
    body: row.body ?? "none",
    ranges: null,
    description: row.description,
    example: row.example ?? row.name,
    exampleText: row.exampleText,
  };
}

/** Line ends, edges, structures, JSON. */
export const STRUCTURE_MATCHERS: readonly Matcher[] = [
  ...LINE_ROWS.map((row) =>
    entry({ ...row, type: { kind: "string" }, quantifierUse: "repetitions" }, "line"),
  ),
  ...EDGE_ROWS.map((row) => entry(row, "edge")),
  ...STRUCTURE_ROWS.map((row) => entry(row, "structure")),
  ...JSON_ROWS.map((row) => entry(row, "json")),
];

/** Config of a literal, `'get'(cis=true)`. */
export const LITERAL_CONFIG: readonly ConfigKey[] = [CASE_CONFIG];

/** Config of a group, `( … )(fs=',')`. */
export const GROUP_CONFIG: readonly ConfigKey[] = [
  { key: "fs", value: "text", defaultValue: null, description: "What stands between the members." },
];
