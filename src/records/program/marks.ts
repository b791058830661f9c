/**
 * Marks: which records are worth a closer look, because a literal that is looked for stands in them, or because something in them is
 * disguised so that it may. Meant as the first sieve of many rules: it never misses, and lets through little of ordinary data.
 */

import type { SlotIndex } from "./program.ts";

/** What is looked for. Unmatched spans are marked always: nobody knows what they are. */
export interface ScanMarks {
  /**
   * Looked for in all bytes of a record; none: only texts are looked at. Literals have two bytes and more, a character per byte (Latin-1),
   * ASCII letters in lower case; case does not count. A record is marked when one of them stands in its bytes, or in what one, two or three
   * rounds of percent-decoding make of them, or when these hold a sign of other disguises (`DISGUISES`), `%u`, or a quote between letters.
   * A literal with `WORD_EDGE` at an end stands only where no ASCII letter is beside that end.
   */
  readonly literals: readonly string[];
  /** Texts of a record that are looked at one by one. */
  readonly texts: readonly MarkedText[];
}

/** What is looked for in one text, as it is written in the log. */
export interface MarkedText {
  readonly slot: SlotIndex;
  /** As those of the record; none: disguises do not matter either. */
  readonly literals: readonly string[];
  /** Bytes (ASCII) that are signs as they stand. */
  readonly signs: readonly number[];
}

/** No character of bytes: marks an end of a literal that must be the end of a word. */
export const WORD_EDGE = "\ue000";

/** A literal, and which of its ends must be ends of words. */
export interface EdgedLiteral {
  readonly text: string;
  readonly startsWord: boolean;
  readonly endsWord: boolean;
}

/** The literal without the marks of its ends. */
export function readLiteral(literal: string): EdgedLiteral {
  return {
    text: literal.replaceAll(WORD_EDGE, ""),
    startsWord: literal.startsWith(WORD_EDGE),
    endsWord: literal.endsWith(WORD_EDGE),
  };
}

/** Whether the literal stands in a text in lower case. */
export function standsIn({ text, startsWord, endsWord }: EdgedLiteral, lower: string): boolean {
  for (let at = lower.indexOf(text); at >= 0; at = lower.indexOf(text, at + 1)) {
    const isStart = !startsWord || !isLowerLetter(lower.charCodeAt(at - 1));
    if (isStart && (!endsWord || !isLowerLetter(lower.charCodeAt(at + text.length)))) return true;
  }
  return false;
}

/** Whether a code is that of an ASCII letter in lower case. */
export function isLowerLetter(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

/** Rounds of percent-decoding that are looked through. */
export const MOST_DECODINGS = 3;

/** Bytes with which other disguises begin: escapes, quotes of shells, NUL, overlong UTF-8. */
export const DISGUISES: readonly number[] = [0x00, 0x24, 0x27, 0x5c, 0x5e, 0x60, 0xc0, 0xc1, 0xe0, 0xf0];

/** Longer records that hold a percent sign are marked unseen. */
export const LONGEST_DECODED_BYTES: number = 64 << 10;
