/** Card numbers. */
import { isDigit } from "./run-memo.ts";

const FEWEST_DIGITS = 13;
const MOST_DIGITS = 19;
const BLANK = 0x20;
const DASH = 0x2d;

/** Where the card number that begins at `at` ends, or -1. */
export function cardEnd(bytes: Uint8Array, at: number): number {
  const digits: number[] = [];
  let end = at;
  for (;;) {
    const isSpaced = digits.length > 0 && (bytes[end] === BLANK || bytes[end] === DASH);
    const place = isSpaced ? end + 1 : end;
    const byte = bytes[place] ?? 0;
    if (!isDigit(byte)) break;
    if (digits.length === MOST_DIGITS) {
      if (isSpaced) break;
      return -1;
    }
    digits.push(byte - 0x30);
    end = place + 1;
  }
  return digits.length >= FEWEST_DIGITS && hasCheckDigit(digits) ? end : -1;
}

/** From the right every second digit counts twice, its digits added up; the sum must end in 0. */
function hasCheckDigit(digits: readonly number[]): boolean {
  const sum = digits.reduceRight((total, digit, index) => {
    const isDoubled = (digits.length - 1 - index) % 2 === 1;
    const value = isDoubled ? 2 * digit : digit;
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
