/**
 * Keeps objects of a store on this machine, each under the version that the store tells, so that what changed is never taken for what it
 * was. Several processes may share a folder: objects are put in place at once, and one that is dropped while it is read is read to its end.
 */
import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, stat, unlink, utimes } from "node:fs/promises";
import { join } from "node:path";

/** An object, by all that tells it from others. */
export interface CachedObject {
  /** Where it is: the store, its root, the path. */
  readonly place: readonly string[];
  /** Null: nothing tells whether it changed, so it is not kept. */
  readonly version: string | null;
  /** As stored; null: not known. */
  readonly sizeBytes: number | null;
}

const CHUNK_BYTES = 512 * 1024;
const UNFINISHED = ".part";
/** What a process that was ended left behind. */
const ABANDONED_MS = 86_400_000;

/** A folder of objects, bounded in bytes: the ones that were not read for longest go first. */
export class ObjectCache {
  readonly #folder: string;
  readonly #maxBytes: number;

  /** @param folder  made when something is kept; readable by its owner alone */
  constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /**
   * The bytes of an object: as they were kept, or as `read` gives them, which are kept when they come to their end. What goes wrong with
   * keeping is no failure: the bytes come all the same.
   */
  async *through(
    object: CachedObject,
    read: () => AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const { version, sizeBytes } = object;
    if (version === null || (sizeBytes !== null && sizeBytes > this.#maxBytes)) return yield* read();
    const path = join(this.#folder, nameOf(object));
    const kept = await openKept(path, sizeBytes);
    if (kept === null) yield* this.#keep(path, read());
    else yield* chunksOf(kept);
  }

  async *#keep(path: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    const part = `${path}.${randomUUID()}${UNFINISHED}`;
    let file = await this.#create(part);
    let length = 0;
    try {
      for await (const chunk of chunks) {
        length += chunk.length;
        // Before the chunk is given away: whoever takes it may change or transfer it.
        if (file !== null && !(await isWritten(file, chunk, length <= this.#maxBytes))) {
          await discard(file, part);
          file = null;
        }
        yield chunk;
      }
      if (file === null) return;
      const isKept = await file.close().then(
        () => true,
        () => false,
      );
      file = null;
      if (!isKept) await unlink(part).catch(() => {});
      else await rename(part, path).catch(() => unlink(part).catch(() => {}));
      await this.#makeRoom();
    } finally {
      if (file !== null) await discard(file, part);
    }
  }

  async #create(part: string): Promise<FileHandle | null> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      return await open(part, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    } catch {
      return null;
    }
  }

  /** Drops what was not read for longest, and what ended processes left. */
  async #makeRoom(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    const files: { readonly path: string; readonly size: number; readonly readMs: number }[] = [];
    for (const name of names) {
      const path = join(this.#folder, name);
      const status = await stat(path).catch(() => null);
      if (status === null) continue;
      if (!name.endsWith(UNFINISHED)) files.push({ path, size: status.size, readMs: status.mtimeMs });
      else if (Date.now() - status.mtimeMs > ABANDONED_MS) await unlink(path).catch(() => {});
    }
    let total = files.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of files.toSorted((a, b) => a.readMs - b.readMs)) {
      if (total <= this.#maxBytes) return;
      await unlink(path).catch(() => {});
      total -= size;
    }
  }
}

function nameOf({ place, version }: CachedObject): string {
  return createHash("sha256")
    .update(JSON.stringify([...place, version]))
    .digest("hex");
}

/** The object as it was kept, marked as read now; null: it is not there, or is not whole. */
async function openKept(path: string, sizeBytes: number | null): Promise<FileHandle | null> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch {
    return null;
  }
  const { size } = await file.stat();
  if (sizeBytes !== null && size !== sizeBytes) {
    await file.close();
    return null;
  }
  const now = new Date();
  await utimes(path, now, now).catch(() => {});
  return file;
}

async function* chunksOf(file: FileHandle): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function isWritten(file: FileHandle, chunk: Uint8Array, fits: boolean): Promise<boolean> {
  if (!fits) return false;
  try {
    await file.writeFile(chunk);
    return true;
  } catch {
    return false;
  }
}

async function discard(file: FileHandle, path: string): Promise<void> {
  await file.close().catch(() => {});
  await unlink(path).catch(() => {});
}
