/** JSON by RFC 8259: where values end. No recursion: nesting is bounded by memory alone. */
import { isDigit, RunMemo } from "./run-memo.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
/** Closing brackets lie two behind their opening ones. */
const TO_CLOSING = 2;
const LITERALS: ReadonlyMap<number, string> = new Map([
  [0x74, "true"],
  [0x66, "false"],
  [0x6e, "null"],
]);
/** Bytes of words that stand without quotes, in values. */
export function isWordByte(byte: number): boolean {
  return byte > 0x20 && !NO_WORD.includes(byte);
}

const NO_WORD: readonly number[] = [QUOTE, COMMA, OPEN_BRACE, OPEN_BRACE + 2, OPEN_BRACKET, OPEN_BRACKET + 2];
/** So many ends are remembered; then it begins anew. */
const MOST_ENDS = 1 << 18;

/**
 * Finds the ends of values in one input, and remembers those of objects and arrays: an attempt that starts inside of a value that has been
 * looked at does not look at it again. Cost of all calls together: linear, for up to a quarter of a million open values.
 */
export class JsonMemo {
  readonly #bytes: Uint8Array;
  /** Ends of objects and arrays by their start; -1: not well formed. */
  readonly #ends = new Map<number, number>();
  /** Strings that begin with a quote in `[from, to]` end at `end`, or nowhere: -1. */
  #string = { from: 0, to: -1, end: -1 };
  readonly #digits = [new RunMemo(isDigit), new RunMemo(isDigit), new RunMemo(isDigit)] as const;
  /** Where the value that was last found broken is broken. */
  failedAt = 0;

  /** Words without quotes, as values and as names; null: only strings are read. */
  readonly #words: { readonly value: RunMemo; readonly name: RunMemo } | null;

  /** `isLenient`: words may stand for strings. */
  constructor(bytes: Uint8Array, isLenient: boolean) {
    this.#bytes = bytes;
    this.#words = isLenient
      ? { value: new RunMemo(isWordByte), name: new RunMemo((byte) => isWordByte(byte) && byte !== COLON) }
      : null;
  }

  /** Behind blanks. */
  blankEnd(at: number): number {
    let end = at;
    for (;;) {
      const byte = this.#bytes[end];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return end;
      end++;
    }
  }

  /** Behind the value that begins at `at`, or -1. */
  valueEnd(at: number): number {
    const known = this.#ends.get(at);
    if (known !== undefined) return known;
    const byte = this.#bytes[at];
    const isOpening = byte === OPEN_BRACE || byte === OPEN_BRACKET;
    if (isOpening && this.#ends.size > MOST_ENDS) this.#ends.clear();
    const open: number[] = [];
    const end = this.#nestedEnd(at, open);
    if (end < 0) for (const start of open) this.#ends.set(start, -1);
    return end;
  }

  /** `open` receives the starts of the values that are not closed yet. */
  #nestedEnd(at: number, open: number[]): number {
    let place = at;
    do {
      place = this.#firstInside(place, open);
      if (place >= 0) place = this.#simpleEnd(place);
      if (place >= 0) place = this.#behindValue(place, open);
    } while (place >= 0 && open.length > 0);
    return place;
  }

  /** Opens objects and arrays until a value begins that is none, is empty or is known; gives where, or -1. */
  #firstInside(at: number, open: number[]): number {
    let place = at;
    while (place >= 0 && this.#isOpening(place)) {
      open.push(place);
      const first = this.blankEnd(place + 1);
      place = this.#bytes[place] === OPEN_BRACE ? this.#nameEnd(first) : first;
    }
    return place;
  }

  #isOpening(at: number): boolean {
    const byte = this.#bytes[at];
    if ((byte !== OPEN_BRACE && byte !== OPEN_BRACKET) || this.#ends.has(at)) return false;
    const first = this.blankEnd(at + 1);
    if (this.#bytes[first] !== byte + TO_CLOSING) return true;
    this.#ends.set(at, first + 1);
    return false;
  }

  /** The end of a value that is not opened. */
  #simpleEnd(at: number): number {
    const byte = this.#bytes[at] ?? -1;
    if (byte === QUOTE) return this.stringEnd(at);
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      const known = this.#ends.get(at) ?? -1;
      return known < 0 ? this.#fail(at) : known;
    }
    if (this.#words !== null) return this.#wordEnd(at, this.#words.value);
    const literal = LITERALS.get(byte);
    return literal === undefined ? this.#numberEnd(at) : this.#literalEnd(at, literal);
  }

  /** Closes what is closed behind a value and moves to the next one; gives the end of all when nothing is open any more. */
  #behindValue(at: number, open: number[]): number {
    let place = at;
    while (place >= 0 && open.length > 0) {
      const start = open.at(-1) ?? 0;
      const byte = this.#bytes[start] ?? 0;
      place = this.blankEnd(place);
      if (this.#bytes[place] === byte + TO_CLOSING) {
        place++;
        this.#ends.set(start, place);
        open.pop();
        continue;
      }
      if (this.#bytes[place] !== COMMA) return this.#fail(place);
      place = this.blankEnd(place + 1);
      return byte === OPEN_BRACE ? this.#nameEnd(place) : place;
    }
    return place;
  }

  /** Behind a member's name, its colon and blanks: where its value begins. */
  #nameEnd(at: number): number {
    const end = this.nameEnd(at);
    return end < 0 ? end : this.behindColon(end);
  }

  /** Behind a member's name, or -1. */
  nameEnd(at: number): number {
    if (this.#bytes[at] === QUOTE) return this.stringEnd(at);
    return this.#words === null ? this.#fail(at) : this.#wordEnd(at, this.#words.name);
  }

  #wordEnd(at: number, word: RunMemo): number {
    const end = word.runEnd(this.#bytes, at, this.#bytes.length);
    return end > at ? end : this.#fail(at);
  }

  /** Where the value of a member begins whose name ends at `at`, or -1. */
  behindColon(at: number): number {
    const colon = this.blankEnd(at);
    return this.#bytes[colon] === COLON ? this.blankEnd(colon + 1) : this.#fail(colon);
  }

  /** Behind the string that begins at `at` with its quote, or -1. */
  stringEnd(at: number): number {
    const { from, to, end: known } = this.#string;
    if (at >= from && at <= to) return known < 0 ? this.#fail(to) : known;
    let end = at + 1;
    for (;;) {
      const byte = this.#bytes[end] ?? 0;
      if (byte === QUOTE) {
        this.#string = { from: at, to: end - 1, end: end + 1 };
        return end + 1;
      }
      if (byte === BACKSLASH) {
        const length = this.#escapeLength(end);
        if (length === 0) return this.#brokenString(at, end + 1);
        end += length;
      } else {
        if (byte < 0x20) return this.#brokenString(at, end);
        end++;
      }
    }
  }

  /** Every quote inside of a string is escaped: what begins there goes on as the string does. */
  #brokenString(at: number, failed: number): -1 {
    this.#string = { from: at, to: failed, end: -1 };
    return this.#fail(failed);
  }

  #escapeLength(at: number): number {
    const letter = String.fromCharCode(this.#bytes[at + 1] ?? 0);
    if ('"\\/bfnrt'.includes(letter)) return 2;
    if (letter !== "u") return 0;
    const digits = String.fromCharCode(...this.#bytes.subarray(at + 2, at + 6));
    return /^[0-9A-Fa-f]{4}$/.test(digits) ? 6 : 0;
  }

  #literalEnd(at: number, literal: string): number {
    for (let index = 1; index < literal.length; index++) {
      if (this.#bytes[at + index] !== literal.charCodeAt(index)) return this.#fail(at + index);
    }
    return at + literal.length;
  }

  #numberEnd(at: number): number {
    const [whole, fraction, exponent] = this.#digits;
    let end = this.#bytes[at] === 0x2d ? at + 1 : at;
    end = this.#bytes[end] === 0x30 ? end + 1 : this.#digitsEnd(end, whole);
    if (end >= 0 && this.#bytes[end] === 0x2e) end = this.#digitsEnd(end + 1, fraction);
    if (end >= 0 && ((this.#bytes[end] ?? 0) | 0x20) === 0x65) {
      const sign = this.#bytes[end + 1];
      end = this.#digitsEnd(sign === 0x2b || sign === 0x2d ? end + 2 : end + 1, exponent);
    }
    return end;
  }

  /** Behind at least one digit, or -1. */
  #digitsEnd(at: number, digits: RunMemo): number {
    const end = digits.runEnd(this.#bytes, at, this.#bytes.length);
    return end > at ? end : this.#fail(at);
  }

  #fail(at: number): -1 {
    this.failedAt = at;
    return -1;
  }
}
