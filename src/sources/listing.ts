/** Finds what addresses name. */
import { basename, resolve } from "node:path";
import { Failure } from "#text";
import { type Address, parseAddress, STANDARD_INPUT_URI, uriOfPath } from "./address.ts";
import { errorCodeOf, type FileStatus, type FileSystem, LOCAL_FILE_SYSTEM } from "./file-system.ts";
import type { ListedObject, ObjectOpening } from "./listed-object.ts";
import { explainMissing, explainNoMatch } from "./missing.ts";
import { openingOf } from "./opening.ts";
import { parsePathPattern } from "./path-pattern.ts";
import { localClock, type TimeRange } from "./path-time.ts";
import { type FoundFile, type TreeWalk, unreadable, walkTree } from "./tree-walk.ts";

/** How to list. */
export interface ListOptions {
  /** Where relative paths start; the process's working directory when absent. */
  readonly workingDirectory?: string;
  /** Zone of the time parts in paths; UTC when absent. */
  readonly timeZone?: string;
  /** Only objects whose path time is within; directories that lie outside are not read. Paths without time parts are not affected. */
  readonly pathTimeRange?: TimeRange;
  /**
   * False: files are not opened to see whether they are compressed; all are `stream`s then, which is right for any file but slower.
   * Ask `openingOf` for those that are read in the end. True when absent.
   */
  readonly looksInside?: boolean;
  readonly signal?: AbortSignal;
  /** Told of what a wildcard meets and cannot look at; when absent, the listing fails there. */
  readonly onProblem?: (problem: Failure) => void;
  readonly fileSystem?: FileSystem;
}

/** The options with their defaults. */
interface Listing {
  readonly workingDirectory: string;
  readonly looksInside: boolean;
  readonly fileSystem: FileSystem;
  readonly options: ListOptions;
}

/**
 * All objects that the addresses name, in the order of the addresses and, within one, of their paths by code units. Directories are
 * read while the listing is consumed. Names that begin with a dot are names like others. Pipes are found only by their full name.
 *
 * @throws Failure source-missing (a file that is not there, a wildcard that matches nothing), source-unreadable,
 *   source-scheme-unknown, time-zone-unknown, cancelled
 */
export async function* listObjects(
  uris: readonly string[],
  options: ListOptions = {},
): AsyncGenerator<readonly ListedObject[], void, undefined> {
  const listing: Listing = {
    workingDirectory: options.workingDirectory ?? process.cwd(),
    looksInside: options.looksInside ?? true,
    fileSystem: options.fileSystem ?? LOCAL_FILE_SYSTEM,
    options,
  };
  for (const uri of uris) {
    const address = parseAddress(uri);
    if (address.kind === "standard-input") yield [standardInput()];
    else yield* listPath(uri, address, listing);
  }
}

function standardInput(): ListedObject {
  return {
    uri: STANDARD_INPUT_URI,
    fileName: STANDARD_INPUT_URI,
    sizeBytes: null,
    lastModifiedMs: null,
    pathTimeMs: null,
    opening: { kind: "stream", uri: STANDARD_INPUT_URI },
    isOneTime: true,
  };
}

type PathAddress = Extract<Address, { kind: "path" }>;

async function* listPath(
  uri: string,
  address: PathAddress,
  listing: Listing,
): AsyncGenerator<readonly ListedObject[], void, undefined> {
  const { base, segments } = parsePathPattern(address.path);
  if (segments.length === 0) {
    yield [await plainObject(uri, address, listing)];
    return;
  }
  const { timeZone = "UTC", pathTimeRange, signal, onProblem } = listing.options;
  const walk: TreeWalk = {
    uri,
    base,
    segments,
    clock: localClock(timeZone),
    range: pathTimeRange ?? null,
    fileSystem: listing.fileSystem,
    absolute: (path) => resolve(listing.workingDirectory, path),
    signal: signal ?? null,
    onProblem: onProblem ?? fail,
    seen: { deepest: 0, deepestDirectory: base, found: 0, pruned: 0 },
  };
  for await (const files of walkTree(walk)) {
    yield await Promise.all(files.map((file) => objectOf(file, address.isUrl, listing)));
  }
  const { seen } = walk;
  if (seen.found === 0 && seen.pruned === 0) {
    throw await explainNoMatch(walk);
  }
}

function fail(problem: Failure): void {
  throw problem;
}

async function objectOf(file: FoundFile, isUrl: boolean, listing: Listing): Promise<ListedObject> {
  const absolute = resolve(listing.workingDirectory, file.path);
  return {
    uri: uriOfPath(isUrl ? absolute : file.path, isUrl),
    fileName: basename(file.path),
    sizeBytes: file.status.sizeBytes,
    lastModifiedMs: file.status.lastModifiedMs,
    pathTimeMs: file.pathTimeMs,
    opening: await openingFor(absolute, listing),
    isOneTime: false,
  };
}

/** Why not fail here when a file cannot be read: whoever reads the stream learns it, and can go on with the next. */
async function openingFor(absolute: string, listing: Listing): Promise<ObjectOpening> {
  const asStream: ObjectOpening = { kind: "stream", uri: absolute };
  if (!listing.looksInside) return asStream;
  try {
    return await openingOf(absolute, listing.fileSystem);
  } catch {
    return asStream;
  }
}

async function plainObject(uri: string, address: PathAddress, listing: Listing): Promise<ListedObject> {
  const absolute = resolve(listing.workingDirectory, address.path);
  const status = await statusOrFailure(uri, absolute, address.path, listing);
  if (status.kind === "file") {
    const found = { path: address.path, status, pathTimeMs: null };
    return { ...(await objectOf(found, address.isUrl, listing)), uri };
  }
  if (status.kind === "pipe") {
    return {
      uri,
      fileName: basename(address.path),
      sizeBytes: null,
      lastModifiedMs: null,
      pathTimeMs: null,
      opening: { kind: "stream", uri: absolute },
      isOneTime: true,
    };
  }
  if (status.kind === "directory") {
    const help = `Its files are named by "${uri.replace(/\/+$/, "")}/*".`;
    throw new Failure("source-unreadable", `"${uri}" is a directory.`, { help, place: { uri } });
  }
  throw new Failure("source-unreadable", `"${uri}" is neither a file nor a pipe.`, { place: { uri } });
}

async function statusOrFailure(
  uri: string,
  absolute: string,
  written: string,
  listing: Listing,
): Promise<FileStatus> {
  try {
    return await listing.fileSystem.status(absolute);
  } catch (cause) {
    const code = errorCodeOf(cause);
    if (code === "ENOENT" || code === "ENOTDIR") {
      const help = await explainMissing(written, {
        fileSystem: listing.fileSystem,
        absolute: (path) => resolve(listing.workingDirectory, path),
      });
      throw new Failure("source-missing", `There is no file "${uri}".`, { help, place: { uri }, cause });
    }
    throw unreadable(uri, cause);
  }
}
