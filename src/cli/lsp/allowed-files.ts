/** Which files a language server may look at: those in the editor's folders and beside the text itself. */
import { type Dirent, readdirSync, realpathSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import type { FileName, ListFiles } from "#language";

/** Whether a path lies in a folder or is the folder itself. Both are absolute. */
function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!way.startsWith("..") && !isAbsolute(way));
}

/** Whether what a path leads to, links followed, lies in one of the folders. False when there is nothing. */
export async function isAllowed(path: string, folders: readonly string[]): Promise<boolean> {
  try {
    const target = await realpath(path);
    const allowed = await Promise.all(folders.map((folder) => realpath(folder).catch(() => null)));
    return allowed.some((folder) => folder !== null && isInside(target, folder));
  } catch {
    return false;
  }
}

/** Whether a path lies in one of the folders as it is written: what is not there yet may be looked for. */
export function isWrittenInside(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => isInside(resolve(path), resolve(folder)));
}

/** So many names of a folder are offered. */
const MOST_NAMES = 1000;

/** Lists folders for completion; nothing of those that may not be seen. */
export function folderLister(path: string, workingDirectory: string, folders: readonly string[]): ListFiles {
  return (folder, base) => {
    try {
      const target = realpathSync(resolve(base === "run" ? workingDirectory : dirname(path), folder));
      if (!folders.some((each) => isInside(target, realpathSync(each)))) return [];
      return readdirSync(target, { withFileTypes: true }).slice(0, MOST_NAMES).map(nameOf);
    } catch {
      return [];
    }
  };
}

function nameOf(entry: Dirent): FileName {
  return { name: entry.name, isFolder: entry.isDirectory() };
}
