/** Finds the store that an address names. */
import type { StoreAddress } from "../address.ts";
import type { FileSystem } from "../file-system.ts";
import type { FileAccess } from "./file-access.ts";
import type { ObjectCache } from "./object-cache.ts";
import type { RemoteStore } from "./remote-store.ts";

/** A store that was found, and the place in it. */
export interface StorePlace {
  readonly fileSystem: FileSystem;
  /** The path to look for in the store, wildcards included; as written. */
  readonly path: string;
  /** What to ask the file system, or the remote store, for a path. */
  readonly absolute: (path: string) => string;
  /** The address of a path, in the way the user wrote theirs. */
  readonly uriOf: (path: string) => string;
  /** The address by which a path is opened, where it says more than the one that is shown: a search that a plan sends along. */
  readonly openedAs?: (path: string) => string;
  /** What is opened must lie in this directory; see `FilePlace`. */
  readonly root?: string;
  /** Null: files of this machine. */
  readonly remote: RemoteStore | null;
  /** Keeps its objects, and what tells this store's from others; absent: nothing is kept. */
  readonly kept?: { readonly cache: ObjectCache; readonly place: readonly string[] };
}

/** All stores that a run can reach. */
export interface Stores {
  readonly fileAccess: FileAccess;
  /**
   * @param uri  as written, for messages
   * @throws Failure store-unknown, access-denied, source-scheme-unknown
   */
  place(address: StoreAddress, uri: string): Promise<StorePlace>;
}
