/** Numbers and truth values as text. */
import type { DecimalOperation, IntegerOperation } from "../program/program.ts";
import { hexDigit } from "./decoded-text.ts";
import type { RunMemo } from "./run-memo.ts";

const PLUS = 0x2b;
const MINUS = 0x2d;
const ZERO = 0x30;
const LETTER_X = 0x78;
const LETTER_E = 0x65;
const POINT = 0x2e;

/** A number read, and where it ends; null value: there was no digit, and nothing is taken. */
export interface ReadNumber<T> {
  readonly end: number;
  readonly value: T | null;
}

const latin = new TextDecoder("latin1");

function isSign(byte: number | undefined): boolean {
  return byte === PLUS || byte === MINUS;
}

/** A whole number with its sign, or null when it is out of bounds or too short. */
export function readInteger(
  operation: IntegerOperation,
  bytes: Uint8Array,
  at: number,
  digits: RunMemo,
): ReadNumber<bigint> | null {
  const isHex = operation.radix === 16;
  const limit = Math.min(bytes.length, at + operation.maxBytes);
  const start = behindPrefix(bytes, isSign(bytes[at]) ? at + 1 : at, isHex);
  const end = digits.runEnd(bytes, start, limit);
  if (end <= start) return { end: at, value: null };
  if (end - at < operation.minBytes) return null;
  const magnitude = wholeNumber(bytes, start, end, isHex);
  if (magnitude === null) return null;
  const value = bytes[at] === MINUS ? -magnitude : magnitude;
  return value < operation.min || value > operation.max ? null : { end, value };
}

/** `0x` counts as a prefix where a digit follows. */
function behindPrefix(bytes: Uint8Array, at: number, isHex: boolean): number {
  const isPrefix =
    isHex &&
    bytes[at] === ZERO &&
    ((bytes[at + 1] ?? 0) | 0x20) === LETTER_X &&
    hexDigit(bytes[at + 2] ?? -1) >= 0;
  return isPrefix ? at + 2 : at;
}

/** No number of 64 bits has more digits behind its leading zeros. */
const MOST_DIGITS = 19;

function wholeNumber(bytes: Uint8Array, start: number, end: number, isHex: boolean): bigint | null {
  let first = start;
  while (first < end - 1 && bytes[first] === ZERO) first++;
  if (end - first > MOST_DIGITS) return null;
  const text = latin.decode(bytes.subarray(first, end));
  return BigInt(isHex ? `0x${text}` : text);
}

/** A decimal fraction, or null when it is out of bounds or too short. */
export function readDecimal(
  operation: DecimalOperation,
  bytes: Uint8Array,
  at: number,
  digits: DecimalMemos,
): ReadNumber<number> | null {
  const limit = Math.min(bytes.length, at + operation.maxBytes);
  const end = decimalEnd(bytes, at, { limit, point: operation.point, digits });
  if (end === at) return { end, value: null };
  if (end - at < operation.minBytes) return null;
  const text = latin.decode(bytes.subarray(at, end));
  const value = Number(
    operation.point === POINT ? text : text.replace(String.fromCharCode(operation.point), "."),
  );
  const { min, max } = operation;
  return (min !== null && value < min) || (max !== null && value > max) ? null : { end, value };
}

/** Runs of digits before the point, behind it, and of the exponent. */
export type DecimalMemos = readonly [whole: RunMemo, fraction: RunMemo, exponent: RunMemo];

interface DecimalBounds {
  readonly limit: number;
  readonly point: number;
  readonly digits: DecimalMemos;
}

function decimalEnd(bytes: Uint8Array, at: number, { limit, point, digits }: DecimalBounds): number {
  const [whole, fraction, exponent] = digits;
  const start = isSign(bytes[at]) ? at + 1 : at;
  let end = whole.runEnd(bytes, start, limit);
  const hasWhole = end > start;
  if (end < limit && bytes[end] === point) {
    const behind = fraction.runEnd(bytes, end + 1, limit);
    // A point alone is no number.
    if (hasWhole || behind > end + 1) end = behind;
  }
  if (end <= start) return at;
  return exponentEnd(bytes, end, limit, exponent);
}

/** An exponent counts only with its digits. */
function exponentEnd(bytes: Uint8Array, at: number, limit: number, digits: RunMemo): number {
  if (at >= limit || ((bytes[at] ?? 0) | 0x20) !== LETTER_E) return at;
  const first = isSign(bytes[at + 1]) ? at + 2 : at + 1;
  const end = digits.runEnd(bytes, first, limit);
  return end > first ? end : at;
}

const TRUE = [0x74, 0x72, 0x75, 0x65];
const FALSE = [0x66, 0x61, 0x6c, 0x73, 0x65];

/** `true` or `false` in any case, or null. */
export function readBoolean(
  bytes: Uint8Array,
  at: number,
): { readonly end: number; readonly value: boolean } | null {
  const stands = (word: readonly number[]) =>
    word.every((letter, index) => ((bytes[at + index] ?? 0) | 0x20) === letter);
  if (stands(TRUE)) return { end: at + TRUE.length, value: true };
  return stands(FALSE) ? { end: at + FALSE.length, value: false } : null;
}
