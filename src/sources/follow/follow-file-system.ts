/** The part of a file system that following needs; tests put their own in its place. */
import { type FileHandle, open, stat } from "node:fs/promises";
import { errorCodeOf } from "../file-system.ts";
import { checkOpened, type FilePlace, READ_WITHOUT_WAITING } from "../open-within.ts";

/** A file as it is now. */
export interface FollowStatus {
  readonly isFile: boolean;
  /** Equal for the same file under whatever name; may be used again once the file is gone. */
  readonly identity: string;
  readonly sizeBytes: number;
  readonly lastModifiedMs: bigint;
  /** Changes whenever the file does. */
  readonly changeMark: string;
}

/** An open file; it stays the same when its name is given to another. */
export interface FollowHandle {
  status(): Promise<FollowStatus>;
  /** At most so many bytes from a position on, fewer at the end; they are the caller's own. */
  read(position: number, maxBytes: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Looks at files and opens them. Both give null where nothing is, and reject with the errors of `node:fs` otherwise. */
export interface FollowFileSystem {
  status(path: string): Promise<FollowStatus | null>;
  /** `root`: as of `FilePlace`. */
  open(path: string, root?: string): Promise<FollowHandle | null>;
}

/** The file system of this machine. */
export const LOCAL_FOLLOW_FILES: FollowFileSystem = {
  status: (path) => orNull(async () => statusOf(await stat(path, { bigint: true }))),
  open: (path, root) =>
    orNull(async () => {
      const file = await openChecked(root === undefined ? { path } : { path, root });
      return {
        status: async () => statusOf(await file.stat({ bigint: true })),
        read: async (position, maxBytes) => {
          const buffer = Buffer.allocUnsafeSlow(maxBytes);
          let length = 0;
          while (length < maxBytes) {
            const { bytesRead } = await file.read(buffer, length, maxBytes - length, position + length);
            if (bytesRead === 0) break;
            length += bytesRead;
          }
          return buffer.subarray(0, length);
        },
        close: () => file.close(),
      };
    }),
};

async function openChecked(place: FilePlace): Promise<FileHandle> {
  const file = await open(place.path, READ_WITHOUT_WAITING);
  try {
    checkOpened(file.fd, place);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface Stats {
  isFile(): boolean;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeMs: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

function statusOf(stats: Stats): FollowStatus {
  return {
    isFile: stats.isFile(),
    identity: `${stats.dev}:${stats.ino}`,
    sizeBytes: Number(stats.size),
    lastModifiedMs: stats.mtimeMs,
    changeMark: `${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`,
  };
}

async function orNull<T>(action: () => Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw error;
  }
}
