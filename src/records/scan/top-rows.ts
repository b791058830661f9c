/** The first rows of an order, among those a thread has given: which of a batch are still wanted, and what bounds the next ones. */
import { invariant } from "#text";
import type { Batch, BatchColumn } from "../batch.ts";
import type { ScanTop } from "../program/scan-spec.ts";

/** A value as it is compared; booleans as 0 and 1. */
export type Ranked = number | bigint | Uint8Array | null;

/** A row that is kept: its keys, and its number among all rows. */
interface Kept {
  readonly keys: readonly Ranked[];
  readonly number: number;
}

/** Keeps the best rows, worst first (a heap), and says which rows of a batch belong to them. Rows come in order. */
export class TopRows {
  readonly #top: ScanTop;
  readonly #heap: Kept[] = [];
  #rows = 0;

  constructor(top: ScanTop) {
    this.#top = top;
  }

  /** Forgets all rows. */
  clear(): void {
    this.#heap.length = 0;
    this.#rows = 0;
  }

  /** First key of the worst row that is wanted; undefined while more rows are wanted than there were. */
  get bound(): Ranked | undefined {
    return this.#isFull ? this.#heap[0]?.keys[0] : undefined;
  }

  get #isFull(): boolean {
    return this.#heap.length >= this.#top.count;
  }

  /** Which rows of a batch are wanted, in order. A row is wanted no more when enough others come before it. */
  choose(batch: Batch): number[] {
    const columns = this.#top.keys.map(({ column }) => {
      const found = batch.columns[column];
      invariant(found !== undefined, "an order names columns of its rows");
      return found;
    });
    const start = this.#rows;
    const candidates: number[] = [];
    for (let row = 0; row < batch.rowCount; row++) {
      const order = this.#isFull ? this.#orderToWorst(columns, row) : -1;
      if (order < 0) this.#keep(columns, row, start + row);
      if (order < 0 || (order === 0 && !this.#top.isWhole)) candidates.push(row);
    }
    this.#rows += batch.rowCount;
    if (!this.#isFull) return candidates;
    if (!this.#top.isWhole) return candidates.filter((row) => this.#orderToWorst(columns, row) <= 0);
    const kept = new Set(this.#heap.map((one) => one.number));
    return candidates.filter((row) => kept.has(start + row));
  }

  /** Below 0 when the row comes before the worst one that is kept, 0 when their keys are the same. */
  #orderToWorst(columns: readonly BatchColumn[], row: number): number {
    const worst = this.#heap[0]!;
    for (let index = 0; index < columns.length; index++) {
      const order = this.#order(index, rankedAt(columns[index]!, row), worst.keys[index]!);
      if (order !== 0) return order;
    }
    return 0;
  }

  #order(index: number, a: Ranked, b: Ranked): number {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    const order =
      a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) : a < b ? -1 : a > b ? 1 : 0;
    return this.#top.keys[index]!.isDescending ? -order : order;
  }

  #compare(a: Kept, b: Kept): number {
    for (let index = 0; index < a.keys.length; index++) {
      const order = this.#order(index, a.keys[index]!, b.keys[index]!);
      if (order !== 0) return order;
    }
    return a.number - b.number;
  }

  #keep(columns: readonly BatchColumn[], row: number, number: number): void {
    const keys = columns.map((column) => {
      const value = rankedAt(column, row);
      return value instanceof Uint8Array ? value.slice() : value;
    });
    const isFull = this.#isFull;
    if (isFull) this.#heap[0] = { keys, number };
    else this.#heap.push({ keys, number });
    if (isFull) this.#sink();
    else this.#rise();
  }

  #rise(): void {
    const heap = this.#heap;
    for (let at = heap.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (this.#compare(heap[at]!, heap[parent]!) <= 0) return;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  #sink(): void {
    const heap = this.#heap;
    for (let at = 0; ; ) {
      let worst = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && this.#compare(heap[child]!, heap[worst]!) > 0) worst = child;
      }
      if (worst === at) return;
      [heap[at], heap[worst]] = [heap[worst]!, heap[at]!];
      at = worst;
    }
  }
}

function rankedAt(column: BatchColumn, row: number): Ranked {
  invariant(column.kind !== "values", "scans give packed columns");
  const { validity } = column;
  if (validity !== null && ((validity[row >> 3]! >> (row & 7)) & 1) === 0) return null;
  switch (column.kind) {
    case "huge":
      return (column.words[2 * row + 1]! << 64n) | column.words[2 * row]!;
    case "text": {
      const start = column.starts[row]!;
      return column.heap.subarray(start, start + column.lengths[row]!);
    }
    default:
      return column.values[row]!;
  }
}

/** The given rows of a batch, in buffers of their own. */
export function pickRows(batch: Batch, rows: readonly number[]): Batch {
  return { rowCount: rows.length, columns: batch.columns.map((column) => pickValues(column, rows)) };
}

function pickValues(column: BatchColumn, rows: readonly number[]): BatchColumn {
  invariant(column.kind !== "values", "scans give packed columns");
  const validity = column.validity === null ? null : pickBits(column.validity, rows);
  switch (column.kind) {
    case "integer":
      return { ...column, values: Int32Array.from(rows, (row) => column.values[row]!), validity };
    case "long":
      return { ...column, values: BigInt64Array.from(rows, (row) => column.values[row]!), validity };
    case "double":
      return { ...column, values: Float64Array.from(rows, (row) => column.values[row]!), validity };
    case "boolean":
      return { ...column, values: Uint8Array.from(rows, (row) => column.values[row]!), validity };
    case "huge": {
      const words = new BigUint64Array(2 * rows.length);
      rows.forEach((row, index) => {
        words.set(column.words.subarray(2 * row, 2 * row + 2), 2 * index);
      });
      return { ...column, words, validity };
    }
    case "text":
      return { ...pickTexts(column, rows), validity };
  }
}

function pickBits(bits: Uint8Array, rows: readonly number[]): Uint8Array {
  const picked = new Uint8Array((rows.length + 7) >> 3);
  rows.forEach((row, index) => {
    picked[index >> 3]! |= ((bits[row >> 3]! >> (row & 7)) & 1) << (index & 7);
  });
  return picked;
}

function pickTexts(
  column: Extract<BatchColumn, { kind: "text" }>,
  rows: readonly number[],
): Extract<BatchColumn, { kind: "text" }> {
  const lengths = Uint32Array.from(rows, (row) => column.lengths[row]!);
  const starts = new Uint32Array(rows.length);
  const heap = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let top = 0;
  rows.forEach((row, index) => {
    const start = column.starts[row]!;
    heap.set(column.heap.subarray(start, start + lengths[index]!), top);
    starts[index] = top;
    top += lengths[index]!;
  });
  return { ...column, starts, lengths, heap };
}
