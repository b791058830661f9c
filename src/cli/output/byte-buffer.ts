/** A growing piece of bytes that writers fill and hand on. */
export class ByteBuffer {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity: number = 1 << 16) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** How many bytes are held. */
  get length(): number {
    return this.#length;
  }

  /**
   * The bytes behind the buffer with room for `count` more from `length` on. For writers that fill many bytes at once: they put
   * bytes there and call `advance`. Valid until the next call of any method.
   */
  room(count: number): Uint8Array {
    const needed = this.#length + count;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    return this.#bytes;
  }

  /** Counts bytes that were put into `room` as held, up to the index `end`. */
  advance(end: number): void {
    this.#length = end;
  }

  /** Adds one byte. */
  byte(value: number): void {
    this.room(1)[this.#length++] = value;
  }

  /** Adds a text of ASCII characters only. */
  ascii(text: string): void {
    const bytes = this.room(text.length);
    let at = this.#length;
    for (let index = 0; index < text.length; index++) bytes[at++] = text.charCodeAt(index);
    this.#length = at;
  }

  /** Adds a text as UTF-8. */
  text(text: string): void {
    const bytes = this.room(text.length * 3);
    this.#length += encoder.encodeInto(text, bytes.subarray(this.#length)).written;
  }

  /** Adds `source[start, end)`. */
  range(source: Uint8Array, start: number, end: number): void {
    const bytes = this.room(end - start);
    if (end - start > 64) bytes.set(source.subarray(start, end), this.#length);
    else for (let from = start, to = this.#length; from < end; from++, to++) bytes[to] = source[from] ?? 0;
    this.#length += end - start;
  }

  /** A copy of what is held; the buffer is empty afterwards. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** What is held as text; the buffer is empty afterwards. */
  takeText(): string {
    const text = decoder.decode(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return text;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
