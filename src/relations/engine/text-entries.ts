/**
 * Writes text columns into DuckDB vectors.
 *
 * A VARCHAR vector holds 16 bytes per row: the length, then either the text (up to 12 bytes) or its first four bytes and a
 * pointer. Calling into the bindings per row costs more than everything else together, so all long texts of a chunk are handed
 * over as one string; DuckDB keeps the copy with the vector, and entries that point into that copy are written in one go.
 */
import duckdb from "@duckdb/node-bindings";
import type { BatchColumn } from "#records";

type TextColumn = Extract<BatchColumn, { readonly kind: "text" }>;

const ENTRY_BYTES = 16;
const LONGEST_INLINE = 12;
const WORDS_PER_HIGH = 4294967296;
/** A heap range with more foreign bytes than this share of its own is copied together first. */
const WIDEST_RANGE_PER_BYTE = 2;

/** Whether the value in a row is not NULL. */
export function isValid(validity: Uint8Array | null, row: number): boolean {
  return validity === null || (((validity[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
}

/** How a chunk's long texts lie in one piece of memory: text of row `row` at `starts[row] + shift`. */
interface Heap {
  readonly bytes: Uint8Array;
  /** Per row of the chunk: offset of a long text in `bytes`; unspecified for others. */
  readonly offsets: Uint32Array;
}

/** Writes text columns into vectors; holds scratch memory, one per thread. */
export class TextFiller {
  /** False: the slow way, a call per row, for layouts of memory this code does not know. */
  isDirect = true;
  #entries = new ArrayBuffer(0);
  #offsets = new Uint32Array(0);

  /** Fills the first `count` rows of `vector` from the column's rows `from…`. Rows that are NULL become empty texts. */
  fill(vector: duckdb.Vector, column: TextColumn, from: number, count: number): void {
    const heap = this.isDirect ? this.#layOut(column, from, count) : null;
    if (heap !== null && this.#fillDirectly(vector, column, { from, count, heap })) return;
    for (let row = 0; row < count; row++) {
      const at = from + row;
      if (!isValid(column.validity, at)) continue;
      const start = column.starts[at] ?? 0;
      const text = column.heap.subarray(start, start + (column.lengths[at] ?? 0));
      duckdb.vector_assign_string_element_len(vector, row, text);
    }
  }

  #layOut(column: TextColumn, from: number, count: number): Heap {
    if (this.#offsets.length < count) this.#offsets = new Uint32Array(count);
    const { starts, lengths, validity } = column;
    let low = Number.POSITIVE_INFINITY;
    let high = 0;
    let total = 0;
    for (let row = from; row < from + count; row++) {
      const length = lengths[row] ?? 0;
      if (length <= LONGEST_INLINE || !isValid(validity, row)) continue;
      const start = starts[row] ?? 0;
      if (start < low) low = start;
      if (start + length > high) high = start + length;
      total += length;
    }
    if (total === 0) return { bytes: column.heap.subarray(0, 0), offsets: this.#offsets };
    if (high - low > WIDEST_RANGE_PER_BYTE * total) return this.#pack(column, { from, count, total });
    for (let row = 0; row < count; row++) this.#offsets[row] = (starts[from + row] ?? 0) - low;
    return { bytes: column.heap.subarray(low, high), offsets: this.#offsets };
  }

  #pack(column: TextColumn, range: { from: number; count: number; total: number }): Heap {
    const bytes = new Uint8Array(range.total);
    let end = 0;
    for (let row = 0; row < range.count; row++) {
      const at = range.from + row;
      const length = column.lengths[at] ?? 0;
      if (length <= LONGEST_INLINE || !isValid(column.validity, at)) continue;
      const start = column.starts[at] ?? 0;
      bytes.set(column.heap.subarray(start, start + length), end);
      this.#offsets[row] = end;
      end += length;
    }
    return { bytes, offsets: this.#offsets };
  }

  /** False when the bindings did not take the heap (bytes between the texts that are not UTF-8). */
  #fillDirectly(
    vector: duckdb.Vector,
    column: TextColumn,
    range: { from: number; count: number; heap: Heap },
  ): boolean {
    const { bytes } = range.heap;
    let base = 0;
    if (bytes.length > 0) {
      duckdb.vector_assign_string_element_len(vector, 0, bytes);
      const entry = duckdb.vector_get_data(vector, ENTRY_BYTES);
      const view = new DataView(entry.buffer, entry.byteOffset, ENTRY_BYTES);
      if (view.getUint32(0, true) !== bytes.length) return false;
      base = view.getUint32(8, true) + view.getUint32(12, true) * WORDS_PER_HIGH;
    }
    const size = range.count * ENTRY_BYTES;
    if (this.#entries.byteLength < size) this.#entries = new ArrayBuffer(size);
    writeEntries(this.#entries, column, { ...range, base });
    duckdb.copy_data_to_vector(vector, 0, this.#entries, 0, size);
    return true;
  }
}

function writeEntries(
  entries: ArrayBuffer,
  column: TextColumn,
  range: { from: number; count: number; base: number; heap: Heap },
): void {
  const words = new Uint32Array(entries);
  const bytes = new Uint8Array(entries);
  const { starts, lengths, heap, validity } = column;
  const { from, count, base } = range;
  const { offsets } = range.heap;
  for (let row = 0; row < count; row++) {
    const at = from + row;
    const word = row * 4;
    const length = isValid(validity, at) ? (lengths[at] ?? 0) : 0;
    const start = starts[at] ?? 0;
    words[word] = length;
    if (length > LONGEST_INLINE) {
      const address = base + (offsets[row] ?? 0);
      for (let index = 0; index < 4; index++) bytes[word * 4 + 4 + index] = heap[start + index] ?? 0;
      words[word + 2] = address >>> 0;
      words[word + 3] = Math.floor(address / WORDS_PER_HIGH);
    } else {
      words[word + 1] = 0;
      words[word + 2] = 0;
      words[word + 3] = 0;
      for (let index = 0; index < length; index++) bytes[word * 4 + 4 + index] = heap[start + index] ?? 0;
    }
  }
}
