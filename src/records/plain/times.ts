/** Times: the parts of a format read one after the other, then the calendar. */
import { unreachable } from "#text";
import type { NumberUnit, TimePart, TimestampOperation, Zone } from "../program/program.ts";
import { ENGLISH_MONTHS, ENGLISH_WEEKDAYS } from "../program/time-names.ts";
import type { Machine } from "./machine.ts";
import { isDigit } from "./run-memo.ts";
import { standsAt } from "./stands-at.ts";

const DAY_MS = 86_400_000n;
/** A leap day may be eight years back. */
const MOST_YEARS_BACK = 12;
const LEAST_LONG = -(1n << 63n);

type Unit = NumberUnit | "am-pm" | "nanosecond" | "offset-ms" | "epoch-second" | "epoch-millisecond";
type Units = Map<Unit, number>;

/** Bounds of the units that have any, inclusive. */
const RANGES: Readonly<Partial<Record<Unit, readonly [first: number, last: number]>>> = {
  month: [1, 12],
  "day-of-year": [1, 366],
  "hour-0-23": [0, 23],
  "hour-1-24": [1, 24],
  "hour-0-11": [0, 11],
  "hour-1-12": [1, 12],
  minute: [0, 59],
  second: [0, 60],
};

/** A time read, and where it ends: milliseconds since 1970, or nanoseconds. */
export interface ReadTime {
  readonly end: number;
  readonly value: bigint;
}

/** The time at `at`, or null. */
export function readTime(operation: TimestampOperation, machine: Machine, at: number): ReadTime | null {
  const units: Units = new Map();
  let end = at;
  for (const part of operation.parts) {
    end = readPart(part, machine.bytes, end, units);
    if (end < 0) return null;
  }
  const value = timeOf(operation, units, machine);
  return value === null ? null : { end, value };
}

/** Reads one part at `at` into `units`; gives its end or -1. */
function readPart(part: TimePart, bytes: Uint8Array, at: number, units: Units): number {
  switch (part.kind) {
    case "literal":
      return part.bytes.every((byte, index) => bytes[at + index] === byte) ? at + part.bytes.length : -1;
    case "number": {
      const isPadded = part.mayPad && bytes[at] === 0x20;
      const most = isPadded ? part.max - 1 : part.max;
      return readDigits(bytes, isPadded ? at + 1 : at, [Math.max(part.min, 1), most], (digits) =>
        units.set(part.unit, Number(digits)),
      );
    }
    case "month-name":
    case "weekday-name": {
      const english = part.kind === "month-name" ? ENGLISH_MONTHS : ENGLISH_WEEKDAYS;
      const name =
        part.names === null
          ? englishName(english, part.isFull, bytes, at)
          : part.names.find((each) => standsAt(bytes, at, each.bytes, true));
      if (name === undefined) return -1;
      if (part.kind === "month-name") units.set("month", name.value);
      return at + name.bytes.length;
    }
    case "am-pm": {
      const isNoon = stands("pm", bytes, at);
      units.set("am-pm", isNoon ? 1 : 0);
      return isNoon || stands("am", bytes, at) ? at + 2 : -1;
    }
    case "fraction":
      return readDigits(bytes, at, [Math.max(part.min, 1), part.max], (digits) =>
        units.set("nanosecond", Number(digits.slice(0, 9).padEnd(9, "0"))),
      );
    case "zone":
      return readZone(bytes, at, units);
    case "epoch":
      return readEpoch(bytes, at, part, units);
    default:
      return unreachable(part);
  }
}

function readDigits(
  bytes: Uint8Array,
  at: number,
  [min, max]: readonly [number, number],
  take: (digits: string) => void,
): number {
  let end = at;
  while (end < at + max && isDigit(bytes[end] ?? 0)) end++;
  if (end - at < min) return -1;
  take(String.fromCharCode(...bytes.subarray(at, end)));
  return end;
}

/** ASCII letters in any case. */
function stands(word: string, bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < word.length; index++) {
    if (((bytes[at + index] ?? 0) | 0x20) !== word.charCodeAt(index)) return false;
  }
  return true;
}

function englishName(
  names: readonly string[],
  isFull: boolean,
  bytes: Uint8Array,
  at: number,
): { readonly value: number; readonly bytes: { readonly length: number } } | undefined {
  const forms = isFull ? names : names.map((name) => name.slice(0, 3));
  const index = forms.findIndex((name) => stands(name, bytes, at));
  return index < 0 ? undefined : { value: index + 1, bytes: { length: forms[index]?.length ?? 0 } };
}

function readEpoch(
  bytes: Uint8Array,
  at: number,
  { unit, most }: TimePart & { readonly kind: "epoch" },
  units: Units,
): number {
  const isNegative = bytes[at] === 0x2d;
  const start = isNegative || bytes[at] === 0x2b ? at + 1 : at;
  return readDigits(bytes, start, [1, most], (digits) => {
    units.set(
      unit === "second" ? "epoch-second" : "epoch-millisecond",
      isNegative ? 0 - Number(digits) : Number(digits),
    );
  });
}

/** `Z`, `UTC`, `GMT`, or an offset whose minutes may be missing. */
function readZone(bytes: Uint8Array, at: number, units: Units): number {
  units.set("offset-ms", 0);
  const written = String.fromCharCode(...bytes.subarray(at, at + 6));
  const name = /^(?:Z|UTC|GMT)/.exec(written)?.[0];
  if (name !== undefined) return at + name.length;
  const offset = /^([+-])([01]\d|2[0-3])(?::?([0-5]\d))?/.exec(written);
  if (offset === null) return -1;
  const [text, sign, hours, minutes = "0"] = offset;
  const magnitude = (Number(hours) * 60 + Number(minutes)) * 60_000;
  units.set("offset-ms", sign === "-" ? 0 - magnitude : magnitude);
  return at + text.length;
}

/** The time that units add up to, or null when one is out of range. */
function timeOf(operation: TimestampOperation, units: Units, machine: Machine): bigint | null {
  if (!areInRange(units)) return null;
  const ms = millisecondsOf(operation, units, machine);
  if (ms === null) return null;
  const nanos = BigInt(units.get("nanosecond") ?? 0);
  const whole = ms + BigInt(units.get("millisecond") ?? 0);
  if (!operation.isNano) return whole + nanos / 1_000_000n;
  const value = whole * 1_000_000n + nanos;
  return BigInt.asIntN(64, value) === value ? value : null;
}

function areInRange(units: Units): boolean {
  for (const [unit, value] of units) {
    const range = RANGES[unit];
    if (range !== undefined && (value < range[0] || value > range[1])) return false;
  }
  const day = units.get("day");
  // Without a year February may have 29 days; the year is then chosen to fit.
  if (day !== undefined && (day < 1 || day > daysInMonth(yearOf(units) ?? 2000, units.get("month") ?? 1)))
    return false;
  return (units.get("day-of-year") ?? 0) <= 365 || isLeap(yearOf(units) ?? 2000);
}

function yearOf(units: Units): number | null {
  const short = units.get("year-of-century");
  const year = units.get("year");
  if (year !== undefined) return year;
  return short === undefined ? null : short + (short < 32 ? 2000 : 1900);
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function hourOf(units: Units): number {
  const plain = units.get("hour-0-23");
  if (plain !== undefined) return plain;
  const full = units.get("hour-1-24");
  if (full !== undefined) return full % 24;
  const half = units.get("hour-0-11") ?? units.get("hour-1-12") ?? 0;
  return (half % 12) + 12 * (units.get("am-pm") ?? 0);
}

function millisecondsOf(operation: TimestampOperation, units: Units, machine: Machine): bigint | null {
  const millis = units.get("epoch-millisecond");
  if (millis !== undefined) return BigInt(millis);
  const seconds = units.get("epoch-second");
  if (seconds !== undefined) return BigInt(seconds) * 1000n;
  const { program, referenceTimeMs } = machine.run;
  const zone = program.zones[operation.zone];
  const inYear = (year: number) => utcOf(localMs(year, units), units, zone);
  if (!operation.infersYear) return inYear(yearOf(units) ?? 1970);
  const latest = referenceTimeMs + DAY_MS;
  const first = new Date(Number(referenceTimeMs)).getUTCFullYear() + 1;
  for (let year = first; year > first - MOST_YEARS_BACK; year--) {
    if (!hasDay(year, units)) continue;
    const ms = inYear(year);
    if (ms <= latest) return ms;
  }
  return null;
}

/** Whether a year has the day that was read. */
function hasDay(year: number, units: Units): boolean {
  if ((units.get("day-of-year") ?? 0) > 365) return isLeap(year);
  return (units.get("day") ?? 1) <= daysInMonth(year, units.get("month") ?? 1);
}

/** The clock on the wall as milliseconds, as if it were UTC. */
function localMs(year: number, units: Units): bigint {
  const dayOfYear = units.get("day-of-year");
  const month = dayOfYear === undefined ? (units.get("month") ?? 1) : 1;
  const day = dayOfYear ?? units.get("day") ?? 1;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const seconds = (hourOf(units) * 60 + (units.get("minute") ?? 0)) * 60 + (units.get("second") ?? 0);
  return BigInt(date.getTime() + seconds * 1000);
}

function utcOf(local: bigint, units: Units, zone: Zone | undefined): bigint {
  const written = units.get("offset-ms");
  return local - BigInt(written ?? (zone === undefined ? 0 : zoneOffset(zone, local)));
}

/** The offset of the last change that the local time, read with the offset before it, does not lie before. */
function zoneOffset(zone: Zone, local: bigint): number {
  let low = 0;
  let high = zone.startsMs.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const before = BigInt(zone.offsetsMs[middle - 1] ?? 0);
    if (local - before >= (zone.startsMs[middle] ?? LEAST_LONG)) low = middle;
    else high = middle;
  }
  return zone.offsetsMs[low] ?? 0;
}
