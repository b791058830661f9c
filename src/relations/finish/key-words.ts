/** Keys of rows as words of 32 bits: rows have the same key exactly when they have the same words. */
import type { Batch, BatchColumn } from "#records";
import { invariant } from "#text";

const FIRST_TEXTS = 1024;

/** Numbers texts: the same bytes have the same number. */
class TextNumbers {
  #table = new Int32Array(2 * FIRST_TEXTS).fill(-1);
  readonly #hashes: number[] = [];
  readonly #texts: Uint8Array[] = [];

  numberOf(heap: Uint8Array, start: number, length: number): number {
    const hash = hashOf(heap, start, length);
    let at = hash & (this.#table.length - 1);
    for (;;) {
      const known = this.#table[at] ?? -1;
      if (known < 0) break;
      if (this.#hashes[known] === hash && isSame(this.#texts[known], heap, start, length)) return known;
      at = (at + 1) & (this.#table.length - 1);
    }
    const number = this.#texts.push(heap.subarray(start, start + length)) - 1;
    this.#hashes.push(hash);
    this.#table[at] = number;
    if (2 * this.#texts.length > this.#table.length) this.#grow();
    return number;
  }

  #grow(): void {
    this.#table = new Int32Array(2 * this.#table.length).fill(-1);
    const mask = this.#table.length - 1;
    for (const [number, hash] of this.#hashes.entries()) {
      let at = hash & mask;
      while ((this.#table[at] ?? -1) >= 0) at = (at + 1) & mask;
      this.#table[at] = number;
    }
  }
}

function isSame(text: Uint8Array | undefined, heap: Uint8Array, start: number, length: number): boolean {
  if (text?.length !== length) return false;
  for (let index = 0; index < length; index++) if (text[index] !== heap[start + index]) return false;
  return true;
}

/** FNV-1a. */
function hashOf(heap: Uint8Array, start: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < length; index++)
    hash = Math.imul(hash ^ (heap[start + index] ?? 0), 0x01000193);
  return mixed(hash);
}

function mixed(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return half ^ (half >>> 13);
}

/** Numbers the keys of rows, first come first. */
export class KeyNumbers {
  readonly #columns: readonly number[];
  readonly #texts = new TextNumbers();
  /** Words of a key: its values, then which of them are NULL. */
  #width = 0;
  #words = new Int32Array(1 << 12);
  #hashes = new Int32Array(1 << 10);
  #table = new Int32Array(1 << 11).fill(-1);
  #count = 0;

  /** @param columns  indexes of the key's columns in the batches */
  constructor(columns: readonly number[]) {
    this.#columns = columns;
  }

  /** Different keys so far. */
  get count(): number {
    return this.#count;
  }

  /** The number of each row's key. */
  numbersOf(batch: Batch): Int32Array {
    const columns = this.#columns.map((index) => this.#wordsOf(batch.columns[index], batch.rowCount));
    this.#width = columns.reduce((sum, column) => sum + column.width, 0) + 1;
    const numbers = new Int32Array(batch.rowCount);
    for (let row = 0; row < batch.rowCount; row++) {
      this.#write(columns, row);
      numbers[row] = this.#numberOfLast();
    }
    return numbers;
  }

  /** Writes a row's words behind those of the known keys. */
  #write(columns: readonly ColumnWords[], row: number): void {
    let at = this.#count * this.#width;
    if (at + this.#width > this.#words.length) {
      const grown = new Int32Array(2 * this.#words.length);
      grown.set(this.#words);
      this.#words = grown;
    }
    const last = at + this.#width - 1;
    let nulls = 0;
    // Why not entries(): rows are many, and each would make its pairs.
    for (let place = 0; place < columns.length; place++) {
      const column = columns[place];
      invariant(column !== undefined, "columns are counted");
      const { words, width } = column;
      const isMissing = column.mayBeNull && column.isNull(row);
      if (isMissing) nulls |= 1 << (place & 31);
      for (let word = 0; word < width; word++) {
        this.#words[at++] = isMissing ? 0 : (words[row * width + word] ?? 0);
      }
    }
    this.#words[last] = nulls;
  }

  #numberOfLast(): number {
    const width = this.#width;
    const words = this.#words;
    const start = this.#count * width;
    let hash = 0x811c9dc5;
    for (let word = 0; word < width; word++)
      hash = Math.imul(hash ^ (words[start + word] ?? 0), 0x01000193) ^ (hash >>> 15);
    hash = mixed(hash);
    const mask = this.#table.length - 1;
    let at = hash & mask;
    search: for (;;) {
      const known = this.#table[at] ?? -1;
      if (known < 0) break;
      at = (at + 1) & mask;
      if (this.#hashes[known] !== hash) continue;
      for (let word = 0; word < width; word++) {
        if (words[known * width + word] !== words[start + word]) continue search;
      }
      return known;
    }
    this.#table[at] = this.#count;
    return this.#keep(hash);
  }

  #keep(hash: number): number {
    const number = this.#count++;
    if (number >= this.#hashes.length) {
      const grown = new Int32Array(2 * this.#hashes.length);
      grown.set(this.#hashes);
      this.#hashes = grown;
    }
    this.#hashes[number] = hash;
    if (2 * this.#count > this.#table.length) this.#growTable();
    return number;
  }

  #growTable(): void {
    this.#table = new Int32Array(2 * this.#table.length).fill(-1);
    const mask = this.#table.length - 1;
    for (let number = 0; number < this.#count; number++) {
      let at = (this.#hashes[number] ?? 0) & mask;
      while ((this.#table[at] ?? -1) >= 0) at = (at + 1) & mask;
      this.#table[at] = number;
    }
  }

  #wordsOf(column: BatchColumn | undefined, rowCount: number): ColumnWords {
    invariant(column !== undefined && column.kind !== "values", "keys of partial groups are packed");
    const { validity } = column;
    const mayBeNull = validity !== null;
    const isNull = (row: number) => validity !== null && (((validity[row >> 3] ?? 0) >> (row & 7)) & 1) === 0;
    switch (column.kind) {
      case "text": {
        const words = new Int32Array(rowCount);
        for (let row = 0; row < rowCount; row++) {
          if (isNull(row)) continue;
          words[row] = this.#texts.numberOf(column.heap, column.starts[row] ?? 0, column.lengths[row] ?? 0);
        }
        return { words, width: 1, mayBeNull, isNull };
      }
      case "boolean":
        return { words: column.values, width: 1, mayBeNull, isNull };
      case "integer":
        return { words: column.values, width: 1, mayBeNull, isNull };
      case "huge":
        return { words: int32Of(column.words), width: 4, mayBeNull, isNull };
      default:
        return { words: int32Of(column.values), width: 2, mayBeNull, isNull };
    }
  }
}

interface ColumnWords {
  readonly words: Int32Array | Uint8Array;
  readonly width: number;
  readonly mayBeNull: boolean;
  readonly isNull: (row: number) => boolean;
}

function int32Of(values: BigInt64Array | BigUint64Array | Float64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.byteLength / 4);
}
