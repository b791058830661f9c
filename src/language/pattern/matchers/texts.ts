/** Text matchers and character classes. */
import { ALL_BYTES, type ByteRanges, otherBytes } from "../byte-ranges.ts";
import type { Quantifier } from "../tree.ts";
import { type Matcher, TEXT_CONFIG, TEXT_QUANTIFIER } from "./matcher.ts";

interface TextRow {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly quantifier?: Quantifier;
  readonly description: string;
  readonly example: string;
  readonly exampleText: string;
}

/** Quoted texts may be empty: their quotes say that they are there. */
const QUOTED_QUANTIFIER: Quantifier = { min: 0, max: 4096 };

const TEXT_ROWS: readonly TextRow[] = [
  {
    name: "LD",
    aliases: ["LDATA"],
    description: "As little text as possible up to the next required element, inside the line.",
    example: "LD:user ' '",
    exampleText: "alice ",
  },
  {
    name: "DATA",
    description: "As little text as possible up to the next required element, across lines.",
    example: "DATA:body 'END'",
    exampleText: "two\nlines END",
  },
  {
    name: "DQS",
    quantifier: QUOTED_QUANTIFIER,
    description: "Text in double quotes with backslash escapes; the value is without quotes and unescaped.",
    example: "DQS:agent",
    exampleText: '"say \\"hi\\""',
  },
  {
    name: "SQS",
    quantifier: QUOTED_QUANTIFIER,
    description: "Text in single quotes with backslash escapes; the value is without quotes and unescaped.",
    example: "SQS:word",
    exampleText: "'it\\'s'",
  },
  {
    name: "CSVDQS",
    quantifier: QUOTED_QUANTIFIER,
    description: "Text in double quotes; a double quote inside is doubled.",
    example: "CSVDQS:cell",
    exampleText: '"say ""hi"""',
  },
  {
    name: "CSVSQS",
    quantifier: QUOTED_QUANTIFIER,
    description: "Text in single quotes; a single quote inside is doubled.",
    example: "CSVSQS:cell",
    exampleText: "'it''s'",
  },
  {
    name: "STRING",
    description: "A quoted text, or else visible characters up to the next blank.",
    example: "STRING:action",
    exampleText: "BLOCK",
  },
];

interface ClassRow {
  readonly name: string;
  readonly ranges: ByteRanges;
  readonly description: string;
  readonly exampleText: string;
}

const SPACES: ByteRanges = [
  [0x09, 0x0d],
  [0x20, 0x20],
];
const UPPERS: ByteRanges = [[0x41, 0x5a]];
const LOWERS: ByteRanges = [[0x61, 0x7a]];
const DIGITS: ByteRanges = [[0x30, 0x39]];
const HEX_DIGITS: ByteRanges = [...DIGITS, [0x41, 0x46], [0x61, 0x66]];
const BLANKS: ByteRanges = [
  [0x09, 0x09],
  [0x20, 0x20],
];
const CONTROLS: ByteRanges = [
  [0x00, 0x1f],
  [0x7f, 0x7f],
];
const WORDS: ByteRanges = [...DIGITS, ...UPPERS, [0x5f, 0x5f], ...LOWERS];
const PUNCTUATION: ByteRanges = [
  [0x21, 0x2f],
  [0x3a, 0x40],
  [0x5b, 0x60],
  [0x7b, 0x7e],
];

const CLASS_ROWS: readonly ClassRow[] = [
  {
    name: "ALNUM",
    ranges: [...DIGITS, ...UPPERS, ...LOWERS],
    description: "ASCII letters and digits.",
    exampleText: "r2d2",
  },
  { name: "ALPHA", ranges: [...UPPERS, ...LOWERS], description: "ASCII letters.", exampleText: "Mon" },
  { name: "BLANK", ranges: BLANKS, description: "Blanks and tabs.", exampleText: " \t" },
  { name: "CNTRL", ranges: CONTROLS, description: "ASCII control characters.", exampleText: "\u0007" },
  { name: "DIGIT", ranges: DIGITS, description: "ASCII digits.", exampleText: "007" },
  { name: "GRAPH", ranges: [[0x21, 0x7e]], description: "Visible ASCII characters.", exampleText: "a+b" },
  { name: "LOWER", ranges: LOWERS, description: "Small ASCII letters.", exampleText: "sshd" },
  {
    name: "PRINT",
    ranges: [[0x20, 0x7e]],
    description: "Visible ASCII characters and the blank.",
    exampleText: "a b",
  },
  { name: "PUNCT", ranges: PUNCTUATION, description: "ASCII punctuation.", exampleText: "--" },
  { name: "SPACE", ranges: SPACES, description: "White space, line ends included.", exampleText: " \n" },
  {
    name: "NSPACE",
    ranges: otherBytes(SPACES),
    description: "Anything but white space.",
    exampleText: "GET",
  },
  { name: "UPPER", ranges: UPPERS, description: "Capital ASCII letters.", exampleText: "TCP" },
  { name: "XDIGIT", ranges: HEX_DIGITS, description: "Hexadecimal digits.", exampleText: "c0ffee" },
  { name: "ASCII", ranges: [[0x00, 0x7f]], description: "ASCII characters.", exampleText: "any text" },
  {
    name: "WORD",
    ranges: WORDS,
    description: "ASCII letters, digits and underscores.",
    exampleText: "user_1",
  },
];

/** `LD`, `DATA`, quoted texts, `STRING`. */
export const TEXT_MATCHERS: readonly Matcher[] = TEXT_ROWS.map((row) => ({
  name: row.name,
  aliases: row.aliases ?? [],
  category: "text",
  type: { kind: "string" },
  quantifier: row.quantifier ?? TEXT_QUANTIFIER,
  quantifierUse: "bytes",
  config: TEXT_CONFIG,
  body: "none",
  ranges: null,
  description: row.description,
  example: row.example,
  exampleText: row.exampleText,
}));

/** `ALNUM` … `WORD`: runs of bytes of a set. */
export const CLASS_MATCHERS: readonly Matcher[] = CLASS_ROWS.map((row) => ({
  name: row.name,
  aliases: [],
  category: "class",
  type: { kind: "string" },
  quantifier: TEXT_QUANTIFIER,
  quantifierUse: "bytes",
  config: TEXT_CONFIG,
  body: "none",
  ranges: row.ranges,
  description: row.description,
  example: `${row.name}:x`,
  exampleText: row.exampleText,
}));

/** Names that may stand inside a character set, `[:alpha:]`, and their bytes. */
export const SET_CLASSES: ReadonlyMap<string, ByteRanges> = new Map([
  ...CLASS_ROWS.map((row): [string, ByteRanges] => [row.name.toLowerCase(), row.ranges]),
  ["any", ALL_BYTES],
]);
