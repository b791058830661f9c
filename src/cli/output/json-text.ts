/** JSON text: escapes of strings, and JSON that stood in a log put into JSON again. */
import type { ByteBuffer } from "./byte-buffer.ts";
import { steeringAt } from "./steering.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const BLANK = 0x20;
/** Every byte may become `\uHHHH`; so much is taken at once that a huge text does not need six times its size. */
const CHUNK = 1 << 16;
const LARGEST_ESCAPE = 6;
const SHORT_ESCAPES: ReadonlyMap<number, number> = new Map([
  [0x08, 0x62],
  [0x09, 0x74],
  [0x0a, 0x6e],
  [0x0c, 0x66],
  [0x0d, 0x72],
  [QUOTE, QUOTE],
  [BACKSLASH, BACKSLASH],
]);
const PLAIN: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const isSpecial =
    byte < BLANK || byte === QUOTE || byte === BACKSLASH || byte === 0x7f || byte === 0xc2 || byte === 0xe2;
  return isSpecial ? 0 : 1;
});

/**
 * Writes UTF-8 `source[start, end)` as a JSON string with its quotes. Beyond what JSON demands, characters that steer terminals
 * (DEL, C1, changes of direction, line separators) are escaped too, so that JSON can be shown anywhere.
 */
export function writeJsonString(out: ByteBuffer, source: Uint8Array, start: number, end: number): void {
  out.byte(QUOTE);
  writeEscaped(out, source, start, end, true);
  out.byte(QUOTE);
}

/**
 * Writes UTF-8 `source[start, end)`, which is well-formed JSON, on one line: line ends between its tokens become blanks, and what
 * steers terminals inside its strings is escaped. Numbers keep their digits.
 */
export function writeJsonValue(out: ByteBuffer, source: Uint8Array, start: number, end: number): void {
  writeEscaped(out, source, start, end, false);
}

/** Whether a text is one well-formed JSON value. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function writeEscaped(
  out: ByteBuffer,
  source: Uint8Array,
  start: number,
  end: number,
  isString: boolean,
): void {
  let from = start;
  while (from < end) {
    const stop = Math.min(end, from + CHUNK);
    const bytes = out.room((stop - from) * LARGEST_ESCAPE + LARGEST_ESCAPE);
    let to = out.length;
    while (from < stop) {
      const byte = source[from] ?? 0;
      if (PLAIN[byte] === 1) {
        bytes[to++] = byte;
        from++;
        continue;
      }
      const steering = steeringAt(source, from);
      if (steering !== null) {
        to = putUnicodeEscape(bytes, to, steering.code);
        from += steering.length;
        continue;
      }
      to = isString ? putEscape(bytes, to, byte) : putBetweenTokens(bytes, to, byte);
      from++;
    }
    out.advance(to);
  }
}

function putEscape(bytes: Uint8Array, at: number, byte: number): number {
  const short = SHORT_ESCAPES.get(byte);
  if (short !== undefined) {
    bytes[at] = BACKSLASH;
    bytes[at + 1] = short;
    return at + 2;
  }
  if (byte < BLANK) return putUnicodeEscape(bytes, at, byte);
  bytes[at] = byte;
  return at + 1;
}

function putBetweenTokens(bytes: Uint8Array, at: number, byte: number): number {
  bytes[at] = byte === LINE_FEED || byte === 0x0d ? BLANK : byte;
  return at + 1;
}

function putUnicodeEscape(bytes: Uint8Array, at: number, code: number): number {
  const digits = `\\u${code.toString(16).padStart(4, "0")}`;
  for (let index = 0; index < digits.length; index++) bytes[at + index] = digits.charCodeAt(index);
  return at + digits.length;
}
