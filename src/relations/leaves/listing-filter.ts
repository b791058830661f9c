/** Filters on files: evaluated on what a listing says, before anything is opened, and path times before anything is listed. */

import type { Value } from "#language";
import type { ScanNetwork, ScanPredicate } from "#records";
import type { TimeRange } from "#sources";
import { LISTING_FIELDS } from "../plan/plan.ts";
import type { ListingPredicate } from "../plan/tree.ts";

/** Whether a filter is true for values (its slots are their indexes); null is SQL's "unknown". */
export function evaluate(predicate: ScanPredicate, values: readonly Value[]): boolean | null {
  switch (predicate.kind) {
    case "and":
      return combine(predicate.operands, values, false);
    case "or":
      return combine(predicate.operands, values, true);
    case "not": {
      const operand = evaluate(predicate.operand, values);
      return operand === null ? null : !operand;
    }
    default: {
      const value = values[predicate.slot] ?? null;
      if (predicate.kind === "is-null") return value === null;
      return value === null ? null : test(predicate, value);
    }
  }
}

function combine(
  operands: readonly ScanPredicate[],
  values: readonly Value[],
  decisive: boolean,
): boolean | null {
  let result: boolean | null = !decisive;
  for (const operand of operands) {
    const part = evaluate(operand, values);
    if (part === decisive) return decisive;
    if (part === null) result = null;
  }
  return result;
}

type Test = Exclude<ScanPredicate, { readonly kind: "and" | "or" | "not" | "is-null" }>;

function test(predicate: Test, value: Value): boolean {
  switch (predicate.kind) {
    case "is-true":
      return value === true;
    case "in":
      return predicate.values.includes(value);
    case "in-networks":
      return typeof value === "bigint" && predicate.networks.some((network) => isInside(value, network));
    case "compare":
      return compare(predicate.operator, value, predicate.value);
    default:
      return typeof value === "string" && hasParts(value, predicate);
  }
}

function isInside(value: bigint, { base, prefixLength }: ScanNetwork): boolean {
  const hostBits = BigInt(128 - prefixLength);
  return value >> hostBits === base >> hostBits;
}

function compare(
  operator: Extract<Test, { readonly kind: "compare" }>["operator"],
  a: Value,
  b: Value,
): boolean {
  if (a === null || b === null) return false;
  // Texts are ordered by their bytes.
  const isText = typeof a === "string" && typeof b === "string";
  const [first, second] = isText ? [Buffer.compare(Buffer.from(a), Buffer.from(b)), 0] : [a, b];
  switch (operator) {
    case "equal":
      return first === second;
    case "less":
      return first < second;
    case "less-equal":
      return first <= second;
    case "greater":
      return first > second;
    default:
      return first >= second;
  }
}

function hasParts(text: string, predicate: Extract<Test, { readonly kind: "text-parts" }>): boolean {
  const fold = (part: string) => (predicate.ignoresCase ? lowerCase(part) : part);
  const parts = predicate.parts.map(fold);
  let rest = fold(text);
  if (!predicate.isOpenStart) {
    const first = parts.shift() ?? "";
    if (!rest.startsWith(first)) return false;
    rest = rest.slice(first.length);
    if (parts.length === 0) return predicate.isOpenEnd || rest === "";
  }
  const last = predicate.isOpenEnd ? null : (parts.pop() ?? "");
  for (const part of parts) {
    const at = rest.indexOf(part);
    if (at < 0) return false;
    rest = rest.slice(at + part.length);
  }
  return last === null || rest.endsWith(last);
}

/** As `ScanPredicate` has it. */
function lowerCase(text: string): string {
  return text
    .replace(/\u0130/g, "i")
    .replace(/\u212a/g, "k")
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

const FIRST_MS = -(2n ** 62n);
const LAST_MS = 2n ** 62n;

/** A range that holds every path time for which the filter can be true; null: the filter does not bound it. */
export function pathTimeRangeOf(filter: ListingPredicate | null): TimeRange | null {
  const range = { startMs: FIRST_MS, endMs: LAST_MS };
  const slot = LISTING_FIELDS.indexOf("path_time");
  const narrow = (predicate: ListingPredicate): void => {
    if (predicate.kind === "and") for (const operand of predicate.operands) narrow(operand);
    if (predicate.kind !== "compare" || predicate.slot !== slot || typeof predicate.value !== "bigint")
      return;
    const { operator, value } = predicate;
    const low =
      operator === "greater"
        ? value + 1n
        : operator === "less" || operator === "less-equal"
          ? FIRST_MS
          : value;
    const high =
      operator === "less"
        ? value
        : operator === "greater" || operator === "greater-equal"
          ? LAST_MS
          : value + 1n;
    if (low > range.startMs) range.startMs = low;
    if (high < range.endMs) range.endMs = high;
  };
  if (filter !== null) narrow(filter);
  return range.startMs === FIRST_MS && range.endMs === LAST_MS ? null : range;
}
