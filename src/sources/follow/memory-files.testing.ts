/** Files in memory that are written, renamed, copied, truncated and deleted, as logs are: for tests of what follows them. */
import { Failure } from "#text";
import type { ListedObject } from "../listed-object.ts";
import type { FollowFileSystem, FollowHandle, FollowStatus } from "./follow-file-system.ts";

interface MemoryNode {
  readonly inode: number;
  bytes: Uint8Array;
  changes: number;
}

/** The files of one folder. Inodes of deleted files that nobody holds open are given to new files again, as file systems do. */
export class MemoryFiles implements FollowFileSystem {
  readonly #nodes = new Map<string, MemoryNode>();
  readonly #opened = new Map<MemoryNode, number>();
  #changes = 0;
  /** Files that are open now. */
  openCount = 0;
  /** Called before each read, to change files under the reader's hands. */
  beforeRead: () => void = () => {};

  /** Adds bytes to a file, which is made when it is not there. */
  append(path: string, text: string): void {
    this.appendBytes(path, Buffer.from(text));
  }

  appendBytes(path: string, bytes: Uint8Array): void {
    const node = this.#nodes.get(path) ?? this.#create(path);
    this.#set(node, Buffer.concat([node.bytes, bytes]));
  }

  /** Writes a file anew, in place. */
  rewrite(path: string, text: string): void {
    this.#set(this.#nodes.get(path) ?? this.#create(path), Buffer.from(text));
  }

  truncate(path: string): void {
    this.rewrite(path, "");
  }

  rename(from: string, to: string): void {
    const node = this.#nodes.get(from);
    if (node === undefined) return;
    this.#nodes.delete(from);
    this.#nodes.set(to, node);
    node.changes = ++this.#changes;
  }

  copy(from: string, to: string): void {
    this.remove(to);
    this.append(to, this.text(from));
  }

  remove(path: string): void {
    this.#nodes.delete(path);
  }

  has(path: string): boolean {
    return this.#nodes.has(path);
  }

  text(path: string): string {
    return Buffer.from(this.#nodes.get(path)?.bytes ?? []).toString();
  }

  /** Lists the files whose names fit; as a listing does, it fails when there are none. */
  list(fits: (path: string) => boolean): () => AsyncGenerator<readonly ListedObject[]> {
    return async function* list(this: MemoryFiles): AsyncGenerator<readonly ListedObject[]> {
      const paths = await Promise.resolve([...this.#nodes.keys()].filter(fits).sort());
      if (paths.length === 0) throw new Failure("source-missing", "There is no file.");
      yield paths.map(objectAt);
    }.bind(this);
  }

  status(path: string): Promise<FollowStatus | null> {
    const node = this.#nodes.get(path);
    return Promise.resolve(node === undefined ? null : statusOf(node));
  }

  open(path: string): Promise<FollowHandle | null> {
    const node = this.#nodes.get(path);
    if (node === undefined) return Promise.resolve(null);
    this.openCount++;
    this.#opened.set(node, (this.#opened.get(node) ?? 0) + 1);
    return Promise.resolve({
      status: () => Promise.resolve(statusOf(node)),
      read: (position, maxBytes) => {
        this.beforeRead();
        return Promise.resolve(node.bytes.slice(position, position + maxBytes));
      },
      close: () => {
        this.openCount--;
        this.#opened.set(node, (this.#opened.get(node) ?? 1) - 1);
        return Promise.resolve();
      },
    });
  }

  #create(path: string): MemoryNode {
    const node = { inode: this.#freeInode(), bytes: new Uint8Array(0), changes: ++this.#changes };
    this.#nodes.set(path, node);
    return node;
  }

  #freeInode(): number {
    const held = [...this.#opened].filter(([, count]) => count > 0).map(([node]) => node);
    const used = new Set([...this.#nodes.values(), ...held].map(({ inode }) => inode));
    for (let inode = 1; ; inode++) if (!used.has(inode)) return inode;
  }

  #set(node: MemoryNode, bytes: Uint8Array): void {
    node.bytes = bytes;
    node.changes = ++this.#changes;
  }
}

function statusOf({ inode, bytes, changes }: MemoryNode): FollowStatus {
  return {
    isFile: true,
    identity: `1:${inode}`,
    sizeBytes: bytes.length,
    lastModifiedMs: BigInt(changes),
    changeMark: `${bytes.length}:${changes}`,
  };
}

function objectAt(path: string): ListedObject {
  return {
    uri: path,
    fileName: path,
    sizeBytes: 0,
    lastModifiedMs: 0n,
    pathTimeMs: null,
    version: null,
    opening: { kind: "stream", uri: path },
    isOneTime: false,
  };
}
