/** Raw deflate data, undone piece by piece in the thread pool of Node. */
import { createInflateRaw, type InflateRaw } from "node:zlib";

/** Largest chunk of uncompressed bytes. Large, since each takes a way to the thread pool and back. */
const CHUNK_BYTES = 1024 * 1024;

/** What a piece of deflate data became. */
export interface Inflated {
  readonly chunks: readonly Uint8Array[];
  /** Bytes of the piece that belong to the data; fewer than given: the data has ended there. */
  readonly consumed: number;
  /** The piece is damaged: what could be made of it is in part in `chunks`. */
  readonly error: Error | null;
}

/** One stream of raw deflate data (RFC 1951). Give it pieces in order; `close` it in the end. */
export class Inflater {
  readonly #stream: InflateRaw = createInflateRaw({ chunkSize: CHUNK_BYTES });
  #chunks: Uint8Array[] = [];
  #error: Error | null = null;
  #wake: () => void = () => {};

  constructor() {
    this.#stream.on("data", (chunk: Uint8Array) => this.#chunks.push(chunk));
    this.#stream.on("error", (error) => {
      this.#error = error;
      this.#wake();
    });
  }

  /** Undoes one piece. All output that a piece without errors makes possible is in the answer. */
  async inflate(piece: Uint8Array): Promise<Inflated> {
    const before = this.#stream.bytesWritten;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#stream.write(piece, () => resolve());
    });
    const chunks = this.#chunks;
    this.#chunks = [];
    return { chunks, consumed: this.#stream.bytesWritten - before, error: this.#error };
  }

  close(): void {
    this.#stream.destroy();
  }
}
