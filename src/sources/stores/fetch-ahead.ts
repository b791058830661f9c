/** Fetches objects before they are asked for: the way to a store is long, and a reader that waits for each object waits most of the time. */
import { throwIfCancelled } from "../cancel.ts";
import type { ListedObject } from "../listed-object.ts";

/** The bytes of an object as stored. */
export type FetchObject = (object: ListedObject, signal: AbortSignal) => AsyncIterable<Uint8Array>;

/** How far ahead. */
export interface AheadLimits {
  /** Objects being fetched, or fetched and not yet asked for. */
  readonly mostObjects: number;
  /** Bytes that lie here unread, of all objects together. */
  readonly mostBytes: number;
  /** Bytes of one object that lie here unread while it is being read. */
  readonly mostBytesOfOne: number;
}

const LIMITS: AheadLimits = { mostObjects: 64, mostBytes: 64 << 20, mostBytesOfOne: 8 << 20 };

/** An object on its way. */
interface Fetch {
  readonly chunks: Uint8Array[];
  bytes: number;
  isAsked: boolean;
  isOver: boolean;
  failure: unknown;
  readonly stop: AbortController;
}

/**
 * Objects in the order in which they will be read, roughly. Fetching begins when the first is asked for, and stays some objects in front of
 * the furthest that was. What is asked for is always fetched, whatever lies here. All ends with the signal.
 */
export class FetchAhead {
  readonly #objects: readonly ListedObject[];
  readonly #fetch: FetchObject;
  readonly #limits: AheadLimits;
  readonly #signal: AbortSignal;
  readonly #fetches = new Map<number, Fetch>();
  #next = 0;
  #bytes = 0;
  /** Called when something changed; each waits for its own. */
  readonly #waiting = new Set<() => void>();

  constructor(
    objects: readonly ListedObject[],
    fetch: FetchObject,
    signal: AbortSignal,
    limits: AheadLimits = LIMITS,
  ) {
    this.#objects = objects;
    this.#fetch = fetch;
    this.#signal = signal;
    this.#limits = limits;
    signal.addEventListener("abort", () => this.#stopAll(), { once: true });
  }

  /** The bytes of an object, once. Throws what fetching it threw, behind the bytes that came before. */
  async *bytesOf(index: number): AsyncGenerator<Uint8Array, void, undefined> {
    const fetch = this.#begin(index);
    fetch.isAsked = true;
    this.#goAhead(index);
    this.#tell();
    try {
      for (;;) {
        const chunk = fetch.chunks.shift();
        if (chunk !== undefined) {
          fetch.bytes -= chunk.length;
          this.#bytes -= chunk.length;
          this.#goAhead(index);
          this.#tell();
          yield chunk;
        } else if (fetch.isOver) {
          if (fetch.failure !== null) throw fetch.failure;
          return;
        } else await this.#change();
      }
    } finally {
      this.#end(index, fetch);
    }
  }

  /** The fetch of an object, begun when it was not. */
  #begin(index: number): Fetch {
    const known = this.#fetches.get(index);
    if (known !== undefined) return known;
    const stop = new AbortController();
    const fetch: Fetch = { chunks: [], bytes: 0, isAsked: false, isOver: false, failure: null, stop };
    this.#fetches.set(index, fetch);
    if (this.#signal.aborted) stop.abort(this.#signal.reason);
    void this.#run(index, fetch);
    return fetch;
  }

  /** Begins to fetch what comes next, as far as limits allow. */
  #goAhead(index: number): void {
    this.#next = Math.max(this.#next, index + 1);
    while (
      this.#next < this.#objects.length &&
      this.#fetches.size < this.#limits.mostObjects &&
      this.#bytes < this.#limits.mostBytes
    ) {
      this.#begin(this.#next++);
    }
  }

  async #run(index: number, fetch: Fetch): Promise<void> {
    const object = this.#objects[index];
    try {
      if (object === undefined) return;
      for await (const chunk of this.#fetch(object, fetch.stop.signal)) {
        fetch.chunks.push(chunk);
        fetch.bytes += chunk.length;
        this.#bytes += chunk.length;
        this.#tell();
        while (!this.#hasRoom(fetch) && !fetch.stop.signal.aborted) await this.#change();
        throwIfCancelled(fetch.stop.signal);
      }
    } catch (thrown) {
      fetch.failure = thrown;
    } finally {
      fetch.isOver = true;
      this.#tell();
    }
  }

  #hasRoom({ isAsked, bytes }: Fetch): boolean {
    return isAsked ? bytes < this.#limits.mostBytesOfOne : this.#bytes < this.#limits.mostBytes;
  }

  /** The object was read, or nobody wants it any more. */
  #end(index: number, fetch: Fetch): void {
    fetch.stop.abort();
    this.#bytes -= fetch.bytes;
    fetch.bytes = 0;
    fetch.chunks.length = 0;
    this.#fetches.delete(index);
    this.#tell();
  }

  #stopAll(): void {
    for (const { stop } of this.#fetches.values()) stop.abort(this.#signal.reason);
    this.#tell();
  }

  #tell(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
    });
  }
}
