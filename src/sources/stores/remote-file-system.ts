/** A remote store as a file system, for listings. */
import { Failure } from "#text";
import type { DirectoryEntry, FileStatus, FileSystem } from "../file-system.ts";
import { DIRECTORY } from "./object-status.ts";
import type { RemoteStatus, RemoteStore } from "./remote-store.ts";

/** The file system of a store. What is asked for after the signal is aborted fails. */
export function remoteFileSystem(store: RemoteStore, signal: AbortSignal): FileSystem {
  return {
    impliesDirectories: true,
    async readDirectory(path, namePrefix = "") {
      const entries: DirectoryEntry[] = [];
      for await (const page of store.list(path, { namePrefix, signal })) {
        for (const entry of page) {
          const { name, kind } = entry;
          entries.push({ name, kind, status: statusOf(entry, path === "" ? name : `${path}/${name}`) });
        }
      }
      return entries;
    },
    async status(path) {
      if (path === "") return statusOf(DIRECTORY, path);
      const status = await store.status(path, signal);
      if (status === null) throw Object.assign(new Error(`there is no "${path}"`), { code: "ENOENT" });
      return statusOf(status, path);
    },
    async readStart(path, maxBytes) {
      const chunks: Uint8Array[] = [];
      let length = 0;
      for await (const chunk of store.open(
        path,
        { startByte: 0, endByte: maxBytes, version: null },
        signal,
      )) {
        chunks.push(chunk);
        length += chunk.length;
        if (length >= maxBytes) break;
      }
      return Buffer.concat(chunks).subarray(0, maxBytes);
    },
  };
}

function statusOf({ kind, sizeBytes, lastModifiedMs, version }: RemoteStatus, path: string): FileStatus {
  return { kind, sizeBytes, lastModifiedMs, version, identity: path };
}

/**
 * A path of a store as it is asked for.
 *
 * @throws Failure access-denied: it has parts that lead upwards
 */
export function storePath(path: string, uri: string): string {
  const parts = path.split("/");
  if (parts.some((part) => part === ".." || part === ".") || path.includes("\0")) {
    throw new Failure("access-denied", `"${uri}" holds "." or ".." between its slashes.`, {
      help: "A path in a store leads downwards only: write it without them.",
      place: { uri },
    });
  }
  return path;
}
