/** Large objects, fetched in parts side by side: one connection to a store gives a small part of what the way to it can carry. */
import { throwIfCancelled } from "../cancel.ts";
import type { RemoteStore } from "./remote-store.ts";

/** An object as its listing told it. */
export interface RangedObject {
  readonly path: string;
  readonly sizeBytes: number | null;
  readonly version: string | null;
}

/** When parts are made, and how many. */
export interface RangeLimits {
  /** Objects up to this size are read in one go. */
  readonly smallBytes: number;
  readonly partBytes: number;
  /** Parts under way at once, the one being read among them. */
  readonly mostParts: number;
}

/** Bytes that may lie unread in parts ahead; shared by all objects of a run. Parts take from it and give back. */
export interface AheadBudget {
  bytesLeft: number;
}

/** A part of S3 starts after some 50 ms and comes with some 90 MB/s: four of them fill most ways. */
const LIMITS: RangeLimits = { smallBytes: 32 << 20, partBytes: 8 << 20, mostParts: 4 };
const MOST_BYTES_AHEAD = 96 << 20;

/** What a run may fetch ahead of what is read. */
export function aheadBudget(bytesLeft: number = MOST_BYTES_AHEAD): AheadBudget {
  return { bytesLeft };
}

/** A part on its way. */
interface Part {
  readonly startByte: number;
  readonly endByte: number;
  /** Null: nothing was fetched ahead, as it is read next. */
  readonly ahead: PartAhead | null;
}

/**
 * The bytes of an object, in order. Parts are of one version: an object that has none, or whose size is not known, is read in one go, and so
 * is one of a store that cannot give parts. Throws what `open` throws, behind all bytes before.
 */
export async function* readInRanges(
  store: RemoteStore,
  object: RangedObject,
  signal: AbortSignal,
  { budget, limits = LIMITS }: { readonly budget: AheadBudget; readonly limits?: RangeLimits },
): AsyncGenerator<Uint8Array, void, undefined> {
  const { path, sizeBytes, version } = object;
  if (store.givesParts !== true || sizeBytes === null || version === null || sizeBytes <= limits.smallBytes) {
    yield* store.open(path, { startByte: 0, endByte: null, version }, signal);
    return;
  }
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const open = (startByte: number, endByte: number) =>
    store.open(path, { startByte, endByte, version }, either);
  const parts: Part[] = [];
  let begun = 0;
  try {
    for (let at = 0; at < sizeBytes; ) {
      // Why the first one alone: who looks at the beginning of an object wants no more.
      const mostParts = at === 0 ? 1 : limits.mostParts;
      while (parts.length < mostParts && begun < sizeBytes) {
        const endByte = Math.min(begun + limits.partBytes, sizeBytes);
        const isNext = parts.length === 0;
        if (!isNext && !take(budget, endByte - begun)) break;
        const ahead = isNext ? null : new PartAhead(open(begun, endByte));
        parts.push({ startByte: begun, endByte, ahead });
        begun = endByte;
      }
      const [part] = parts;
      if (part === undefined) return;
      yield* part.ahead === null ? open(part.startByte, part.endByte) : part.ahead.chunks();
      throwIfCancelled(signal);
      parts.shift();
      giveBack(budget, part);
      at = part.endByte;
    }
  } finally {
    stop.abort();
    await Promise.all(parts.map(({ ahead }) => ahead?.ended));
    for (const part of parts) giveBack(budget, part);
  }
}

function take(budget: AheadBudget, bytes: number): boolean {
  if (budget.bytesLeft < bytes) return false;
  budget.bytesLeft -= bytes;
  return true;
}

function giveBack(budget: AheadBudget, { startByte, endByte, ahead }: Part): void {
  if (ahead !== null) budget.bytesLeft += endByte - startByte;
}

/** Fetches a part before it is read. All of it is kept until then. */
class PartAhead {
  /** Settles when nothing is fetched any more; never rejects. */
  readonly ended: Promise<void>;
  readonly #kept: Uint8Array[] = [];
  #isOver = false;
  #failure: { readonly thrown: unknown } | null = null;
  #wake: () => void = () => {};

  constructor(source: AsyncIterable<Uint8Array>) {
    this.ended = this.#fetch(source);
  }

  /** The chunks, once. */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const chunk = this.#kept.shift();
      if (chunk !== undefined) yield chunk;
      else if (this.#failure !== null) throw this.#failure.thrown;
      else if (this.#isOver) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async #fetch(source: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of source) {
        this.#kept.push(chunk);
        this.#wake();
      }
    } catch (thrown) {
      this.#failure = { thrown };
    } finally {
      this.#isOver = true;
      this.#wake();
    }
  }
}
