/** The value of a captured text: escapes undone, what is not UTF-8 replaced. */
import { isUtf8 } from "node:buffer";
import { unreachable } from "#text";
import type { TextEncoding } from "../program/program.ts";

const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const LETTER_X = 0x78;

/** A text's value as valid UTF-8. `isReplaced`: some of its bytes were not UTF-8 and became U+FFFD. */
export interface DecodedText {
  readonly utf8: Uint8Array;
  readonly isReplaced: boolean;
}

/** Where an encoded text lies. `decode`: the decoder of its program that makes its value. */
export interface EncodedText {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly encoding: TextEncoding;
  readonly decode?: DecodeText;
}

/** A decoder of a program, ready to run. */
export type DecodeText = (text: EncodedText) => DecodedText;

/** Decodes a text. The result may share memory with its bytes. Cost: linear. */
export function decodedText(text: EncodedText): DecodedText {
  return text.decode === undefined ? decodedPlainly(text) : text.decode(text);
}

/** Undoes a text's escapes, no matter whether a decoder comes behind. */
export function decodedPlainly({ bytes, start, end, encoding }: EncodedText): DecodedText {
  return cleanText(withoutEscapes(bytes.subarray(start, end), encoding));
}

const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** Bytes as valid UTF-8: every maximal part of an ill-formed sequence becomes one U+FFFD (Unicode 15, 3.9). */
export function cleanText(bytes: Uint8Array): DecodedText {
  if (isUtf8(bytes)) return { utf8: bytes, isReplaced: false };
  return { utf8: encoder.encode(lenient.decode(bytes)), isReplaced: true };
}

/** Undoes escapes in a text that is UTF-8 already. */
export function withoutEscapes(bytes: Uint8Array, encoding: TextEncoding): Uint8Array {
  switch (encoding) {
    case "plain":
      return bytes;
    case "doubled-double-quote":
      return singleQuotes(bytes, 0x22);
    case "doubled-single-quote":
      return singleQuotes(bytes, 0x27);
    case "backslash":
      return bytes.includes(BACKSLASH) ? unescaped(bytes, backslashEscape) : bytes;
    case "json":
      return bytes.includes(BACKSLASH) ? unescaped(bytes, jsonEscape) : bytes;
    default:
      return unreachable(encoding);
  }
}

/** A quote that stands twice once. */
export function singleQuotes(bytes: Uint8Array, quote: number): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    out.push(byte);
    if (byte === quote && bytes[at + 1] === quote) at++;
  }
  return Uint8Array.from(out);
}

/** Appends what the escape at `at` stands for and gives its end; `bytes[at]` is the backslash. */
type Escape = (bytes: Uint8Array, at: number, out: number[]) => number;

function unescaped(bytes: Uint8Array, undo: Escape): Uint8Array {
  const out: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte === BACKSLASH) {
      at = undo(bytes, at, out);
    } else {
      out.push(byte);
      at++;
    }
  }
  return Uint8Array.from(out);
}

const BACKSLASH_LETTERS: ReadonlyMap<number, number> = new Map([
  [0x22, 0x22],
  [0x27, 0x27],
  [0x5c, 0x5c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
]);
const JSON_LETTERS: ReadonlyMap<number, number> = new Map([
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x2f, 0x2f],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
]);

function backslashEscape(bytes: Uint8Array, at: number, out: number[]): number {
  const letter = bytes[at + 1] ?? -1;
  const plain = BACKSLASH_LETTERS.get(letter);
  if (plain !== undefined) {
    out.push(plain);
    return at + 2;
  }
  if (letter === LETTER_X) {
    const byte = hexValue(bytes, at + 2, 2);
    if (byte >= 0) {
      out.push(byte);
      return at + 4;
    }
  }
  return letter === LETTER_U ? unicodeEscape(bytes, at, out) : kept(at, out);
}

function jsonEscape(bytes: Uint8Array, at: number, out: number[]): number {
  const plain = JSON_LETTERS.get(bytes[at + 1] ?? -1);
  if (plain === undefined) return unicodeEscape(bytes, at, out);
  out.push(plain);
  return at + 2;
}

function kept(at: number, out: number[]): number {
  out.push(BACKSLASH);
  return at + 1;
}

/** Four hexadecimal digits; two halves of a surrogate pair are one character, a lone half becomes U+FFFD. */
function unicodeEscape(bytes: Uint8Array, at: number, out: number[]): number {
  const unit = bytes[at + 1] === LETTER_U ? hexValue(bytes, at + 2, 4) : -1;
  if (unit < 0) return kept(at, out);
  const isPair = unit >= 0xd800 && unit < 0xdc00 && bytes[at + 6] === BACKSLASH && bytes[at + 7] === LETTER_U;
  const second = isPair ? hexValue(bytes, at + 8, 4) : -1;
  if (second >= 0xdc00 && second < 0xe000) {
    out.push(...encoder.encode(String.fromCharCode(unit, second)));
    return at + 12;
  }
  out.push(...encoder.encode(String.fromCharCode(unit)));
  return at + 6;
}

/** The value of `count` hexadecimal digits, or -1. */
export function hexValue(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = 0; index < count; index++) {
    const digit = hexDigit(bytes[at + index] ?? -1);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** The value of a hexadecimal digit, or -1. */
export function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = (byte | 0x20) - 0x61;
  return byte >= 0x41 && letter >= 0 && letter <= 5 ? letter + 10 : -1;
}
