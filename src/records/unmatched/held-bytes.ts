/** The end of a stream: bytes that were read and may still be looked at. */

/** Grows at its end, is forgotten from its start. Offsets count the bytes of the stream. */
export class HeldBytes {
  #buffer = new Uint8Array(1 << 16);
  #length = 0;
  /** Offset of the first byte that is held. */
  start = 0;

  /** Offset behind the last byte. */
  get end(): number {
    return this.start + this.#length;
  }

  /** Forgets everything; the next byte is the first of a stream. */
  clear(): void {
    this.#length = 0;
    this.start = 0;
  }

  /** Adds bytes at the end; they are copied. */
  add(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = needed;
  }

  /** Forgets the bytes before an offset. */
  forgetBefore(offset: number): void {
    const count = Math.min(offset - this.start, this.#length);
    if (count <= 0) return;
    this.#buffer.copyWithin(0, count, this.#length);
    this.#length -= count;
    this.start += count;
  }

  /** The bytes of a range, as far as they are held. Valid until the next change. */
  slice(start: number, end: number): Uint8Array {
    return this.#buffer.subarray(
      Math.max(0, start - this.start),
      Math.max(0, Math.min(end, this.end) - this.start),
    );
  }

  /** The offset of a byte in `[start, end)`, or -1. */
  indexOf(byte: number, start: number, end: number): number {
    const found = this.slice(start, end).indexOf(byte);
    return found < 0 ? -1 : start + found;
  }
}
