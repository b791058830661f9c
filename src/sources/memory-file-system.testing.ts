/** A file system for tests: a list of paths, and an account of the directories that were read. */
import type { DirectoryEntry, FileStatus, FileSystem } from "./file-system.ts";

interface MemoryFile {
  readonly kind: "file" | "directory" | "pipe" | "link" | "locked";
  readonly target: string;
}

/** Its paths are absolute; `readDirectories` are those that were read, in order. */
export interface MemoryFileSystem extends FileSystem {
  readonly readDirectories: string[];
}

/**
 * Makes one of lines: `/a/b.log` is a file, `/a/` a directory, `/a/b -> /c` a link, `/p |` a pipe, `/a/ !` a directory that may not be
 * read. Directories above are there by themselves.
 */
export function memoryFileSystem(lines: readonly string[]): MemoryFileSystem {
  const files = new Map<string, MemoryFile>([["/", { kind: "directory", target: "" }]]);
  for (const line of lines) addLine(line, files);
  const readDirectories: string[] = [];
  return {
    readDirectories,
    readDirectory(path) {
      readDirectories.push(path);
      const real = resolveLinks(path, files);
      const file = real === null ? undefined : files.get(real);
      if (real === null || file === undefined) return Promise.reject(fileError("ENOENT"));
      if (file.kind === "locked") return Promise.reject(fileError("EACCES"));
      if (file.kind !== "directory") return Promise.reject(fileError("ENOTDIR"));
      return Promise.resolve(entriesIn(real, files));
    },
    status(path) {
      const real = resolveLinks(path, files);
      const file = real === null ? undefined : files.get(real);
      if (real === null || file === undefined) return Promise.reject(fileError("ENOENT"));
      return Promise.resolve(statusOf(real, file));
    },
    readStart(path) {
      return Promise.resolve(path.endsWith(".gz") ? Uint8Array.of(0x1f, 0x8b, 8) : new Uint8Array(0));
    },
  };
}

function addLine(line: string, files: Map<string, MemoryFile>): void {
  const [written = "", mark = "", target = ""] = line.split(" ");
  const path = written.replace(/\/$/, "");
  const kind =
    mark === "->"
      ? "link"
      : mark === "|"
        ? "pipe"
        : mark === "!"
          ? "locked"
          : written.endsWith("/")
            ? "directory"
            : "file";
  for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) {
    const above = path.slice(0, at);
    if (!files.has(above)) files.set(above, { kind: "directory", target: "" });
  }
  files.set(path, { kind, target });
}

/** The path with all links followed, or null when nothing is there. */
function resolveLinks(path: string, files: ReadonlyMap<string, MemoryFile>): string | null {
  let at = "";
  for (const part of path.split("/").filter((name) => name !== "" && name !== ".")) {
    at = `${at}/${part}`;
    for (let file = files.get(at), hops = 0; file?.kind === "link"; file = files.get(at)) {
      if (++hops > 10) return null;
      at = file.target;
    }
  }
  return at === "" ? "/" : at;
}

function entriesIn(directory: string, files: ReadonlyMap<string, MemoryFile>): DirectoryEntry[] {
  const prefix = directory === "/" ? "/" : `${directory}/`;
  const inside = [...files].filter(([path]) => path.startsWith(prefix) && path.length > prefix.length);
  return inside
    .filter(([path]) => !path.slice(prefix.length).includes("/"))
    .map(([path, { kind }]) => ({ name: path.slice(prefix.length), kind: entryKind(kind) }))
    .reverse();
}

function entryKind(kind: MemoryFile["kind"]): DirectoryEntry["kind"] {
  if (kind === "locked") return "directory";
  return kind === "pipe" ? "other" : kind;
}

function statusOf(path: string, { kind }: MemoryFile): FileStatus {
  const isDirectory = kind === "directory" || kind === "locked";
  return {
    kind: isDirectory ? "directory" : kind === "pipe" ? "pipe" : "file",
    sizeBytes: path.length,
    lastModifiedMs: 1_700_000_000_000n,
    identity: path,
  };
}

function fileError(code: string): Error {
  return Object.assign(new Error(`${code}: told by the test`), { code });
}
