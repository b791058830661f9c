/** Finds what addresses name. */
import { basename, resolve } from "node:path";
import { Failure } from "#text";
import { type Address, parseAddress, STANDARD_INPUT_URI, type StoreAddress, uriOfPath } from "./address.ts";
import { listMembers } from "./archive-listing.ts";
import { errorCodeOf, type FileStatus, type FileSystem, LOCAL_FILE_SYSTEM } from "./file-system.ts";
import type { ListedObject, ObjectOpening } from "./listed-object.ts";
import { explainMissing, explainNoMatch } from "./missing.ts";
import { openingOf } from "./opening.ts";
import { MEMBER_MARK } from "./packed/archive-member.ts";
import { parsePathPattern } from "./path-pattern.ts";
import { localClock, type TimeRange } from "./path-time.ts";
import { checkUnmanaged } from "./stores/file-access.ts";
import type { Stores } from "./stores/stores.ts";
import { type FoundFile, type TreeWalk, unreadable, type WalkAccount, walkTree } from "./tree-walk.ts";

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
  /** Told what came of each address with wildcards. */
  readonly onWalked?: (account: WalkAccount) => void;
  /** What can be reached beside the files of this machine; absent: nothing, and all of these. */
  readonly stores?: Stores;
}

/** The options with their defaults. */
interface Listing {
  readonly looksInside: boolean;
  readonly options: ListOptions;
}

/** Where an address points: a file system, and how its paths are told and opened. */
interface Place {
  readonly fileSystem: FileSystem;
  /** As in the address. */
  readonly path: string;
  readonly isRemote: boolean;
  /** The path to ask the file system for. */
  readonly absolute: (path: string) => string;
  readonly uriOf: (path: string) => string;
  /** The address that a remote object is opened by, where it is not the one that is shown. */
  readonly openedAs?: (path: string) => string;
  /** What is opened must lie in this directory; see `FilePlace`. */
  readonly root?: string;
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
  const listing: Listing = { looksInside: options.looksInside ?? true, options };
  for (const uri of uris) {
    const address = parseAddress(uri);
    if (address.kind === "standard-input") yield [standardInput()];
    else {
      const place = await placeOf(uri, address, options);
      const shown = place.openedAs === undefined ? uri : place.uriOf(place.path);
      yield* listPlace(shown, place, listing);
    }
  }
}

async function placeOf(
  uri: string,
  address: Exclude<Address, { kind: "standard-input" }>,
  options: ListOptions,
): Promise<Place> {
  if (address.kind === "store") return storePlaceOf(uri, address, options);
  const { workingDirectory = process.cwd(), fileSystem = LOCAL_FILE_SYSTEM, stores } = options;
  if (stores !== undefined) checkUnmanaged(stores.fileAccess, uri);
  const absolute = (path: string) => resolve(workingDirectory, path);
  return {
    fileSystem,
    path: address.path,
    isRemote: false,
    absolute,
    uriOf: (path) => uriOfPath(address.isUrl ? absolute(path) : path, address.isUrl),
  };
}

async function storePlaceOf(uri: string, address: StoreAddress, { stores }: ListOptions): Promise<Place> {
  if (stores === undefined) {
    throw new Failure("source-scheme-unknown", `"${uri}" is in a store, and none can be reached here.`, {
      place: { uri },
    });
  }
  const { remote, ...place } = await stores.place(address, uri);
  return { ...place, isRemote: remote !== null };
}

function standardInput(): ListedObject {
  return {
    uri: STANDARD_INPUT_URI,
    fileName: STANDARD_INPUT_URI,
    sizeBytes: null,
    lastModifiedMs: null,
    pathTimeMs: null,
    version: null,
    opening: { kind: "stream", uri: STANDARD_INPUT_URI },
    isOneTime: true,
  };
}

async function* listPlace(
  uri: string,
  place: Place,
  listing: Listing,
): AsyncGenerator<readonly ListedObject[], void, undefined> {
  const archive = await archiveIn(place);
  if (archive !== null) {
    yield* listMembersAt(uri, archive, { ...place, path: archive.path }, listing);
    return;
  }
  const { base, segments } = parsePathPattern(place.path);
  if (segments.length === 0) {
    yield [await plainObject(uri, place, listing)];
    return;
  }
  const { timeZone = "UTC", pathTimeRange, signal, onProblem } = listing.options;
  const walk: TreeWalk = {
    uri,
    base,
    segments,
    clock: localClock(timeZone),
    range: pathTimeRange ?? null,
    fileSystem: place.fileSystem,
    absolute: place.absolute,
    uriOf: place.uriOf,
    signal: signal ?? null,
    onProblem: onProblem ?? fail,
    seen: { deepest: 0, deepestDirectory: base, found: 0, asked: 0, pruned: 0 },
  };
  for await (const files of walkTree(walk)) {
    yield await Promise.all(files.map((file) => objectOf(file, place, listing)));
  }
  const { seen } = walk;
  listing.options.onWalked?.(seen);
  if (seen.found === 0 && seen.pruned === 0) {
    throw await explainNoMatch(walk);
  }
}

/** An address of members of archives, taken apart. */
interface ArchiveAddress {
  readonly path: string;
  readonly members: string;
}

/** `x.zip!/dir/*.log`, `*.zip!/a.log`; null: another address, or there is a directory of that name. */
async function archiveIn({ path, isRemote, fileSystem, absolute }: Place): Promise<ArchiveAddress | null> {
  const at = path.indexOf(MEMBER_MARK);
  if (at < 1 || isRemote) return null;
  const directory = absolute(path.slice(0, at + 1));
  const status = await fileSystem.status(directory).catch(() => null);
  if (status !== null) return null;
  return { path: path.slice(0, at), members: path.slice(at + MEMBER_MARK.length) };
}

async function* listMembersAt(
  uri: string,
  { members }: ArchiveAddress,
  place: Place,
  listing: Listing,
): AsyncGenerator<readonly ListedObject[], void, undefined> {
  const { signal, onProblem } = listing.options;
  const options = {
    ...(signal === undefined ? {} : { signal }),
    ...(onProblem === undefined ? {} : { onProblem }),
  };
  const archives = uri.slice(0, uri.lastIndexOf(MEMBER_MARK + members));
  let isFound = false;
  for await (const objects of listPlace(archives, place, { ...listing, looksInside: true })) {
    for (const object of objects) {
      if (object.opening.kind === "file") throw noArchive(object.uri);
      for await (const found of listMembers(object, members, options)) {
        if (found.some((member) => member.opening.kind !== "stream" || member.opening.member === undefined))
          throw noArchive(object.uri);
        isFound = true;
        yield found;
      }
    }
  }
  if (!isFound) {
    throw new Failure("source-missing", `No member of "${archives}" fits "${members}".`, {
      help: `"${archives}${MEMBER_MARK}*" names all that it has.`,
      place: { uri },
    });
  }
}

function noArchive(uri: string): Failure {
  return new Failure("source-missing", `"${uri}" is no archive, and has no members.`, { place: { uri } });
}

function fail(problem: Failure): void {
  throw problem;
}

async function objectOf(file: FoundFile, place: Place, listing: Listing): Promise<ListedObject> {
  const uri = place.uriOf(file.path);
  const { status, pathTimeMs } = file;
  return {
    uri,
    fileName: basename(file.path),
    sizeBytes: status.sizeBytes,
    lastModifiedMs: status.lastModifiedMs,
    pathTimeMs,
    version: status.version ?? null,
    opening: await openingFor(file.path, uri, place, listing),
    isOneTime: false,
  };
}

/** Why not fail here when a file cannot be read: whoever reads the stream learns it, and can go on with the next. */
async function openingFor(
  path: string,
  uri: string,
  place: Place,
  { looksInside }: Listing,
): Promise<ObjectOpening> {
  if (place.isRemote) return { kind: "store", uri: place.openedAs?.(path) ?? uri };
  const absolute = place.absolute(path);
  const within = place.root === undefined ? {} : { root: place.root };
  const asStream: ObjectOpening = { kind: "stream", uri: absolute, ...within };
  if (!looksInside) return asStream;
  try {
    return { ...(await openingOf(absolute, place.fileSystem)), ...within };
  } catch {
    return asStream;
  }
}

async function plainObject(uri: string, place: Place, listing: Listing): Promise<ListedObject> {
  const status = await statusOrFailure(uri, place);
  if (status.kind === "file") {
    const found = { path: place.path, status, pathTimeMs: null };
    return { ...(await objectOf(found, place, listing)), uri };
  }
  if (status.kind === "pipe") {
    return {
      uri,
      fileName: basename(place.path),
      sizeBytes: null,
      lastModifiedMs: null,
      pathTimeMs: null,
      version: null,
      opening: {
        kind: "stream",
        uri: place.absolute(place.path),
        ...(place.root === undefined ? {} : { root: place.root }),
      },
      isOneTime: true,
    };
  }
  if (status.kind === "directory") {
    const help = `Its files are named by "${uri.replace(/\/+$/, "")}/*".`;
    throw new Failure("source-unreadable", `"${uri}" is a directory.`, { help, place: { uri } });
  }
  throw new Failure("source-unreadable", `"${uri}" is neither a file nor a pipe.`, { place: { uri } });
}

async function statusOrFailure(uri: string, place: Place): Promise<FileStatus> {
  try {
    return await place.fileSystem.status(place.absolute(place.path));
  } catch (cause) {
    const code = errorCodeOf(cause);
    if (!(cause instanceof Failure) && (code === "ENOENT" || code === "ENOTDIR")) {
      const what = place.isRemote ? "object" : "file";
      // Why no help for stores: to look for names that are there would cost a request for each part of the path.
      const help = place.isRemote ? null : await explainMissing(place.path, place);
      const details = { place: { uri }, cause, ...(help === null ? {} : { help }) };
      throw new Failure("source-missing", `There is no ${what} "${uri}".`, details);
    }
    throw unreadable(uri, cause);
  }
}
