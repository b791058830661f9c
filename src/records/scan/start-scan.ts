/** Runs a scan over its inputs in worker threads. */

import { Failure, invariant } from "#text";
import { type Batch, firstRows } from "../batch.ts";
import { startsAtAnyLine } from "../program/line-bound.ts";
import type { RunningScan, ScanProgress, ScanSummary, ScanTask, ScanWarning } from "../scan-task.ts";
import { InputAccount } from "./account.ts";
import { emitModule } from "./emit/module.ts";
import { type FromWorker, SHARED, SHARED_COUNTERS, type WorkItem } from "./messages.ts";
import { isForPlainTwin, startPlainRun } from "./plain-run.ts";
import { ScanThreads } from "./scan-threads.ts";
import type { StretchAccount } from "./scanner.ts";
import { planWork, type SizedInput, sizeInputs } from "./work-plan.ts";
import { WorkerPool } from "./worker-pool.ts";

/** Pieces of work handed out beyond the one whose rows are being taken, per thread: bounds the rows that wait. */
const PIECES_AHEAD_PER_THREAD = 3;
const PROGRESS_EVERY_MS = 50;

/** Starts a scan; it begins to read when `batches` is asked. Small files are scanned in this thread, others in threads of their own. */
export function startScan(task: ScanTask): RunningScan {
  const inputs = sizeInputs(task.inputs);
  if (task.pieceBytes === undefined && isForPlainTwin(inputs, task.threads))
    return startPlainRun(task, inputs);
  const run = new ScanRun(task, inputs);
  return { batches: { [Symbol.asyncIterator]: () => run.batches() }, summary: () => run.summary() };
}

/** What is known of a piece of work that was handed out. */
interface Piece {
  readonly item: WorkItem;
  readonly batches: Batch[];
  account: StretchAccount | null;
  isDone: boolean;
  /** Nothing of it could be read. */
  isLost: boolean;
}

class ScanRun {
  readonly #task: ScanTask;
  readonly #inputs: readonly SizedInput[];
  readonly #shared = new SharedArrayBuffer(4 * SHARED.words + 8 * (SHARED_COUNTERS.count - 1));
  readonly #counters = new BigInt64Array(this.#shared);
  readonly #pieces = new Map<number, Piece>();
  readonly #accounts: readonly InputAccount[];
  readonly #warnings: ScanWarning[] = [];
  /** Batches that belong to no piece. */
  readonly #loose: Batch[] = [];
  readonly #isGrouped: boolean;
  #replacedTexts = 0;
  #drained = 0;
  #failure: { readonly thrown: unknown } | null = null;
  #wake: () => void = () => {};
  #hasChanged = false;
  /** The scan ended early, at its row limit or because nobody wants more: pieces under way are not waited for. */
  #isCutShort = false;
  #filesDone = 0;

  constructor(task: ScanTask, inputs: readonly SizedInput[]) {
    this.#task = task;
    this.#inputs = inputs;
    this.#accounts = task.inputs.map(() => new InputAccount());
    this.#filesDone = inputs.filter(({ sizeBytes, loss }) => sizeBytes === 0 && loss === null).length;
    this.#warnings.push(...inputs.flatMap(({ loss }) => loss ?? []));
    this.#isGrouped = task.spec.output.kind === "groups";
  }

  summary(): ScanSummary {
    const totals = this.#accounts.map((account) => account.totals());
    const sum = (count: (total: (typeof totals)[number]) => number) =>
      totals.reduce((all, one) => all + count(one), 0);
    const progress = this.#progress();
    const coveredBytes = sum((total) => total.coveredBytes);
    const accounted = sum((total) => total.matchedBytes);
    // Pieces that were read twice count once; what was read and not covered was skipped.
    const bytes = Math.max(coveredBytes, Math.min(progress.bytes, this.#knownBytes()));
    const matched = this.#isCutShort
      ? Math.max(accounted, progress.bytes - progress.unmatchedBytes)
      : accounted;
    const matchedBytes = Math.min(matched, bytes);
    const unmatchedBytes = Math.min(coveredBytes - accounted, bytes - matchedBytes);
    const records = sum((total) => total.records);
    return {
      files: Math.max(this.#filesDone, this.#isCutShort ? 1 : 0),
      bytes,
      records: this.#isCutShort ? Math.max(records, progress.records) : records,
      matchedBytes,
      unmatchedBytes,
      skippedBytes: bytes - matchedBytes - unmatchedBytes,
      replacedTexts: this.#replacedTexts,
      warnings: firstOfEach(this.#warnings),
    };
  }

  async *batches(): AsyncGenerator<Batch, void, undefined> {
    const { task } = { task: this.#task };
    if (task.signal.aborted) throw cancelled();
    const threads = task.workers ?? new ScanThreads();
    const pool = this.#openPool(threads);
    const stop = () => {
      this.#cancel();
      this.#fail(cancelled());
    };
    task.signal.addEventListener("abort", stop);
    const timer = this.#startProgress();
    let isComplete = false;
    try {
      this.#prepare(pool, threads);
      yield* this.#collect(pool);
      isComplete = true;
    } finally {
      task.signal.removeEventListener("abort", stop);
      clearInterval(timer);
      this.#isCutShort ||= !isComplete;
      this.#cancel();
      await pool.close();
      if (task.workers === undefined) await threads.close();
      task.onProgress?.(this.#progress());
    }
  }

  #openPool(threads: ScanThreads): WorkerPool {
    const bytes = this.#inputs.reduce(
      (sum, { sizeBytes }) => sum + (sizeBytes ?? Number.POSITIVE_INFINITY),
      0,
    );
    // Why not always all threads: a small input is read by one before a second has started.
    const isSmall = bytes < 4 << 20 && this.#task.pieceBytes === undefined;
    const useful = isSmall ? 1 : this.#task.threads;
    return new WorkerPool(threads, Math.max(1, useful), {
      onMessage: (message) => this.#receive(message),
      onIdle: () => this.#signal(),
      onDrained: (replaced) => {
        this.#replacedTexts += replaced;
        this.#drained++;
        this.#signal();
      },
      onFailed: (thrown) => this.#fail(thrown),
    });
  }

  #prepare(pool: WorkerPool, threads: ScanThreads): void {
    const { wat, layout } = emitModule(this.#task.spec);
    const module = threads.moduleOf(wat);
    pool.tellAll({ kind: "prepare", module, layout, spec: this.#task.spec, shared: this.#shared });
  }

  /** Hands out work, takes results in order. */
  async *#collect(pool: WorkerPool): AsyncGenerator<Batch, void, undefined> {
    const plan = planWork(this.#inputs, this.#task.spec, {
      threads: pool.size,
      pieceBytes: this.#task.pieceBytes ?? null,
    });
    const limit = this.#task.spec.rowLimit;
    let rows = 0;
    let handedOut = 0;
    let isPlanned = false;
    for (let current = 0; ; current++) {
      const ahead = () =>
        this.#isGrouped ? Number.POSITIVE_INFINITY : current + PIECES_AHEAD_PER_THREAD * pool.size;
      const handOut = () => {
        while (!isPlanned && pool.idle > 0 && handedOut < ahead()) {
          const { value, done } = plan.next();
          if (done === true) isPlanned = true;
          else {
            this.#handOut(pool, value);
            handedOut++;
          }
        }
      };
      handOut();
      if (isPlanned && current >= handedOut) break;
      for await (const batch of this.#take(current, pool, handOut)) {
        const left = limit === null ? batch.rowCount : limit - rows;
        rows += Math.min(left, batch.rowCount);
        yield left < batch.rowCount ? firstRows(batch, left) : batch;
        if (limit !== null && rows >= limit) {
          this.#isCutShort = true;
          return;
        }
      }
    }
    yield* this.#drain(pool);
  }

  #handOut(pool: WorkerPool, item: WorkItem): void {
    this.#pieces.set(item.id, { item, batches: [], account: null, isDone: false, isLost: false });
    pool.assign(item);
  }

  /** The batches of one piece, once it is certain that they count. */
  async *#take(id: number, pool: WorkerPool, handOut: () => void): AsyncGenerator<Batch, void, undefined> {
    const flows = this.#flowsEarly(id);
    for (;;) {
      this.#throwFailure();
      while (this.#loose.length > 0) {
        const batch = this.#loose.shift();
        if (batch !== undefined) yield batch;
      }
      const piece = this.#pieces.get(id);
      invariant(piece !== undefined, "a piece is taken after it was handed out");
      if (piece.isDone && !this.#fits(piece)) {
        this.#redo(piece, pool);
        continue;
      }
      if (flows || piece.isDone) {
        const ready = piece.batches.splice(0);
        if (piece.item.kind === "stream" && ready.length > 0) pool.tellTaken(id, ready.length);
        yield* ready;
      }
      if (piece.isDone && piece.batches.length === 0) {
        this.#close(piece);
        return;
      }
      await this.#change();
      handOut();
    }
  }

  /** Whether a piece's batches count whatever the piece before did: its start is safe, or there is none before. */
  #flowsEarly(id: number): boolean {
    const item = this.#pieces.get(id)?.item;
    if (item === undefined) return false;
    return item.kind === "stream" || startsAtAnyLine(this.#task.spec.program) || item.stretch.start === 0;
  }

  #fits(piece: Piece): boolean {
    const { item, account } = piece;
    if (account === null) return true;
    const input = item.kind === "file" ? item.stretch.inputIndex : item.inputIndex;
    return this.#accounts[input]?.fits(account) ?? true;
  }

  /** Scans a piece again from where the one before really ended. */
  #redo(piece: Piece, pool: WorkerPool): void {
    const { item } = piece;
    invariant(item.kind === "file", "only stretches of files are scanned out of order");
    const account = this.#accounts[item.stretch.inputIndex];
    const start = account?.end ?? 0;
    const headerState = account?.headerState ?? null;
    const again: WorkItem = {
      ...item,
      stretch: { ...item.stretch, start, hasExactStart: true, headerState },
    };
    this.#pieces.set(item.id, { item: again, batches: [], account: null, isDone: false, isLost: false });
    pool.assign(again);
  }

  #close(piece: Piece): void {
    const { item, account } = piece;
    const input = item.kind === "file" ? item.stretch.inputIndex : item.inputIndex;
    if (account !== null) this.#accounts[input]?.accept(account);
    this.#pieces.delete(item.id);
    const isLast = item.kind === "stream" || item.stretch.end >= item.stretch.sizeBytes;
    if (isLast && !piece.isLost) this.#filesDone++;
  }

  async *#drain(pool: WorkerPool): AsyncGenerator<Batch, void, undefined> {
    pool.tellAll({ kind: "drain" });
    for (;;) {
      this.#throwFailure();
      const batch = this.#loose.shift();
      if (batch !== undefined) yield batch;
      else if (this.#drained === pool.size) return;
      else await this.#change();
    }
  }

  #receive(message: Extract<FromWorker, { kind: "batch" | "done" }>): void {
    const piece = this.#pieces.get(message.id);
    if (message.kind === "batch") {
      // Groups of line-bound programs belong to the thread, not to the piece.
      const isHeld = piece !== undefined && !(this.#isGrouped && startsAtAnyLine(this.#task.spec.program));
      if (isHeld) piece.batches.push(message.batch);
      else this.#loose.push(message.batch);
    } else if (piece !== undefined) {
      piece.account = message.account;
      piece.isDone = true;
      piece.isLost = message.account === null && message.warning !== null;
      if (message.warning !== null) this.#warnings.push(message.warning);
    }
    this.#signal();
  }

  /** Tells whoever waits, now or later, that something has changed. */
  #signal(): void {
    this.#hasChanged = true;
    this.#wake();
  }

  /** Waits for a change since the last wait; one that came while rows were being taken counts. */
  async #change(): Promise<void> {
    if (!this.#hasChanged) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#hasChanged = false;
  }

  #fail(thrown: unknown): void {
    this.#failure ??= { thrown };
    this.#signal();
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.thrown;
  }

  #cancel(): void {
    Atomics.store(new Int32Array(this.#shared), SHARED.cancelled, 1);
  }

  #knownBytes(): number {
    return this.#inputs.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? Number.POSITIVE_INFINITY), 0);
  }

  #progress(): ScanProgress {
    const [bytes, records, matched] = [1, 2, 3].map((index) => Number(this.#counters[index] ?? 0n));
    return {
      files: this.#filesDone,
      bytes: bytes ?? 0,
      records: records ?? 0,
      unmatchedBytes: Math.max(0, (bytes ?? 0) - (matched ?? 0)),
    };
  }

  #startProgress(): NodeJS.Timeout {
    const timer = setInterval(() => this.#task.onProgress?.(this.#progress()), PROGRESS_EVERY_MS);
    timer.unref();
    return timer;
  }
}

/** Of the pieces of an input to which the same happened only the first is worth telling. */
function firstOfEach(warnings: readonly ScanWarning[]): readonly ScanWarning[] {
  const told = new Set<string>();
  const inOrder = warnings.toSorted((a, b) => (a.offset ?? 0) - (b.offset ?? 0));
  return inOrder.filter(({ code, uri }) => {
    const isFirst = !told.has(`${code} ${uri}`);
    told.add(`${code} ${uri}`);
    return isFirst;
  });
}

function cancelled(): Failure {
  return new Failure("cancelled", "The run was stopped before its end.");
}
