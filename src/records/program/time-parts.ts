/** Formats of times as the parts a program matches one after the other. */
import type { NumberUnit, TimePart } from "./program.ts";

/** A format taken apart. */
export interface TimeFormat {
  readonly parts: readonly TimePart[];
  /** It names a day but no year. */
  readonly infersYear: boolean;
}

const EPOCH_SECOND: TimePart = { kind: "epoch", unit: "second" };
const POINT: TimePart = { kind: "literal", bytes: [0x2e] };

/** Formats that count from the beginning of 1970. */
const EPOCHS: ReadonlyMap<string, readonly TimePart[]> = new Map([
  ["s", [EPOCH_SECOND]],
  ["S", [{ kind: "epoch", unit: "millisecond" }]],
  ["s.S", [EPOCH_SECOND, POINT, { kind: "fraction", min: 1, max: 9 }]],
  ["s.SSSSSS", [EPOCH_SECOND, POINT, { kind: "fraction", min: 6, max: 6 }]],
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

/** The parts of a checked format. Cost: linear in its length. */
export function timeFormat(format: string): TimeFormat {
  const parts = EPOCHS.get(format) ?? [...format.matchAll(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']+/g)].map(partOf);
  return { parts: joinedLiterals(parts), infersYear: infersYear(parts) };
}

/** `yyyy-MM-ddTHH:mm:ss`, its zone, and perhaps a fraction between them. */
export function isoFormat(hasFraction: boolean): TimeFormat {
  return timeFormat(hasFraction ? "yyyy-MM-dd'T'HH:mm:ss.fZ" : "yyyy-MM-dd'T'HH:mm:ssZ");
}

function partOf(match: RegExpMatchArray): TimePart {
  const [written] = match;
  if (written.startsWith("'")) return literal(written === "''" ? "'" : written.slice(1, -1));
  const [letter = "", count] = [match[1], written.length];
  return letter === "" ? literal(written) : letterPart(letter, count);
}

function letterPart(letter: string, count: number): TimePart {
  switch (letter) {
    case "M":
      return count < 3 ? numberPart(letter, count) : { kind: "month-name", isFull: count > 3 };
    case "E":
      return { kind: "weekday-name", isFull: count > 3 };
    case "a":
      return { kind: "am-pm" };
    case "S":
    case "f":
      return { kind: "fraction", min: count, max: count === 1 ? 9 : count };
    case "z":
    case "Z":
      return { kind: "zone" };
    case "G":
      return literal("AD");
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

function literal(text: string): TimePart {
  return { kind: "literal", bytes: [...new TextEncoder().encode(text)] };
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
