/** The formats of times: which letters there are, and what is wrong with a format. */

/** A letter of time formats. */
export interface TimeLetter {
  readonly letter: string;
  /** Most letters in a row. */
  readonly most: number;
  readonly description: string;
}

/** Any number of letters: the widths mean nothing more. */
const ANY_WIDTH = 64;

/** The letters of time formats. One letter stands for a variable width, two to four for a fixed one. */
export const TIME_LETTERS: readonly TimeLetter[] = [
  { letter: "G", most: ANY_WIDTH, description: "era" },
  { letter: "y", most: 4, description: "year" },
  { letter: "M", most: ANY_WIDTH, description: "month; three letters a short name, more the full name" },
  { letter: "d", most: 4, description: "day of the month" },
  { letter: "D", most: 4, description: "day of the year" },
  { letter: "E", most: ANY_WIDTH, description: "name of the day" },
  { letter: "w", most: 4, description: "week of the year" },
  { letter: "W", most: 4, description: "week of the month" },
  { letter: "F", most: 4, description: "which such weekday of the month" },
  { letter: "a", most: ANY_WIDTH, description: "am or pm" },
  { letter: "H", most: 4, description: "hour, 0 to 23" },
  { letter: "k", most: 4, description: "hour, 1 to 24" },
  { letter: "K", most: 4, description: "hour, 0 to 11" },
  { letter: "h", most: 4, description: "hour, 1 to 12" },
  { letter: "m", most: 4, description: "minute" },
  { letter: "s", most: 4, description: "second" },
  { letter: "S", most: 9, description: "milliseconds" },
  { letter: "f", most: 9, description: "fraction of a second" },
  { letter: "z", most: ANY_WIDTH, description: "zone" },
  { letter: "Z", most: ANY_WIDTH, description: "zone" },
  { letter: "u", most: ANY_WIDTH, description: "a number to skip" },
];

const LONGEST_FORMAT = 200;

/** Formats that count from the beginning of 1970. */
const EPOCH_FORMATS: readonly string[] = ["s", "S", "s.S", "s.SSSSSS", "sSSSSSS", "sSSSSSSSSS"];

/** Stands for itself even without quotes: `yyyy-MM-ddTHH:mm`. */
const BARE_LETTER = "T";

const MOST_LETTERS: ReadonlyMap<string, number> = new Map(
  TIME_LETTERS.map((row): [string, number] => [row.letter, row.most]),
);

/** What is wrong with a time format, and where: a half-open range in its UTF-16 units. */
export interface TimeFormatMistake {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly help: string;
}

/** The first mistake of a time format, or null. */
export function checkTimeFormat(format: string): TimeFormatMistake | null {
  if (EPOCH_FORMATS.includes(format)) return null;
  if (format.length > LONGEST_FORMAT) return tooLong(format);
  const letters = new Set<string>();
  let at = 0;
  while (at < format.length) {
    const character = format.charAt(at);
    const end = character === "'" ? endOfQuote(format, at) : endOfRun(format, at);
    if (end === null) return openQuote(at, format.length);
    const mistake = /[A-Za-z]/.test(character) ? checkRun(format, at, end) : null;
    if (mistake !== null) return mistake;
    if (MOST_LETTERS.has(character)) letters.add(character);
    at = end;
  }
  return checkWhole(format, letters);
}

function tooLong(format: string): TimeFormatMistake {
  const message = `This format is longer than ${LONGEST_FORMAT} characters.`;
  return { start: 0, end: format.length, message, help: "Match long texts beside the time as literals." };
}

function checkWhole(format: string, letters: ReadonlySet<string>): TimeFormatMistake | null {
  const whole = { start: 0, end: format.length };
  if (letters.size === 0) {
    return {
      ...whole,
      message: "This format holds no part of a time.",
      help: 'Write one such as "yyyy-MM-dd HH:mm:ss".',
    };
  }
  if (![...letters].every((letter) => letter === "s" || letter === "S")) return null;
  return {
    ...whole,
    message: `"${format}" is no way to count from the beginning of 1970.`,
    help: `Such formats are ${EPOCH_FORMATS.join(", ")}.`,
  };
}

function checkRun(format: string, start: number, end: number): TimeFormatMistake | null {
  const letter = format.charAt(start);
  if (letter === BARE_LETTER && end === start + 1) return null;
  const most = MOST_LETTERS.get(letter);
  if (most === undefined) {
    return {
      start,
      end,
      message: `"${letter}" is no letter of time formats.`,
      help: `Letters are ${TIME_LETTERS.map((row) => row.letter).join(" ")}; text that stands for itself is quoted: "yyyy-MM-dd'T'HH:mm".`,
    };
  }
  if (end - start <= most) return null;
  return {
    start: start + most,
    end,
    message: `"${letter}" stands ${end - start} times in a row.`,
    help: `It may stand up to ${most} times.`,
  };
}

/** The end of a run of one letter, or of the one character that is no letter. */
function endOfRun(format: string, start: number): number {
  const character = format.charAt(start);
  let end = start + 1;
  while (/[A-Za-z]/.test(character) && format.charAt(end) === character) end++;
  return end;
}

/** The end of a quoted text, behind its quote; null when it is open. Two quotes in a row stand for one. */
function endOfQuote(format: string, start: number): number | null {
  const close = format.indexOf("'", start + 1);
  return close < 0 ? null : close + 1;
}

function openQuote(start: number, end: number): TimeFormatMistake {
  return {
    start,
    end,
    message: "The quoted text in this format is not closed.",
    help: "Close it with '; a quote that stands for itself is written twice.",
  };
}

/** The format with every letter that stands for itself in quotes. The format must be right. */
export function normalTimeFormat(format: string): string {
  const parts: readonly string[] = format.match(/'(?:[^']|'')*'|[^']/g) ?? [];
  if (!parts.includes(BARE_LETTER)) return format;
  let normal = "";
  let text = "";
  for (const part of parts) {
    const isLetter = MOST_LETTERS.has(part);
    if (isLetter) {
      normal += quotedText(text) + part;
      text = "";
    } else if (part === "''") text += "'";
    else text += part.startsWith("'") ? part.slice(1, -1).replaceAll("''", "'") : part;
  }
  return normal + quotedText(text);
}

function quotedText(text: string): string {
  return /[A-Za-z']/.test(text) ? `'${text.replaceAll("'", "''")}'` : text;
}
