/** Finds the parts of a JSON text as bytes, without making values of them: numbers keep all their digits, and what is not wanted costs little. */

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];

/** A value: its bytes from `start` up to, not including, `end`. */
export interface JsonSpan {
  readonly start: number;
  readonly end: number;
}

/** A text of JSON. Throws SyntaxError where its brackets and quotes are not as they must be; looks at nothing else. */
export class JsonSpans {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The value that the text is. */
  whole(): JsonSpan {
    const start = this.#visible(0);
    return { start, end: this.#endOf(start) };
  }

  /** The members of an object, by their names; of equal names the last. What is no object has none. */
  members({ start, end }: JsonSpan): ReadonlyMap<string, JsonSpan> {
    const members = new Map<string, JsonSpan>();
    if (this.#bytes[start] !== OPEN_OBJECT) return members;
    for (let at = this.#visible(start + 1); at < end - 1; ) {
      const nameEnd = this.#endOf(at);
      const colon = this.#visible(nameEnd);
      if (this.#bytes[at] !== QUOTE || this.#bytes[colon] !== COLON) throw malformed(colon);
      const value = this.#visible(colon + 1);
      const valueEnd = this.#endOf(value);
      members.set(this.#name({ start: at, end: nameEnd }), { start: value, end: valueEnd });
      at = this.#behindComma(valueEnd, end);
    }
    return members;
  }

  /** The elements of an array. What is no array has none. */
  *elements({ start, end }: JsonSpan): Generator<JsonSpan, void, undefined> {
    if (this.#bytes[start] !== OPEN_ARRAY) return;
    for (let at = this.#visible(start + 1); at < end - 1; ) {
      const valueEnd = this.#endOf(at);
      yield { start: at, end: valueEnd };
      at = this.#behindComma(valueEnd, end);
    }
  }

  /** The text of a value. */
  text({ start, end }: JsonSpan): string {
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + start, end - start).toString();
  }

  /** The value itself. */
  value(span: JsonSpan): unknown {
    return JSON.parse(this.text(span));
  }

  #name(span: JsonSpan): string {
    const name = this.value(span);
    return typeof name === "string" ? name : "";
  }

  #behindComma(at: number, end: number): number {
    const next = this.#visible(at);
    if (next >= end - 1) return end;
    if (this.#bytes[next] !== COMMA) throw malformed(next);
    return this.#visible(next + 1);
  }

  #visible(start: number): number {
    let at = start;
    for (let byte = this.#bytes[at]; byte !== undefined && byte <= 0x20; byte = this.#bytes[at]) at++;
    return at;
  }

  #endOf(start: number): number {
    switch (this.#bytes[start]) {
      case QUOTE:
        return this.#endOfText(start);
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        return this.#endOfNested(start);
      default:
        return this.#endOfScalar(start);
    }
  }

  #endOfText(start: number): number {
    for (let at = start + 1; ; at++) {
      const end = this.#bytes.indexOf(QUOTE, at);
      if (end < 0) throw malformed(start);
      let escapes = 0;
      while (this.#bytes[end - 1 - escapes] === BACKSLASH) escapes++;
      if (escapes % 2 === 0) return end + 1;
      at = end;
    }
  }

  #endOfNested(start: number): number {
    let depth = 0;
    for (let at = start; at < this.#bytes.length; at++) {
      const byte = this.#bytes[at];
      if (byte === QUOTE) at = this.#endOfText(at) - 1;
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        depth--;
        if (depth === 0) return at + 1;
      }
    }
    throw malformed(start);
  }

  #endOfScalar(start: number): number {
    let at = start;
    for (let byte = this.#bytes[at]; byte !== undefined && isInScalar(byte); byte = this.#bytes[at]) at++;
    if (at === start) throw malformed(start);
    return at;
  }
}

function isInScalar(byte: number): boolean {
  return byte > 0x20 && byte !== COMMA && byte !== COLON && byte !== CLOSE_OBJECT && byte !== CLOSE_ARRAY;
}

function malformed(at: number): SyntaxError {
  return new SyntaxError(`The JSON is broken at byte ${at}.`);
}
