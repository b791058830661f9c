/** Walks a directory tree along a path pattern: depth first, in the order of full paths, reading only directories that can matter. */
import { Failure } from "#text";
import { throwIfCancelled } from "./cancel.ts";
import { type DirectoryEntry, errorCodeOf, type FileStatus, type FileSystem } from "./file-system.ts";
import { namesWithin } from "./names-within.ts";
import { matchName, type PathTime, readsTime, type Segment } from "./path-pattern.ts";
import { instantOfPathTime, type LocalClock, spanOfPathTime, type TimeRange } from "./path-time.ts";

/** A file that the pattern names. `path` is as the user would write it. */
export interface FoundFile {
  readonly path: string;
  readonly status: FileStatus;
  readonly pathTimeMs: bigint | null;
}

/** A walk: what to look for, where, and what came of it so far. */
export interface TreeWalk {
  readonly uri: string;
  /** Where the walk starts, as written. */
  readonly base: string;
  readonly segments: readonly Segment[];
  readonly clock: LocalClock;
  readonly range: TimeRange | null;
  readonly fileSystem: FileSystem;
  /** The path to ask the file system for. */
  readonly absolute: (path: string) => string;
  /** The address of a path, for messages. */
  readonly uriOf: (path: string) => string;
  readonly signal: AbortSignal | null;
  readonly onProblem: (problem: Failure) => void;
  readonly seen: WalkAccount;
}

/** What a walk has met: for saying why nothing was found. */
export interface WalkAccount {
  /** The furthest segment that some name was compared with, and the directory it was in. */
  deepest: number;
  deepestDirectory: string;
  found: number;
  /** Directories that were read, and paths that were looked at one by one. */
  asked: number;
  /** Files and directories left out because their path time is outside the range; of those never asked for, at least one. */
  pruned: number;
}

/** A place in the pattern: the segment that the next name is compared with. */
interface Position {
  readonly segment: number;
  /** Levels that a `levels` segment may still take. */
  readonly levelsLeft: number;
  readonly time: PathTime;
}

interface Directory {
  readonly path: string;
  readonly positions: readonly Position[];
  /** Identities of this directory and those above it, against cycles of links. */
  readonly ancestors: ReadonlySet<string>;
}

/** A name that matched, as a file or as a directory to go on inside. `status` where it is already known. */
interface Candidate {
  readonly path: string;
  readonly kind: "file" | "directory";
  readonly status: FileStatus | null;
  readonly time: PathTime;
  readonly inside: readonly Position[];
}

interface Frame {
  readonly directory: Directory;
  readonly candidates: readonly Candidate[];
  next: number;
}

/** Status calls under way at once, and most files per array given out. */
const FILES_AT_ONCE = 64;

/** All files that the pattern names, in the order of their paths. */
export async function* walkTree(walk: TreeWalk): AsyncGenerator<readonly FoundFile[], void, undefined> {
  const stack: Frame[] = [await openDirectory(await startOf(walk), walk)];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    throwIfCancelled(walk.signal);
    const files = nextFiles(frame);
    if (files.length > 0) {
      const found = await findFiles(files, walk);
      if (found.length > 0) yield found;
      continue;
    }
    const candidate = frame.candidates[frame.next++];
    const entered = candidate === undefined ? null : await enter(candidate, frame.directory, walk);
    if (candidate === undefined) stack.pop();
    else if (entered !== null) stack.push(await openDirectory(entered, walk));
  }
}

async function startOf(walk: TreeWalk): Promise<Directory> {
  const positions = positionsAt(walk, 0, {});
  if (walk.fileSystem.impliesDirectories) return { path: walk.base, positions, ancestors: new Set() };
  const status = await statusOf(walk.base, false, walk);
  const ancestors = new Set(status === null ? [] : [status.identity]);
  return { path: walk.base, positions, ancestors };
}

/** Takes the files that come before the next directory, at most `FILES_AT_ONCE`. */
function nextFiles(frame: Frame): readonly Candidate[] {
  const start = frame.next;
  const end = Math.min(start + FILES_AT_ONCE, frame.candidates.length);
  while (frame.next < end && frame.candidates[frame.next]?.kind === "file") frame.next++;
  return frame.candidates.slice(start, frame.next);
}

async function findFiles(candidates: readonly Candidate[], walk: TreeWalk): Promise<readonly FoundFile[]> {
  const found = await Promise.all(
    candidates.map(async ({ path, status: known, time }): Promise<FoundFile[]> => {
      const status = known ?? (await statusOf(path, false, walk));
      if (status?.kind !== "file") return [];
      return [{ path, status, pathTimeMs: instantOfPathTime(time, walk.clock) }];
    }),
  );
  const files = found.flat();
  walk.seen.found += files.length;
  return files;
}

/** The position before a segment and, as `levels` may stand for nothing, those behind it. */
function positionsAt(walk: TreeWalk, segment: number, time: PathTime): Position[] {
  const positions: Position[] = [];
  for (let at = segment; at < walk.segments.length; at++) {
    const found = walk.segments[at];
    positions.push({ segment: at, levelsLeft: found?.kind === "levels" ? found.count : 0, time });
    if (found?.kind !== "levels") break;
  }
  return positions;
}

/** What stands at a path; null when it is gone since its name was read, or cannot be looked at, which is told. */
async function statusOf(path: string, isLink: boolean, walk: TreeWalk): Promise<FileStatus | null> {
  walk.seen.asked++;
  try {
    return await walk.fileSystem.status(walk.absolute(path));
  } catch (cause) {
    const code = errorCodeOf(cause);
    const isGone = !isLink && (code === "ENOENT" || code === "ENOTDIR");
    if (!isGone) walk.onProblem(unreadable(walk.uriOf(path), cause));
    return null;
  }
}

async function enter(candidate: Candidate, parent: Directory, walk: TreeWalk): Promise<Directory | null> {
  if (walk.fileSystem.impliesDirectories) {
    return { path: candidate.path, positions: candidate.inside, ancestors: parent.ancestors };
  }
  const status = candidate.status ?? (await statusOf(candidate.path, false, walk));
  if (status === null || parent.ancestors.has(status.identity)) return null;
  const ancestors = new Set(parent.ancestors).add(status.identity);
  return { path: candidate.path, positions: candidate.inside, ancestors };
}

async function openDirectory(directory: Directory, walk: TreeWalk): Promise<Frame> {
  const deepest = directory.positions.reduce((most, position) => Math.max(most, position.segment), 0);
  if (deepest >= walk.seen.deepest) {
    walk.seen.deepest = deepest;
    walk.seen.deepestDirectory = directory.path;
  }
  const entries = await namesIn(directory, walk);
  const candidates: Candidate[] = [];
  for (let start = 0; start < entries.length; start += FILES_AT_ONCE) {
    const some = entries.slice(start, start + FILES_AT_ONCE);
    const found = await Promise.all(some.map((entry) => candidateOf(entry, directory, walk)));
    candidates.push(...found.filter((candidate) => candidate !== null));
  }
  // Why the slash: so that "a/b" comes behind "a-b", as full paths are ordered.
  const orderOf = ({ kind, path }: Candidate) => (kind === "directory" ? `${path}/` : path);
  candidates.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  return { directory, candidates, next: 0 };
}

/** The directory's names; when the pattern says the only names that matter, these are taken without reading the directory. */
async function namesIn(directory: Directory, walk: TreeWalk): Promise<readonly DirectoryEntry[]> {
  const names = new Set<string>();
  const isLast = (position: Position) => position.segment === walk.segments.length - 1;
  for (const position of directory.positions) {
    const segment = walk.segments[position.segment];
    if (segment?.kind === "literal") names.add(segment.written);
    else if (segment?.kind !== "name" || isLast(position)) return readNames(directory, walk);
    else {
      const timed = walk.fileSystem.impliesDirectories
        ? namesWithin(segment.tokens, position.time, { clock: walk.clock, range: walk.range })
        : null;
      if (timed === null) return readNames(directory, walk);
      walk.seen.pruned++;
      for (const name of timed) names.add(name);
    }
  }
  // Nothing asks whether a directory of a store is there: reading it tells.
  const isInside = walk.fileSystem.impliesDirectories && !directory.positions.some(isLast);
  return [...names].map((name) => ({ name, kind: isInside ? "directory" : "other" }));
}

async function readNames(directory: Directory, walk: TreeWalk): Promise<readonly DirectoryEntry[]> {
  walk.seen.asked++;
  try {
    const path = walk.absolute(directory.path);
    return await walk.fileSystem.readDirectory(path, commonPrefix(directory.positions, walk));
  } catch (cause) {
    const code = errorCodeOf(cause);
    const isGone = code === "ENOENT" || code === "ENOTDIR";
    if (!isGone && directory.path === walk.base) throw unreadable(walk.uri, cause);
    if (!isGone) walk.onProblem(unreadable(walk.uriOf(directory.path), cause));
    return [];
  }
}

/** The text with which all names that matter begin. */
function commonPrefix(positions: readonly Position[], walk: TreeWalk): string {
  const [only, ...others] = positions;
  const segment = only === undefined || others.length > 0 ? undefined : walk.segments[only.segment];
  if (segment?.kind !== "name") return "";
  const [first] = segment.tokens;
  return first?.kind === "text" ? first.text : "";
}

/** What a name in a directory leads to, or null when the pattern does not fit it or its time is outside the range. */
async function candidateOf(
  entry: DirectoryEntry,
  directory: Directory,
  walk: TreeWalk,
): Promise<Candidate | null> {
  let fileTime: PathTime | null = null;
  const inside = new Map<string, Position>();
  for (const position of directory.positions) {
    const time = timeBehind(entry.name, position, walk);
    if (time === null) continue;
    if (isOutside(time, position, walk)) {
      walk.seen.pruned++;
      continue;
    }
    if (isLast(position, walk)) fileTime ??= time;
    for (const next of positionsBehind(position, time, walk)) {
      const key = `${next.segment}:${next.levelsLeft}`;
      if (!inside.has(key)) inside.set(key, next);
    }
  }
  if (fileTime === null && inside.size === 0) return null;
  const path = joinPath(directory.path, entry.name);
  const isKnown = entry.kind === "file" || entry.kind === "directory";
  const status = entry.status ?? (isKnown ? null : await statusOf(path, entry.kind === "link", walk));
  const kind = status?.kind ?? entry.kind;
  if (kind === "file" && fileTime !== null) return { path, kind, status, time: fileTime, inside: [] };
  if (kind === "directory" && inside.size > 0) {
    return { path, kind, status, time: {}, inside: [...inside.values()] };
  }
  return null;
}

function isLast(position: Position, walk: TreeWalk): boolean {
  return position.segment === walk.segments.length - 1;
}

/** The time known behind a name at a position, or null when the name does not fit there. */
function timeBehind(name: string, position: Position, walk: TreeWalk): PathTime | null {
  const segment = walk.segments[position.segment];
  switch (segment?.kind) {
    case "levels":
      return position.levelsLeft > 0 ? position.time : null;
    case "literal":
      return segment.written === name ? position.time : null;
    case "name":
      return matchName(segment.tokens, name, position.time);
    default:
      return null;
  }
}

function positionsBehind(position: Position, time: PathTime, walk: TreeWalk): Position[] {
  const segment = walk.segments[position.segment];
  const behind = positionsAt(walk, position.segment + 1, time);
  if (segment?.kind !== "levels" || position.levelsLeft <= 1) return behind;
  return [{ segment: position.segment, levelsLeft: position.levelsLeft - 1, time }, ...behind];
}

/** Whether nothing below can have a path time within the range. */
function isOutside(time: PathTime, position: Position, walk: TreeWalk): boolean {
  const { range } = walk;
  if (range === null) return false;
  const isComplete = !walk.segments.slice(position.segment + 1).some(readsTime);
  if (isComplete) {
    const instant = instantOfPathTime(time, walk.clock);
    return instant !== null && (instant < range.startMs || instant >= range.endMs);
  }
  const span = spanOfPathTime(time, walk.clock);
  return span !== null && (span.startMs >= range.endMs || span.endMs <= range.startMs);
}

/** A name inside a directory, as written; the empty directory is the working directory. */
export function joinPath(directory: string, name: string): string {
  return directory === "" || directory.endsWith("/") ? directory + name : `${directory}/${name}`;
}

/** The failure of something that is there and cannot be looked at. */
export function unreadable(uri: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Failure("source-unreadable", `"${uri}" cannot be read: ${why}.`, { place: { uri }, cause });
}
