/** Writes columns of batches into DuckDB's vectors, in bulk wherever the bytes are laid out alike. */

import { DuckDBVector } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import { type BatchColumn, valueAt } from "#records";
import { duckdbTypeOf, toDuckdbValue } from "./duckdb-types.ts";
import type { LeafType } from "./messages.ts";
import type { TextFiller } from "./text-entries.ts";

/** Which rows of a batch go into a vector. `from` is a multiple of 64. */
export interface RowRange {
  readonly from: number;
  readonly count: number;
}

/** Fills the first `count` rows of `vector`, whose SQL type is that of `type`, from a column. */
export function fillVector(
  vector: duckdb.Vector,
  column: BatchColumn,
  type: LeafType,
  range: RowRange & { readonly texts: TextFiller },
): void {
  switch (column.kind) {
    case "values":
      return fillByValue(vector, column, type, range);
    case "text":
      if (type.kind === "bytes") return fillByValue(vector, column, type, range);
      range.texts.fill(vector, column, range.from, range.count);
      break;
    case "huge":
      copy(vector, column.words.subarray(2 * range.from, 2 * (range.from + range.count)));
      break;
    case "double": {
      const values = column.values.subarray(range.from, range.from + range.count);
      copy(vector, type.kind === "float" ? Float32Array.from(values) : values);
      break;
    }
    default:
      copy(vector, column.values.subarray(range.from, range.from + range.count));
  }
  fillValidity(vector, column.validity, range);
}

/** Fills a long vector with running numbers. */
export function fillOrdinals(vector: duckdb.Vector, first: bigint, count: number): void {
  const values = new BigInt64Array(count);
  for (let row = 0; row < count; row++) values[row] = first + BigInt(row);
  copy(vector, values);
}

function copy(vector: duckdb.Vector, view: ArrayBufferView): void {
  const { buffer, byteOffset, byteLength } = ownBytes(view);
  duckdb.copy_data_to_vector(vector, 0, buffer, byteOffset, byteLength);
}

function fillValidity(vector: duckdb.Vector, validity: Uint8Array | null, range: RowRange): void {
  if (validity === null) return;
  const bytes = ownBytes(validity.subarray(range.from >> 3, (range.from + range.count + 7) >> 3));
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The same bytes in a buffer the bindings accept: they do not take shared ones. */
function ownBytes(view: ArrayBufferView): { buffer: ArrayBuffer; byteOffset: number; byteLength: number } {
  const { buffer, byteOffset, byteLength } = view;
  if (buffer instanceof ArrayBuffer) return { buffer, byteOffset, byteLength };
  const bytes = new Uint8Array(byteLength);
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength));
  return { buffer: bytes.buffer, byteOffset: 0, byteLength };
}

/** The slow way: value by value through the bindings' own conversion. */
function fillByValue(vector: duckdb.Vector, column: BatchColumn, type: LeafType, range: RowRange): void {
  const target = DuckDBVector.create(vector, range.count, duckdbTypeOf(type));
  const utf8 = new TextEncoder();
  for (let row = 0; row < range.count; row++) {
    const value = valueAt(column, range.from + row);
    const isText = type.kind === "bytes" && typeof value === "string";
    target.setItem(row, toDuckdbValue(isText ? utf8.encode(value) : value, type));
  }
  target.flush();
}
