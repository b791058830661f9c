/** Files that must lie in a directory when they are opened, not only when they were found: a link can be swapped in between. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, realpathSync } from "node:fs";
import { isAbsolute, relative } from "node:path";
import { Failure } from "#text";

/** Where a file of this machine is. */
export interface FilePlace {
  /** Absolute. */
  readonly path: string;
  /** What is opened must lie in this directory when all links are followed; absent: it may lie anywhere. */
  readonly root?: string;
}

/** Whether a path lies in a directory, or is it. Both are real paths. */
export function liesIn(real: string, realRoot: string): boolean {
  const way = relative(realRoot, real);
  return !isAbsolute(way) && way.split(/[\\/]/)[0] !== "..";
}

/** Opens a file for reading and gives its descriptor. Never waits for the writer of a pipe. Throws the errors of `node:fs` and access-denied. */
export function openFileSync(place: FilePlace): number {
  const descriptor = openSync(place.path, READ_WITHOUT_WAITING);
  try {
    checkOpened(descriptor, place);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return descriptor;
}

/** Flags of opening: what was a file may be a pipe by now, which nobody may ever write to. Of files they change nothing. */
export const READ_WITHOUT_WAITING: number = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Whether what is open lies where it must; else this throws access-denied. The descriptor stays open. */
export function checkOpened(
  descriptor: number,
  { path, root }: FilePlace,
  openPath: typeof openPathOf = openPathOf,
): void {
  if (root === undefined) return;
  const realRoot = realPathAt(root);
  const real = openPath(descriptor) ?? pathStillOf(descriptor, path);
  if (realRoot === null || real === null || !liesIn(real, realRoot)) throw leadsOut(path, `"${root}"`);
}

/** What the system itself says of an open file; null where it says nothing. */
function openPathOf(descriptor: number): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return null;
  }
}

/** The real path of what is open, when the name that it was opened by still leads to it; else null. */
function pathStillOf(descriptor: number, path: string): string | null {
  const real = realPathAt(path);
  if (real === null) return null;
  const opened = fstatSync(descriptor, { bigint: true });
  const found = lstatSync(real, { bigint: true, throwIfNoEntry: false });
  return opened.dev === found?.dev && opened.ino === found.ino ? real : null;
}

function realPathAt(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

/** The failure of a path that leads out of a datastore. `what` is how messages call it. */
export function leadsOut(path: string, what: string): Failure {
  return new Failure("access-denied", `"${path}" leads out of ${what}.`, {
    help: "A link in it points elsewhere. What lies elsewhere needs a datastore of its own.",
    place: { uri: path },
  });
}
