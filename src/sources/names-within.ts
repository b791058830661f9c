/** The names that times within a range give: so that a store is asked for the days that matter and not for all that there are. */
import {
  boundsOfTimePart,
  isInCalendar,
  type NameToken,
  type PathTime,
  type PathTimeUnit,
  printTimePart,
  TIME_UNITS,
} from "./path-pattern.ts";
import { type LocalClock, spanOfPathTime, type TimeRange } from "./path-time.ts";

/** More names are not made up: reading the directory is cheaper. */
const MOST_NAMES = 512;

/** Which times are wanted. */
export interface WantedTimes {
  readonly clock: LocalClock;
  readonly range: TimeRange | null;
}

/**
 * All names that tokens make of times within the range, `before` being known of them already; null when they cannot be told: without a
 * range, with a star among the tokens, with parts missing before those that are there, or too many.
 */
export function namesWithin(
  tokens: readonly NameToken[],
  before: PathTime,
  { clock, range }: WantedTimes,
): readonly string[] | null {
  if (range === null || tokens.some(({ kind }) => kind === "star")) return null;
  const read = new Set(tokens.flatMap((token) => (token.kind === "time" ? [token.unit] : [])));
  let times: readonly PathTime[] = [before];
  for (const [index, unit] of TIME_UNITS.entries()) {
    if (!read.has(unit)) continue;
    const isNarrow = TIME_UNITS.slice(0, index).every(
      (larger) => before[larger] !== undefined || read.has(larger),
    );
    if (!isNarrow) return null;
    times = times.flatMap((time) => refined(time, unit, { clock, range }));
    if (times.length > MOST_NAMES) return null;
  }
  const print = (token: NameToken, time: PathTime) => {
    if (token.kind === "text") return token.text;
    return token.kind === "time" ? printTimePart(token.unit, time[token.unit] ?? 0) : "";
  };
  return [...new Set(times.map((time) => tokens.map((token) => print(token, time)).join("")))];
}

/** The time with each value of one more part that lies within the range. */
function refined(
  time: PathTime,
  unit: PathTimeUnit,
  { clock, range }: { readonly clock: LocalClock; readonly range: TimeRange },
): readonly PathTime[] {
  if (time[unit] !== undefined) return [time];
  const { min, max } = unit === "year" ? yearsOf(range) : boundsOfTimePart(unit);
  if (max - min > MOST_NAMES) return Array.from({ length: MOST_NAMES + 1 }, () => time);
  const refinements = Array.from({ length: Math.max(0, max - min + 1) }, (_, index) => ({
    ...time,
    [unit]: min + index,
  }));
  return refinements.filter((refinement) => {
    const span = isInCalendar(refinement) ? spanOfPathTime(refinement, clock) : null;
    return span !== null && span.startMs < range.endMs && span.endMs > range.startMs;
  });
}

/** The years that a range touches in any zone. */
function yearsOf({ startMs, endMs }: TimeRange): { readonly min: number; readonly max: number } {
  const yearAt = (timeMs: bigint) => {
    const year = new Date(Number(timeMs)).getUTCFullYear();
    return Number.isNaN(year) ? (timeMs < 0n ? -10_000 : 10_000) : year;
  };
  const bounds = boundsOfTimePart("year");
  return { min: Math.max(bounds.min, yearAt(startMs) - 1), max: Math.min(bounds.max, yearAt(endMs) + 1) };
}
