/** Where quoted texts end. */

const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;

/** How a quoted text is written. */
export interface QuotedForm {
  readonly quote: number;
  /** A quote inside is written twice; else a backslash keeps the byte behind it. */
  readonly isDoubled: boolean;
  /** Most bytes between the quotes. */
  readonly max: number;
  readonly staysInLine: boolean;
}

/** The place of the closing quote of the text that opens at `at`, or -1. Cost: at most `max` bytes. */
export function quotedEnd(bytes: Uint8Array, at: number, form: QuotedForm): number {
  const { quote, isDoubled, max, staysInLine } = form;
  if (bytes[at] !== quote) return -1;
  const last = Math.min(bytes.length - 1, at + 1 + max);
  let place = at + 1;
  while (place <= last) {
    const byte = bytes[place];
    if (byte === quote) {
      if (!isDoubled || bytes[place + 1] !== quote) return place;
      place++;
    } else if (byte === BACKSLASH && !isDoubled) {
      place++;
      if (staysInLine && bytes[place] === LINE_FEED) return -1;
    } else if (byte === LINE_FEED && staysInLine) return -1;
    place++;
  }
  return -1;
}
