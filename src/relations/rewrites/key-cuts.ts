/** Calls in group keys that look at no more of a column than the scan can cut its values to. */

import type { DataType, TimeUnit } from "#language";
import type { ScanCut } from "#records";
import { constantText } from "../plan/scalar.ts";
import type { CallScalar, ColumnScalar, Scalar } from "../plan/tree.ts";

/** A call that gives the same for a column's values and for the cut ones. */
export interface CutCall {
  readonly column: ColumnScalar;
  readonly cut: ScanCut;
  /** The call over the column that holds the cut values. */
  readonly over: (column: ColumnScalar) => Scalar;
}

/** How a call in a key may be cut, or null. */
export function cutCallOf(scalar: Scalar, isUtc: boolean): CutCall | null {
  if (scalar.kind !== "call") return null;
  const [operand, ...others] = scalar.arguments;
  if (operand?.kind === "call") return flooredDivision(scalar, operand);
  if (operand?.kind !== "column") return null;
  if (operand.type.kind === "timestamp") return timeCut(scalar, operand, isUtc);
  // Networks and rests are what the scan cuts to, unless the rest is of a wider type.
  const isExact = scalar.type.kind === operand.type.kind;
  const over = (column: ColumnScalar): Scalar =>
    isExact ? { ...column, span: scalar.span } : { ...scalar, arguments: [column, ...others] };
  const cut = scalar.function === "modulo" ? remainderCut(operand.type, others) : networkCut(scalar);
  return cut === null ? null : { column: operand, cut, over };
}

/** `x % 10`. */
function remainderCut(type: DataType, [divisor]: readonly Scalar[]): ScanCut | null {
  const by = isWhole(type) ? countOf(divisor) : null;
  return by === null ? null : { kind: "remainder", by };
}

/** `IP_TRUNC(x, 24, 64)`. */
function networkCut({ function: name, arguments: parts }: CallScalar): ScanCut | null {
  if (name !== "ip_trunc" || parts[0]?.type.kind !== "ip") return null;
  const v4Bits = bitsOf(parts[1], 32);
  const v6Bits = parts[2] === undefined ? 64 : bitsOf(parts[2], 128);
  return v4Bits === null || v6Bits === null ? null : { kind: "network", v4Bits, v6Bits };
}

function bitsOf(scalar: Scalar | undefined, most: number): number | null {
  const value = scalar?.kind === "constant" ? scalar.value : null;
  if (typeof value !== "number" && typeof value !== "bigint") return null;
  return Math.max(0, Math.min(most, Number(value)));
}

/** `FLOOR(x / 1000)`: exact where a DOUBLE tells whole numbers apart, which is as far as the scan cuts. */
function flooredDivision(outer: CallScalar, inner: CallScalar): CutCall | null {
  const [operand, divisor] = inner.arguments;
  if (outer.function !== "floor" || inner.function !== "divide" || operand?.kind !== "column") return null;
  const of = isWhole(operand.type) ? countOf(divisor) : null;
  if (of === null || divisor === undefined) return null;
  const over = (column: ColumnScalar): Scalar => ({
    ...outer,
    arguments: [{ ...inner, arguments: [column, divisor] }],
  });
  return { column: operand, cut: { kind: "multiple", of }, over };
}

function isWhole({ kind }: DataType): boolean {
  return kind === "integer" || kind === "long";
}

/** A constant above 0 that leaves room for sums of two. */
function countOf(scalar: Scalar | undefined): bigint | null {
  if (scalar?.kind !== "constant" || !isWhole(scalar.type)) return null;
  if (typeof scalar.value !== "number" && typeof scalar.value !== "bigint") return null;
  const value = BigInt(scalar.value);
  return value > 0n && value < 1n << 52n ? value : null;
}

/** `time[1 hour]` and `HOUR(time)`: times are cut as coarsely as the call allows. */
function timeCut(call: CallScalar, time: ColumnScalar, isUtc: boolean): CutCall | null {
  const [, ...others] = call.arguments;
  const step = stepOf(call.function, others, isUtc);
  if (step === null) return null;
  const over = (column: ColumnScalar): Scalar =>
    step.isExact ? { ...column, span: call.span } : { ...call, arguments: [column, ...others] };
  return { column: time, cut: { kind: "time", stepMs: step.stepMs }, over };
}

const UNIT_MS: Readonly<Partial<Record<TimeUnit, bigint>>> = {
  millisecond: 1n,
  second: 1000n,
  minute: 60_000n,
  hour: 3_600_000n,
  day: 86_400_000n,
};

function isUnit(unit: string): unit is TimeUnit {
  return ["millisecond", "second", "minute", "hour", "day", "week", "month", "year"].includes(unit);
}

/** Functions that look at no more of a time in UTC than its start of so many milliseconds. */
const PART_MS: Readonly<Record<string, bigint>> = {
  second: 1000n,
  minute: 60_000n,
  hour: 3_600_000n,
  day: 86_400_000n,
  month: 86_400_000n,
  year: 86_400_000n,
  day_of_week: 86_400_000n,
};

/** Offsets of all zones at all times are whole seconds. */
const ZONE_STEP_MS = 1000n;

/** How the scan may cut the time that a call looks at; exact: the cut time is the call's value. Null: not at all. */
function stepOf(
  name: string,
  parameters: readonly Scalar[],
  isUtc: boolean,
): { stepMs: bigint; isExact: boolean } | null {
  if (Object.hasOwn(PART_MS, name)) {
    const stepMs = isUtc ? (PART_MS[name] ?? ZONE_STEP_MS) : ZONE_STEP_MS;
    return { stepMs, isExact: false };
  }
  if (name !== "time_truncate") return null;
  const [count, unit] = parameters;
  const word = constantText(unit);
  if (word === null || !isUnit(word) || count?.kind !== "constant") return null;
  if (typeof count.value !== "number" || count.value < 1) return null;
  const step = UNIT_MS[word];
  if (step === undefined) return { stepMs: isUtc ? 86_400_000n : ZONE_STEP_MS, isExact: false };
  if (isUtc) return { stepMs: step * BigInt(count.value), isExact: true };
  return step % ZONE_STEP_MS === 0n ? { stepMs: ZONE_STEP_MS, isExact: false } : null;
}
