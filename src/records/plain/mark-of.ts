/** Marks of records, as the scanner gives them; see `program/marks.ts`. */

import {
  DISGUISES,
  LONGEST_DECODED_BYTES,
  MOST_DECODINGS,
  markOfSlot,
  RECORD_MARK,
  type ScanMarks,
  type SlotMarks,
} from "../program/marks.ts";
import { isText } from "./captured.ts";
import type { ScanRow } from "./scan-row.ts";

const disguises = new Set(DISGUISES);

/** What of a record, or of a span that no record covers, is marked: a bit each. */
export function marksOf(row: Omit<ScanRow, "marks">, { slots, literals }: ScanMarks): number {
  if (row.isUnmatched) return RECORD_MARK;
  let marks = 0;
  for (const [index, one] of slots.entries()) {
    const value = row.slots[one.slot] ?? null;
    if (!isText(value)) continue;
    const text = value.bytes.subarray(value.start, value.end);
    if (isMarked(text, one)) marks |= markOfSlot(index);
  }
  if (marks !== 0 || literals.length === 0) return marks;
  return isMarked(row.bytes.subarray(row.start, row.end), { literals, bytes: [] }) ? RECORD_MARK : 0;
}

/** What is looked for in a text. */
type Wanted = Omit<SlotMarks, "slot">;

function isMarked(bytes: Uint8Array, wanted: Wanted): boolean {
  let text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  for (let round = 0; ; round++) {
    if (isDisguised(text) || holds(text, wanted)) return true;
    const isEncoded = text.includes("%");
    if (round === MOST_DECODINGS) return isEncoded;
    if (!isEncoded && !(round === 0 && text.includes("+"))) return false;
    if (text.length > LONGEST_DECODED_BYTES || /%(?![0-9a-f]{2})/i.test(text)) return true;
    const decoded = round === 0 ? text.replaceAll("+", " ") : text;
    text = decoded.replace(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  }
}

function holds(text: string, { literals, bytes }: Wanted): boolean {
  const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return (
    literals.some((literal) => lower.includes(literal)) ||
    [...text].some((character) => bytes.includes(character.charCodeAt(0)))
  );
}

function isDisguised(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (disguises.has(code)) return true;
    if (code === 0x22 && isWord(text.charCodeAt(index - 1)) && isWordOrQuote(text.charCodeAt(index + 1)))
      return true;
  }
  return false;
}

/** A quote inside a word, or two of them. */
function isWordOrQuote(code: number): boolean {
  return code === 0x22 || isWord(code);
}

function isWord(code: number): boolean {
  const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
  return isLetter || (code >= 0x30 && code <= 0x39) || code === 0x5f;
}
