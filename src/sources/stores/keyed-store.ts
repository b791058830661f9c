/** Stores that have keys rather than directories, and speak HTTP: what is the same in all of them. */
import { Failure } from "#text";
import type { OutboundAnswer } from "../outbound/outbound-request.ts";
import type { RetryWorld } from "../outbound/retry.ts";
import { entriesOf, isEmptyPage, type KeyPage } from "./listing-pages.ts";
import { checkPath, directoryOf } from "./object-keys.ts";
import { DIRECTORY } from "./object-status.ts";
import { type ObjectRead, readObject } from "./read-object.ts";
import type { RemoteStatus, RemoteStore } from "./remote-store.ts";

/** Which keys are wanted. */
export interface WantedKeys {
  /** What they begin with; may be empty. Those with a further slash behind it are given as prefixes. */
  readonly prefix: string;
  /** Behind this page; null: from the first. */
  readonly token: string | null;
  /** Whether there is any is all that matters. */
  readonly isAny: boolean;
}

/** How the bytes of an object are asked for. */
export interface ObjectReader {
  /** The version that requests name by their headers; null: none yet, or `ask` sees to it. */
  readonly version: string | null;
  readonly ask: ObjectRead["ask"];
}

/** A bucket or a container, and how it is asked. `uri` is what messages call what is asked for. */
export interface KeyContainer {
  /** The address of a path, for messages. */
  uriOf(path: string): string;
  /** The object whose key is the path; null: there is none. */
  objectAt(path: string, uri: string, signal: AbortSignal): Promise<RemoteStatus | null>;
  pageOf(wanted: WantedKeys, uri: string, signal: AbortSignal): Promise<KeyPage>;
  /** @param version  the one to read; null: any */
  readerOf(path: string, version: string | null, signal: AbortSignal): ObjectReader;
  /** The failure that an answer means; reads it. */
  refusalOf(answer: OutboundAnswer, uri: string): Promise<Failure>;
}

/** What a store needs of the world. */
export interface KeyedStoreWorld {
  readonly world: RetryWorld;
  /** Told of keys that no path leads to. */
  readonly onProblem: (problem: Failure) => void;
}

/** The store of a container. */
export function keyedStore(container: KeyContainer, { world, onProblem }: KeyedStoreWorld): RemoteStore {
  return {
    givesParts: true,
    list(path, { namePrefix, signal }) {
      const directory = directoryOf(path);
      const uri = container.uriOf(directory);
      const prefix = directory + namePrefix;
      const ask = (token: string | null) => container.pageOf({ prefix, token, isAny: false }, uri, signal);
      return entriesOf({ directory, uri, ask, onProblem });
    },
    status: (path, signal) => statusOf(container, path, signal),
    async *open(path, { startByte, endByte, version }, signal) {
      const uri = container.uriOf(path);
      checkPath(path, uri);
      const reader = container.readerOf(path, version, signal);
      const refusal = (answer: OutboundAnswer) => container.refusalOf(answer, uri);
      yield* readObject({ startByte, endByte, ...reader, signal, world, uri, refusal });
    },
  };
}

/** What stands at a path: an object, or what names below it imply; null for nothing. */
async function statusOf(
  container: KeyContainer,
  path: string,
  signal: AbortSignal,
): Promise<RemoteStatus | null> {
  const uri = container.uriOf(path);
  checkPath(path, uri);
  if (path === "") return DIRECTORY;
  const object = await container.objectAt(path, uri, signal);
  if (object !== null) return object;
  try {
    const below = await container.pageOf({ prefix: `${path}/`, token: null, isAny: true }, uri, signal);
    return isEmptyPage(below) ? null : DIRECTORY;
  } catch (error) {
    // Who may read and not list learns of the object all the same.
    if (error instanceof Failure && error.code === "access-denied") return null;
    throw error;
  }
}
