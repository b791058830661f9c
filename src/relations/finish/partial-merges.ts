/** How partial aggregates of a scan become one: the aggregates over partial groups, as the engine's SQL has them too. */
import type { DataType, Value } from "#language";

/** How the values of a partial column are merged over the parts of a group. NULLs are passed over; without any other value the result is NULL. */
export type MergeKind =
  | "sum"
  | "min"
  | "max"
  /** The value whose position, the next part, is least or greatest. */
  | "first"
  | "last"
  /** How many different values there are. */
  | "distinct";

/** A partial column and how it is merged. */
export interface MergedPart {
  readonly kind: MergeKind;
  /** Index of the column. */
  readonly index: number;
}

/** A value of merged parts: sums are exact, and numbers as long as they are safe integers. */
export type Merged = Value;

/** An aggregate over partial groups. */
export interface PartialMerge {
  /** How its arguments are merged, in order. */
  readonly parts: readonly MergeKind[];
  /** Whether values of the type are merged here exactly as in the engine. */
  readonly takes: (type: DataType) => boolean;
  /** The aggregate's value; undefined: only the engine can tell (it fails with the right words, or rounds in its own way). */
  readonly result: (merged: readonly Merged[]) => Value | undefined;
}

const LEAST_LONG = -(2n ** 63n);
const GREATEST_LONG = 2n ** 63n - 1n;

/** Exact in both ways: a sum that does not fit 64 bits is left to the engine. */
function longOf(sum: Merged | undefined): bigint | null | undefined {
  if (sum === null || sum === undefined) return null;
  const exact = typeof sum === "bigint" ? sum : BigInt(Number(sum));
  return exact >= LEAST_LONG && exact <= GREATEST_LONG ? exact : undefined;
}

const always = (): boolean => true;
const COMPARED: ReadonlySet<DataType["kind"]> = new Set([
  "integer",
  "long",
  "float",
  "double",
  "boolean",
  "string",
  "timestamp",
  "timestamp-nano",
  "duration",
  "ip",
  "mac",
]);
const isCompared = (type: DataType): boolean => COMPARED.has(type.kind);
const itself = ([value]: readonly Merged[]): Value => value ?? null;

/** By the name of the aggregate over partial groups. */
export const PARTIAL_MERGES: Readonly<Record<string, PartialMerge>> = {
  sum_of_counts: { parts: ["sum"], takes: always, result: ([sum]) => longOf(sum ?? 0n) },
  sum_of_sums: { parts: ["sum"], takes: always, result: ([sum]) => longOf(sum) },
  avg_of_sums: {
    parts: ["sum", "sum"],
    takes: always,
    result: ([sum, count]) => mean(longOf(sum), longOf(count)),
  },
  min: { parts: ["min"], takes: isCompared, result: itself },
  max: { parts: ["max"], takes: isCompared, result: itself },
  any: { parts: ["min"], takes: isCompared, result: itself },
  first_of_parts: { parts: ["first", "min"], takes: isCompared, result: itself },
  last_of_parts: { parts: ["last", "max"], takes: isCompared, result: itself },
  count_distinct: { parts: ["distinct"], takes: always, result: ([count]) => longOf(count ?? 0n) },
};

function mean(sum: bigint | null | undefined, count: bigint | null | undefined): number | null | undefined {
  if (sum === undefined || count === undefined) return undefined;
  return sum === null || count === null || count === 0n ? null : Number(sum) / Number(count);
}
