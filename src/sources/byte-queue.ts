/** A stream of chunks that is read by length. */

/** Takes bytes from a stream of chunks in pieces of the caller's choice; what was taken and not used can be given back. */
export class ByteQueue {
  readonly #chunks: AsyncIterator<Uint8Array, unknown, undefined>;
  #pending: Uint8Array = new Uint8Array(0);
  /** Bytes taken so far. */
  taken = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** At least one byte and at most `maxBytes`, or null at the end. Valid until the next call. */
  async take(maxBytes: number): Promise<Uint8Array | null> {
    while (this.#pending.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return null;
      this.#pending = next.value;
    }
    const piece = this.#pending.subarray(0, maxBytes);
    this.#pending = this.#pending.subarray(piece.length);
    this.taken += piece.length;
    return piece;
  }

  /** Gives back the end of what the last `take` gave. */
  giveBack(bytes: Uint8Array): void {
    this.taken -= bytes.length;
    this.#pending = new Uint8Array(
      this.#pending.buffer,
      bytes.byteOffset,
      bytes.length + this.#pending.length,
    );
  }

  /** Exactly so many bytes, copied; fewer only at the end. */
  async takeExactly(count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      const piece = await this.take(count - filled);
      if (piece === null) return bytes.subarray(0, filled);
      bytes.set(piece, filled);
      filled += piece.length;
    }
    return bytes;
  }

  /** Ends the stream; it gives nothing more. */
  async close(): Promise<void> {
    this.#pending = new Uint8Array(0);
    await this.#chunks.return?.(undefined);
  }
}
