/** What is told of a matcher in help, in the manual and in editors: made from its entry, so that they agree. */
import { typeName } from "../../types.ts";
import type { ByteRanges } from "../byte-ranges.ts";
import { expectation } from "../config-values.ts";
import type { ConfigKey, Matcher, MatcherCategory } from "./matcher.ts";

/** Something that holds of a matcher, such as its value's type. */
export interface MatcherFact {
  readonly label: "Also written" | "Value" | "Bytes" | "Quantifier" | "Body";
  readonly text: string;
}

/** A setting as a reader needs it. */
export interface SettingFact {
  /** With its other names: `tz, timezone`. */
  readonly key: string;
  readonly takes: string;
  /** What holds when it is not written. */
  readonly defaultText: string;
  readonly description: string;
}

/** What the categories of matchers are called. */
export const CATEGORY_TITLES: Readonly<Record<MatcherCategory, string>> = {
  text: "Text up to something",
  class: "Classes of characters",
  number: "Numbers and truth values",
  time: "Times",
  network: "Addresses and identifiers",
  line: "Line ends",
  edge: "Edges of the input",
  structure: "Elements with a body",
  json: "JSON",
};

/** The facts of a matcher, in the order they are shown. */
export function factsOf(matcher: Matcher): readonly MatcherFact[] {
  const { aliases, ranges, body } = matcher;
  const facts: MatcherFact[] = [];
  if (aliases.length > 0) facts.push({ label: "Also written", text: aliases.join(", ") });
  facts.push({ label: "Value", text: valueText(matcher) });
  if (ranges !== null) facts.push({ label: "Bytes", text: rangesText(ranges) });
  facts.push({ label: "Quantifier", text: quantifierOf(matcher) });
  if (body !== "none")
    facts.push({ label: "Body", text: body === "required" ? "must be written" : "may be written" });
  return facts;
}

/** The settings of an element, in the order they are shown. */
export function settingFacts(config: readonly ConfigKey[]): readonly SettingFact[] {
  return config.map((entry) => ({
    key: [entry.key, ...(entry.aliases ?? [])].join(", "),
    takes: `${expectation(entry)}${entry.isUnnamed === true ? "; needs no key in first place" : ""}`,
    defaultText: entry.defaultValue === null ? "" : String(entry.defaultValue),
    description: entry.description,
  }));
}

function valueText({ type, category }: Matcher): string {
  if (type !== null) return typeName(type);
  return category === "edge" ? "none" : "follows from its body";
}

function quantifierOf({ quantifier, quantifierUse, needsQuantifier }: Matcher): string {
  const unwritten = quantifier === null ? "one" : `${quantifier.min} to ${quantifier.max}`;
  switch (quantifierUse) {
    case "bytes":
    case "repetitions":
      return `counts ${quantifierUse}; ${needsQuantifier === true ? "must be written" : `${unwritten} when none is written`}`;
    case "presence":
      return "* or {0,1} when it may be missing, no other";
    default:
      return "none";
  }
}

/** Ranges as they would stand in a set, apart from each other. */
function rangesText(ranges: ByteRanges): string {
  return ranges
    .map(([first, last]) => (first === last ? byteText(first) : `${byteText(first)}-${byteText(last)}`))
    .join(" ");
}

function byteText(byte: number): string {
  const isVisible = byte > 0x20 && byte < 0x7f;
  return isVisible ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
}
