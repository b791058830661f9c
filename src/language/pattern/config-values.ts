/** The values of settings: whether what is written is of the kind a key asks for. */
import { type TextSpan, unreachable } from "#text";
import type { ConfigKey } from "./matchers/matcher.ts";
import type { QuotedText } from "./quoted-text.ts";
import type { PatternReader } from "./reader.ts";
import { checkTimeFormat, normalTimeFormat } from "./time-format.ts";

/** A value as it is written. */
export type WrittenValue =
  | { readonly kind: "quoted"; readonly quoted: QuotedText; readonly span: TextSpan }
  | { readonly kind: "number"; readonly text: string; readonly span: TextSpan }
  | { readonly kind: "word"; readonly text: string; readonly span: TextSpan };

const WHOLE_NUMBER = /^[+-]?(?:0[xX][0-9A-Fa-f]+|\d+)$/;
const LONGEST_NUMBER = 40;
const LARGEST_SIZE = 2 ** 31 - 1;
const LARGEST_LONG = 2n ** 63n - 1n;

/** The value in its kind, or null when it is not of it, which is reported. */
export function settingValue(
  reader: PatternReader,
  key: ConfigKey,
  written: WrittenValue,
): string | number | boolean | null {
  if (key.value === "time-format" && written.kind === "quoted") {
    return timeFormatOf(reader, written.quoted);
  }
  const value = plainValueOf(key, written);
  if (value === null) {
    reader.report("config-value", written.span, `"${key.key}" must be ${expectation(key)}.`);
  }
  return value;
}

function plainValueOf(key: ConfigKey, written: WrittenValue): string | number | boolean | null {
  if (key.value === "boolean") {
    const word = written.kind === "word" ? written.text.toLowerCase() : "";
    return word === "true" ? true : word === "false" ? false : null;
  }
  if (written.kind === "number") return numberOf(key, written.text);
  return written.kind === "quoted" ? textOf(key, written.quoted) : null;
}

function numberOf(key: ConfigKey, text: string): string | number | null {
  if (text.length > LONGEST_NUMBER) return null;
  const number = Number(text.replace(/^\+/, ""));
  if (key.value === "number") return Number.isFinite(number) ? number : hexOf(text);
  if (!WHOLE_NUMBER.test(text)) return null;
  const whole = wholeOf(text);
  if (key.value === "size") return whole > 0n && whole <= LARGEST_SIZE ? Number(whole) : null;
  if (key.value !== "integer" || whole > LARGEST_LONG || whole < -LARGEST_LONG - 1n) return null;
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : String(whole);
}

function hexOf(text: string): number | null {
  return WHOLE_NUMBER.test(text) ? Number(wholeOf(text)) : null;
}

function wholeOf(text: string): bigint {
  const magnitude = BigInt(text.replace(/^[+-]/, ""));
  return text.startsWith("-") ? -magnitude : magnitude;
}

function textOf(key: ConfigKey, quoted: QuotedText): string | null {
  const { text, bytes } = quoted;
  switch (key.value) {
    case "text":
      return bytes.length === 0 ? null : (text ?? "");
    case "byte":
      return bytes.length === 1 && text !== null && (bytes[0] ?? 0) < 0x80 ? text : null;
    case "name":
      return text === "" ? null : text;
    case "time-zone":
      return text !== null && isTimeZone(text) ? text : null;
    case "charset":
      return text === null ? null : charsetName(text);
    case "locale":
      return text !== null && isLocale(text) ? text : null;
    case "integer":
    case "number":
    case "size":
    case "boolean":
    case "time-format":
      return null;
    default:
      return unreachable(key.value);
  }
}

function timeFormatOf(reader: PatternReader, quoted: QuotedText): string | null {
  const format = quoted.text ?? "";
  const mistake = checkTimeFormat(format);
  if (mistake === null) return normalTimeFormat(format);
  reader.report("time-format", formatSpan(reader, quoted, mistake.start, mistake.end), mistake.message, {
    help: mistake.help,
  });
  return null;
}

function formatSpan(reader: PatternReader, quoted: QuotedText, start: number, end: number): TextSpan {
  const { offsets, span } = quoted;
  const first = offsets?.[start];
  if (offsets === null || first === undefined) return span;
  return reader.span(first, offsets[end] ?? span.end - 1);
}

/** Offsets and IANA names. */
function isTimeZone(zone: string): boolean {
  if (/^(?:GMT|UTC)?[+-]\d{1,2}(?::?\d{2})?$/.test(zone)) return true;
  return isAccepted(() => new Intl.DateTimeFormat("en", { timeZone: zone }));
}

/** Language tags; Java's underscore is taken for a dash. */
function isLocale(locale: string): boolean {
  return isAccepted(() => Intl.getCanonicalLocales(locale.replaceAll("_", "-")));
}

function charsetName(label: string): string | null {
  return isAccepted(() => new TextDecoder(label)) ? new TextDecoder(label).encoding : null;
}

function isAccepted(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

/** What a setting takes, as it ends a sentence. */
export function expectation(key: ConfigKey): string {
  switch (key.value) {
    case "text":
      return "a quoted text that is not empty";
    case "byte":
      return "one ASCII character in quotes";
    case "name":
      return "a field name in quotes";
    case "integer":
      return "a whole number of at most 64 bits";
    case "number":
      return "a number";
    case "size":
      return "a positive whole number of bytes";
    case "boolean":
      return "true or false";
    case "time-format":
      return "a time format in quotes";
    case "time-zone":
      return "a time zone in quotes, such as 'Europe/Tallinn' or '+02:00'";
    case "charset":
      return "the name of a charset in quotes, such as 'windows-1252'";
    case "locale":
      return "a language tag in quotes, such as 'en' or 'de-AT'";
    default:
      return unreachable(key.value);
  }
}
