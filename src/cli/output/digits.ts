/** Numbers written as ASCII digits, without a string for each. */
import type { ByteBuffer } from "./byte-buffer.ts";

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;

/** Writes a safe integer in decimal. */
export function writeInteger(out: ByteBuffer, value: number): void {
  if (value < 0) out.byte(MINUS);
  writePadded(out, Math.abs(value), 1);
}

/** Writes a whole number from 0 up to the largest safe one with at least `width` digits. */
export function writePadded(out: ByteBuffer, value: number, width: number): void {
  let digits = 1;
  for (let bound = 10; bound <= value; bound *= 10) digits++;
  digits = Math.max(digits, width);
  const end = out.length + digits;
  const bytes = out.room(digits);
  let rest = value;
  for (let at = end - 1; at >= out.length; at--) {
    const shorter = Math.floor(rest / 10);
    bytes[at] = ZERO + (rest - shorter * 10);
    rest = shorter;
  }
  out.advance(end);
}

/** Writes a 64-bit integer of any size, exactly. */
export function writeLong(out: ByteBuffer, value: bigint): void {
  const number = Number(value);
  if (Number.isSafeInteger(number)) writeInteger(out, number);
  else out.ascii(String(value));
}

/** Writes the shortest decimal that is read back as the same number of 64 bits; `NaN`, `Infinity`, `-Infinity` as such. */
export function writeDouble(out: ByteBuffer, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) writeInteger(out, value);
  else out.ascii(String(value));
}

/** The shortest decimal that is read back as the same number of 32 bits. */
export function floatText(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const shortened = Number(value.toPrecision(digits));
    if (Math.fround(shortened) === Math.fround(value)) return String(shortened);
  }
  return String(value);
}

/** Writes an IPv4 address given as its 32 bits. */
export function writeIpv4(out: ByteBuffer, bits: number): void {
  writePadded(out, (bits >>> 24) & 255, 1);
  for (const shift of [16, 8, 0]) {
    out.byte(POINT);
    writePadded(out, (bits >>> shift) & 255, 1);
  }
}
