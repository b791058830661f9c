/**
 * Gives the rows of planned work. Leaves that are made by a query of their own (answers from outside, saved streams) have their work
 * planned and run here too, on an engine of their own: an engine that waits for rows can do nothing else.
 */
import { randomUUID } from "node:crypto";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { ColumnId, DataType } from "#language";
import { type Batch, type BatchColumn, firstRows } from "#records";
import { Failure, invariant } from "#text";
import { startEngine } from "./engine/engine.ts";
import type { EngineOptions } from "./engine/messages.ts";
import { engineFailure } from "./engine-failure.ts";
import { finish } from "./finish/finish.ts";
import { type FinishPlan, MOST_FINISHED_ROWS } from "./finish/finish-plan.ts";
import { HeldBatches } from "./finish/held-batches.ts";
import { type LeafContext, listingBatches, scanBatches } from "./leaves/leaf-batches.ts";
import { answered, type Questions } from "./lookups/lookup-batches.ts";
import type { QueryOptions } from "./options.ts";
import type { DirectOutput } from "./plan/direct-output.ts";
import { planWork, type QueryWork } from "./plan/plan-query.ts";
import type { LeafPlan, LookupPlan, Plan, SavePlan } from "./plan/tree.ts";
import { typedOutputs } from "./plan/typed-outputs.ts";
import type { Statement } from "./sql/print-plan.ts";
import { tableBatches } from "./tables/read-table.ts";
import { savedBatches } from "./tables/save-batches.ts";

/** Queries inside of queries: each waits for the one inside, and holds a thread of the process and an engine meanwhile. */
export const MOST_NESTED_QUERIES = 8;

type Rows = AsyncGenerator<Batch, void, undefined>;
type EngineWork = Extract<QueryWork, { readonly kind: "engine" }>;

/** What rows are made with. */
export interface WorkContext extends LeafContext {
  readonly questions: Questions;
  /** How many queries this one is inside of. */
  readonly depth: number;
}

/** The rows of a query. */
export function workRows(work: QueryWork, context: WorkContext): Rows {
  if (work.kind === "direct") return directRows(work.output, context);
  const { finish } = work;
  return finish === null
    ? engineRows(work, (leaf) => leafBatches(leaf.plan, columnsOf(leaf), context), context)
    : finishedRows(work, finish, context);
}

async function* directRows(output: DirectOutput, context: WorkContext): Rows {
  const { leaf, columns, rowLimit: limit } = output;
  if (limit === 0 && leaf.kind !== "save") return;
  let rows = 0;
  for await (const batch of leafBatches(leaf, columns, context)) {
    const given = limit === null ? batch : firstRows(batch, limit - rows);
    rows += given.rowCount;
    yield given;
    if (limit !== null && rows >= limit) return;
  }
}

/** Partial groups are merged in this thread; when they are many, they go to the engine, those that came before too. */
async function* finishedRows(work: EngineWork, plan: FinishPlan, context: WorkContext): Rows {
  const reads = [...new Set([...plan.reads, ...work.statement.leaves.flatMap(columnsOf)])];
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
    context.account.engine = "scan+duckdb";
    yield* engineRows(work, (leaf) => groups.replay(columnsOf(leaf).map((id) => reads.indexOf(id))), context);
  } finally {
    await groups.close();
  }
}

async function* engineRows(
  { statement, results }: EngineWork,
  batchesOf: (leaf: Statement["leaves"][number]) => Rows,
  { options, account, signal }: WorkContext,
): Rows {
  const engine = options.engine ?? startEngine(engineOptionsOf(options));
  try {
    const leaves = statement.leaves.map((leaf) => ({
      columns: engineColumns(leaf.columns),
      batches: batchesOf(leaf),
    }));
    yield* engine.run({ sql: statement.sql, leaves, results, signal });
  } catch (error) {
    throw engineFailure(error, statement.fragments);
  } finally {
    account.note(engine.notes);
    if (options.engine === undefined) await engine.close();
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

/** The rows of a leaf with the columns `wanted`, in order. */
function leafBatches(plan: LeafPlan, wanted: readonly ColumnId[], context: WorkContext): Rows {
  switch (plan.kind) {
    case "scan":
      return scanBatches(plan, wanted, context);
    case "listing":
      return listingBatches(plan, wanted, context);
    case "table":
      return tableBatches(plan, wanted, context.signal);
    case "lookup":
      return lookupBatches(plan, wanted, context);
    default:
      return saveBatches(plan, wanted, context);
  }
}

async function* lookupBatches(plan: LookupPlan, wanted: readonly ColumnId[], context: WorkContext): Rows {
  const own = new Set(plan.items.map((item) => item.column));
  const read = new Set([
    ...wanted.filter((column) => !own.has(column)),
    ...plan.items.flatMap((item) => item.arguments.map((argument) => argument.column)),
  ]);
  const inner = innerRows(plan.input, [...read], context);
  for await (const batch of inner.rows) {
    const columns = new Map<ColumnId, BatchColumn>();
    for (const [index, column] of inner.columns.entries()) {
      const values = batch.columns[index];
      if (values !== undefined) columns.set(column, values);
    }
    const given = await answered(batch, columns, plan.items, context.questions);
    yield { rowCount: batch.rowCount, columns: wanted.map((column) => columnIn(given, column)) };
  }
}

function columnIn(columns: ReadonlyMap<ColumnId, BatchColumn>, id: ColumnId): BatchColumn {
  const column = columns.get(id);
  invariant(column !== undefined, "a leaf gives the columns it was asked for");
  return column;
}

async function* saveBatches(plan: SavePlan, wanted: readonly ColumnId[], context: WorkContext): Rows {
  const { options, signal } = context;
  if (options.savePlaces === undefined) {
    throw new Failure("save-refused", `Nothing may be saved here, but the script saves "${plan.path}".`);
  }
  const path = await options.savePlaces.fileFor(plan.path);
  const saved = plan.columns.map((column) => column.id);
  const inner = innerRows(plan.input, [...new Set([...wanted, ...saved])], context);
  const places = (ids: readonly ColumnId[]) => ids.map((id) => inner.columns.indexOf(id));
  const { format, replaces } = plan;
  const { timeZone } = options;
  const rows = savedBatches(inner.rows, {
    columns: plan.columns.map(({ name, type }) => ({ name, type })),
    indexes: places(saved),
    target: { path, format, replaces, timeZone, signal },
    signal,
  });
  const shown = places(wanted);
  for await (const batch of rows)
    yield { rowCount: batch.rowCount, columns: shown.flatMap((index) => batch.columns[index] ?? []) };
}

/** The rows of a plan below a leaf, on an engine of their own. */
function innerRows(
  plan: Plan,
  columns: readonly ColumnId[],
  context: WorkContext,
): { readonly rows: Rows; readonly columns: readonly ColumnId[] } {
  const types = new Map(typedOutputs(plan).map(({ column, type }) => [column, type]));
  const wanted = columns.map((id) => {
    const type = types.get(id);
    invariant(type !== undefined && type.kind !== "huge", "a query's columns have types of the language");
    return { id, type: typeOf(type) };
  });
  const depth = context.depth + 1;
  if (depth > MOST_NESTED_QUERIES) throw tooNested();
  const { engine: _, innerEngines: [engine, ...innerEngines] = [], ...others } = context.options;
  const options = engine === undefined ? others : { ...others, engine, innerEngines };
  const work = planWork(plan, wanted, options);
  return { rows: workRows(work, { ...context, options, depth }), columns };
}

function tooNested(): Failure {
  const message = `The query asks the outside or saves in more than ${MOST_NESTED_QUERIES} steps, one inside of the other, its limit.`;
  return new Failure("limit-reached", message, { help: "Ask for several answers in one select." });
}

function typeOf(type: DataType | { readonly kind: "huge" }): DataType {
  invariant(type.kind !== "huge", "partial sums stay inside of a statement");
  return type;
}

/** How a query starts an engine of its own. */
export function engineOptionsOf(options: QueryOptions): EngineOptions {
  return {
    threads: Math.max(1, options.threads === 0 ? availableParallelism() : options.threads),
    memoryBytes: options.memoryBytes,
    spillDirectory: options.spillDirectory === undefined ? ownFolder() : options.spillDirectory,
  };
}

/** A folder of this engine alone: it is made when something is spilled, and removed with what is in it. */
function ownFolder(): string {
  return join(tmpdir(), `trawl-${process.pid}-${randomUUID()}`);
}
