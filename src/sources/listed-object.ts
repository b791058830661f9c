/** What a listing gives: the files, pipes and streams that addresses name. */

import type { FilePlace } from "./open-within.ts";
import type { MemberPlace } from "./packed/archive.ts";

/** A source of bytes that was found. Plain data. */
export interface ListedObject {
  /** As the user would write it; names exactly this object. */
  readonly uri: string;
  readonly fileName: string;
  /** As stored (compressed data: compressed); null for pipes and standard input. */
  readonly sizeBytes: number | null;
  /** Milliseconds since 1970 UTC. */
  readonly lastModifiedMs: bigint | null;
  /** The time that time parts in the path name; null without them. */
  readonly pathTimeMs: bigint | null;
  readonly opening: ObjectOpening;
  /** Changes with the content of an object in a store (an ETag); null where nothing tells. */
  readonly version: string | null;
  /** The bytes can be read only once: pipes and standard input. See `ObjectStreams`. */
  readonly isOneTime: boolean;
}

/**
 * How to get at the bytes. From any thread of this process: a plain `file` can be read in ranges, a `stream` only from its start, with
 * `openByteStream`; paths in these are absolute. What is in a `store` is fetched by the thread that has the stores, see `ObjectStreams`.
 */
export type ObjectOpening = FileOpening | StreamOpening | { readonly kind: "store"; readonly uri: string };

/** A plain file. */
export interface FileOpening extends FilePlace {
  readonly kind: "file";
}

/** A source that is read from its start, or one member of an archive: `uri` names the archive then. */
export interface StreamOpening {
  readonly kind: "stream";
  readonly uri: string;
  readonly member?: MemberPlace;
  /** As of `FilePlace`. */
  readonly root?: string;
}
