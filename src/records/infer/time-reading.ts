/** Times in unknown text: where one stands, and with which format the pattern language writes it. */

/** A time that was read. `other` is the format when day and month could stand the other way round. */
export interface TimeReading {
  readonly end: number;
  readonly format: string;
  readonly other: string | null;
}

const MONTHS = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const DAYS = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";

const YEAR_FIRST = /([12]\d{3})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)/y;
const YEAR_LAST = /(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?![\d.])/y;
const NAMED_MONTH = new RegExp(`(\\d{1,2})([-/ ])${MONTHS}\\2(\\d{4})(?!\\d)`, "y");
const DAY_COMMA = new RegExp(`${DAYS}, (\\d{1,2}) ${MONTHS} (\\d{4})(?!\\d)`, "y");
const MONTH_FIRST = new RegExp(
  `(${DAYS}(,?) )?${MONTHS}( {1,2})(\\d{1,2})(?:(,?) (\\d{4})(?![\\d:]))?(?!\\d)`,
  "y",
);
const COMPACT =
  /((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([T ]?)([01]\d|2[0-3])([0-5]\d)([0-5]\d)(?!\d)/y;
const SHORT = /(\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])) ([ \d]\d):([0-5]\d):([0-5]\d)(?![\w:.])/y;
const CLOCK = /(\d{1,2}):([0-5]\d)(?::([0-5]\d|60)(?:([.,])(\d{1,9}))?)?(?!\d)(?:( ?)[AaPp][Mm]\b)?/y;
const BETWEEN = /" time="|' time='| time=| - | {1,2}|T|:|\t|, |_/y;
const ZONE = /( ?)(?:Z|UTC|GMT|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)(?![\w:])/y;
const YEAR_BEHIND = / ([12]\d{3})(?![\d.:])/y;

const CLOCK_ALONE = /\d{1,2}:[0-5]\d:(?:[0-5]\d|60)(?:[.,]\d{1,9})?(?![\w:])/y;

/** The end of a clock without a date at `at`, or `at`. */
export function clockEnd(text: string, at: number): number {
  const clock = execAt(CLOCK_ALONE, text, at);
  return clock === null ? at : at + clock[0].length;
}

/** The longest time of a known form at `at`, or null. Dates alone count only with a year; clocks alone do not. */
export function readTime(text: string, at: number): TimeReading | null {
  if (!mayBegin(text, at)) return null;
  const compact = execAt(COMPACT, text, at);
  if (compact !== null) return withZone(text, compact, ["yyyyMMdd", ...joiner(compact[4] ?? ""), "HHmmss"]);
  const short = execAt(SHORT, text, at);
  if (short !== null) {
    return {
      end: at + short[0].length,
      format: `yyMMdd ${(short[2] ?? "").replace(/\d/g, "H")}:mm:ss`,
      other: null,
    };
  }
  const date = readDate(text, at);
  return date === null ? null : withClock(text, date);
}

/** Digits and the first letters of months and days. */
function mayBegin(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (code >= 0x30 && code <= 0x39) || "JFMASONDTW".includes(text.charAt(at));
}

function execAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}

function joiner(text: string): string[] {
  if (text === "") return [];
  return [/[A-Za-z]/.test(text) ? `'${text}'` : text];
}

interface DateReading extends TimeReading {
  readonly hasYear: boolean;
}

function readDate(text: string, at: number): DateReading | null {
  return (
    readYearFirst(text, at) ?? readYearLast(text, at) ?? readNamedMonth(text, at) ?? readMonthFirst(text, at)
  );
}

function readYearFirst(text: string, at: number): DateReading | null {
  const match = execAt(YEAR_FIRST, text, at);
  if (match === null) return null;
  const [written, , separator = "", month = "", day = ""] = match;
  if (!isMonth(month) || !isDay(day)) return null;
  const format = ["yyyy", "M".repeat(month.length), "d".repeat(day.length)].join(separator);
  return { end: at + written.length, format, other: null, hasYear: true };
}

function readYearLast(text: string, at: number): DateReading | null {
  const match = execAt(YEAR_LAST, text, at);
  if (match === null) return null;
  const [written, first = "", separator = "", second = "", year = ""] = match;
  const dayFirst = isDay(first) && isMonth(second) ? formatOf(first, second, year, separator, true) : null;
  const monthFirst = isMonth(first) && isDay(second) ? formatOf(first, second, year, separator, false) : null;
  const usual = separator === "/" ? [monthFirst, dayFirst] : [dayFirst, monthFirst];
  const [best, other] = usual.filter((one) => one !== null);
  return best === undefined
    ? null
    : { end: at + written.length, format: best, other: other ?? null, hasYear: true };
}

function formatOf(
  first: string,
  second: string,
  year: string,
  separator: string,
  isDayFirst: boolean,
): string {
  const letters = isDayFirst ? ["d", "M"] : ["M", "d"];
  return [letters[0]?.repeat(first.length), letters[1]?.repeat(second.length), "y".repeat(year.length)].join(
    separator,
  );
}

function readNamedMonth(text: string, at: number): DateReading | null {
  const match = execAt(NAMED_MONTH, text, at);
  if (match !== null) {
    const [written, day = "", separator = ""] = match;
    const format = ["d".repeat(day.length), "MMM", "yyyy"].join(separator);
    return isDay(day) ? { end: at + written.length, format, other: null, hasYear: true } : null;
  }
  const comma = execAt(DAY_COMMA, text, at);
  if (comma === null) return null;
  const [written, day = ""] = comma;
  const format = `EEE, ${"d".repeat(day.length)} MMM yyyy`;
  return { end: at + written.length, format, other: null, hasYear: true };
}

function readMonthFirst(text: string, at: number): DateReading | null {
  const match = execAt(MONTH_FIRST, text, at);
  if (match === null) return null;
  const [written, weekday, weekdayComma = "", blanks = "", day = "", yearComma = "", year] = match;
  if (!isDay(day)) return null;
  const start = weekday === undefined ? "" : `EEE${weekdayComma} `;
  const days = day.length === 2 && day.startsWith("0") ? "dd" : "d";
  const isPadded = day.length === 1 && blanks.length === 2;
  const gap = isPadded ? " " : blanks;
  const end = year === undefined ? "" : `${yearComma} yyyy`;
  const format = `${start}MMM${gap}${days}${end}`;
  return { end: at + written.length, format, other: null, hasYear: year !== undefined };
}

function isDay(text: string): boolean {
  return Number(text) >= 1 && Number(text) <= 31;
}

function isMonth(text: string): boolean {
  return Number(text) >= 1 && Number(text) <= 12;
}

/** The date with the clock behind it, or alone when it has its year. */
function withClock(text: string, date: DateReading): TimeReading | null {
  const alone = date.hasYear && !/[\w:]/.test(text.charAt(date.end)) ? date : null;
  const between = execAt(BETWEEN, text, date.end);
  if (between === null) return alone;
  const clock = execAt(CLOCK, text, date.end + between[0].length);
  if (clock === null || Number(clock[1]) > 23) return alone;
  const parts = [...joiner(between[0]), ...clockParts(clock)];
  const { end, format } = withZone(text, clock, parts);
  const behind = date.hasYear ? null : execAt(YEAR_BEHIND, text, end);
  const tail = format + (behind === null ? "" : " yyyy");
  return {
    end: end + (behind?.[0].length ?? 0),
    format: date.format + tail,
    other: date.other === null ? null : date.other + tail,
  };
}

function clockParts(clock: RegExpExecArray): string[] {
  const [, hour = "", , second, point = "", fraction = "", blank] = clock;
  const hours = (blank === undefined ? "H" : "h").repeat(hour.length);
  return [
    `${hours}:mm`,
    second === undefined ? "" : ":ss",
    fraction === "" ? "" : `${point}${"S".repeat(fraction.length)}`,
    blank === undefined ? "" : `${blank}a`,
  ];
}

function withZone(text: string, match: RegExpExecArray, parts: readonly string[]): TimeReading {
  const end = match.index + match[0].length;
  const zone = execAt(ZONE, text, end);
  const format = parts.join("");
  if (zone === null) return { end, format, other: null };
  return { end: end + zone[0].length, format: `${format}${zone[1] ?? ""}Z`, other: null };
}

/** Most formats of one column: more are no format. */
const MOST_FORMATS = 3;

/**
 * The formats with which all values are times, those that take more of a value first; null when there is a value that is none, or
 * they are written in too many ways.
 */
export function timeFormatsOf(values: readonly string[]): readonly string[] | null {
  const candidates = new Map<string, Candidate>();
  for (const value of values) {
    const read = readTime(value, 0);
    if (read === null || read.end !== value.length) return null;
    const key = widened(read.format);
    const known = candidates.get(key) ?? { exact: new Set(), others: new Set(), needs: false };
    known.exact.add(read.format);
    if (read.other === null) known.needs = true;
    else known.others.add(read.other);
    candidates.set(key, known);
  }
  return mergedFormats(candidates);
}

interface Candidate {
  readonly exact: Set<string>;
  readonly others: Set<string>;
  /** A value leaves no doubt about the order of day and month. */
  needs: boolean;
}

function mergedFormats(candidates: ReadonlyMap<string, Candidate>): readonly string[] | null {
  const formats: string[] = [];
  for (const [key, { exact, others, needs }] of candidates) {
    const isSwapped = !needs && [...others].some((other) => candidates.get(widened(other))?.needs === true);
    if (isSwapped) {
      for (const other of others) candidates.get(widened(other))?.exact.add(other);
    } else if (exact.size > 0) formats.push(key);
  }
  const written = formats.map((key) => {
    return mergedFormat([...(candidates.get(key)?.exact ?? [])]);
  });
  if (written.length > MOST_FORMATS) return null;
  return written.sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
}

const PIECES = /'[^']*'|([A-Za-z])\1*|[^A-Za-z']+/g;

/** Formats that differ only in the widths of their parts as one: a part whose width varies is one letter. */
function mergedFormat(formats: readonly string[]): string {
  const [first = [], ...others] = formats.map((format): readonly string[] => format.match(PIECES) ?? []);
  return first
    .map((piece, index) => (others.every((pieces) => pieces[index] === piece) ? piece : piece.charAt(0)))
    .join("");
}

/** The format with one letter where digits may be one or two, or any number in a fraction. */
function widened(format: string): string {
  return format.replace(/(?<![dMHhS'])(?:dd?|MM?|HH?|hh?|S+)(?![dMHhS])/g, (letters) => letters.charAt(0));
}
