/** Paths with wildcards and time parts: what of a directory tree they name. */

/** Parts of a time that a path can hold, from the largest. */
export const TIME_UNITS = ["year", "month", "day", "hour", "minute", "second"] as const;
export type PathTimeUnit = (typeof TIME_UNITS)[number];

/** The parts of a time that were read from a path. */
export type PathTime = Readonly<Partial<Record<PathTimeUnit, number>>>;

/** A piece of a name: text, `*`, or a time part such as `$MM$`. */
export type NameToken =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "star" }
  | { readonly kind: "time"; readonly unit: PathTimeUnit };

/** What one place between slashes accepts. `levels` stands for nothing up to `count` directories of any name. */
export type Segment =
  | { readonly kind: "literal"; readonly written: string }
  | { readonly kind: "name"; readonly written: string; readonly tokens: readonly NameToken[] }
  | { readonly kind: "levels"; readonly written: string; readonly count: number };

/** A path taken apart: the part without wildcards as it is written, then one segment per name. No segments: a plain path. */
export interface PathPattern {
  readonly base: string;
  readonly segments: readonly Segment[];
}

interface TimePart {
  readonly unit: PathTimeUnit;
  readonly digits: number;
  readonly min: number;
  readonly max: number;
}

const TIME_PARTS: Readonly<Record<string, TimePart>> = {
  yyyy: { unit: "year", digits: 4, min: 1, max: 9999 },
  MM: { unit: "month", digits: 2, min: 1, max: 12 },
  dd: { unit: "day", digits: 2, min: 1, max: 31 },
  HH: { unit: "hour", digits: 2, min: 0, max: 23 },
  mm: { unit: "minute", digits: 2, min: 0, max: 59 },
  ss: { unit: "second", digits: 2, min: 0, max: 59 },
};
const PART_OF_UNIT = new Map(Object.values(TIME_PARTS).map((part) => [part.unit, part]));
const DAYS_OF_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Takes a path apart. `*` stands for any text inside a name, stars alone between slashes for up to that many directory levels,
 * `$yyyy$ $MM$ $dd$ $HH$ $mm$ $ss$` for digits of a time. Any other `$` is an ordinary character.
 */
export function parsePathPattern(path: string): PathPattern {
  const names = path.split("/");
  const isSpecial = (name: string) => tokensOf(name).some((token) => token.kind !== "text");
  const first = names.findIndex(isSpecial);
  if (first < 0) return { base: path, segments: [] };
  const base = names.slice(0, first).join("/");
  const rest = names.slice(first).filter((name) => name !== "");
  return {
    base: base === "" && first > 0 ? "/" : base,
    segments: rest.map((name, index) => segmentOf(name, index === rest.length - 1)),
  };
}

function segmentOf(written: string, isLast: boolean): Segment {
  if (!isLast && /^\*+$/.test(written)) return { kind: "levels", written, count: written.length };
  const tokens = tokensOf(written);
  return tokens.every((token) => token.kind === "text")
    ? { kind: "literal", written }
    : { kind: "name", written, tokens };
}

function tokensOf(name: string): readonly NameToken[] {
  return name.split(/(\*+|\$(?:yyyy|MM|dd|HH|mm|ss)\$)/).flatMap((piece): NameToken[] => {
    if (piece === "") return [];
    if (piece.startsWith("*")) return [{ kind: "star" }];
    const part = piece.startsWith("$") ? TIME_PARTS[piece.slice(1, -1)] : undefined;
    return [part === undefined ? { kind: "text", text: piece } : { kind: "time", unit: part.unit }];
  });
}

/** Whether a segment reads parts of a time. */
export function readsTime(segment: Segment): boolean {
  return segment.kind === "name" && segment.tokens.some((token) => token.kind === "time");
}

/**
 * The time parts known after a name, `before` included; null when the name does not match, or holds a time that contradicts
 * `before` or the calendar. Cost: at most length of the name × number of tokens.
 */
export function matchName(tokens: readonly NameToken[], name: string, before: PathTime): PathTime | null {
  const starts = alignTokens(tokens, name);
  if (starts === null) return null;
  const time: Partial<Record<PathTimeUnit, number>> = { ...before };
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== "time") continue;
    const value = timeValueAt(token.unit, name, starts[index] ?? 0);
    if (value === null || (time[token.unit] ?? value) !== value) return null;
    time[token.unit] = value;
  }
  return isInCalendar(time) ? time : null;
}

/**
 * Where each token starts in the name. All tokens but the star have a fixed width, so that going back to the last star is enough.
 */
function alignTokens(tokens: readonly NameToken[], name: string): readonly number[] | null {
  const starts: number[] = [];
  let at = 0;
  let token = 0;
  let lastStar = -1;
  let starEnd = 0;
  while (token < tokens.length || at < name.length) {
    const current = tokens[token];
    const width = current === undefined ? -1 : widthAt(current, name, at);
    if (width >= 0) {
      if (current?.kind === "star") {
        lastStar = token;
        starEnd = at;
      }
      starts[token++] = at;
      at += width;
    } else {
      if (lastStar < 0 || starEnd >= name.length) return null;
      at = ++starEnd;
      token = lastStar + 1;
    }
  }
  return starts;
}

/** Characters a token takes at a place (a star none: it is widened by going back to it), or -1 when it does not match there. */
function widthAt(token: NameToken, name: string, at: number): number {
  switch (token.kind) {
    case "star":
      return 0;
    case "text":
      return name.startsWith(token.text, at) ? token.text.length : -1;
    default:
      return timeValueAt(token.unit, name, at) === null ? -1 : (PART_OF_UNIT.get(token.unit)?.digits ?? -1);
  }
}

function timeValueAt(unit: PathTimeUnit, name: string, at: number): number | null {
  const part = PART_OF_UNIT.get(unit);
  if (part === undefined) return null;
  const digits = name.slice(at, at + part.digits);
  if (digits.length < part.digits || !/^[0-9]+$/.test(digits)) return null;
  const value = Number(digits);
  return value >= part.min && value <= part.max ? value : null;
}

/** The digits of a time part. */
export function printTimePart(unit: PathTimeUnit, value: number): string {
  return String(value).padStart(PART_OF_UNIT.get(unit)?.digits ?? 0, "0");
}

/** The least and the greatest value of a time part. */
export function boundsOfTimePart(unit: PathTimeUnit): { readonly min: number; readonly max: number } {
  const { min = 0, max = 0 } = PART_OF_UNIT.get(unit) ?? {};
  return { min, max };
}

/** Whether a day is one of its month, and its month of its year, as far as they are known. */
export function isInCalendar({ year, month, day }: PathTime): boolean {
  if (month === undefined || day === undefined) return true;
  if (year === undefined || month !== 2) return day <= (DAYS_OF_MONTHS[month - 1] ?? 31);
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= (isLeap ? 29 : 28);
}
