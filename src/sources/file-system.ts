/** The part of a file system that listing needs; tests put their own in its place. */
import { open, readdir, stat } from "node:fs/promises";
import { checkOpened, type FilePlace, READ_WITHOUT_WAITING } from "./open-within.ts";

/** A name in a directory. `link` and `other` tell what they are only by `status`. */
export interface DirectoryEntry {
  readonly name: string;
  readonly kind: "file" | "directory" | "link" | "other";
  /** What stands there, where reading the directory told it. */
  readonly status?: FileStatus;
}

/** What stands at a path, links followed. `identity` is equal for equal places, however they are reached. */
export interface FileStatus {
  readonly kind: "file" | "directory" | "pipe" | "other";
  readonly sizeBytes: number | null;
  readonly lastModifiedMs: bigint | null;
  readonly identity: string;
  /** Changes with the content; absent where there is no such mark. */
  readonly version?: string | null;
}

/** Reads directories and looks at files. All methods reject with the errors of `node:fs`, whose `code` says why. */
export interface FileSystem {
  /**
   * Directories are what the names of files imply: any may be read, without its being asked for, one that is not there is empty, and none
   * is a link. Reading them costs a request.
   */
  readonly impliesDirectories?: boolean;
  /** All names in a directory, in any order; at least those that begin with a prefix when one is given. */
  readDirectory(path: string, namePrefix?: string): Promise<readonly DirectoryEntry[]>;
  status(path: string): Promise<FileStatus>;
  /** The first bytes of a regular file. */
  readStart(path: string, maxBytes: number): Promise<Uint8Array>;
}

/** The file system of this machine. */
export const LOCAL_FILE_SYSTEM: FileSystem = {
  async readDirectory(path) {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.map((entry) => ({
      name: entry.name,
      kind: entry.isFile()
        ? "file"
        : entry.isDirectory()
          ? "directory"
          : entry.isSymbolicLink()
            ? "link"
            : "other",
    }));
  },
  async status(path) {
    const stats = await stat(path, { bigint: true });
    const isPipe = stats.isFIFO() || stats.isCharacterDevice();
    return {
      kind: stats.isFile() ? "file" : stats.isDirectory() ? "directory" : isPipe ? "pipe" : "other",
      sizeBytes: Number(stats.size),
      lastModifiedMs: stats.mtimeMs,
      identity: `${stats.dev}:${stats.ino}`,
    };
  },
  readStart: (path, maxBytes) => readStartOf({ path }, maxBytes),
};

/** The first bytes of a file. */
export async function readStartOf(place: FilePlace, maxBytes: number): Promise<Uint8Array> {
  const file = await open(place.path, READ_WITHOUT_WAITING);
  try {
    checkOpened(file.fd, place);
    const { buffer, bytesRead } = await file.read(new Uint8Array(maxBytes), 0, maxBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The `code` of a file system error, such as `ENOENT`; empty when it has none. */
export function errorCodeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}
