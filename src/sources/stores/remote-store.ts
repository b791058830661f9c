/** A store of objects that is reached over the network: what each kind of store must give. */
import type { MappedField } from "./elastic-answers.ts";

/** What stands at a path of a store. */
export interface RemoteStatus {
  readonly kind: "file" | "directory";
  /** As stored; null where the store does not tell. */
  readonly sizeBytes: number | null;
  /** Milliseconds since 1970 UTC; null where the store does not tell. */
  readonly lastModifiedMs: bigint | null;
  /** Changes with the content (an ETag); null where the store has none. */
  readonly version: string | null;
}

/** A name in a directory, with what the listing told about it. */
export interface RemoteEntry extends RemoteStatus {
  readonly name: string;
}

/** Which bytes of an object are wanted. */
export interface RemoteRange {
  readonly startByte: number;
  /** Behind the last byte; null: up to the end. */
  readonly endByte: number | null;
  /** The version that must stand there still; null: any. */
  readonly version: string | null;
}

/** How a directory is listed. */
export interface ListingWish {
  /** Only names that begin so are wanted; a store that cannot choose gives all. */
  readonly namePrefix: string;
  readonly signal: AbortSignal;
}

/**
 * A store. Paths have `/` between names, none at the beginning; the empty path is the root. Directories are what names with slashes
 * imply: one that does not exist is empty. Temporary troubles (a reset connection, 503, 429) are met inside, with back-off; what remains
 * is thrown.
 *
 * @throws Failure source-missing (an object that is gone), source-unreadable (the store says no, credentials that are wrong or expired),
 *   source-changed (another version stands there now), cancelled, and those of outbound requests
 */
export interface RemoteStore {
  /** A range costs no more than its bytes, so that large objects may be fetched in parts side by side. */
  readonly givesParts?: boolean;
  /** All names directly below a directory, page by page, in any order. */
  list(path: string, wish: ListingWish): AsyncIterable<readonly RemoteEntry[]>;
  /** What stands at a path; null: nothing does. */
  status(path: string, signal: AbortSignal): Promise<RemoteStatus | null>;
  /** The bytes as stored, in chunks the consumer owns. A connection that breaks on the way is taken up again where it broke. */
  open(path: string, range: RemoteRange, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** The fields that the objects at a path have, wildcards in it; absent: a store of bytes knows none. */
  fields?(path: string, signal: AbortSignal): Promise<readonly MappedField[]>;
  /** Closes connections. */
  close?(): Promise<void>;
}
