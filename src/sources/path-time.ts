/** From the digits in a path to an instant: which time of the world they mean in a zone. */
import { Failure } from "#text";
import { type PathTime, TIME_UNITS } from "./path-pattern.ts";

/** Half open, milliseconds since 1970 UTC. */
export interface TimeRange {
  readonly startMs: bigint;
  readonly endMs: bigint;
}

/** Gives the instant (milliseconds since 1970 UTC) of a local time; fields that overflow carry over, as in `Date.UTC`. */
export type LocalClock = (fields: readonly number[]) => number;

const SMALLEST_FIELDS = [1970, 1, 1, 0, 0, 0];

/**
 * The span of time that the known parts of a path leave open: of `2024` and `03` it is that March. Null without a year. Parts behind
 * a missing one do not narrow it.
 */
export function spanOfPathTime(time: PathTime, clock: LocalClock): TimeRange | null {
  const missing = TIME_UNITS.findIndex((unit) => time[unit] === undefined);
  const known = missing < 0 ? TIME_UNITS.length : missing;
  if (known === 0) return null;
  const fields = TIME_UNITS.map((unit, index) => (index < known ? time[unit] : undefined) ?? smallest(index));
  const next = fields.map((field, index) => (index === known - 1 ? field + 1 : field));
  return { startMs: BigInt(clock(fields)), endMs: BigInt(clock(next)) };
}

/** The instant a path names, with the smallest values for parts it does not hold. Null without a year. */
export function instantOfPathTime(time: PathTime, clock: LocalClock): bigint | null {
  if (time.year === undefined) return null;
  return BigInt(clock(TIME_UNITS.map((unit, index) => time[unit] ?? smallest(index))));
}

function smallest(index: number): number {
  return SMALLEST_FIELDS[index] ?? 0;
}

/**
 * The clock of a zone: an IANA name, `UTC`, `GMT`, or an offset such as `+02:00`. A local time that does not exist (clocks go
 * forward) is moved forward with them; of one that exists twice the first is meant.
 *
 * @throws Failure time-zone-unknown
 */
export function localClock(timeZone: string): LocalClock {
  const offsetMs = fixedOffsetMs(timeZone);
  if (offsetMs !== null) return (fields) => asUtcMs(fields) - offsetMs;
  const format = formatOf(timeZone);
  const offsetAt = (utcMs: number): number => {
    const wall = new Map(format.formatToParts(utcMs).map((part) => [part.type, Number(part.value)]));
    const names = ["year", "month", "day", "hour", "minute", "second"] as const;
    return asUtcMs(names.map((name) => wall.get(name) ?? 0)) - Math.floor(utcMs / 1000) * 1000;
  };
  return (fields) => {
    const local = asUtcMs(fields);
    const before = offsetAt(local - 86_400_000);
    const first = local - before;
    if (offsetAt(first) === before) return first;
    const second = local - offsetAt(local + 86_400_000);
    return offsetAt(second) === local - second ? second : first;
  };
}

/** `Z`, `UTC`, `GMT`, `+02`, `-0530`, `+02:00` as milliseconds east of Greenwich; null for other names. */
function fixedOffsetMs(timeZone: string): number | null {
  if (/^(Z|UTC|GMT)$/i.test(timeZone)) return 0;
  const parts = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(timeZone);
  if (parts === null) return null;
  const minutes = Number(parts[2]) * 60 + Number(parts[3] ?? 0);
  return (parts[1] === "-" ? -minutes : minutes) * 60_000;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (cause) {
    throw new Failure("time-zone-unknown", `There is no time zone "${timeZone}".`, {
      help: "Zones are IANA names such as Europe/Tallinn, UTC, or offsets such as +02:00.",
      cause,
    });
  }
}

/** `Date.UTC` without its change of years below 100. */
function asUtcMs(fields: readonly number[]): number {
  const [year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0] = fields;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.setUTCHours(hour, minute, second, 0);
}
