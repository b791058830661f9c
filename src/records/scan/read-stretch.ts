/** Feeds a scanner: stretches of plain files by ranges, streams from their start. */
import fs from "node:fs";
import type { FilePlace } from "#sources";
import { damageCodeOf, endsOneSource, Failure } from "#text";
import type { HeaderState } from "../program/header-sections.ts";
import type { ScanWarning } from "../scan-task.ts";
import { LOOK_BEHIND_BYTES, READ_BYTES } from "./layout.ts";
import type { Scanner, StretchAccount } from "./scanner.ts";

/** A part of a plain file. Both ends move to line starts, behind the first line feed at or after the byte before; the start stays with `hasExactStart`. */
export interface FileStretch extends FilePlace {
  readonly inputIndex: number;
  readonly uri: string;
  readonly referenceTimeMs: bigint;
  readonly start: number;
  readonly end: number;
  readonly hasExactStart: boolean;
  /** What is taken to hold of headers at the start; null at the start of the file. */
  readonly headerState: HeaderState | null;
  /** Size of the file when the scan began; what is appended later is not read. */
  readonly sizeBytes: number;
  /** When the file cannot be opened the scan ends. False: it is told. */
  readonly isRequired: boolean;
}

/** What the reader asks and tells while it works. */
export interface ReadHooks {
  /** True when the run was stopped; asked before every read. */
  readonly isCancelled: () => boolean;
  /** Throws when what is open does not lie where it must; see `checkOpened` of sources. Absent: it may lie anywhere. */
  readonly checkOpened?: (file: number, place: FilePlace) => void;
  /** Called after every read with the bytes read, and with 0 when they have been scanned. */
  readonly onRead: (bytes: number) => void;
}

/** What came of a stretch; null when no line starts in it. */
export type StretchResult = {
  /** Null: nothing of it could be read. */
  readonly account: StretchAccount | null;
  readonly warning: ScanWarning | null;
} | null;

const LINE_FEED = 10;

/** Scans a part of a file. The file is opened here and closed again. */
export function readFileStretch(stretch: FileStretch, scanner: Scanner, hooks: ReadHooks): StretchResult {
  let file: number;
  try {
    file = openFile(stretch);
  } catch (thrown) {
    return { account: null, warning: lossOf(thrown, stretch) };
  }
  try {
    hooks.checkOpened?.(file, stretch);
    const start = stretch.hasExactStart || stretch.start === 0 ? stretch.start : lineStart(file, stretch);
    return start === null ? null : scanRange(file, stretch, start, scanner, hooks);
  } finally {
    fs.closeSync(file);
  }
}

function openFile({ path, uri, start }: FileStretch): number {
  try {
    return fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    throw unreadable(uri, start, cause);
  }
}

/** The failure of a file that cannot be read from a byte on. */
export function unreadable(uri: string, offset: number, cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Failure("source-unreadable", `"${uri}" cannot be read: ${why}.`, {
    place: { uri, offset },
    cause,
  });
}

/** The first line start in [start, end), or null. */
function lineStart(file: number, { start, end }: FileStretch): number | null {
  const block = Buffer.allocUnsafe(65_536);
  for (let at = start - 1; at < end - 1; at += block.length) {
    const length = fs.readSync(file, block, 0, Math.min(block.length, end - 1 - at), at);
    if (length === 0) return null;
    const found = block.subarray(0, length).indexOf(LINE_FEED);
    if (found >= 0) return at + found + 1;
  }
  return null;
}

function scanRange(
  file: number,
  stretch: FileStretch,
  start: number,
  scanner: Scanner,
  hooks: ReadHooks,
): StretchResult {
  scanner.begin({ ...stretch, start }, readBehind(file, start));
  let at = start;
  let stop: number | null = stretch.end >= stretch.sizeBytes ? stretch.sizeBytes : null;
  let warning: ScanWarning | null = null;
  while (!scanner.isLimitReached && !hooks.isCancelled()) {
    const isBehindEnd = stop !== null && scanner.offset >= stop;
    if (isBehindEnd) break;
    const wanted = Math.min(stretch.sizeBytes - at, bytesToEnd(at, stretch));
    const room = scanner.room(wanted);
    const length = readInto(file, room, at, stretch.uri);
    if (stop === null) stop = findStop(room.subarray(0, length), at, stretch.end);
    at += length;
    hooks.onRead(length);
    if (length < wanted) warning = shrunk(stretch, at);
    const isLast = at >= stretch.sizeBytes || length < wanted;
    scanner.feed(length, stop ?? at, isLast);
    hooks.onRead(0);
    if (isLast) break;
  }
  return finish(scanner, stretch.uri, warning);
}

/** The last read goes a little over a stretch's end, to see the last line to its end; when that line is long, ever further. */
function bytesToEnd(at: number, { end }: FileStretch): number {
  if (at >= end) return Math.min(READ_BYTES, Math.max(65_536, at - end));
  return end - at > READ_BYTES ? READ_BYTES : end - at + 4096;
}

/** Offset behind the first line feed at or after `end - 1`, or null when it is not among these bytes. */
function findStop(bytes: Uint8Array, at: number, end: number): number | null {
  const from = Math.max(0, end - 1 - at);
  if (from >= bytes.length) return null;
  const found = bytes.indexOf(LINE_FEED, from);
  return found < 0 ? null : at + found + 1;
}

function readBehind(file: number, start: number): Uint8Array {
  const length = Math.min(LOOK_BEHIND_BYTES, start);
  const behind = new Uint8Array(length);
  if (length > 0) fs.readSync(file, behind, 0, length, start - length);
  return behind;
}

/** Fills `room` as far as the file goes. */
function readInto(file: number, room: Uint8Array<ArrayBuffer>, at: number, uri: string): number {
  let length = 0;
  while (length < room.length) {
    try {
      const read = fs.readSync(file, room, length, room.length - length, at + length);
      if (read === 0) break;
      length += read;
    } catch (cause) {
      throw unreadable(uri, at + length, cause);
    }
  }
  return length;
}

function shrunk({ uri, sizeBytes }: FileStretch, at: number): ScanWarning {
  const message = `"${uri}" became shorter while it was read: ${sizeBytes} bytes at first, ${at} now.`;
  return { code: "source-changed", uri, offset: at, message };
}

/** A stream that is read from its start to its end. */
export interface StreamStretch {
  readonly inputIndex: number;
  readonly uri: string;
  readonly referenceTimeMs: bigint;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Nothing of it could be read: that ends the scan. False: it is told, as damage is. */
  readonly isRequired: boolean;
}

/** Hooks of a stream: it also waits, so that rows do not pile up. */
export interface StreamHooks extends ReadHooks {
  /** Waits until the receiver of batches is ready for more. */
  readonly ready: () => Promise<void>;
}

/** Scans a stream. Damage in it becomes a warning; what could be read is scanned. */
export async function readStream(
  stretch: StreamStretch,
  scanner: Scanner,
  hooks: StreamHooks,
): Promise<StretchResult> {
  scanner.begin({ ...stretch, start: 0, headerState: null }, new Uint8Array(0));
  let warning: ScanWarning | null = null;
  try {
    for await (const chunk of stretch.chunks) {
      if (hooks.isCancelled() || scanner.isLimitReached) break;
      hooks.onRead(chunk.length);
      scanner.room(chunk.length).set(chunk);
      scanner.feed(chunk.length, null, false);
      hooks.onRead(0);
      scanner.flushRows();
      await hooks.ready();
    }
  } catch (thrown) {
    warning = lossOf(thrown, stretch);
  }
  if (!hooks.isCancelled() && !scanner.isLimitReached) {
    scanner.room(0);
    scanner.feed(0, null, true);
  }
  return finish(scanner, stretch.uri, warning);
}

function finish(scanner: Scanner, uri: string, warning: ScanWarning | null): StretchResult {
  const account = scanner.finish();
  return { account, warning: warning ?? headerWarning(uri, account.foreignAt) };
}

/** What to tell of records that stand below another header; null when there are none. */
export function headerWarning(uri: string, offset: number | null): ScanWarning | null {
  if (offset === null) return null;
  const message =
    "From here on the columns are not those that the pattern was made for; records are left unmatched";
  return { code: "header-differs", uri, offset, message };
}

/** What to tell of a source that could not be read, or not to its end; throws what ends the scan. */
export function lossOf(
  thrown: unknown,
  { uri, isRequired }: Pick<StreamStretch, "uri" | "isRequired">,
): ScanWarning {
  if (!(thrown instanceof Failure)) throw thrown;
  const isForgiven = damageCodeOf(thrown) !== null || (!isRequired && endsOneSource(thrown));
  if (!isForgiven) throw thrown;
  return { code: thrown.code, uri, offset: thrown.place?.offset ?? null, message: thrown.message };
}
