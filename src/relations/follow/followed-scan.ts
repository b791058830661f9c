/** A scan over files that are followed: takes what is new, and keeps what later answers need. */
import type { ColumnId } from "#language";
import {
  type Batch,
  type BatchColumn,
  firstRows,
  LiveScan,
  type LiveStream,
  type ScanSummary,
} from "#records";
import {
  FileFollower,
  type FollowEvent,
  type FollowedStream,
  type ListedObject,
  openByteStream,
} from "#sources";
import { Failure } from "#text";
import { chosenObjects } from "../leaves/chosen-files.ts";
import { arrange, choiceOf, type LeafContext } from "../leaves/leaf-batches.ts";
import { type PreparedScan, prepareScan } from "../leaves/scan-spec-of.ts";
import type { ScanPlan } from "../plan/tree.ts";

/** Whole lines that are no complete record are taken for one when nothing follows for so long. */
export const QUIET_MS = 2000;
/** Rows that are kept for later answers have so many bytes at most, unless the memory is limited otherwise. */
const MOST_HELD_BYTES: number = 1 << 30;

/** What came of looking for news. */
export interface Advance {
  /** There is something that may change the answer. */
  readonly hasNews: boolean;
  /** There is more to read already. */
  readonly isBehind: boolean;
}

/** A stream of a file, and when it grew. */
interface OpenStream {
  readonly live: LiveStream;
  grownMs: number;
  /** Times without a year are put near this. */
  changedMs: bigint;
}

/** Use: `advance` again and again, `beginAnswer` and `batches` after it, `finish` once, `close` in any case. */
export class FollowedScan {
  readonly #context: LeafContext;
  readonly #prepared: PreparedScan;
  readonly #live: LiveScan;
  readonly #follower: FileFollower;
  /** Rows stay for later answers. */
  readonly #keeps: boolean;
  readonly #isGrouped: boolean;
  readonly #progress: (progress: ScanSummary) => void;
  /** By the number of their streams: the inputs that batches name. */
  readonly #objects: ListedObject[] = [];
  readonly #streams = new Map<number, OpenStream>();
  #held: Batch[] = [];
  #answer: readonly Batch[] = [];
  #heldBytes = 0;
  #rowsLeft: number;
  #bytes = 0;
  #files = 0;

  constructor(plan: ScanPlan, context: LeafContext, keeps: boolean) {
    this.#context = context;
    this.#keeps = keeps;
    this.#prepared = prepareScan(plan, context.options.timeZone);
    this.#isGrouped = plan.output.kind === "groups";
    this.#rowsLeft = plan.rowLimit ?? Number.POSITIVE_INFINITY;
    this.#live = new LiveScan(this.#prepared.spec, (batch) => this.#hold(batch));
    const lists = plan.files.uris.map(
      (uri) => () => chosenObjects({ ...plan.files, uris: [uri] }, choiceOf(context), false),
    );
    const { followFiles } = context.options;
    this.#follower = new FileFollower({
      lists,
      ...(followFiles === undefined ? {} : { fileSystem: followFiles }),
    });
    this.#progress = context.account.progressOf(plan);
    context.account.add(plan, this);
  }

  /** No more rows are wanted: its limit is reached. */
  get isComplete(): boolean {
    return this.#rowsLeft <= 0;
  }

  /** Takes what was written since the last time. */
  async advance(nowMs: number): Promise<Advance> {
    const look = await this.#follower.look(nowMs);
    const hasNews = await this.#takeAll(look.events, nowMs);
    const isSettled = this.#settleQuiet(nowMs);
    this.#tell();
    return { hasNews: hasNews || isSettled, isBehind: look.isBehind };
  }

  /** Takes what is there, and what is undecided as if nothing followed. */
  async finish(nowMs: number): Promise<Advance> {
    const { events, isBehind } = await this.#follower.finish(nowMs);
    const hasNews = await this.#takeAll(events, nowMs);
    this.#tell();
    return { hasNews, isBehind };
  }

  /** An answer begins: what comes from now on belongs to the next. */
  beginAnswer(): void {
    const held = this.#keeps ? [...this.#held] : this.#held.splice(0);
    const groups = this.#isGrouped ? this.#live.groups() : null;
    this.#answer = groups === null ? held : [...held, groups];
  }

  /** The rows of the answer with the columns `wanted`: all so far where rows are kept, else those since the answer before. */
  *batches(wanted: readonly ColumnId[]): Generator<Batch, void, undefined> {
    for (const batch of this.#answer) yield ownBatch(arrange(batch, wanted, this.#prepared, this.#objects));
  }

  async close(): Promise<void> {
    await this.#follower.close();
  }

  /** See `RunningScan`. */
  summary(): ScanSummary {
    const { records, matchedBytes, coveredBytes, replacedTexts, warnings } = this.#live.account();
    const unmatchedBytes = coveredBytes - matchedBytes;
    const bytes = this.#bytes;
    const skippedBytes = bytes - coveredBytes;
    const files = this.#files;
    return { files, bytes, records, matchedBytes, unmatchedBytes, skippedBytes, replacedTexts, warnings };
  }

  async #takeAll(events: readonly FollowEvent[], nowMs: number): Promise<boolean> {
    let hasNews = false;
    for (const event of events) {
      if (this.isComplete) break;
      hasNews = (await this.#takeEvent(event, nowMs)) || hasNews;
    }
    return hasNews;
  }

  async #takeEvent(event: FollowEvent, nowMs: number): Promise<boolean> {
    switch (event.kind) {
      case "bytes":
        this.#takeBytes(event.stream, event.bytes, { nowMs, changedMs: event.changedMs });
        return true;
      case "end":
        return this.#end(event.stream);
      case "compressed":
        await this.#readCompressed(event.stream, nowMs);
        return true;
      default:
        this.#context.account.warn(event.failure);
        return false;
    }
  }

  #takeBytes(
    { id, object }: FollowedStream,
    bytes: Uint8Array,
    { nowMs, changedMs }: { readonly nowMs: number; readonly changedMs: bigint },
  ): void {
    let open = this.#streams.get(id);
    if (open === undefined) {
      open = { live: this.#live.open({ inputIndex: id, uri: object.uri }), grownMs: nowMs, changedMs };
      this.#streams.set(id, open);
      this.#objects[id] = object;
      this.#files++;
    }
    open.grownMs = nowMs;
    open.changedMs = changedMs;
    this.#bytes += bytes.length;
    this.#live.take(open.live, bytes, changedMs);
  }

  #end({ id }: FollowedStream): boolean {
    const open = this.#streams.get(id);
    this.#streams.delete(id);
    if (open === undefined || open.live.pendingBytes === 0) return false;
    this.#live.settle(open.live, open.changedMs);
    return true;
  }

  async #readCompressed(stream: FollowedStream, nowMs: number): Promise<void> {
    const { uri, opening, lastModifiedMs } = stream.object;
    const { signal, account, options } = this.#context;
    account.note([`"${uri}" is compressed: it is read once, and not followed.`]);
    const changedMs = lastModifiedMs ?? options.nowMs;
    try {
      for await (const chunk of openByteStream(
        opening.kind === "file" ? opening.path : opening.uri,
        signal,
        opening.kind === "store" ? undefined : opening.root,
      )) {
        if (this.isComplete) return;
        this.#takeBytes(stream, chunk, { nowMs, changedMs });
      }
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "compressed-data-broken") throw error;
      account.warn(error);
    }
    this.#end(stream);
  }

  /** Whole lines behind which nothing has followed for a while are all there is of their record. */
  #settleQuiet(nowMs: number): boolean {
    let hasNews = false;
    for (const { live, grownMs, changedMs } of this.#streams.values()) {
      if (live.pendingBytes === 0 || nowMs - grownMs < QUIET_MS || !this.#live.waitsBehindLine(live))
        continue;
      this.#live.settle(live, changedMs);
      hasNews = true;
    }
    return hasNews;
  }

  #hold(batch: Batch): void {
    const taken = this.#isGrouped ? batch : firstRows(batch, this.#rowsLeft);
    if (!this.#isGrouped) this.#rowsLeft -= taken.rowCount;
    if (taken.rowCount === 0) return;
    this.#held.push(taken);
    if (!this.#keeps) return;
    this.#heldBytes += taken.columns.reduce((sum, column) => sum + sizeOf(column), 0);
    const most = this.#context.options.memoryBytes ?? MOST_HELD_BYTES;
    if (this.#heldBytes > most) throw heldTooMuch(most);
  }

  #tell(): void {
    this.#progress(this.summary());
  }
}

/** A batch whose buffers can be given away. */
function ownBatch({ rowCount, columns }: Batch): Batch {
  return {
    rowCount,
    columns: columns.map((column) => (column.kind === "values" ? column : structuredClone(column))),
  };
}

function sizeOf(column: BatchColumn): number {
  switch (column.kind) {
    case "values":
      return 16 * column.values.length;
    case "huge":
      return column.words.byteLength;
    case "text":
      return column.starts.byteLength + column.lengths.byteLength + column.heap.byteLength;
    default:
      return column.values.byteLength;
  }
}

function heldTooMuch(most: number): Failure {
  const message = `The rows that later answers need have more than ${most} bytes, the limit of memory.`;
  return new Failure("limit-reached", message, {
    help: "Group the rows before they are sorted, joined or windowed, filter them, or raise the limit with --memory.",
  });
}
