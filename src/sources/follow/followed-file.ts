/** A file that is followed: how far it was read, and what its content was. */
import type { ListedObject } from "../listed-object.ts";
import { EMPTY_FINGERPRINT, type Fingerprint } from "./fingerprint.ts";
import type { FollowFileSystem, FollowHandle, FollowStatus } from "./follow-file-system.ts";

/**
 * What is done with a file. `read`: it is followed. `new`: it has to be seen what it is. `ignored`: it is packed, or a copy of what
 * was read.
 */
export type FileUse = "read" | "new" | "ignored";

/** The directory that an object must lie in when it is opened; see `FilePlace`. */
export function rootOf({ opening }: ListedObject): string | undefined {
  return opening.kind === "store" ? undefined : opening.root;
}

/** One content of a file from its first byte on: a file that is emptied and written again gives another stream. */
export interface FollowedStream {
  /** Counts up, in the order in which streams were found. */
  readonly id: number;
  readonly object: ListedObject;
}

/** The life of a followed file, by whatever name. Names can go to others; the file is told by its identity and content. */
export class FollowedFile {
  readonly identity: string;
  /** Where it was seen last. */
  path: string;
  object: ListedObject;
  use: FileUse;
  stream: FollowedStream;
  content: Fingerprint = EMPTY_FINGERPRINT;
  /** The file's change mark when it was read to its end. */
  seenMark = "";
  /** When it last grew, or lost its name. */
  newsMs: number;
  /** No name that is followed leads to it. */
  isAway = false;
  #handle: FollowHandle | null = null;
  readonly #fileSystem: FollowFileSystem;

  constructor(
    found: { readonly path: string; readonly object: ListedObject; readonly identity: string },
    start: { readonly use: FileUse; readonly stream: FollowedStream; readonly nowMs: number },
    fileSystem: FollowFileSystem,
  ) {
    this.path = found.path;
    this.object = found.object;
    this.identity = found.identity;
    this.use = start.use;
    this.stream = start.stream;
    this.newsMs = start.nowMs;
    this.#fileSystem = fileSystem;
  }

  get isOpen(): boolean {
    return this.#handle !== null;
  }

  /** The open file, or null when it cannot be had any more. A file that is open stays the same when it is renamed or deleted. */
  async handle(): Promise<FollowHandle | null> {
    if (this.#handle !== null || this.isAway) return this.#handle;
    const handle = await this.#fileSystem.open(this.path, rootOf(this.object));
    if (handle === null) return null;
    try {
      const status = await handle.status();
      if (status.identity === this.identity) this.#handle = handle;
    } finally {
      if (this.#handle === null) await handle.close();
    }
    return this.#handle;
  }

  /** Whether there may be something new, by how the file was seen last. */
  hasNews(status: FollowStatus): boolean {
    return status.changeMark !== this.seenMark || status.sizeBytes !== this.content.offset;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }
}
