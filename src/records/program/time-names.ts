/** Names of months and weekdays: the English ones, and those of a language as the platform knows them. */
import type { TimeName } from "./program.ts";

/** English months, January first, in lower case. */
export const ENGLISH_MONTHS: readonly string[] =
  "january february march april may june july august september october november december".split(" ");

/** English weekdays, Monday first, in lower case. */
export const ENGLISH_WEEKDAYS: readonly string[] =
  "monday tuesday wednesday thursday friday saturday sunday".split(" ");

/** A day of each month and weekday: 2024-01-01 was a Monday. */
const COUNTS = { month: 12, weekday: 7 } as const;

/** What names are asked for. */
export interface NameRequest {
  readonly kind: "month" | "weekday";
  readonly isFull: boolean;
  readonly locale: string;
  readonly encode: (text: string) => readonly number[] | null;
}

/**
 * The ways in which a language writes its months or weekdays, longest first: alone and within dates, with a point behind a short form
 * and without, small, capitalised and in capitals. Names that the charset cannot write are left out. Cost: some milliseconds.
 */
export function namesIn(request: NameRequest): readonly TimeName[] {
  const { kind, encode } = request;
  const names = new Map<string, TimeName>();
  for (let index = 0; index < COUNTS[kind]; index++) {
    for (const text of formsOf(request, index)) {
      const bytes = encode(text);
      const key = bytes?.join() ?? "";
      if (bytes !== null && key !== "" && !names.has(key)) names.set(key, { bytes, value: index + 1 });
    }
  }
  return [...names.values()].sort((a, b) => b.bytes.length - a.bytes.length);
}

function formsOf({ kind, isFull, locale }: NameRequest, index: number): readonly string[] {
  const style = isFull ? "long" : "short";
  const date = kind === "month" ? Date.UTC(2024, index, 1) : Date.UTC(2024, 0, 1 + index);
  const styles: readonly Intl.DateTimeFormatOptions[] = [
    { [kind]: style },
    { [kind]: style, day: "numeric" },
    { [kind]: style, day: "numeric", year: "numeric" },
  ];
  const written = styles.flatMap((options) =>
    new Intl.DateTimeFormat(locale.replaceAll("_", "-"), { ...options, timeZone: "UTC", calendar: "gregory" })
      .formatToParts(date)
      .filter(({ type }) => type === kind)
      .map(({ value }) => value.normalize("NFC")),
  );
  const bare = written.map((text) => text.replace(/\.$/, ""));
  return [...written, ...bare].flatMap((text) => casesOf(text, locale));
}

function casesOf(text: string, locale: string): readonly string[] {
  const language = locale.replaceAll("_", "-");
  const [first = "", ...rest] = text;
  return [
    text,
    text.toLocaleLowerCase(language),
    text.toLocaleUpperCase(language),
    first.toLocaleUpperCase(language) + rest.join("").toLocaleLowerCase(language),
  ];
}
