/** A stream of chunks that is read by length. */

const NOTHING = new Uint8Array(0);

/** Takes bytes from a stream of chunks in pieces of the caller's choice; what was taken and not used can be given back. */
export class ByteQueue {
  readonly #chunks: AsyncIterator<Uint8Array, unknown, undefined>;
  #pending: Uint8Array = NOTHING;
  /** The stream failed while bytes in front of that were looked at: told when these are taken. */
  #failure: { readonly thrown: unknown } | null = null;
  /** Bytes taken so far. */
  taken = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** At least one byte and at most `maxBytes`, or null at the end. Valid until the next call. */
  async take(maxBytes: number): Promise<Uint8Array | null> {
    while (this.#pending.length === 0) {
      if (this.#failure !== null) throw this.#failure.thrown;
      const next = await this.#chunks.next();
      if (next.done === true) return null;
      this.#pending = next.value;
    }
    return this.#cut(maxBytes);
  }

  #cut(maxBytes: number): Uint8Array {
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

  /** Exactly so many bytes; fewer only at the end. Not to be written to. */
  async takeExactly(count: number): Promise<Uint8Array> {
    if (this.#pending.length >= count) return this.#cut(count);
    // Why not a buffer of `count` bytes at once: damaged data asks for more than there is.
    const pieces: Uint8Array[] = [];
    for (let wanted = count; wanted > 0; ) {
      const piece = await this.take(wanted);
      if (piece === null) break;
      pieces.push(piece);
      wanted -= piece.length;
    }
    return joined(pieces);
  }

  /**
   * The next bytes without taking them: `count`, fewer at the end, or as soon as `isEnough` says that no more are needed. `count` is
   * small.
   */
  async peek(count: number, isEnough: (bytes: Uint8Array) => boolean = () => false): Promise<Uint8Array> {
    while (this.#pending.length < count && !(this.#pending.length > 0 && isEnough(this.#pending))) {
      if (!(await this.#getMore())) break;
    }
    return this.#pending.subarray(0, count);
  }

  async #getMore(): Promise<boolean> {
    if (this.#failure !== null) return false;
    try {
      const next = await this.#chunks.next();
      if (next.done === true) return false;
      this.#pending = this.#pending.length === 0 ? next.value : joined([this.#pending, next.value]);
      return true;
    } catch (thrown) {
      this.#failure = { thrown };
      return false;
    }
  }

  /** Throws what ended the stream while its next bytes were looked at; nothing when it has not failed. */
  throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.thrown;
  }

  /** All that is left, or the next `count` bytes, chunk by chunk. */
  async *rest(count: number = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array, void, undefined> {
    for (let left = count; left > 0; ) {
      const piece = await this.take(left);
      if (piece === null) return;
      left -= piece.length;
      yield piece;
    }
  }

  /** Ends the stream; it gives nothing more. */
  async close(): Promise<void> {
    this.#pending = NOTHING;
    await this.#chunks.return?.(undefined);
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first = NOTHING] = pieces;
  if (pieces.length < 2) return first;
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
