/** A scan in this thread of streams that grow: what is written today is scanned today, and nothing twice. */
import type { Batch } from "../batch.ts";
import type { HeaderState } from "../program/header-sections.ts";
import type { ScanSpec } from "../program/scan-spec.ts";
import type { ScanWarning } from "../scan-task.ts";
import { assemble } from "./assemble.ts";
import { emitModule } from "./emit/module.ts";
import { LOOK_BEHIND_BYTES, READ_BYTES } from "./layout.ts";
import { headerWarning } from "./read-stretch.ts";
import { Scanner } from "./scanner.ts";

const LINE_FEED = 10;

/** What all streams together came to. */
export interface LiveAccount {
  readonly records: number;
  readonly matchedBytes: number;
  /** Bytes that are decided: matched or not. */
  readonly coveredBytes: number;
  readonly replacedTexts: number;
  readonly warnings: readonly ScanWarning[];
}

/** What a stream is called. */
export interface LiveStreamName {
  /** Its number in the columns that name inputs, and in the order of records: streams count up. */
  readonly inputIndex: number;
  readonly uri: string;
}

/** A stream under way: what is undecided of it, and what must be known to go on. Made by `LiveScan.open`, changed by its `take`. */
export interface LiveStream extends LiveStreamName {
  /** Offset of the first byte that is not decided. */
  settled: number;
  headerState: HeaderState | null;
  /** Up to 64 bytes that stand before `settled`. */
  behind: Uint8Array;
  pending: Uint8Array[];
  pendingBytes: number;
  /** A long record is tried again when so many bytes are there, so that all attempts together stay linear. */
  wantedBytes: number;
}

/**
 * Scans streams piece by piece, in any order of streams. A record that may go on behind the last byte waits for more bytes; with a row
 * limit, the caller stops when it has enough. Cost: that of the new bytes.
 */
export class LiveScan {
  readonly #scanner: Scanner;
  #records = 0;
  #matchedBytes = 0;
  #coveredBytes = 0;
  #peekedTexts = 0;
  readonly #warnings = new Map<string, ScanWarning>();

  /** @param give  takes rows, and groups when they are so many that they must make room */
  constructor(spec: ScanSpec, give: (batch: Batch) => void) {
    const { wat, layout } = emitModule(spec);
    this.#scanner = new Scanner(assemble(wat), layout, spec, give);
  }

  /** A stream of which nothing was read. */
  open(name: LiveStreamName): LiveStream {
    const behind = new Uint8Array(0);
    return { ...name, settled: 0, headerState: null, behind, pending: [], pendingBytes: 0, wantedBytes: 0 };
  }

  /**
   * Takes the next bytes of a stream, which it keeps as long as they are undecided, and gives out the rows that are complete.
   *
   * @throws Failure limit-reached: a line or record is too long
   */
  take(stream: LiveStream, bytes: Uint8Array, referenceTimeMs: bigint): void {
    stream.pending.push(bytes);
    stream.pendingBytes += bytes.length;
    if (stream.pendingBytes >= stream.wantedBytes) this.#scan(stream, referenceTimeMs, false);
  }

  /** Whether the undecided bytes of a stream are whole lines: a record that may go on, or bytes that may begin one. */
  waitsBehindLine(stream: LiveStream): boolean {
    return stream.pending.at(-1)?.at(-1) === LINE_FEED;
  }

  /** Decides what is undecided of a stream as if nothing followed. It can go on. */
  settle(stream: LiveStream, referenceTimeMs: bigint): void {
    if (stream.pendingBytes > 0) this.#scan(stream, referenceTimeMs, true);
  }

  /** All groups so far but those that were given out; they go on. */
  groups(): Batch | null {
    const before = this.#scanner.replacedTexts;
    const groups = this.#scanner.peekGroups();
    this.#peekedTexts += this.#scanner.replacedTexts - before;
    return groups;
  }

  account(): LiveAccount {
    return {
      records: this.#records,
      matchedBytes: this.#matchedBytes,
      coveredBytes: this.#coveredBytes,
      replacedTexts: this.#scanner.replacedTexts - this.#peekedTexts,
      warnings: [...this.#warnings.values()],
    };
  }

  #scan(stream: LiveStream, referenceTimeMs: bigint, isLast: boolean): void {
    const { inputIndex, uri, settled: start, headerState } = stream;
    const bytes = joined(stream.pending);
    const scanner = this.#scanner;
    scanner.begin({ inputIndex, uri, referenceTimeMs, start, headerState }, stream.behind);
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + READ_BYTES);
      scanner.room(piece.length).set(piece);
      at += piece.length;
      scanner.feed(piece.length, null, isLast && at === bytes.length);
    }
    const account = scanner.finish();
    const taken = account.end - start;
    this.#records += account.records;
    this.#matchedBytes += account.matchedBytes;
    this.#coveredBytes += taken;
    const warning = headerWarning(uri, account.foreignAt);
    if (warning !== null && !this.#warnings.has(uri)) this.#warnings.set(uri, warning);
    stream.settled = account.end;
    stream.headerState = account.headers?.end ?? null;
    stream.behind = lastBytes(stream.behind, bytes.subarray(0, taken));
    const rest = bytes.slice(taken);
    stream.pending = rest.length === 0 ? [] : [rest];
    stream.pendingBytes = rest.length;
    stream.wantedBytes = rest.length < READ_BYTES ? 0 : 2 * rest.length;
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
}

/** The last bytes of both that a look behind can reach, in a buffer of their own. */
function lastBytes(before: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (bytes.length >= LOOK_BEHIND_BYTES) return bytes.slice(-LOOK_BEHIND_BYTES);
  return Uint8Array.from(Buffer.concat([before, bytes]).subarray(-LOOK_BEHIND_BYTES));
}
