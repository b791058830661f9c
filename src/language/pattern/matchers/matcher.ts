/** What is known of a matcher: one entry feeds parser, checker, completion and manual. */
import type { DataType } from "../../types.ts";
import type { ByteRanges } from "../byte-ranges.ts";
import type { Quantifier } from "../tree.ts";

/** What a config value must be. `integer` beyond 2^53 is kept as decimal text. */
type ConfigValueKind =
  | "text"
  | "byte" // one ASCII character
  | "name" // a field name
  | "integer"
  | "number"
  | "size" // a positive count of bytes
  | "boolean"
  | "time-format"
  | "time-zone"
  | "charset"
  | "locale";

/** A key that may stand in the parentheses behind a matcher. */
export interface ConfigKey {
  readonly key: string;
  readonly aliases?: readonly string[];
  readonly value: ConfigValueKind;
  /** What holds when the key is not written; null: nothing. */
  readonly defaultValue: string | number | boolean | null;
  /** May stand first, without its key: `TIMESTAMP('HH:mm')`. */
  readonly isUnnamed?: boolean;
  readonly description: string;
}

/**
 * What a quantifier of the matcher counts: `bytes` of its text; `repetitions`; `presence`: only whether it may be missing
 * (`*` or `{0,1}`); `none`: no quantifier may stand there.
 */
export type QuantifierUse = "bytes" | "repetitions" | "presence" | "none";

/** Groups of matchers as the manual shows them. */
export type MatcherCategory =
  | "text"
  | "class"
  | "number"
  | "time"
  | "network"
  | "line"
  | "edge"
  | "structure"
  | "json";

/** One matcher. */
export interface Matcher {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly category: MatcherCategory;
  /** Type of its value; null: it has none, or its type follows from its body. */
  readonly type: DataType | null;
  /** What holds when no quantifier is written; null where none may stand or one repetition is meant. */
  readonly quantifier: Quantifier | null;
  readonly quantifierUse: QuantifierUse;
  /** One must be written. */
  readonly needsQuantifier?: boolean;
  readonly config: readonly ConfigKey[];
  /** Whether `{ … }` stands behind its name. */
  readonly body: "none" | "optional" | "required";
  /** The bytes of a character class; null for all others. */
  readonly ranges: ByteRanges | null;
  readonly description: string;
  /** How it stands in a pattern. */
  readonly example: string;
  /** Text that the example matches. */
  readonly exampleText: string;
}

/** Bounds of text whose length nobody gave. */
export const TEXT_QUANTIFIER: Quantifier = { min: 1, max: 4096 };

/** How bytes become text. */
export const CHARSET_CONFIG: ConfigKey = {
  key: "charset",
  value: "charset",
  defaultValue: "utf-8",
  description: "How the bytes are to be read as text.",
};

/** Config that all text matchers take. */
export const TEXT_CONFIG: readonly ConfigKey[] = [
  CHARSET_CONFIG,
  {
    key: "locale",
    value: "locale",
    defaultValue: null,
    description: "The language of the text; it changes nothing about what is matched.",
  },
];
