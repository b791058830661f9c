/** The rows of scans and listings, as batches whose columns are those a statement's leaf or a result names. */

import { MessageChannel } from "node:worker_threads";
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
import { feedPort, type ListedObject, listObjects, openingOf } from "#sources";
import { Failure, invariant } from "#text";
import type { QueryOptions } from "../options.ts";
import type { FileChoice, ListingPlan, ScanPlan } from "../plan/tree.ts";
import type { RunAccount } from "../run-account.ts";
import { fieldsOf, fileColumn } from "./file-table.ts";
import { evaluate, pathTimeRangeOf } from "./listing-filter.ts";
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
  const objects = await chosenFiles(plan.files, context, true);
  const stop = new AbortController();
  const task: ScanTask = {
    spec: prepared.spec,
    inputs: objects.map((object) => inputOf(object, context)),
    threads: context.options.threads,
    signal: AbortSignal.any([context.signal, stop.signal]),
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

/** Arrays as values: the scan gives them as JSON text. */
function arrayColumn(column: BatchColumn, type: ArrayType, rowCount: number): BatchColumn {
  const values = Array.from({ length: rowCount }, (_, row) => {
    const json = valueAt(column, row);
    return typeof json === "string" ? valueOfJson(json, type) : null;
  });
  return { kind: "values", values };
}

function inputOf(object: ListedObject, { options, signal }: LeafContext): ScanInput {
  const { uri, sizeBytes } = object;
  const referenceTimeMs = object.lastModifiedMs ?? object.pathTimeMs ?? options.nowMs;
  if (!object.isOneTime) return { uri, opening: object.opening, sizeBytes, referenceTimeMs };
  const open = options.readOneTime;
  if (open === undefined) {
    throw new Failure(
      "source-unreadable",
      `"${uri}" can be read only once, which is not provided for here.`,
      {
        place: { uri },
      },
    );
  }
  const { port1, port2 } = new MessageChannel();
  signal.addEventListener("abort", () => port1.close(), { once: true });
  void feedPort(open(object), port1);
  return { uri, opening: { kind: "port", port: port2 }, sizeBytes, referenceTimeMs };
}

/** The files that are read, in order. Filters are applied before files are looked into. */
async function chosenFiles(files: FileChoice, context: LeafContext, opens: boolean): Promise<ListedObject[]> {
  const chosen: ListedObject[] = [];
  for await (const objects of chosenObjects(files, context, opens)) chosen.push(...objects);
  return chosen;
}

/** The files that are read, as they are found; unopened unless it `opens` them. */
export async function* chosenObjects(
  files: FileChoice,
  { options, signal, account }: LeafContext,
  opens: boolean,
): AsyncGenerator<readonly ListedObject[], void, undefined> {
  const range = pathTimeRangeOf(files.filter);
  const isEarly = opens && files.filter === null;
  const list = (options.listObjects ?? listObjects)(files.uris, {
    workingDirectory: options.workingDirectory,
    timeZone: files.timeZone ?? options.timeZone,
    looksInside: isEarly,
    signal,
    onProblem: (problem) => account.warn(problem),
    ...(range === null ? {} : { pathTimeRange: range }),
  });
  const open = options.openingOf ?? openingOf;
  for await (const objects of list) {
    const { filter } = files;
    const chosen =
      filter === null ? objects : objects.filter((object) => evaluate(filter, fieldsOf(object)) === true);
    if (isEarly || !opens) yield chosen;
    else yield await Promise.all(chosen.map((object) => looked(object, open)));
  }
}

async function looked(
  object: ListedObject,
  open: (path: string) => Promise<ListedObject["opening"]>,
): Promise<ListedObject> {
  if (object.isOneTime || object.opening.kind === "file") return object;
  return { ...object, opening: await open(object.opening.uri) };
}

/** The rows of a listing with the columns `wanted`. */
export async function* listingBatches(
  plan: ListingPlan,
  wanted: readonly ColumnId[],
  context: LeafContext,
): AsyncGenerator<Batch, void, undefined> {
  for await (const objects of chosenObjects(plan.files, context, false)) {
    const rows = Int32Array.from(objects, (_, index) => index);
    const columns = wanted.map((id) => {
      const field = plan.columns.find((column) => column.column === id)?.field;
      invariant(field !== undefined, "a listing gives the columns it was asked for");
      return fileColumn(objects, field, rows);
    });
    if (objects.length > 0) yield { rowCount: objects.length, columns };
  }
}
