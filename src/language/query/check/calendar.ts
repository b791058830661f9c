/** Times as calendars show them in a time zone, without the machine's own zone. */
import type { TimeUnit } from "../tree.ts";

/** The fields of a time; `month` and `day` count from 1. */
export interface CalendarTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

const MINUTE_MS = 60_000;

/** Milliseconds of the units that are always equally long; null for months and years. */
export function unitMs(unit: TimeUnit): number | null {
  switch (unit) {
    case "millisecond":
      return 1;
    case "second":
      return 1000;
    case "minute":
      return MINUTE_MS;
    case "hour":
      return 3_600_000;
    case "day":
      return 86_400_000;
    case "week":
      return 604_800_000;
    default:
      return null;
  }
}

/** The offset from UTC at a time, in milliseconds; null when the zone is not known. Zones are IANA names or offsets. */
export function zoneOffsetMs(zone: string, timeMs: number): number | null {
  const fixed = readOffset(zone);
  if (fixed !== null) return fixed;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
      era: "short",
    });
  } catch {
    return null;
  }
  const parts = new Map(format.formatToParts(timeMs).map((part) => [part.type, part.value]));
  const read = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name) ?? 0);
  const year = parts.get("era") === "BC" ? 1 - read("year") : read("year");
  const shown = utcMs({
    year,
    month: read("month"),
    day: read("day"),
    hour: read("hour"),
    minute: read("minute"),
    second: read("second"),
    millisecond: 0,
  });
  return shown - Math.floor(timeMs / 1000) * 1000;
}

/** `Z`, `UTC`, `GMT`, `+02`, `-0330`, `+02:00` in milliseconds; null for anything else. */
export function readOffset(zone: string): number | null {
  if (/^(z|utc|gmt)$/i.test(zone)) return 0;
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (match === null) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return (match[1] === "-" ? -minutes : minutes) * MINUTE_MS;
}

/** Milliseconds since 1970 of a calendar time in UTC; fields may overflow into the next larger one. */
export function utcMs(time: CalendarTime): number {
  const date = new Date(0);
  date.setUTCFullYear(time.year, time.month - 1, time.day);
  date.setUTCHours(time.hour, time.minute, time.second, time.millisecond);
  return date.getTime();
}

/** Milliseconds since 1970 of a calendar time in a zone; a time that the zone skips is moved on. Null: the zone is not known. */
export function calendarToMs(time: CalendarTime, zone: string): number | null {
  const shown = utcMs(time);
  const guess = zoneOffsetMs(zone, shown);
  if (guess === null) return null;
  const offset = zoneOffsetMs(zone, shown - guess) ?? guess;
  return shown - offset;
}

/** The calendar's fields of a time in a zone. Null: the zone is not known. */
export function calendarOf(timeMs: number, zone: string): CalendarTime | null {
  const offset = zoneOffsetMs(zone, timeMs);
  if (offset === null) return null;
  const date = new Date(timeMs + offset);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
  };
}

/** The time moved by units; months and years move in the zone's calendar, a day that the month lacks becomes its last. */
export function shiftTime(timeMs: number, amount: number, unit: TimeUnit, zone: string): number | null {
  const step = unitMs(unit);
  if (step !== null) return timeMs + amount * step;
  const calendar = calendarOf(timeMs, zone);
  if (calendar === null) return null;
  const months = calendar.year * 12 + calendar.month - 1 + (unit === "year" ? amount * 12 : amount);
  const year = Math.floor(months / 12);
  const month = (((months % 12) + 12) % 12) + 1;
  const lastDay = new Date(utcMs({ ...calendar, year, month: month + 1, day: 0, hour: 0 })).getUTCDate();
  return calendarToMs({ ...calendar, year, month, day: Math.min(calendar.day, lastDay) }, zone);
}

/** The start of the `count` units the time lies in, in the zone; weeks start on Monday, counts within a day from midnight. */
export function truncateTime(timeMs: number, count: number, unit: TimeUnit, zone: string): number | null {
  const offset = zoneOffsetMs(zone, timeMs);
  if (offset === null) return null;
  const local = timeMs + offset;
  const step = unitMs(unit);
  if (step !== null) {
    const mondayMs = unit === "week" ? -3 * 86_400_000 : 0;
    const size = step * count;
    const start = Math.floor((local - mondayMs) / size) * size + mondayMs;
    return localToMs(start, zone);
  }
  const date = new Date(local);
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth();
  const size = unit === "year" ? 12 * count : count;
  const first = Math.floor(months / size) * size;
  const start = {
    year: Math.floor(first / 12),
    month: (first % 12) + 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    millisecond: 0,
  };
  return calendarToMs(start, zone);
}

function localToMs(localMs: number, zone: string): number | null {
  const guess = zoneOffsetMs(zone, localMs);
  if (guess === null) return null;
  return localMs - (zoneOffsetMs(zone, localMs - guess) ?? guess);
}
