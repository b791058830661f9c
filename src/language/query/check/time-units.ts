/** Units of time as users write them. */
import { nearestName } from "#text";
import type { TimeUnit } from "../tree.ts";

/** All spellings of each unit. */
export const TIME_UNITS: Readonly<Record<TimeUnit, readonly string[]>> = {
  millisecond: ["ms", "msec", "millisecond", "milliseconds"],
  second: ["s", "sec", "second", "seconds"],
  minute: ["min", "minute", "minutes"],
  hour: ["h", "hour", "hours"],
  day: ["d", "day", "days"],
  week: ["w", "week", "weeks"],
  month: ["month", "months"],
  year: ["y", "year", "years"],
};

const BY_SPELLING: ReadonlyMap<string, TimeUnit> = new Map(
  unitsOf().flatMap((unit) => TIME_UNITS[unit].map((spelling) => [spelling, unit] as const)),
);

function unitsOf(): readonly TimeUnit[] {
  return ["millisecond", "second", "minute", "hour", "day", "week", "month", "year"];
}

/** The unit a word in any case names, or null. */
export function findTimeUnit(word: string): TimeUnit | null {
  return BY_SPELLING.get(word.toLowerCase()) ?? null;
}

/** The spelling nearest to a word that names no unit, or null. */
export function nearestTimeUnit(word: string): string | null {
  return nearestName(word, BY_SPELLING.keys());
}
