/** The rows of scans and listings, as batches whose columns are those a statement's leaf or a result names. */

import type { ArrayType, ColumnId } from "#language";
import {
  type Batch,
  type BatchColumn,
  type ScanInput,
  type ScanTask,
  startScan,
  valueAt,
  valueOfJson,
} from "#records";
import type { ListedObject, ThreadOpening } from "#sources";
import { Failure, invariant } from "#text";
import type { QueryOptions } from "../options.ts";
import type { ListingPlan, ScanPlan } from "../plan/tree.ts";
import type { RunAccount } from "../run-account.ts";
import { type ChoiceContext, chosenFiles, chosenObjects } from "./chosen-files.ts";
import { fileColumn } from "./file-table.ts";
import { type BatchPlace, type PreparedScan, prepareScan } from "./scan-spec-of.ts";

/** What leaves read with. */
export interface LeafContext {
  readonly options: QueryOptions;
  /** Stops reading. */
  readonly signal: AbortSignal;
  readonly account: RunAccount;
  /** Gives the rows of scans that are followed; absent: scans read their files from start to end. */
  readonly followed?: FollowedRows;
}

/** The rows of a scan that is followed, as far as they belong to the answer that is being made. */
export type FollowedRows = (plan: ScanPlan, wanted: readonly ColumnId[]) => Iterable<Batch>;

/** The rows of a scan with the columns `wanted`, in order; rows carry their columns even where they are none. */
export async function* scanBatches(
  plan: ScanPlan,
  wanted: readonly ColumnId[],
  context: LeafContext,
): AsyncGenerator<Batch, void, undefined> {
  if (context.followed !== undefined) return yield* context.followed(plan, wanted);
  const prepared = prepareScan(plan, context.options.timeZone);
  const objects = await chosenFiles(plan.files, choiceOf(context), true);
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const task: ScanTask = {
    spec: prepared.spec,
    inputs: inputsOf(objects, context, signal),
    threads: context.options.threads,
    signal,
    onProgress: context.account.progressOf(plan),
  };
  const scan = (context.options.startScan ?? startScan)(task);
  context.account.add(plan, scan);
  try {
    for await (const batch of scan.batches) yield arrange(batch, wanted, prepared, objects);
  } finally {
    stop.abort();
    context.account.finish(plan, scan);
  }
}

/** A batch of a scan with the columns `wanted`; `objects` are its inputs. */
export function arrange(
  batch: Batch,
  wanted: readonly ColumnId[],
  prepared: PreparedScan,
  objects: readonly ListedObject[],
): Batch {
  const columns = wanted.map((column) => {
    const place = prepared.places.get(column);
    invariant(place !== undefined, "a scan gives the columns it was asked for");
    return columnAt(batch, place, objects);
  });
  return { rowCount: batch.rowCount, columns };
}

function columnAt(batch: Batch, place: BatchPlace, objects: readonly ListedObject[]): BatchColumn {
  const column = batch.columns[place.index];
  invariant(column !== undefined, "a batch has the columns of its scan");
  if (place.kind === "column") {
    if (place.arrayType !== null) return arrayColumn(column, place.arrayType, batch.rowCount);
    if (!place.isFloat || column.kind !== "double") return column;
    return { ...column, values: Float64Array.from(Float32Array.from(column.values)) };
  }
  invariant(column.kind === "integer", "inputs are numbered by integers");
  return fileColumn(objects, place.field, column.values);
}

/** How files are found for a leaf. */
export function choiceOf({ options, signal, account }: LeafContext): ChoiceContext {
  return { options, signal, onProblem: (problem) => account.warn(problem) };
}

/** Arrays as values: the scan gives them as JSON text. */
function arrayColumn(column: BatchColumn, type: ArrayType, rowCount: number): BatchColumn {
  const values = Array.from({ length: rowCount }, (_, row) => {
    const json = valueAt(column, row);
    return typeof json === "string" ? valueOfJson(json, type) : null;
  });
  return { kind: "values", values };
}

function inputsOf(
  objects: readonly ListedObject[],
  { options }: LeafContext,
  signal: AbortSignal,
): readonly ScanInput[] {
  const openings = (options.openingsOf ?? onlyFiles)(objects, signal);
  return objects.map((object, index) => {
    const { uri, sizeBytes } = object;
    const opening = openings[index];
    invariant(opening !== undefined, "each object has an opening");
    const ofMember = object.opening.kind === "stream" ? object.opening.member?.lastModifiedMs : null;
    const referenceTimeMs = ofMember ?? object.lastModifiedMs ?? object.pathTimeMs ?? options.nowMs;
    return { uri, opening, sizeBytes, referenceTimeMs };
  });
}

/** The openings where nothing provides for what only one thread can read. */
function onlyFiles(objects: readonly ListedObject[]): readonly ThreadOpening[] {
  return objects.map(({ uri, opening, isOneTime }) => {
    if (!isOneTime && opening.kind !== "store") return opening;
    throw new Failure(
      "source-unreadable",
      `"${uri}" can be read by one thread only, which is not provided for here.`,
      { place: { uri } },
    );
  });
}

/** The rows of a listing with the columns `wanted`. */
export async function* listingBatches(
  plan: ListingPlan,
  wanted: readonly ColumnId[],
  context: LeafContext,
): AsyncGenerator<Batch, void, undefined> {
  for await (const objects of chosenObjects(plan.files, choiceOf(context), false)) {
    const rows = Int32Array.from(objects, (_, index) => index);
    const columns = wanted.map((id) => {
      const field = plan.columns.find((column) => column.column === id)?.field;
      invariant(field !== undefined, "a listing gives the columns it was asked for");
      return fileColumn(objects, field, rows);
    });
    if (objects.length > 0) yield { rowCount: objects.length, columns };
  }
}
