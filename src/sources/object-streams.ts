/** The bytes of objects, opened in the thread that owns the sources: standard input, pipes and what is in stores can be read only there. */
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { Failure, invariant } from "#text";
import { parseAddress } from "./address.ts";
import { feedPort } from "./byte-port.ts";
import { ByteStreams, openByteStream, readFirst } from "./byte-stream.ts";
import type { FileOpening, ListedObject, StreamOpening } from "./listed-object.ts";
import { unpack } from "./packed/unpack.ts";
import { FetchAhead } from "./stores/fetch-ahead.ts";
import { type AheadBudget, aheadBudget, readInRanges } from "./stores/read-in-ranges.ts";
import type { Stores } from "./stores/stores.ts";

/**
 * How another thread gets at the bytes: by the file's path, by `openByteStream`, or from a port (`readPort`), which gives the bytes as they
 * are stored when `isPacked` (see `unpack`). When the only input of a run cannot be read, the run fails (`isRequired`); one of many is told.
 */
export type ThreadOpening =
  | FileOpening
  | StreamOpening
  | {
      readonly kind: "port";
      readonly port: MessagePort;
      readonly isPacked: boolean;
      readonly isRequired: boolean;
    };

/** A stream that is open: what was read of it for a sample, and the rest. */
interface HeldStream {
  readonly rest: AsyncGenerator<Uint8Array, void, undefined>;
  readonly head: Uint8Array[];
  /** Broken data met while sampling: told when the head was given out. */
  failure: Failure | null;
  isTaken: boolean;
}

/** The beginning of an object. */
export interface ObjectSample {
  readonly bytes: Uint8Array;
  /** What ended the bytes before there were as many as were asked for; they may be none. Null: they are all, or as many as were asked for. */
  readonly damage: Failure | null;
}

/** What streams are opened with. */
export interface ObjectStreamsOptions {
  readonly signal: AbortSignal;
  readonly stores?: Stores;
  /** Opens a file, a pipe or standard input; another one is for tests. */
  readonly open?: typeof openByteStream;
}

/**
 * Opens and samples objects. One per run, in the thread that owns the sources; whoever makes it closes it. What can be read only once
 * loses nothing by a sample; nothing is kept of the others.
 */
export class ObjectStreams {
  readonly #signal: AbortSignal;
  readonly #stores: Stores | null;
  readonly #open: typeof openByteStream;
  readonly #held = new Map<string, HeldStream>();
  readonly #budget: AheadBudget = aheadBudget();

  constructor({ signal, stores, open = openByteStream }: ObjectStreamsOptions) {
    this.#signal = signal;
    this.#stores = stores ?? null;
    this.#open = open;
  }

  /** The first uncompressed bytes of an object, at most `maxBytes`; waits until so many are there or the source ends. */
  async readSample(object: ListedObject, maxBytes: number): Promise<ObjectSample> {
    if (!object.isOneTime) {
      const stream = this.open(object);
      const { chunks, failure } = await readFirst(stream, maxBytes);
      await stream.return();
      return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), damage: failure };
    }
    const held = this.#hold(object);
    const length = held.head.reduce((sum, chunk) => sum + chunk.length, 0);
    if (length < maxBytes && held.failure === null) {
      const { chunks, failure } = await readFirst(held.rest, maxBytes - length);
      held.head.push(...chunks);
      held.failure = failure;
    }
    const bytes = Buffer.concat(held.head);
    return { bytes: bytes.subarray(0, maxBytes), damage: bytes.length < maxBytes ? held.failure : null };
  }

  /** All uncompressed bytes of an object, sampled ones included. Once per object that can be read only once. */
  async *open(object: ListedObject): AsyncGenerator<Uint8Array, void, undefined> {
    const { opening, uri } = object;
    if (opening.kind === "store") {
      const ahead = this.#fetchAhead([object], this.#signal);
      yield* unpack({ uri, chunks: ahead.bytesOf(0), reopen: null });
      return;
    }
    if (opening.kind === "stream" && opening.member !== undefined) {
      const streams = new ByteStreams();
      try {
        yield* streams.open(opening, this.#signal);
      } finally {
        await streams.close();
      }
      return;
    }
    if (!object.isOneTime) {
      yield* this.#open(pathOf(opening), this.#signal, opening.root);
      return;
    }
    const held = this.#hold(object);
    if (held.isTaken) throw readTwice(object);
    held.isTaken = true;
    for (let chunk = held.head.shift(); chunk !== undefined; chunk = held.head.shift()) yield chunk;
    if (held.failure !== null) throw held.failure;
    yield* held.rest;
  }

  /**
   * How other threads get at the objects, one opening for each. What comes from stores is fetched ahead, in their order. Ports must be
   * transferred; they close when the signal is aborted.
   */
  openingsOf(objects: readonly ListedObject[], signal: AbortSignal): readonly ThreadOpening[] {
    const stored = objects.filter(({ opening }) => opening.kind === "store");
    const ahead = stored.length === 0 ? null : this.#fetchAhead(stored, signal);
    const channels: MessagePort[] = [];
    const through = (chunks: AsyncIterable<Uint8Array>, isPacked: boolean): ThreadOpening => {
      const { port1, port2 } = new MessageChannel();
      channels.push(port1);
      void feedPort(chunks, port1);
      return { kind: "port", port: port2, isPacked, isRequired: !isPacked || objects.length === 1 };
    };
    signal.addEventListener(
      "abort",
      () => {
        for (const port of channels) port.close();
      },
      { once: true },
    );
    let next = 0;
    return objects.map((object) => {
      const { opening, isOneTime } = object;
      if (opening.kind === "store" && ahead !== null) return through(ahead.bytesOf(next++), true);
      if (isOneTime) return through(this.open(object), false);
      invariant(opening.kind !== "store", "what is in stores is fetched ahead");
      return opening;
    });
  }

  /** Closes what was sampled and never opened. */
  async close(): Promise<void> {
    for (const { rest } of this.#held.values()) await rest.return();
  }

  #fetchAhead(objects: readonly ListedObject[], signal: AbortSignal): FetchAhead {
    const stores = this.#stores;
    const budget = this.#budget;
    const fetch = async function* (object: ListedObject, stop: AbortSignal) {
      const { opening, sizeBytes, version } = object;
      const { uri } = opening.kind === "store" ? opening : object;
      const address = parseAddress(uri);
      invariant(stores !== null && address.kind === "store", "what was found in stores is read from them");
      const { remote, absolute, path, kept } = await stores.place(address, uri);
      invariant(remote !== null, "files of this machine are opened by their paths");
      const inside = absolute(path);
      const read = () => readInRanges(remote, { path: inside, sizeBytes, version }, stop, { budget });
      if (kept === undefined) yield* read();
      else yield* kept.cache.through({ place: [...kept.place, inside], version, sizeBytes }, read);
    };
    return new FetchAhead(objects, fetch, signal);
  }

  #hold(object: ListedObject): HeldStream {
    const { opening } = object;
    invariant(opening.kind !== "store", "what is in stores can be read again");
    const uri = pathOf(opening);
    const known = this.#held.get(uri);
    if (known?.isTaken === true) throw readTwice(object);
    if (known !== undefined) return known;
    const held = {
      rest: this.#open(uri, this.#signal, opening.root),
      head: [],
      failure: null,
      isTaken: false,
    };
    this.#held.set(uri, held);
    return held;
  }
}

function pathOf(opening: FileOpening | StreamOpening): string {
  return opening.kind === "file" ? opening.path : opening.uri;
}

function readTwice({ uri }: ListedObject): Failure {
  const name = uri === "-" ? "Standard input" : `The pipe "${uri}"`;
  return new Failure("source-unreadable", `${name} can be read only once, and is asked for twice.`, {
    help: "Save its bytes to a file and name that file.",
    place: { uri },
  });
}
