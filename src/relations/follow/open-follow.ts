/** Runs queries over files that are followed: rows as they are written, or the whole answer again whenever it may have changed. */
import type { Relation, ResultRendering } from "#language";
import { type Batch, firstRows, type ResultColumn } from "#records";
import { Failure, invariant } from "#text";
import { type Engine, startEngine } from "../engine/engine.ts";
import type { FollowedRows } from "../leaves/leaf-batches.ts";
import { Questions } from "../lookups/lookup-batches.ts";
import { NO_LOOKUPS } from "../lookups/outside-lookups.ts";
import type { QueryOptions, QuerySummary } from "../options.ts";
import { type PlannedQuery, planQuery } from "../plan/plan-query.ts";
import type { ScanPlan } from "../plan/tree.ts";
import { engineUseOf, rowLimit } from "../query.ts";
import { RunAccount } from "../run-account.ts";
import { engineOptionsOf, MOST_NESTED_QUERIES, workRows } from "../work-rows.ts";
import { type Advance, FollowedScan } from "./followed-scan.ts";
import { rowWiseOf, saves, scansOf } from "./row-wise.ts";

/** Files are looked at so often; less often when looking takes long. */
export const LOOK_EVERY_MS = 250;
/** Looking takes at most this share of the time. */
const LOOKING_SHARE = 1 / 4;
/** A whole answer is made again so often at most. */
export const ANSWER_EVERY_MS = 1000;

/** Time and the end of a follow. */
export interface FollowClock {
  /** Milliseconds; never goes back. */
  readonly nowMs: () => number;
  /** Waits so long, or until the following is to end. */
  readonly wait: (ms: number) => Promise<void>;
  /** Aborted when the following is to end well: what is there is read, and the last answer is given. */
  readonly end: AbortSignal;
}

/** A query over files that are followed. Whoever opened it closes it. */
export interface RunningFollow {
  readonly columns: readonly ResultColumn[];
  readonly rendering: ResultRendering | null;
  /** Each answer adds rows to those before; else it takes the place of the one before. */
  readonly isRowWise: boolean;
  /** Read each to its end before the next. They end when no more rows can come, or the clock says so. */
  readonly answers: AsyncIterable<AsyncIterable<Batch>>;
  /** What was read so far. */
  summary(): QuerySummary;
  close(): Promise<void>;
}

/**
 * Opens a query over files that are followed. Nothing is read before its first answer is asked for.
 *
 * @throws Failure follow-refused; from `answers` as those of `openQuery`
 */
export function openFollow(relation: Relation, options: QueryOptions, clock: FollowClock): RunningFollow {
  const planned = planQuery(relation, options);
  const scans = scansOf(planned.plan);
  if (saves(planned.plan)) {
    throw new Failure("follow-refused", "A script that saves rows cannot be followed.", {
      help: "Leave out save, and give the rows to a file or a program: --follow --format ndjson > rows.ndjson",
    });
  }
  if (scans.length === 0) {
    throw new Failure("follow-refused", "The script reads no log, so there is nothing to follow.", {
      help: "Logs are read by PARSE, for instance: PARSE(src:'access.log')",
    });
  }
  const run = new FollowRun(planned, scans, options, clock);
  const { columns, rendering } = planned;
  return {
    columns,
    rendering,
    isRowWise: run.isRowWise,
    answers: run.answers(),
    summary: () => run.account.summary(),
    close: () => run.close(),
  };
}

class FollowRun {
  readonly account: RunAccount;
  readonly isRowWise: boolean;
  readonly #planned: PlannedQuery;
  readonly #options: QueryOptions;
  readonly #clock: FollowClock;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #scans = new Map<ScanPlan, FollowedScan>();
  readonly #engines: readonly LazyEngine[];
  readonly #questions: Questions;
  #rowsLeft: number;
  #limit: Failure | null = null;

  constructor(planned: PlannedQuery, scans: readonly ScanPlan[], options: QueryOptions, clock: FollowClock) {
    this.#planned = planned;
    this.#clock = clock;
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
    const onLimit = (failure: Failure) => {
      this.#limit ??= failure;
      this.#stop.abort();
    };
    this.account = new RunAccount({ maxBytes: options.maxBytes, onLimit });
    this.account.engine = engineUseOf(planned);
    this.#engines = Array.from({ length: MOST_NESTED_QUERIES + 1 }, () => new LazyEngine(options));
    const [engine, ...innerEngines] = this.#engines;
    this.#options =
      options.engine === undefined && engine !== undefined ? { ...options, engine, innerEngines } : options;
    this.#questions = new Questions(options.lookups ?? NO_LOOKUPS, this.#signal);
    const rowWise = rowWiseOf(planned.plan);
    this.isRowWise = rowWise !== null;
    this.#rowsLeft = rowWise?.rowLimit ?? Number.POSITIVE_INFINITY;
    const context = { options: this.#options, signal: this.#signal, account: this.account };
    for (const plan of scans) this.#scans.set(plan, new FollowedScan(plan, context, !this.isRowWise));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#scans.values()].map((scan) => scan.close()));
    await Promise.all(this.#engines.map((engine) => engine.close()));
  }

  async *answers(): AsyncGenerator<AsyncIterable<Batch>, void, undefined> {
    let answeredMs: number | null = null;
    let isDue = true;
    for (;;) {
      const startMs = this.#clock.nowMs();
      const isEnding = this.#clock.end.aborted;
      const { hasNews, isBehind } = await this.#advance(startMs, isEnding);
      this.#check();
      isDue ||= hasNews;
      const isOver = isEnding || this.#isComplete();
      // Why not at once: the first answer waits a little for the rest of what is there.
      answeredMs ??= isBehind ? startMs : startMs - ANSWER_EVERY_MS;
      if (isDue && (isOver || this.isRowWise || startMs - answeredMs >= ANSWER_EVERY_MS)) {
        isDue = false;
        answeredMs = startMs;
        yield this.#answer();
      }
      if (isOver || this.#rowsLeft <= 0) return;
      if (!isBehind) await this.#wait(this.#clock.nowMs() - startMs);
      this.#check();
    }
  }

  async #advance(nowMs: number, isEnding: boolean): Promise<Advance> {
    let [hasNews, isBehind] = [false, false];
    for (const scan of this.#scans.values()) {
      const advance = isEnding ? await scan.finish(nowMs) : await scan.advance(nowMs);
      hasNews ||= advance.hasNews;
      isBehind ||= advance.isBehind;
    }
    return { hasNews, isBehind };
  }

  #isComplete(): boolean {
    return [...this.#scans.values()].every((scan) => scan.isComplete);
  }

  async #wait(lookedMs: number): Promise<void> {
    await this.#clock.wait(Math.max(LOOK_EVERY_MS, lookedMs / LOOKING_SHARE - lookedMs));
  }

  #check(): void {
    if (this.#limit !== null) throw this.#limit;
    if (this.#options.signal.aborted) throw new Failure("cancelled", "The query was stopped.");
  }

  /** The rows of one answer. */
  async *#answer(): AsyncGenerator<Batch, void, undefined> {
    const { account, isRowWise } = this;
    const followed: FollowedRows = (plan, wanted) => {
      const scan = this.#scans.get(plan);
      invariant(scan !== undefined, "all scans of a plan are followed");
      return scan.batches(wanted);
    };
    const [options, signal, questions] = [this.#options, this.#signal, this.#questions];
    const { maxRows } = options;
    for (const scan of this.#scans.values()) scan.beginAnswer();
    if (!isRowWise) account.rows = 0;
    try {
      const context = { options, signal, account, questions, depth: 0, followed };
      for await (const batch of workRows(this.#planned.work, context)) {
        const wanted = firstRows(batch, this.#rowsLeft);
        const given = firstRows(wanted, maxRows === null ? wanted.rowCount : maxRows - account.rows);
        account.rows += given.rowCount;
        if (isRowWise) this.#rowsLeft -= given.rowCount;
        if (given.rowCount > 0) yield given;
        if (maxRows !== null && given.rowCount < wanted.rowCount) throw rowLimit(maxRows);
        if (this.#rowsLeft <= 0) return;
      }
      account.note(questions.notes());
    } catch (error) {
      throw this.#limit ?? error;
    }
  }
}

/** An engine that starts when it is needed first, and is kept for the answers that follow. */
class LazyEngine implements Engine {
  readonly #options: QueryOptions;
  #engine: Engine | null = null;

  constructor(options: QueryOptions) {
    this.#options = options;
  }

  get ready(): Promise<void> {
    return this.#engine?.ready ?? Promise.resolve();
  }

  get notes(): readonly string[] {
    return this.#engine?.notes ?? [];
  }

  run(query: Parameters<Engine["run"]>[0]): ReturnType<Engine["run"]> {
    this.#engine ??= startEngine(engineOptionsOf(this.#options));
    return this.#engine.run(query);
  }

  async close(): Promise<void> {
    await this.#engine?.close();
  }
}
