/** Values of events as the types that detectors count with. */
import type { DetectionEvent, EventValue } from "../event.ts";

/** A number, or null: whole numbers of any size, and texts that are numbers. */
export function numberOf(value: EventValue | null): number | null {
  if (typeof value === "number") return value;
  if (value === null || typeof value === "boolean") return null;
  if (typeof value === "bigint") return Number(value);
  if (value === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** A text, or null; numbers as they are written in decimal. */
export function textOfValue(value: EventValue | null): string | null {
  if (typeof value === "string") return value;
  return value === null ? null : String(value);
}

/** The number of a field, or null. */
export function numberField(event: DetectionEvent, field: string): number | null {
  return event.number === undefined ? numberOf(event.value(field)) : event.number(field);
}

/** The text of a field, or null when there is none or it is empty. */
export function textField(event: DetectionEvent, field: string): string | null {
  const text = textOfValue(event.value(field));
  return text === "" ? null : text;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all characters of one byte are meant.
const IS_LATIN1 = /^[\u0000-\u00ff]*$/;

const scratch = Buffer.alloc(2048);

/** A text of its own: a piece of a long text would keep all of it in memory. */
export function ownText(text: string): string {
  // Fast path: ASCII of a bounded length is written and read again without a buffer of its own.
  if (2 * text.length > scratch.length || !IS_LATIN1.test(text))
    return Buffer.from(text, "utf16le").toString("utf16le");
  return scratch.toString("latin1", 0, scratch.write(text, 0, "latin1"));
}
