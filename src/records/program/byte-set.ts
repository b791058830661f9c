/** Sets of bytes, as match programs hold them. */
import type { ByteSet } from "./program.ts";

const ALL = 0xffff_ffff;

/** No byte at all. */
export const NO_BYTES: ByteSet = [0, 0, 0, 0, 0, 0, 0, 0];
/** All 256. */
export const EVERY_BYTE: ByteSet = [ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL];

/** Whether a byte is in a set; -1, which stands for the end of input, never is. */
export function hasByte(set: ByteSet, byte: number): boolean {
  return byte >= 0 && (((set[byte >> 5] ?? 0) >>> (byte & 31)) & 1) === 1;
}

/** The bytes of a set, ascending. */
export function bytesOf(set: ByteSet): readonly number[] {
  return Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => hasByte(set, byte));
}

/** The set that holds just these bytes. */
export function setOfBytes(bytes: Iterable<number>): ByteSet {
  const words: [number, number, number, number, number, number, number, number] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (const byte of bytes) {
    const word = byte >> 5;
    words[word] = ((words[word] ?? 0) | (1 << (byte & 31))) >>> 0;
  }
  return words;
}

/** The set of the bytes in inclusive ranges. */
export function setOfRanges(ranges: readonly (readonly [first: number, last: number])[]): ByteSet {
  return setOfBytes(
    ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index)),
  );
}

/** What is in either set. */
export function joinSets(first: ByteSet, second: ByteSet): ByteSet {
  return combine(first, second, (a, b) => a | b);
}

/** What is in both sets. */
export function commonBytes(first: ByteSet, second: ByteSet): ByteSet {
  return combine(first, second, (a, b) => a & b);
}

/** What is in the first set and not in the second. */
export function bytesWithout(first: ByteSet, second: ByteSet): ByteSet {
  return combine(first, second, (a, b) => a & ~b);
}

function combine(first: ByteSet, second: ByteSet, operate: (a: number, b: number) => number): ByteSet {
  const word = (index: number) => operate(first[index] ?? 0, second[index] ?? 0) >>> 0;
  return [word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7)];
}
