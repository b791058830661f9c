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
import { type ListedObject, listMembers, listObjects, openingOf, type ThreadOpening } from "#sources";
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
}

/** The rows of a scan with the columns `wanted`, in order; rows carry their columns even where they are none. */
export async function* scanBatches(
  plan: ScanPlan,
  wanted: readonly ColumnId[],
  context: LeafContext,
): AsyncGenerator<Batch, void, undefined> {
  const prepared = prepareScan(plan, context.options.timeZone);
  const objects = await chosenFiles(plan.files, context, true);
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

function arrange(
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

/** The files that are read, in order. Filters are applied before files are looked into. */
async function chosenFiles(files: FileChoice, context: LeafContext, opens: boolean): Promise<ListedObject[]> {
  const chosen: ListedObject[] = [];
  for await (const objects of chosenObjects(files, context, opens)) chosen.push(...objects);
  return chosen;
}

async function* chosenObjects(
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
    ...(options.stores === undefined ? {} : { stores: options.stores }),
    signal,
    onProblem: (problem) => account.warn(problem),
    ...(range === null ? {} : { pathTimeRange: range }),
  });
  const { members } = files;
  const seen = { archives: 0, members: 0 };
  const open = options.openingOf ?? openingOf;
  for await (const objects of list) {
    const { filter } = files;
    const chosen =
      filter === null ? objects : objects.filter((object) => evaluate(filter, fieldsOf(object)) === true);
    const opened =
      isEarly || !opens ? chosen : await Promise.all(chosen.map((object) => looked(object, open)));
    if (members === null) yield opened;
    else {
      for (const object of opened) {
        seen.archives++;
        for await (const found of membersOf(object, members, { signal, account })) {
          seen.members += found.length;
          yield found;
        }
      }
    }
  }
  if (members !== null && seen.archives > 0 && seen.members === 0) throw noMembers(files.uris, members);
}

/** Members of an archive have its fields, but for the address. */
async function* membersOf(
  object: ListedObject,
  pattern: string,
  { signal, account }: Pick<LeafContext, "signal" | "account">,
): AsyncGenerator<readonly ListedObject[], void, undefined> {
  const onProblem = (problem: Failure) => account.warn(problem);
  for await (const found of listMembers(object, pattern, { signal, onProblem }))
    yield found.map(({ uri, opening }) => ({ ...object, uri, opening }));
}

function noMembers(uris: readonly string[], members: string): Failure {
  const archives = uris.map((uri) => `"${uri}"`).join(", ");
  return new Failure("source-missing", `No member of ${archives} fits "${members}".`, {
    help: 'LIST("ARCHIVE!/*") lists the members of an archive.',
  });
}

async function looked(
  object: ListedObject,
  open: (path: string) => Promise<ListedObject["opening"]>,
): Promise<ListedObject> {
  if (object.isOneTime || object.opening.kind !== "stream") return object;
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
