/** Bytes that would steer a terminal: found in UTF-8, and written out. */
import type { ByteBuffer } from "./byte-buffer.ts";

/** A character that steers, and how many bytes it takes. */
export interface SteeringCharacter {
  readonly code: number;
  readonly length: number;
}

const TAB = 0x09;
const LINE_FEED = 0x0a;

/** A character above the C0 controls that steers a terminal, if one stands at `at` in UTF-8. */
export function steeringAt(source: Uint8Array, at: number): SteeringCharacter | null {
  const first = source[at] ?? 0;
  const second = source[at + 1] ?? 0;
  if (first === 0x7f) return { code: 0x7f, length: 1 };
  if (first === 0xc2 && second >= 0x80 && second <= 0x9f) return { code: second, length: 2 };
  if (first !== 0xe2 || (second !== 0x80 && second !== 0x81)) return null;
  const third = source[at + 2] ?? 0;
  const code = ((second & 0x3f) << 6) | (third & 0x3f) | 0x2000;
  const turns = (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  return turns ? { code, length: 3 } : null;
}

/** The bytes with everything that steers a terminal written out as `\x1B` or `\u202E`; tabs and line feeds stay. Gives back `source` itself when nothing steers. */
export function withoutSteering(source: Uint8Array, scratch: ByteBuffer): Uint8Array {
  let kept = 0;
  for (let at = 0; at < source.length; at++) {
    const found = controlAt(source, at);
    if (found === null) continue;
    scratch.range(source, kept, at);
    scratch.ascii(escapeOf(found.code));
    kept = at + found.length;
    at = kept - 1;
  }
  if (kept === 0) return source;
  scratch.range(source, kept, source.length);
  return scratch.take();
}

function controlAt(source: Uint8Array, at: number): SteeringCharacter | null {
  const byte = source[at] ?? 0;
  if (byte >= 0x20 && byte < 0x7f) return null;
  if (byte < 0x20) return byte === TAB || byte === LINE_FEED ? null : { code: byte, length: 1 };
  return steeringAt(source, at);
}

function escapeOf(code: number): string {
  const digits = code.toString(16).toUpperCase();
  return code < 0x100 ? `\\x${digits.padStart(2, "0")}` : `\\u${digits.padStart(4, "0")}`;
}
