/** Runs queries: plans them, reads what their leaves name, and gives out the rows. */
import { randomUUID } from "node:crypto";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { ColumnId, Relation } from "#language";
import { type Batch, firstRows } from "#records";
import { Failure } from "#text";
import { type Engine, startEngine } from "./engine/engine.ts";
import { engineFailure } from "./engine-failure.ts";
import { finish } from "./finish/finish.ts";
import { type FinishPlan, MOST_FINISHED_ROWS } from "./finish/finish-plan.ts";
import { HeldBatches } from "./finish/held-batches.ts";
import { type LeafContext, listingBatches, scanBatches } from "./leaves/leaf-batches.ts";
import type { EngineUse, QueryOptions, RunningQuery } from "./options.ts";
import type { DirectOutput } from "./plan/direct-output.ts";
import { type PlannedQuery, planQuery } from "./plan/plan-query.ts";
import type { ListingPlan, ScanPlan } from "./plan/tree.ts";
import { RunAccount } from "./run-account.ts";
import type { Statement } from "./sql/print-plan.ts";

/** Batches of rows, to be read once. */
type Rows = AsyncGenerator<Batch, void, undefined>;

/**
 * Opens a query. Nothing is read before its first batch is asked for.
 *
 * @throws Failure from `batches`: of sources and the engine, `limit-reached` (rows before the limit are given out first), `cancelled`
 */
export async function openQuery(relation: Relation, options: QueryOptions): Promise<RunningQuery> {
  const planned = planQuery(relation, options);
  const run = new QueryRun(planned, options);
  return {
    columns: planned.columns,
    batches: run.batches,
    summary: () => run.account.summary(),
    close: () => run.close(),
  };
}

/** A query from its first batch to its end. */
class QueryRun {
  readonly account: RunAccount;
  readonly batches: Rows;
  readonly #planned: PlannedQuery;
  readonly #options: QueryOptions;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  /** Why the query was stopped from within. */
  #limit: Failure | null = null;

  constructor(planned: PlannedQuery, options: QueryOptions) {
    this.#planned = planned;
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
    const { maxBytes, onProgress } = options;
    const onLimit = (failure: Failure) => this.#reach(failure);
    this.account = new RunAccount({ maxBytes, onLimit, ...(onProgress === undefined ? {} : { onProgress }) });
    this.account.engine = engineUseOf(planned);
    this.batches = this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.batches.return();
  }

  #reach(failure: Failure): void {
    this.#limit ??= failure;
    this.#stop.abort();
  }

  async *#run(): Rows {
    const { maxRows, maxTimeMs } = this.#options;
    const timer =
      maxTimeMs === undefined ? null : setTimeout(() => this.#reach(timeLimit(maxTimeMs)), maxTimeMs);
    try {
      for await (const batch of this.#rows()) {
        const left = maxRows === null ? batch.rowCount : maxRows - this.account.rows;
        const given = firstRows(batch, left);
        this.account.rows += given.rowCount;
        if (given.rowCount > 0) yield given;
        if (maxRows !== null && given.rowCount < batch.rowCount) throw rowLimit(maxRows);
      }
      if (this.#limit !== null) throw this.#limit;
      if (this.#options.signal.aborted) throw new Failure("cancelled", "The query was stopped.");
    } catch (error) {
      throw this.#limit ?? error;
    } finally {
      if (timer !== null) clearTimeout(timer);
      this.#stop.abort();
    }
  }

  #rows(): Rows {
    const context: LeafContext = { options: this.#options, signal: this.#signal, account: this.account };
    const { work } = this.#planned;
    if (work.kind === "direct") return directRows(work.output, context);
    const { statement, finish } = work;
    return finish === null
      ? this.#engineRows(statement, (leaf) => leafBatches(leaf.plan, columnsOf(leaf), context), context)
      : this.#finishedRows(statement, finish, context);
  }

  /** Partial groups are merged in this thread; when they are many, they go to the engine, those that came before too. */
  async *#finishedRows(statement: Statement, plan: FinishPlan, context: LeafContext): Rows {
    const reads = [...new Set([...plan.reads, ...statement.leaves.flatMap(columnsOf)])];
    const groups = new HeldBatches(scanBatches(plan.scan, reads, context));
    try {
      const held = await groups.all(context.options.mostFinishedRows ?? MOST_FINISHED_ROWS);
      // A scan that was stopped has given a part only; the run says why.
      if (context.signal.aborted) return;
      const result = held === null ? null : finish(plan, held);
      if (result !== null) {
        yield result;
        return;
      }
      this.account.engine = "scan+duckdb";
      yield* this.#engineRows(
        statement,
        (leaf) => groups.replay(columnsOf(leaf).map((id) => reads.indexOf(id))),
        context,
      );
    } finally {
      await groups.close();
    }
  }

  async *#engineRows(
    statement: Statement,
    batchesOf: (leaf: Statement["leaves"][number]) => Rows,
    context: LeafContext,
  ): Rows {
    const engine = this.#options.engine ?? startOwnEngine(this.#options);
    try {
      yield* engine.run({
        sql: statement.sql,
        leaves: statement.leaves.map((leaf) => ({
          columns: engineColumns(leaf.columns),
          batches: batchesOf(leaf),
        })),
        results: this.#planned.columns.map((column) => column.type),
        signal: context.signal,
      });
    } catch (error) {
      throw engineFailure(error, statement.fragments);
    } finally {
      this.account.notes.push(...engine.notes);
      if (this.#options.engine === undefined) await engine.close();
    }
  }
}

/** The plan's columns that a leaf gives. */
function columnsOf({ columns }: Statement["leaves"][number]): ColumnId[] {
  return columns.flatMap(({ column }) => (column === "ordinal" ? [] : [column]));
}

function engineColumns(columns: Statement["leaves"][number]["columns"]) {
  let index = 0;
  return columns.map(({ name, type, column }) => ({
    name,
    type,
    source: column === "ordinal" ? ("ordinal" as const) : index++,
  }));
}

function leafBatches(plan: ScanPlan | ListingPlan, columns: readonly number[], context: LeafContext): Rows {
  return plan.kind === "scan" ? scanBatches(plan, columns, context) : listingBatches(plan, columns, context);
}

async function* directRows(output: DirectOutput, context: LeafContext): Rows {
  const { leaf, columns, rowLimit: limit } = output;
  if (limit === 0) return;
  let rows = 0;
  for await (const batch of leafBatches(leaf, columns, context)) {
    const given = limit === null ? batch : firstRows(batch, limit - rows);
    rows += given.rowCount;
    yield given;
    if (limit !== null && rows >= limit) return;
  }
}

function startOwnEngine(options: QueryOptions): Engine {
  return startEngine({
    threads: Math.max(1, options.threads === 0 ? availableParallelism() : options.threads),
    memoryBytes: options.memoryBytes,
    spillDirectory: options.spillDirectory === undefined ? ownFolder() : options.spillDirectory,
  });
}

/** A folder of this engine alone: it is made when something is spilled, and removed with what is in it. */
function ownFolder(): string {
  return join(tmpdir(), `trawl-${process.pid}-${randomUUID()}`);
}

function engineUseOf({ work }: PlannedQuery): EngineUse {
  if (work.kind === "direct" || work.finish !== null) return "scan";
  return work.statement.leaves.some((leaf) => leaf.plan.kind === "scan") ? "scan+duckdb" : "duckdb";
}

function rowLimit(maxRows: number): Failure {
  return new Failure("limit-reached", `The query gives more than ${maxRows} rows, its limit.`, {
    help: "End the query with limit(n) or group its rows, or raise the limit of rows.",
  });
}

function timeLimit(maxTimeMs: number): Failure {
  return new Failure("limit-reached", `The query runs longer than ${maxTimeMs} ms, its limit.`, {
    help: "Choose fewer files or raise the limit of time.",
  });
}
