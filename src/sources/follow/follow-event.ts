/** What following files gives, and how it is asked for. */
import type { Failure } from "#text";
import type { ListedObject } from "../listed-object.ts";
import type { FollowFileSystem } from "./follow-file-system.ts";
import type { FollowedStream } from "./followed-file.ts";

/** What a look has found. Events of one stream come in order; of several, streams that were found first come first. */
export type FollowEvent =
  /** The next bytes of a stream. `changedMs`: when its file was changed last. */
  | {
      readonly kind: "bytes";
      readonly stream: FollowedStream;
      readonly bytes: Uint8Array;
      readonly changedMs: bigint;
    }
  /** Nothing more comes of a stream. */
  | { readonly kind: "end"; readonly stream: FollowedStream }
  /** A compressed file, to be read once. */
  | { readonly kind: "compressed"; readonly stream: FollowedStream }
  /** A file that cannot be read now; told once. */
  | { readonly kind: "problem"; readonly failure: Failure };

/** What a look gives. */
export interface Look {
  readonly events: readonly FollowEvent[];
  /** There is more to read already: the next look need not wait. */
  readonly isBehind: boolean;
}

/** How to follow. */
export interface FollowOptions {
  /** Lists what an address names, one function per address; see `listObjects`. Called again and again. */
  readonly lists: readonly (() => AsyncIterable<readonly ListedObject[]>)[];
  readonly fileSystem?: FollowFileSystem;
  /** Files that are kept open at most. */
  readonly mostOpen?: number;
  /** Bytes that a look gives at most. */
  readonly bytesPerLook?: number;
}
