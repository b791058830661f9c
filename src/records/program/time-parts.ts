/** Formats of times as the parts a program matches one after the other. */
import { encoderOf } from "./charset-bytes.ts";
import type { NumberUnit, TimePart } from "./program.ts";
import { namesIn } from "./time-names.ts";

/** A format taken apart. */
export interface TimeFormat {
  readonly parts: readonly TimePart[];
  /** It names a day but no year. */
  readonly infersYear: boolean;
}

/** Digits of an epoch that stay within 64 bits when scaled to milliseconds. */
const EPOCH_DIGITS = 15;
const EPOCH_SECOND: TimePart = { kind: "epoch", unit: "second", most: EPOCH_DIGITS };
/** Seconds of the years 2001 to 2286, with what follows right behind them. */
const TEN_DIGITS: TimePart = { kind: "epoch", unit: "second", most: 10 };
const POINT: TimePart = { kind: "literal", bytes: [0x2e] };

/** Formats that count from the beginning of 1970. */
const EPOCHS: ReadonlyMap<string, readonly TimePart[]> = new Map([
  ["s", [EPOCH_SECOND]],
  ["S", [{ kind: "epoch", unit: "millisecond", most: EPOCH_DIGITS }]],
  ["s.S", [EPOCH_SECOND, POINT, { kind: "fraction", min: 1, max: 9 }]],
  ["s.SSSSSS", [EPOCH_SECOND, POINT, { kind: "fraction", min: 6, max: 6 }]],
  ["sSSSSSS", [TEN_DIGITS, { kind: "fraction", min: 6, max: 6 }]],
  ["sSSSSSSSSS", [TEN_DIGITS, { kind: "fraction", min: 9, max: 9 }]],
]);

/** Letters that stand for numbers, and the most digits of one letter alone. */
const NUMBERS: Readonly<Record<string, readonly [unit: NumberUnit, most: number]>> = {
  y: ["year", 4],
  M: ["month", 2],
  d: ["day", 2],
  D: ["day-of-year", 3],
  H: ["hour-0-23", 2],
  k: ["hour-1-24", 2],
  K: ["hour-0-11", 2],
  h: ["hour-1-12", 2],
  m: ["minute", 2],
  s: ["second", 2],
  w: ["ignored", 2],
  W: ["ignored", 1],
  F: ["ignored", 1],
  u: ["ignored", 18],
};

/** How a time is written besides its format. */
export interface TimeWriting {
  /** Language tag of the names; null: English. */
  readonly locale: string | null;
  readonly charset: string | null;
}

const PLAIN_WRITING: TimeWriting = { locale: null, charset: null };
const ENGLISH = /^en\b/i;

/** The parts of a checked format. Cost: linear in its length; names of other languages some milliseconds. */
export function timeFormat(format: string, writing: TimeWriting = PLAIN_WRITING): TimeFormat {
  const encode = encoderOf(writing.charset ?? "utf-8");
  const context: PartContext = {
    encode,
    locale: writing.locale === null || ENGLISH.test(writing.locale) ? null : writing.locale,
  };
  const written = [...format.matchAll(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']+/g)];
  const parts = EPOCHS.get(format) ?? written.map((match) => partOf(match, context));
  return { parts: joinedLiterals(parts), infersYear: infersYear(parts) };
}

/** `yyyy-MM-ddTHH:mm:ss`, its zone, and perhaps a fraction between them. */
export function isoFormat(hasFraction: boolean): TimeFormat {
  return timeFormat(hasFraction ? "yyyy-MM-dd'T'HH:mm:ss.fZ" : "yyyy-MM-dd'T'HH:mm:ssZ");
}

interface PartContext {
  readonly encode: ReturnType<typeof encoderOf>;
  readonly locale: string | null;
}

function partOf(match: RegExpMatchArray, context: PartContext): TimePart {
  const [written] = match;
  if (written.startsWith("'")) return literal(written === "''" ? "'" : written.slice(1, -1), context);
  const [letter = "", count] = [match[1], written.length];
  return letter === "" ? literal(written, context) : letterPart(letter, count, context);
}

function namePart(kind: "month" | "weekday", isFull: boolean, { locale, encode }: PartContext): TimePart {
  const names = locale === null ? null : namesIn({ kind, isFull, locale, encode });
  return { kind: `${kind}-name`, isFull, names };
}

function letterPart(letter: string, count: number, context: PartContext): TimePart {
  switch (letter) {
    case "M":
      return count < 3 ? numberPart(letter, count) : namePart("month", count > 3, context);
    case "E":
      return namePart("weekday", count > 3, context);
    case "a":
      return { kind: "am-pm" };
    case "S":
    case "f":
      return { kind: "fraction", min: count, max: count === 1 ? 9 : count };
    case "z":
    case "Z":
      return { kind: "zone" };
    case "G":
      return literal("AD", context);
    default:
      return numberPart(letter, count);
  }
}

function numberPart(letter: string, count: number): TimePart {
  if (letter === "y" && count === 2) {
    return { kind: "number", unit: "year-of-century", min: 2, max: 2, mayPad: false };
  }
  const [unit, most] = NUMBERS[letter] ?? ["ignored", 18];
  const mayPad = letter === "d" && count === 1;
  return { kind: "number", unit, min: count, max: count === 1 ? most : count, mayPad };
}

/** Text that the charset does not have is looked for in UTF-8. */
function literal(text: string, { encode }: PartContext): TimePart {
  return { kind: "literal", bytes: encode(text) ?? [...new TextEncoder().encode(text)] };
}

function joinedLiterals(parts: readonly TimePart[]): readonly TimePart[] {
  const joined: TimePart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.kind === "literal" && last?.kind === "literal") {
      joined[joined.length - 1] = { kind: "literal", bytes: [...last.bytes, ...part.bytes] };
    } else joined.push(part);
  }
  return joined;
}

const DAY_UNITS: readonly string[] = ["month", "day", "day-of-year"];

function infersYear(parts: readonly TimePart[]): boolean {
  const units = parts.map((part) => (part.kind === "number" ? part.unit : part.kind));
  const namesDay = units.some((unit) => unit === "month-name" || DAY_UNITS.includes(unit));
  return namesDay && !units.includes("year") && !units.includes("year-of-century");
}
