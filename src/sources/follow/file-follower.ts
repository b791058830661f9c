/**
 * Follows files that grow: gives every byte that is written to them once, through renames, copies, truncation and new files.
 *
 * Nothing runs by itself: whoever follows calls `look` as often as it likes, and each look gives what is new. Times come from the caller.
 */
import type { ListedObject } from "../listed-object.ts";
import { HEAD_BYTES, packedFormatOf } from "../packed/packed-formats.ts";
import { goOnIn, originalOf } from "./copies.ts";
import {
  beginsWith,
  EMPTY_FINGERPRINT,
  extended,
  type Fingerprint,
  isCopy,
  REMEMBERED_BYTES,
} from "./fingerprint.ts";
import type { FollowEvent, FollowOptions, Look } from "./follow-event.ts";
import {
  type FollowFileSystem,
  type FollowHandle,
  type FollowStatus,
  LOCAL_FOLLOW_FILES,
} from "./follow-file-system.ts";
import { asFailure, refuseUnfollowed } from "./follow-problems.ts";
import { FollowedFile, type FollowedStream, rootOf } from "./followed-file.ts";

/** New files that fit a wildcard are looked for so often. */
const LIST_EVERY_MS = 1000;
/** A file without a name is given up when nothing was written to it for so long: who writes has changed to the new one by then. */
const AWAY_AT_MOST_MS = 60_000;
/** Below the limit of open files that systems set by default (1024, macOS 256). */
const MOST_OPEN = 192;
/** Files may be open beyond the limit until so many have been looked at. */
const READS_PER_CLEANING = 32;
const BYTES_PER_LOOK: number = 16 << 20;
const BYTES_PER_READ: number = 4 << 20;
/** Contents that were truncated, against which new files are compared. */
const MOST_REMEMBERED = 64;

/** Use: `look` again and again, `finish` once, `close` in any case. One call at a time. */
export class FileFollower {
  readonly #lists: FollowOptions["lists"];
  readonly #fileSystem: FollowFileSystem;
  readonly #mostOpen: number;
  readonly #bytesPerLook: number;
  /** Names that are followed. */
  #places: ReadonlyMap<string, ListedObject> = new Map();
  /** The names that each address has given. */
  readonly #listed: ReadonlyMap<string, ListedObject>[] = [];
  readonly #files = new Map<string, FollowedFile>();
  /** Contents that files had before they were truncated. */
  #gone: Fingerprint[] = [];
  #streams = 0;
  #listedMs = Number.NEGATIVE_INFINITY;
  #isFirst = true;
  readonly #told = new Set<string>();
  #events: FollowEvent[] = [];
  #bytesLeft = 0;
  #isBehind = false;

  constructor(options: FollowOptions) {
    this.#lists = options.lists;
    this.#fileSystem = options.fileSystem ?? LOCAL_FOLLOW_FILES;
    this.#mostOpen = options.mostOpen ?? MOST_OPEN;
    this.#bytesPerLook = options.bytesPerLook ?? BYTES_PER_LOOK;
  }

  /**
   * What was written since the last look.
   *
   * @param nowMs  a clock that never goes back
   * @throws Failure of the first look: source-missing, source-unreadable, follow-refused; later looks tell problems as events
   */
  async look(nowMs: number): Promise<Look> {
    this.#events = [];
    this.#bytesLeft = this.#bytesPerLook;
    this.#isBehind = false;
    const isListed = nowMs - this.#listedMs >= LIST_EVERY_MS;
    if (isListed) await this.#list(nowMs);
    // Why again: what was renamed may have a name that is followed too.
    if ((await this.#locate(nowMs)) && !isListed) {
      await this.#list(nowMs);
      await this.#locate(nowMs);
    }
    // Why in this order: a new file may be the copy of what has gone, which must be known to its end then.
    await this.#readAll((file) => file.isAway, nowMs);
    const knowsGone = !this.#isBehind;
    if (!this.#isFirst && knowsGone) await this.#recogniseNew();
    await this.#readAll((file) => !file.isAway, nowMs);
    if (knowsGone) await this.#retireAll(nowMs);
    await this.#closeIdle();
    this.#isFirst = false;
    return { events: this.#events, isBehind: this.#isBehind };
  }

  /** A last look, unless there is too much to read, and the end of all streams. */
  async finish(nowMs: number): Promise<Look> {
    const look = this.#isBehind ? { events: [], isBehind: true } : await this.look(nowMs);
    const files = [...this.#files.values()].filter(({ use }) => use === "read");
    const ends = files.map(({ stream }): FollowEvent => ({ kind: "end", stream }));
    await this.close();
    return { events: [...look.events, ...ends], isBehind: look.isBehind };
  }

  /** Closes all files. */
  async close(): Promise<void> {
    const files = [...this.#files.values()];
    this.#files.clear();
    await Promise.all(files.map((file) => file.close()));
  }

  /** Finds the names that are followed. Those of an address that names nothing now stay what they were. */
  async #list(nowMs: number): Promise<void> {
    this.#listedMs = nowMs;
    for (const [index, list] of this.#lists.entries()) {
      await this.#attempt("", async () => {
        const listed = new Map<string, ListedObject>();
        for await (const objects of list()) for (const object of objects) listed.set(pathOf(object), object);
        this.#listed[index] = listed;
      });
    }
    this.#places = new Map(this.#listed.flatMap((listed) => [...listed]));
  }

  /** Looks where the followed files are now, and finds new ones. True: some have lost their names. */
  async #locate(nowMs: number): Promise<boolean> {
    const places = [...this.#places.keys()];
    const seen = new Set<string>();
    const reused: FollowedFile[] = [];
    const statuses = await Promise.all(places.map((path) => this.#statusOf(path)));
    for (const [index, path] of places.entries()) {
      const status = statuses[index] ?? null;
      if (status === null || !status.isFile || seen.has(status.identity)) continue;
      seen.add(status.identity);
      const known = this.#files.get(status.identity);
      if (known !== undefined) {
        if (known.path !== path && !(await this.#isStill(known, path))) reused.push(known);
        known.path = path;
        known.isAway = false;
        if (known.use === "ignored" && known.seenMark !== status.changeMark) known.use = "new";
      } else this.#take(path, status.identity, nowMs);
    }
    let hasLost = false;
    for (const file of this.#files.values()) {
      if (seen.has(file.identity) || file.isAway) continue;
      file.isAway = true;
      file.newsMs = nowMs;
      hasLost = true;
    }
    await this.#beginAnew(reused, nowMs);
    return hasLost;
  }

  /** Files whose identities others have got: what they were ends. */
  async #beginAnew(files: readonly FollowedFile[], nowMs: number): Promise<void> {
    const before = files.map(({ use, stream, content }) => ({ use, stream, content }));
    for (const file of files) {
      this.#reset(file, nowMs);
      file.use = "new";
    }
    for (const one of before) if (one.use === "read") await this.#endContent(one, nowMs);
  }

  /** Whether what has a file's identity under another name is that file: identities of deleted files are used again. */
  async #isStill(file: FollowedFile, path: string): Promise<boolean> {
    if (file.isOpen || file.use !== "read" || file.content.offset === 0) return file.isOpen;
    let isSame = false;
    await this.#attempt(path, async () => {
      const handle = await this.#fileSystem.open(path, rootOf(this.#places.get(path) ?? file.object));
      try {
        isSame = handle !== null && (await beginsWith(handle, file.content));
      } finally {
        await handle?.close();
      }
    });
    return isSame;
  }

  async #statusOf(path: string): Promise<FollowStatus | null> {
    let status: FollowStatus | null = null;
    await this.#attempt(path, async () => {
      status = await this.#fileSystem.status(path);
    });
    return status;
  }

  #take(path: string, identity: string, nowMs: number): void {
    const object = this.#places.get(path);
    if (object === undefined) return;
    const start = { use: "new" as const, stream: this.#nextStream(object), nowMs };
    this.#files.set(identity, new FollowedFile({ path, object, identity }, start, this.#fileSystem));
  }

  #nextStream(object: ListedObject): FollowedStream {
    return { id: this.#streams++, object };
  }

  async #read(file: FollowedFile, nowMs: number): Promise<void> {
    if (file.use === "ignored") return;
    if (!file.isOpen) {
      const status = file.isAway ? null : await this.#fileSystem.status(file.path);
      if (status === null || !file.hasNews(status)) return;
    }
    const handle = await file.handle();
    if (handle === null) return;
    if (file.use === "new" && (this.#isFirst || file.isAway)) await this.#recognise(file, handle);
    if (file.use === "read") await this.#readOn(file, handle, nowMs);
  }

  async #readAll(isRead: (file: FollowedFile) => boolean, nowMs: number): Promise<void> {
    const files = [...this.#files.values()].filter(isRead).sort((a, b) => a.stream.id - b.stream.id);
    for (const [index, file] of files.entries()) {
      await this.#attempt(file.path, () => this.#read(file, nowMs));
      if ((index + 1) % READS_PER_CLEANING === 0) await this.#closeIdle();
    }
  }

  async #recogniseNew(): Promise<void> {
    for (const file of this.#files.values()) {
      if (file.use !== "new") continue;
      await this.#attempt(file.path, async () => {
        const handle = await file.handle();
        if (handle !== null) await this.#recognise(file, handle);
      });
    }
  }

  /** Decides what is done with a file: packed ones are not followed, nor are copies of what was read. */
  async #recognise(file: FollowedFile, handle: FollowHandle): Promise<void> {
    const { sizeBytes, changeMark } = await handle.status();
    if (sizeBytes === 0) return;
    const start = await handle.read(0, HEAD_BYTES);
    const isPacked = packedFormatOf(start) !== null;
    if (this.#isFirst) {
      file.use = isPacked ? "ignored" : "read";
      if (isPacked) this.#events.push({ kind: "compressed", stream: file.stream });
    } else if (isPacked) file.use = "ignored";
    else await this.#useUnlessCopy(file, handle, sizeBytes);
    if (file.use === "ignored") file.seenMark = changeMark;
  }

  async #useUnlessCopy(file: FollowedFile, handle: FollowHandle, sizeBytes: number): Promise<void> {
    const original = await originalOf(handle, sizeBytes, { gone: this.#gone, files: this.#files.values() });
    if (original === null) file.use = "read";
    else if (original === "gone") file.use = "ignored";
    else if (original.isAway && sizeBytes >= original.content.offset) {
      goOnIn(file, original);
      original.use = "ignored";
    }
  }

  async #readOn(file: FollowedFile, handle: FollowHandle, nowMs: number): Promise<void> {
    for (;;) {
      const status = await handle.status();
      if (!file.hasNews(status)) return;
      const { offset } = file.content;
      const isShorter = status.sizeBytes < offset;
      const wanted = isShorter ? 0 : Math.min(status.sizeBytes - offset, this.#bytesPerRead());
      const bytes = wanted === 0 ? new Uint8Array(0) : await handle.read(offset, wanted);
      // Why behind the read: what is read is of the content before only when that is still there.
      if (isShorter || !(await beginsWith(handle, file.content))) {
        await this.#restart(file, nowMs);
        continue;
      }
      if (bytes.length > 0) {
        const { stream } = file;
        this.#events.push({ kind: "bytes", stream, bytes, changedMs: status.lastModifiedMs });
        file.content = extended(file.content, bytes);
        file.newsMs = nowMs;
        this.#bytesLeft -= bytes.length;
      }
      if (file.content.offset === status.sizeBytes) file.seenMark = status.changeMark;
      else if (this.#bytesLeft <= 0) {
        this.#isBehind = true;
        return;
      } else if (bytes.length < wanted) return;
    }
  }

  /** What is begun is read far enough to be known again. */
  #bytesPerRead(): number {
    return this.#bytesLeft <= 0 ? 0 : Math.min(BYTES_PER_READ, Math.max(this.#bytesLeft, REMEMBERED_BYTES));
  }

  /** The file was emptied, or written anew: what it was ends, and it is read from its start. */
  async #restart(file: FollowedFile, nowMs: number): Promise<void> {
    const { stream, content } = file;
    await this.#list(nowMs);
    await this.#locate(nowMs);
    this.#reset(file, nowMs);
    await this.#endContent({ stream, content }, nowMs);
  }

  #reset(file: FollowedFile, nowMs: number): void {
    file.object = this.#places.get(file.path) ?? file.object;
    file.content = EMPTY_FINGERPRINT;
    file.stream = this.#nextStream(file.object);
    file.newsMs = nowMs;
  }

  /** A content is gone. What was written between the last look and its end stands in the copy, where that fits a wildcard. */
  async #endContent(gone: Pick<FollowedFile, "stream" | "content">, nowMs: number): Promise<void> {
    for (const copy of this.#files.values()) {
      if (copy.use !== "new") continue;
      const handle = await copy.handle();
      if (handle === null || !(await isCopy(handle, gone.content))) continue;
      goOnIn(copy, gone);
      await this.#readOn(copy, handle, nowMs);
      return;
    }
    this.#gone = [gone.content, ...this.#gone].slice(0, MOST_REMEMBERED);
    this.#events.push({ kind: "end", stream: gone.stream });
  }

  /** Gives up files without a name that are silent, or cannot be read any more. */
  async #retireAll(nowMs: number): Promise<void> {
    for (const file of this.#files.values()) if (file.isAway) await this.#retire(file, nowMs);
  }

  async #retire(file: FollowedFile, nowMs: number): Promise<void> {
    const isKept = file.use !== "ignored" && file.isOpen;
    if (!isKept || nowMs - file.newsMs >= AWAY_AT_MOST_MS) await this.#giveUp(file);
  }

  async #giveUp(file: FollowedFile): Promise<void> {
    if (file.use === "read") this.#events.push({ kind: "end", stream: file.stream });
    this.#files.delete(file.identity);
    await file.close();
  }

  /** Closes those that have been silent longest when too many are open; files without a name, which cannot be opened again, last. */
  async #closeIdle(): Promise<void> {
    const open = [...this.#files.values()].filter((file) => file.isOpen);
    const excess = open.length - this.#mostOpen;
    if (excess <= 0) return;
    open.sort((a, b) => Number(a.isAway) - Number(b.isAway) || a.newsMs - b.newsMs);
    await Promise.all(open.slice(0, excess).map((file) => file.close()));
  }

  /** Does something with a path. What fails in the first look ends the following; later it is told once, and tried again. */
  async #attempt(path: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      const failure = asFailure(error, path);
      if (this.#isFirst || failure === null) throw failure ?? error;
      const isKnown = failure.code === "source-missing" || this.#told.has(failure.message);
      this.#told.add(failure.message);
      if (!isKnown) this.#events.push({ kind: "problem", failure });
    }
  }
}

/** Where a listed file is. What is no file is refused. */
function pathOf(object: ListedObject): string {
  refuseUnfollowed(object);
  return object.opening.kind === "file" ? object.opening.path : object.opening.uri;
}
