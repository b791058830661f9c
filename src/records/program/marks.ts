/**
 * Marks: which records are worth a closer look, because a literal that is looked for stands in them, or because something in them is
 * disguised so that it may. Meant as the first sieve of many rules: it never misses, and lets through little of ordinary data.
 */

import type { SlotIndex } from "./program.ts";

/** What is looked for. Unmatched spans are marked always: nobody knows what they are. */
export interface ScanMarks {
  /**
   * Texts of two bytes and more, a character per byte (Latin-1), ASCII letters in lower case; case does not count. A record is marked
   * when one of them stands in its bytes, or in what one, two or three rounds of percent-decoding make of them (in the first of which a plus
   * becomes a blank), or when these hold a sign of other disguises (`DISGUISES`), a percent sign that encodes no byte, a quote between
   * letters, or more rounds. Without any, the record as a whole is not looked at.
   */
  readonly literals: readonly string[];
  /** What is looked for in the texts of slots, as they are written in the log. All of them are looked at; the whole record only while nothing was found. */
  readonly slots: readonly SlotMarks[];
}

/** In a row's marks the bit for the record as a whole; spans that no record covers have it. */
export const RECORD_MARK = 1;
/** So many slots have bits of their own; those behind them share the last one. */
const MOST_MARKS = 30;

/** In a row's marks the bit for what was found in the slot at this place of the list. */
export function markOfSlot(index: number): number {
  return 1 << Math.min(index + 1, MOST_MARKS);
}

/** What is looked for in the text of one slot. */
export interface SlotMarks {
  readonly slot: SlotIndex;
  /** Like those of `ScanMarks`: they mark the record, and so do disguises. */
  readonly literals: readonly string[];
  /** Bytes that mark the record where one of them stands in the text or in what decoding makes of it; see `ScanMarks`. */
  readonly bytes: readonly number[];
}

/** Rounds of percent-decoding that are looked through. */
export const MOST_DECODINGS = 3;

/** Bytes with which other disguises begin: escapes, quotes of shells, NUL, overlong UTF-8. */
export const DISGUISES: readonly number[] = [0x00, 0x24, 0x27, 0x5c, 0x5e, 0x60, 0xc0, 0xc1, 0xe0, 0xf0];

/** Longer records that hold a percent sign or a plus are marked unseen. */
export const LONGEST_DECODED_BYTES: number = 64 << 10;
