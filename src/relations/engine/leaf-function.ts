/**
 * The table function `leaf(n)`: how rows of scans, listings and other leaves come into SQL.
 *
 * DuckDB takes a chunk without rows for the end, and the thread must not sleep until a slow leaf has rows: results that are ready would
 * wait with it. So while there are none, a row comes that is not `is_live`, and `leaf` leaves those out.
 */
import { BOOLEAN, DuckDBTableFunction, INTEGER } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import type { Batch } from "#records";
import { invariant } from "#text";
import { duckdbTypeOf } from "./duckdb-types.ts";
import { fillOrdinals, fillVector } from "./fill-vector.ts";
import type { LeafSource } from "./leaf-source.ts";
import type { TextFiller } from "./text-entries.ts";

/** Finds the leaf `index` of the statement that runs on a connection. */
export type FindLeaf = (connectionId: number, index: number) => LeafSource | null;

const ROWS_PER_CHUNK = 2048;
/** Fewer rows per chunk for batches with this much text, so that a chunk's texts stay far below DuckDB's 4 GiB per string. */
const ROWS_PER_HEAVY_CHUNK = 64;
const HEAVY_HEAP_BYTES = 256 * 1024 * 1024;

/** What `bind` found out, for `init`. */
class BoundLeaf {
  readonly source: LeafSource;
  isTaken = false;
  constructor(source: LeafSource) {
    this.source = source;
  }
}

/** Where a running scan of a leaf stands. */
class LeafCursor {
  readonly source: LeafSource;
  /** Indexes of the columns that are asked for. */
  readonly projected: readonly number[];
  batch: Batch | null = null;
  row = 0;
  ordinal = 0n;
  constructor(source: LeafSource, projected: readonly number[]) {
    this.source = source;
    this.projected = projected;
  }
}

/** The statement that makes `leaf` from the table function. */
export const CREATE_LEAF =
  "CREATE MACRO leaf(n) AS TABLE SELECT * EXCLUDE (is_live) FROM leaf_rows(n) WHERE is_live";

/** Makes the table function `leaf_rows`. It runs on one thread of DuckDB at a time, which keeps rows in their order. */
export function createLeafFunction(findLeaf: FindLeaf, texts: TextFiller): DuckDBTableFunction {
  return DuckDBTableFunction.create({
    name: "leaf_rows",
    parameterTypes: [INTEGER],
    supportsProjectionPushdown: true,
    bindFunction: (info) => {
      const source = findLeaf(info.clientContext.connectionId, Number(info.getParameter(0)));
      if (source === null) return info.setError("no such leaf");
      for (const column of source.columns) info.addResultColumn(column.name, duckdbTypeOf(column.type));
      info.addResultColumn("is_live", BOOLEAN);
      info.setBindData(new BoundLeaf(source));
    },
    initFunction: (info) => {
      const bound = info.bindData;
      invariant(bound instanceof BoundLeaf, "init comes after bind");
      if (bound.isTaken) return info.setError("a leaf can be read once");
      bound.isTaken = true;
      info.setMaxThreads(1);
      info.setInitData(new LeafCursor(bound.source, info.getColumnIndexes()));
    },
    mainFunction: (info, chunk) => {
      const cursor = info.initData;
      invariant(cursor instanceof LeafCursor, "rows come after init");
      try {
        chunk.rowCount = fillChunk(cursor, chunk.chunk, texts);
      } catch (error) {
        info.setError(error instanceof Error ? error.message : String(error));
        chunk.rowCount = 0;
      }
    },
  });
}

function fillChunk(cursor: LeafCursor, chunk: duckdb.DataChunk, texts: TextFiller): number {
  const batch = batchWithRows(cursor);
  if (batch === null) return 0;
  if (batch === "waiting") return fillDeadRow(cursor, chunk);
  const limit = heapBytesOf(batch) > HEAVY_HEAP_BYTES ? ROWS_PER_HEAVY_CHUNK : ROWS_PER_CHUNK;
  const count = Math.min(limit, batch.rowCount - cursor.row);
  duckdb.data_chunk_set_size(chunk, count);
  const { columns } = cursor.source;
  for (const [position, index] of cursor.projected.entries()) {
    const vector = duckdb.data_chunk_get_vector(chunk, position);
    const column = columns[index];
    if (column === undefined) {
      duckdb.copy_data_to_vector(vector, 0, ALL_LIVE, 0, count);
      continue;
    }
    if (column.source === "ordinal") {
      fillOrdinals(vector, cursor.ordinal, count);
      continue;
    }
    const values = batch.columns[column.source];
    invariant(values !== undefined, "a batch has the columns of its leaf");
    fillVector(vector, values, column.type, { from: cursor.row, count, texts });
  }
  cursor.row += count;
  cursor.ordinal += BigInt(count);
  return count;
}

const ALL_LIVE = new Uint8Array(ROWS_PER_CHUNK).fill(1).buffer;
const NOTHING_VALID = new ArrayBuffer(8);

/** One row of NULLs: `is_live` is not true in it. */
function fillDeadRow(cursor: LeafCursor, chunk: duckdb.DataChunk): number {
  duckdb.data_chunk_set_size(chunk, 1);
  for (const position of cursor.projected.keys()) {
    const vector = duckdb.data_chunk_get_vector(chunk, position);
    duckdb.vector_ensure_validity_writable(vector);
    duckdb.copy_data_to_vector_validity(vector, 0, NOTHING_VALID, 0, NOTHING_VALID.byteLength);
  }
  return 1;
}

function batchWithRows(cursor: LeafCursor): Batch | null | "waiting" {
  while (cursor.batch === null || cursor.row >= cursor.batch.rowCount) {
    const taken = cursor.source.take();
    if (taken === null || taken === "waiting") return taken;
    cursor.batch = taken;
    cursor.row = 0;
  }
  return cursor.batch;
}

function heapBytesOf(batch: Batch): number {
  let bytes = 0;
  for (const column of batch.columns) if (column.kind === "text") bytes = Math.max(bytes, column.heap.length);
  return bytes;
}
