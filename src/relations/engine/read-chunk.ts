/** Reads DuckDB's result chunks into batches. */

import { DuckDBVector } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import type { DataType } from "#language";
import type { Batch, BatchColumn } from "#records";
import { duckdbTypeOf, fromDuckdbValue } from "./duckdb-types.ts";
import { isValid } from "./text-entries.ts";

const LONGEST_INLINE = 12;
const ENTRY_BYTES = 16;
const WORDS_PER_HIGH = 4294967296;

/** The chunk's rows as a batch that owns its memory. `types` are those of the columns, in order. */
export function readChunk(chunk: duckdb.DataChunk, types: readonly DataType[]): Batch {
  const rowCount = duckdb.data_chunk_get_size(chunk);
  const columns = types.map((type, index) =>
    readVector(duckdb.data_chunk_get_vector(chunk, index), type, rowCount),
  );
  return { rowCount, columns };
}

function readVector(vector: duckdb.Vector, type: DataType, rowCount: number): BatchColumn {
  const bytesOf = (size: number) => duckdb.vector_get_data(vector, rowCount * size).slice().buffer;
  const validity = readValidity(vector, rowCount);
  switch (type.kind) {
    case "integer":
    case "null":
      return { kind: "integer", values: new Int32Array(bytesOf(4)), validity };
    case "long":
    case "timestamp":
    case "timestamp-nano":
    case "duration":
    case "mac":
      return { kind: "long", values: new BigInt64Array(bytesOf(8)), validity };
    case "double":
      return { kind: "double", values: new Float64Array(bytesOf(8)), validity };
    case "float":
      return { kind: "double", values: Float64Array.from(new Float32Array(bytesOf(4))), validity };
    case "boolean":
      return { kind: "boolean", values: new Uint8Array(bytesOf(1)), validity };
    case "ip":
      return { kind: "huge", words: new BigUint64Array(bytesOf(16)), isSigned: false, validity };
    case "bytes":
    case "array":
    case "tuple":
      return readByValue(vector, type, rowCount);
    default:
      return readTexts(duckdb.vector_get_data(vector, rowCount * ENTRY_BYTES), rowCount, validity);
  }
}

function readValidity(vector: duckdb.Vector, rowCount: number): Uint8Array | null {
  const words: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(rowCount / 64) * 8);
  return words === null ? null : words.slice();
}

function readByValue(vector: duckdb.Vector, type: DataType, rowCount: number): BatchColumn {
  const source = DuckDBVector.create(vector, rowCount, duckdbTypeOf(type));
  const values = Array.from({ length: rowCount }, (_, row) => fromDuckdbValue(source.getItem(row), type));
  return { kind: "values", values };
}

function readTexts(given: Uint8Array, rowCount: number, validity: Uint8Array | null): BatchColumn {
  const entries = given.slice();
  const words = new Uint32Array(entries.buffer);
  const starts = new Uint32Array(rowCount);
  const lengths = new Uint32Array(rowCount);
  let inlineBytes = 0;
  for (let row = 0; row < rowCount; row++) {
    const length = isValid(validity, row) ? (words[row * 4] ?? 0) : 0;
    lengths[row] = length;
    if (length <= LONGEST_INLINE) inlineBytes += length;
  }
  const runs = new TextRuns(entries, words, inlineBytes);
  for (let row = 0; row < rowCount; row++) {
    if ((lengths[row] ?? 0) > LONGEST_INLINE) starts[row] = runs.add(row, lengths[row] ?? 0);
  }
  const heap = runs.heap();
  let end = 0;
  for (let row = 0; row < rowCount; row++) {
    const length = lengths[row] ?? 0;
    if (length > LONGEST_INLINE) continue;
    const from = row * ENTRY_BYTES + 4;
    for (let index = 0; index < length; index++) heap[end + index] = entries[from + index] ?? 0;
    starts[row] = end;
    end += length;
  }
  return { kind: "text", starts, lengths, heap, validity };
}

/** The smallest page of memory. */
const PAGE_BYTES = 4096;

/**
 * Collects long texts out of DuckDB's memory with few calls. Texts that follow each other in memory with less than a page between them
 * are read as one run, gaps included: a page that is wholly inside a gap would need a larger one, so every page of a run holds bytes
 * of a text and can be read.
 */
class TextRuns {
  readonly #entries: Uint8Array<ArrayBuffer>;
  readonly #words: Uint32Array;
  readonly #pieces: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  /** Where the next run goes in the heap. */
  #end: number;
  /** The run under way: the entry of its first text, and its addresses. */
  #first = -1;
  #from = 0;
  #to = 0;

  /** @param start  bytes to leave free at the start of the heap */
  constructor(entries: Uint8Array<ArrayBuffer>, words: Uint32Array, start: number) {
    this.#entries = entries;
    this.#words = words;
    this.#end = start;
  }

  /** Takes in the text of an entry; gives its place in the heap. */
  add(row: number, length: number): number {
    const address = (this.#words[row * 4 + 2] ?? 0) + (this.#words[row * 4 + 3] ?? 0) * WORDS_PER_HIGH;
    const gap = address - this.#to;
    if (this.#first < 0 || gap < 0 || gap >= PAGE_BYTES) {
      this.#closeRun();
      this.#first = row;
      this.#from = address;
    }
    this.#to = address + length;
    return this.#end + (address - this.#from);
  }

  heap(): Uint8Array {
    this.#closeRun();
    const heap = new Uint8Array(this.#end);
    for (const { at, bytes } of this.#pieces) heap.set(bytes, at);
    return heap;
  }

  #closeRun(): void {
    if (this.#first < 0) return;
    const size = this.#to - this.#from;
    const bytes = duckdb.get_data_from_pointer(this.#entries.buffer, this.#first * ENTRY_BYTES + 8, size);
    this.#pieces.push({ at: this.#end, bytes });
    this.#end += size;
    this.#first = -1;
  }
}
