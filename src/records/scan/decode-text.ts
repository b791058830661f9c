/** The value of a captured text: escapes undone, bytes that are not UTF-8 replaced. The rare case; the module handles the others. */
import type { TextEncoding } from "../program/program.ts";

/** Encodings as the module and the host number them. */
export const ENCODINGS: readonly TextEncoding[] = [
  "plain",
  "backslash",
  "doubled-double-quote",
  "doubled-single-quote",
  "json",
];

/** A text's value, and whether bytes had to be replaced. */
export interface DecodedText {
  readonly utf8: Uint8Array;
  readonly isReplaced: boolean;
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** Decodes a text as it stands in the data. The result is at most three times as long. */
export function decodeText(raw: Uint8Array, encoding: TextEncoding): DecodedText {
  const bytes = undoEscapes(raw, encoding);
  try {
    strict.decode(bytes);
    return { utf8: bytes, isReplaced: false };
  } catch {
    return { utf8: encoder.encode(lenient.decode(bytes)), isReplaced: true };
  }
}

function undoEscapes(raw: Uint8Array, encoding: TextEncoding): Uint8Array {
  switch (encoding) {
    case "plain":
      return raw;
    case "doubled-double-quote":
      return undouble(raw, 0x22);
    case "doubled-single-quote":
      return undouble(raw, 0x27);
    default:
      return unescapeBackslash(raw, encoding === "json");
  }
}

function undouble(raw: Uint8Array, quote: number): Uint8Array {
  const out = new Uint8Array(raw.length);
  let length = 0;
  for (let index = 0; index < raw.length; index++) {
    const byte = raw[index]!;
    out[length++] = byte;
    if (byte === quote && raw[index + 1] === quote) index++;
  }
  return out.subarray(0, length);
}

const BACKSLASH = 0x5c;
/** Escaped letter → byte, the same in both encodings. */
const LETTERS: ReadonlyMap<number, number> = new Map([
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
  [0x22, 0x22],
  [BACKSLASH, BACKSLASH],
]);
/** What JSON has besides. */
const JSON_LETTERS: ReadonlyMap<number, number> = new Map([
  ...LETTERS,
  [0x2f, 0x2f],
  [0x62, 0x08],
  [0x66, 0x0c],
]);

function unescapeBackslash(raw: Uint8Array, isJson: boolean): Uint8Array {
  // No escape is shorter than what it stands for, but for a lone surrogate's U+FFFD, which is also shorter than its six bytes.
  const out = new Uint8Array(raw.length);
  const letters = isJson ? JSON_LETTERS : LETTERS;
  let length = 0;
  for (let index = 0; index < raw.length; ) {
    const byte = raw[index]!;
    if (byte !== BACKSLASH || index + 1 === raw.length) {
      out[length++] = byte;
      index++;
      continue;
    }
    const next = raw[index + 1]!;
    const letter = letters.get(next);
    if (letter !== undefined) {
      out[length++] = letter;
      index += 2;
    } else if (next === 0x75 && hexAt(raw, index + 2, 4) >= 0) {
      const { character, taken } = unicodeAt(raw, index);
      length += encoder.encodeInto(character, out.subarray(length)).written;
      index += taken;
    } else if (!isJson && next === 0x78 && hexAt(raw, index + 2, 2) >= 0) {
      out[length++] = hexAt(raw, index + 2, 2);
      index += 4;
    } else if (!isJson && next === 0x27) {
      out[length++] = next;
      index += 2;
    } else {
      out[length++] = byte;
      out[length++] = next;
      index += 2;
    }
  }
  return out.subarray(0, length);
}

/** The character of a `\uHHHH`, or of a pair of them; a surrogate without its other half is U+FFFD. */
function unicodeAt(raw: Uint8Array, index: number): { readonly character: string; readonly taken: number } {
  const unit = hexAt(raw, index + 2, 4);
  if (unit < 0xd800 || unit > 0xdfff) return { character: String.fromCharCode(unit), taken: 6 };
  const isPair = unit < 0xdc00 && raw[index + 6] === BACKSLASH && raw[index + 7] === 0x75;
  const second = isPair ? hexAt(raw, index + 8, 4) : -1;
  if (second < 0xdc00 || second > 0xdfff) return { character: "\ufffd", taken: 6 };
  return { character: String.fromCharCode(unit, second), taken: 12 };
}

/** The value of `count` hexadecimal digits, or -1. */
function hexAt(raw: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let index = from; index < from + count; index++) {
    const byte = raw[index] ?? 0;
    const digit =
      byte >= 0x30 && byte <= 0x39
        ? byte - 0x30
        : (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66
          ? (byte | 0x20) - 0x57
          : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}
