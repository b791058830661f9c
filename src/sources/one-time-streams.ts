/** Sources whose bytes can be read only once: standard input and pipes. */
import { Failure } from "#text";
import { openByteStream, readFirst, readSample } from "./byte-stream.ts";
import type { ListedObject } from "./listed-object.ts";

/** A stream that is open: what was read of it for a sample, and the rest. */
interface HeldStream {
  readonly rest: AsyncGenerator<Uint8Array, void, undefined>;
  readonly head: Uint8Array[];
  /** Broken data met while sampling: told when the head was given out. */
  failure: Failure | null;
  isTaken: boolean;
}

/**
 * Samples sources without losing the sampled bytes. One per run, in the thread that owns the sources; whoever makes it closes it.
 * Objects that can be read again are sampled and opened as usual and nothing is kept of them.
 */
export class OneTimeStreams {
  readonly #signal: AbortSignal;
  readonly #open: (uri: string, signal: AbortSignal) => AsyncGenerator<Uint8Array, void, undefined>;
  readonly #held = new Map<string, HeldStream>();

  /** @param open  opens a source; another one is for tests */
  constructor(
    signal: AbortSignal,
    open: (uri: string, signal: AbortSignal) => AsyncGenerator<Uint8Array, void, undefined> = openByteStream,
  ) {
    this.#signal = signal;
    this.#open = open;
  }

  /** The first uncompressed bytes of an object, at most `maxBytes`; waits until so many are there or the source ends. */
  async readSample(object: ListedObject, maxBytes: number): Promise<Uint8Array> {
    if (!object.isOneTime) return readSample(object, maxBytes, this.#signal);
    const held = this.#hold(object);
    const length = held.head.reduce((sum, chunk) => sum + chunk.length, 0);
    if (length < maxBytes && held.failure === null) {
      const { chunks, failure } = await readFirst(held.rest, maxBytes - length);
      held.head.push(...chunks);
      held.failure = failure;
    }
    return Buffer.concat(held.head).subarray(0, maxBytes);
  }

  /** All uncompressed bytes of an object, sampled ones included. Once per object that can be read only once. */
  async *open(object: ListedObject): AsyncGenerator<Uint8Array, void, undefined> {
    if (!object.isOneTime) {
      const { opening } = object;
      yield* this.#open(opening.kind === "file" ? opening.path : opening.uri, this.#signal);
      return;
    }
    const held = this.#hold(object);
    if (held.isTaken) throw readTwice(object);
    held.isTaken = true;
    for (let chunk = held.head.shift(); chunk !== undefined; chunk = held.head.shift()) yield chunk;
    if (held.failure !== null) throw held.failure;
    yield* held.rest;
  }

  /** Closes what was sampled and never opened. */
  async close(): Promise<void> {
    for (const { rest } of this.#held.values()) await rest.return();
  }

  #hold(object: ListedObject): HeldStream {
    const uri = object.opening.kind === "file" ? object.opening.path : object.opening.uri;
    const known = this.#held.get(uri);
    if (known?.isTaken === true) throw readTwice(object);
    if (known !== undefined) return known;
    const held = { rest: this.#open(uri, this.#signal), head: [], failure: null, isTaken: false };
    this.#held.set(uri, held);
    return held;
  }
}

function readTwice({ uri }: ListedObject): Failure {
  const name = uri === "-" ? "Standard input" : `The pipe "${uri}"`;
  return new Failure("source-unreadable", `${name} can be read only once, and is asked for twice.`, {
    help: "Save its bytes to a file and name that file.",
    place: { uri },
  });
}
