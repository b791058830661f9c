/** Time arithmetic in SQL. Times are BIGINT milliseconds, or nanoseconds for TIMESTAMP_NANO. */
import type { DataType } from "#language";
import { timestampOf, type ZoneSql } from "./zone.ts";

const NANOS_PER_MS = "1000000";

const UNIT_MS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

/** Monday before 1970-01-01. */
const FIRST_MONDAY_MS = -3 * 86_400_000;

/** Milliseconds of a time of either precision, rounded down. */
export function millisOf(sql: string, type: DataType): string {
  return type.kind === "timestamp-nano" ? floorDivide(sql, NANOS_PER_MS) : sql;
}

/** Division of BIGINTs that rounds down. */
export function floorDivide(sql: string, by: string): string {
  return `((${sql} - ((${sql} % ${by}) + ${by}) % ${by}) // ${by})`;
}

function fromMillis(sql: string, type: DataType): string {
  return type.kind === "timestamp-nano"
    ? `TRY_CAST(CAST(${sql} AS HUGEINT) * ${NANOS_PER_MS} AS BIGINT)`
    : sql;
}

/** RFC 3339 text, in the zone: `2026-10-01T12:00:05.000Z`. */
export function timeText(sql: string, type: DataType, zone: ZoneSql): string {
  const ms = millisOf(sql, type);
  return `time_text(${zone.toLocal(ms)}, ${ms}, '')`;
}

/** A part of a time in the zone, as INTEGER. */
export function timePart(part: string, sql: string, type: DataType, zone: ZoneSql): string {
  const local = timestampOf(zone.toLocal(millisOf(sql, type)));
  return `CAST(date_part('${part}', ${local}) AS INTEGER)`;
}

/** `time[amount unit]`. */
export function shiftTime(
  sql: string,
  type: DataType,
  by: { readonly amount: number; readonly unit: string },
  zone: ZoneSql,
): string {
  const step = UNIT_MS[by.unit];
  if (step !== undefined) {
    const scale = type.kind === "timestamp-nano" ? 1_000_000n : 1n;
    const distance = BigInt(by.amount) * BigInt(step) * scale;
    return `TRY_CAST(CAST(${sql} AS HUGEINT) + (${distance})::HUGEINT AS BIGINT)`;
  }
  const months = by.unit === "year" ? 12 * by.amount : by.amount;
  const local = timestampOf(zone.toLocal(millisOf(sql, type)));
  const moved = zone.fromLocal(`TRY(epoch_ms(${local} + to_months(${months})))`);
  if (type.kind !== "timestamp-nano") return moved;
  const rest = `((${sql} % ${NANOS_PER_MS}) + ${NANOS_PER_MS}) % ${NANOS_PER_MS}`;
  return `(${fromMillis(moved, type)} + ${rest})`;
}

/** The start of the `count` units that a time lies in. */
export function truncateTime(
  sql: string,
  type: DataType,
  to: { readonly count: number; readonly unit: string },
  zone: ZoneSql,
): string {
  const local = zone.toLocal(millisOf(sql, type));
  return fromMillis(zone.fromLocal(truncateLocal(local, to)), type);
}

function truncateLocal(
  local: string,
  { count, unit }: { readonly count: number; readonly unit: string },
): string {
  const step = UNIT_MS[unit];
  if (step !== undefined) {
    const size = step * count;
    const first = unit === "week" ? FIRST_MONDAY_MS : 0;
    const since = first === 0 ? local : `(${local} - (${first}))`;
    return `(${local} - ((${since} % ${size}) + ${size}) % ${size})`;
  }
  const size = unit === "year" ? 12 * count : count;
  const stamp = timestampOf(local);
  const months = `(date_part('year', ${stamp}) * 12 + date_part('month', ${stamp}) - 1)`;
  const first = size === 1 ? months : `(${months} - ((${months} % ${size}) + ${size}) % ${size})`;
  return `TRY(epoch_ms(make_timestamp(${first} // 12, ${first} % 12 + 1, 1, 0, 0, 0)))`;
}
