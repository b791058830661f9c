/** The shape of bytes: what is left of them when it does not matter which letters and digits they are, and how many. */

/** The shape is taken of so many bytes at most: what makes lines of a log alike stands at their start. */
const LOOKED_AT_BYTES = 128;
const DIGIT = 1;
const LETTER = 2;

/**
 * A number that is the same for bytes of the same shape: `alice 12` and `bob 7`. Different shapes may share one, which makes them one
 * shape for whoever counts. Cost: constant.
 */
export function shapeOf(bytes: Uint8Array, start: number, end: number): number {
  const stop = Math.min(end, start + LOOKED_AT_BYTES);
  let hash = 0x811c9dc5;
  let last = 0;
  for (let at = start; at < stop; at++) {
    const mark = markOf(bytes[at] ?? 0);
    if (mark === last && mark <= LETTER) continue;
    last = mark;
    hash = Math.imul(hash ^ mark, 0x01000193);
  }
  return hash;
}

function markOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return DIGIT;
  const isLetter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte >= 0x80;
  return isLetter ? LETTER : byte + LETTER + 1;
}
