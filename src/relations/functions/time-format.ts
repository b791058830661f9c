/**
 * Times written and read by a format such as `dd/MMM/yyyy:HH:mm:ss Z`. Letters are those of the pattern language: one letter is a
 * number of any width, two to four a fixed width; text in single quotes stands for itself.
 */
import { offsetOfName, type ZoneOffsets } from "./time-zone.ts";

const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
const DAY_MS = 86_400_000;

interface FormatPart {
  /** A letter, or null for literal text. */
  readonly letter: string | null;
  readonly text: string;
}

/** The parts of a format. */
function partsOf(format: string): FormatPart[] {
  const parts: FormatPart[] = [];
  for (const [token] of format.matchAll(/'(?:[^']|'')*'?|([A-Za-z])\1*|[^A-Za-z']+/g)) {
    const isLetter = /^[A-Za-z]/.test(token);
    const literal = token === "''" ? "'" : token.replace(/^'|'$/g, "").replaceAll("''", "'");
    parts.push(
      isLetter
        ? { letter: token.charAt(0), text: token }
        : { letter: null, text: token.startsWith("'") ? literal : token },
    );
  }
  return parts;
}

/** A time as text; the empty format is RFC 3339. `localMs` is the wall clock, `offsetMs` its distance from UTC. */
export function formatTime(localMs: number, offsetMs: number, format: string): string | null {
  const date = new Date(localMs);
  if (Number.isNaN(date.getTime())) return null;
  if (format === "") {
    const zone = offsetMs === 0 ? "Z" : printOffset(offsetMs, ":");
    return date.toISOString().slice(0, -1) + zone;
  }
  const write = (part: FormatPart) => (part.letter === null ? part.text : letterText(part, date, offsetMs));
  return partsOf(format).map(write).join("");
}

function letterText({ letter, text }: FormatPart, date: Date, offsetMs: number): string {
  const width = text.length;
  const pad = (value: number) => String(value).padStart(width, "0");
  const hour = date.getUTCHours();
  switch (letter) {
    case "G":
      return date.getUTCFullYear() > 0 ? "AD" : "BC";
    case "y":
      return width === 2 ? String(date.getUTCFullYear() % 100).padStart(2, "0") : pad(date.getUTCFullYear());
    case "M":
      return width < 3 ? pad(date.getUTCMonth() + 1) : nameOf(MONTHS, date.getUTCMonth(), width);
    case "d":
      return pad(date.getUTCDate());
    case "D":
      return pad(dayOfYear(date));
    case "E":
      return nameOf(DAYS, date.getUTCDay(), width);
    case "w":
      return pad(Math.floor((dayOfYear(date) - ((date.getUTCDay() + 6) % 7) + 9) / 7));
    case "W":
      return pad(Math.floor((date.getUTCDate() - ((date.getUTCDay() + 6) % 7) + 12) / 7));
    case "F":
      return pad(Math.ceil(date.getUTCDate() / 7));
    case "a":
      return hour < 12 ? "AM" : "PM";
    case "H":
      return pad(hour);
    case "k":
      return pad(hour === 0 ? 24 : hour);
    case "K":
      return pad(hour % 12);
    case "h":
      return pad(hour % 12 === 0 ? 12 : hour % 12);
    case "m":
      return pad(date.getUTCMinutes());
    case "s":
      return pad(date.getUTCSeconds());
    case "S":
      return pad(date.getUTCMilliseconds());
    case "f":
      return String(date.getUTCMilliseconds()).padStart(3, "0").padEnd(width, "0").slice(0, width);
    case "z":
      return offsetMs === 0 ? "UTC" : printOffset(offsetMs, ":");
    case "Z":
      return printOffset(offsetMs, "");
    default:
      return text;
  }
}

function nameOf(names: readonly string[], index: number, width: number): string {
  const name = names[index] ?? "";
  return width > 3 ? name : name.slice(0, 3);
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1;
}

function printOffset(offsetMs: number, separator: string): string {
  const minutes = Math.floor(Math.abs(offsetMs) / 60_000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${offsetMs < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}${separator}${two(minutes % 60)}`;
}

/** Reads times by one format. */
export interface TimeReader {
  /** Milliseconds since 1970 UTC, or null when the text is not of the format. `zone` counts where the text names none. */
  read(text: string, zone: string, offsets: ZoneOffsets): number | null;
}

/** Largest number of digits of letters that stand alone. */
const MOST_DIGITS: Readonly<Record<string, number>> = { y: 4, D: 3, S: 3, u: 9 };

/** Compiles a format to an expression with a group per letter. */
export function timeReader(format: string): TimeReader {
  if (["s", "S", "s.S", "s.SSSSSS"].includes(format)) return { read: (text) => readEpoch(text, format) };
  const parts = partsOf(format);
  const letters = parts.flatMap((part) => (part.letter === null ? [] : [part]));
  const source = parts.map((part) =>
    part.letter === null ? escapeText(part.text) : `(${letterPattern(part)})`,
  );
  const expression = new RegExp(`^${source.join("")}$`, "i");
  return {
    read: (text, zone, offsets) => {
      const match = expression.exec(text);
      return match === null ? null : assemble(letters, match.slice(1), zone, offsets);
    },
  };
}

function escapeText(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function letterPattern({ letter, text }: FormatPart): string {
  const width = text.length;
  switch (letter) {
    case "M":
      if (width < 3) break;
      return width === 3 ? MONTHS.map((name) => name.slice(0, 3)).join("|") : MONTHS.join("|");
    case "E":
      return width <= 3 ? DAYS.map((name) => name.slice(0, 3)).join("|") : DAYS.join("|");
    case "G":
      return "AD|BC";
    case "a":
      return "AM|PM";
    case "f":
      return width === 1 ? "\\d{1,9}" : `\\d{${width}}`;
    case "z":
    case "Z":
      return "Z|UTC|GMT|[+-]\\d{2}(?::?\\d{2})?";
    default:
  }
  return width === 1 ? `\\d{1,${MOST_DIGITS[letter ?? ""] ?? 2}}` : `\\d{${width}}`;
}

function readEpoch(text: string, format: string): number | null {
  const [, whole, fraction] = /^(-?\d{1,15})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (whole === undefined || (fraction !== undefined) !== format.includes(".")) return null;
  if (format === "S") return Number(whole);
  const millis = Number((fraction ?? "").padEnd(3, "0").slice(0, 3));
  return Number(whole) * 1000 + (whole.startsWith("-") ? -millis : millis);
}

interface Fields {
  year: number;
  month: number;
  day: number;
  dayOfYear: number | null;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
  isAfternoon: boolean | null;
  offsetMs: number | null;
}

function assemble(
  letters: readonly FormatPart[],
  values: readonly (string | undefined)[],
  zone: string,
  offsets: ZoneOffsets,
): number | null {
  const fields: Fields = {
    year: 1970,
    month: 1,
    day: 1,
    dayOfYear: null,
    hour: 0,
    minute: 0,
    second: 0,
    millisecond: 0,
    isAfternoon: null,
    offsetMs: null,
  };
  for (const [index, part] of letters.entries()) setField(fields, part, values[index] ?? "");
  if (fields.isAfternoon !== null) fields.hour = (fields.hour % 12) + (fields.isAfternoon ? 12 : 0);
  const { year, month, day, hour, minute, second } = fields;
  const daysOfMonth = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth) return null;
  if (hour > 23 || minute > 59 || second > 60) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, fields.dayOfYear === null ? month - 1 : 0, fields.dayOfYear ?? day);
  const localMs = date.setUTCHours(hour, minute, second, fields.millisecond);
  return fields.offsetMs === null ? offsets.toUtcMs(zone, localMs) : localMs - fields.offsetMs;
}

function setField(fields: Fields, { letter, text }: FormatPart, value: string): void {
  const number = Number(value);
  const startsLike = (names: readonly string[]) =>
    names.findIndex((name) => name.toLowerCase().startsWith(value.toLowerCase().slice(0, 3)));
  switch (letter) {
    case "y":
      fields.year = text.length === 2 ? number + (number < 32 ? 2000 : 1900) : number;
      break;
    case "M":
      fields.month = text.length < 3 ? number : startsLike(MONTHS) + 1;
      break;
    case "d":
      fields.day = number;
      break;
    case "D":
      fields.dayOfYear = number;
      break;
    case "a":
      fields.isAfternoon = value.toLowerCase() === "pm";
      break;
    case "H":
    case "K":
    case "h":
      fields.hour = number;
      break;
    case "k":
      fields.hour = number % 24;
      break;
    case "m":
      fields.minute = number;
      break;
    case "s":
      fields.second = number;
      break;
    case "S":
      fields.millisecond = number;
      break;
    case "f":
      fields.millisecond = Number(value.padEnd(3, "0").slice(0, 3));
      break;
    case "z":
    case "Z":
      fields.offsetMs = offsetOfName(value);
      break;
    default:
  }
}
