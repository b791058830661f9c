/** The modifiers of Sigma 2.1. Source: the Sigma specification, appendix modifiers. */

/** What a modifier changes. */
export type SigmaModifier =
  /** Where the value must stand in the field. */
  | { readonly kind: "position"; readonly position: "contains" | "starts-with" | "ends-with" }
  | { readonly kind: "compare"; readonly operator: "<" | "<=" | ">" | ">=" }
  /** The value is a regular expression. */
  | { readonly kind: "expression" }
  | { readonly kind: "expression-flag"; readonly flag: "i" | "m" | "s" }
  | {
      readonly kind: "encode";
      readonly encoding: "base64" | "base64offset" | "utf16le" | "utf16be" | "utf16" | "windash";
    }
  | { readonly kind: "network" | "exists" | "field" | "all" | "cased" | "not" | "expand" }
  /** Known, and not available: the reason ends the sentence "It …". */
  | { readonly kind: "unsupported"; readonly reason: string };

const TIME_PART: SigmaModifier = {
  kind: "unsupported",
  reason: "takes a part of a time, which is not available",
};

/** All modifiers by their names. */
export const SIGMA_MODIFIERS: Readonly<Record<string, SigmaModifier>> = {
  contains: { kind: "position", position: "contains" },
  startswith: { kind: "position", position: "starts-with" },
  endswith: { kind: "position", position: "ends-with" },
  all: { kind: "all" },
  exists: { kind: "exists" },
  cased: { kind: "cased" },
  neq: { kind: "not" },
  re: { kind: "expression" },
  i: { kind: "expression-flag", flag: "i" },
  m: { kind: "expression-flag", flag: "m" },
  s: { kind: "expression-flag", flag: "s" },
  cidr: { kind: "network" },
  lt: { kind: "compare", operator: "<" },
  lte: { kind: "compare", operator: "<=" },
  gt: { kind: "compare", operator: ">" },
  gte: { kind: "compare", operator: ">=" },
  base64: { kind: "encode", encoding: "base64" },
  base64offset: { kind: "encode", encoding: "base64offset" },
  utf16: { kind: "encode", encoding: "utf16" },
  utf16le: { kind: "encode", encoding: "utf16le" },
  utf16be: { kind: "encode", encoding: "utf16be" },
  wide: { kind: "encode", encoding: "utf16le" },
  windash: { kind: "encode", encoding: "windash" },
  expand: { kind: "expand" },
  fieldref: { kind: "field" },
  minute: TIME_PART,
  hour: TIME_PART,
  day: TIME_PART,
  week: TIME_PART,
  month: TIME_PART,
  year: TIME_PART,
};
