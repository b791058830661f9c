/** Batches: what flows between the scan, the engine and the doors. Columns of packed values that cross threads without copies. */

import type { DataType, Value } from "#language";
import { unreachable } from "#text";

/** Columns of rows, in the order the query's result or the scan's output names them. */
export interface Batch {
  readonly rowCount: number;
  readonly columns: readonly BatchColumn[];
}

/**
 * Values of one column. `validity` has bit `row & 7` of byte `row >> 3` set where the value is not NULL; null: none is NULL.
 * Values under a NULL are unspecified.
 */
export type BatchColumn =
  | { readonly kind: "integer"; readonly values: Int32Array; readonly validity: Uint8Array | null }
  /** long, timestamp, timestamp-nano, duration, mac. */
  | { readonly kind: "long"; readonly values: BigInt64Array; readonly validity: Uint8Array | null }
  /** 128 bits, two words per row, low word first: ip (unsigned), sums (signed, two's complement). */
  | {
      readonly kind: "huge";
      readonly words: BigUint64Array;
      readonly isSigned: boolean;
      readonly validity: Uint8Array | null;
    }
  | { readonly kind: "double"; readonly values: Float64Array; readonly validity: Uint8Array | null }
  | { readonly kind: "boolean"; readonly values: Uint8Array; readonly validity: Uint8Array | null }
  /** Valid UTF-8 at `heap[starts[row], starts[row] + lengths[row])`. */
  | {
      readonly kind: "text";
      readonly starts: Uint32Array;
      readonly lengths: Uint32Array;
      readonly heap: Uint8Array;
      readonly validity: Uint8Array | null;
    }
  /** Values as JavaScript has them, see `Value`. */
  | { readonly kind: "values"; readonly values: readonly Value[] };

/** A column of a result, as the doors show it. */
export interface ResultColumn {
  readonly name: string;
  readonly type: DataType;
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The value in a row of a column. Cost: constant; texts are decoded. */
export function valueAt(column: BatchColumn, row: number): Value {
  if (column.kind === "values") return column.values[row] ?? null;
  const { validity } = column;
  if (validity !== null && (((validity[row >> 3] ?? 0) >> (row & 7)) & 1) === 0) return null;
  switch (column.kind) {
    case "boolean":
      return column.values[row] === 1;
    case "huge": {
      const high = column.words[2 * row + 1] ?? 0n;
      const low = column.words[2 * row] ?? 0n;
      return ((column.isSigned ? BigInt.asIntN(64, high) : high) << 64n) | low;
    }
    case "text": {
      const start = column.starts[row] ?? 0;
      return utf8.decode(column.heap.subarray(start, start + (column.lengths[row] ?? 0)));
    }
    default:
      return column.values[row] ?? null;
  }
}

/** The buffers of a batch that can be transferred to another thread; the batch is unusable here afterwards. */
export function transferablesOf(batch: Batch): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  const add = (view: ArrayBufferView | null) => {
    if (view !== null && view.buffer instanceof ArrayBuffer) buffers.add(view.buffer);
  };
  for (const column of batch.columns) {
    if (column.kind === "values") continue;
    add(column.validity);
    if (column.kind === "huge") add(column.words);
    else if (column.kind === "text")
      for (const view of [column.starts, column.lengths, column.heap]) add(view);
    else add(column.values);
  }
  return [...buffers];
}

/** The first rows of a batch. */
export function firstRows(batch: Batch, rowCount: number): Batch {
  if (rowCount >= batch.rowCount) return batch;
  return { rowCount, columns: batch.columns.map((column) => firstValues(column, rowCount)) };
}

function firstValues(column: BatchColumn, rowCount: number): BatchColumn {
  switch (column.kind) {
    case "values":
      return { ...column, values: column.values.slice(0, rowCount) };
    case "huge":
      return { ...column, words: column.words.slice(0, 2 * rowCount) };
    case "text":
      return {
        ...column,
        starts: column.starts.slice(0, rowCount),
        lengths: column.lengths.slice(0, rowCount),
      };
    case "integer":
      return { ...column, values: column.values.slice(0, rowCount) };
    case "long":
      return { ...column, values: column.values.slice(0, rowCount) };
    case "double":
      return { ...column, values: column.values.slice(0, rowCount) };
    case "boolean":
      return { ...column, values: column.values.slice(0, rowCount) };
    default:
      return unreachable(column);
  }
}
