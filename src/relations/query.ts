/** Runs queries: plans them, reads what their leaves name, and gives out the rows. */
import type { Relation } from "#language";
import { type Batch, firstRows } from "#records";
import { Failure } from "#text";
import { Questions } from "./lookups/lookup-batches.ts";
import { NO_LOOKUPS } from "./lookups/outside-lookups.ts";
import type { EngineUse, QueryOptions, RunningQuery } from "./options.ts";
import { inputsOf } from "./plan/plan.ts";
import { type PlannedQuery, planQuery } from "./plan/plan-query.ts";
import type { Plan } from "./plan/tree.ts";
import { RunAccount } from "./run-account.ts";
import { workRows } from "./work-rows.ts";

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
    rendering: planned.rendering,
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

  async *#rows(): Rows {
    const { options, signal } = { options: this.#options, signal: this.#signal };
    const questions = new Questions(options.lookups ?? NO_LOOKUPS, signal);
    const { account } = this;
    try {
      yield* workRows(this.#planned.work, { options, signal, account, questions, depth: 0 });
    } finally {
      account.note(questions.notes());
    }
  }
}

/** Which machinery gives the rows of a query, as far as its plan says. */
export function engineUseOf({ work }: PlannedQuery): EngineUse {
  if (work.kind === "direct" || work.finish !== null) return "scan";
  return work.statement.leaves.some((leaf) => hasScan(leaf.plan)) ? "scan+duckdb" : "duckdb";
}

function hasScan(plan: Plan): boolean {
  return plan.kind === "scan" || inputsOf(plan).some(hasScan);
}

/** What ends a query that gives too many rows. */
export function rowLimit(maxRows: number): Failure {
  return new Failure("limit-reached", `The query gives more than ${maxRows} rows, its limit.`, {
    help: "End the query with limit(n) or group its rows, or raise the limit of rows.",
  });
}

function timeLimit(maxTimeMs: number): Failure {
  return new Failure("limit-reached", `The query runs longer than ${maxTimeMs} ms, its limit.`, {
    help: "Choose fewer files or raise the limit of time.",
  });
}
