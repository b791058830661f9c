/** Makes a table of ranges out of ranges in any order that may lie in one another. */
import { compareWords } from "./address-words.ts";
import { RangeTable } from "./range-table.ts";

/** Collects ranges; of equal ranges the greatest number counts. */
export class RangeBuilder {
  #starts = new Uint32Array(1 << 12);
  #ends = new Uint32Array(1 << 12);
  #values = new Uint32Array(1 << 10);
  #count = 0;

  /** Ranges that were added. */
  get count(): number {
    return this.#count;
  }

  /** Adds the range from `start` to `end`, both included. The words are copied. */
  add(start: Uint32Array, end: Uint32Array, value: number): void {
    if (this.#count === this.#values.length) {
      this.#starts = grown(this.#starts);
      this.#ends = grown(this.#ends);
      this.#values = grown(this.#values);
    }
    this.#starts.set(start, 4 * this.#count);
    this.#ends.set(end, 4 * this.#count);
    this.#values[this.#count++] = value;
  }

  /** The table. The builder must not be used afterwards. */
  build(): RangeTable {
    const order = this.#order();
    const output = new Ranges(this.#count);
    const sweep = new Sweep(output);
    for (const index of order) {
      const at = 4 * index;
      const [start, end] = [this.#starts.subarray(at, at + 4), this.#ends.subarray(at, at + 4)];
      sweep.add(start, end, this.#values[index] ?? 0);
    }
    sweep.finish();
    return output.table();
  }

  /** Outer ranges before inner ones. */
  #order(): Uint32Array {
    const order = Uint32Array.from({ length: this.#count }, (_, index) => index);
    const compare = (left: number, right: number) =>
      compareWords(this.#starts, 4 * left, this.#starts, 4 * right) ||
      compareWords(this.#ends, 4 * right, this.#ends, 4 * left);
    let isSorted = true;
    for (let index = 1; index < this.#count && isSorted; index++) isSorted = compare(index - 1, index) <= 0;
    return isSorted ? order : order.sort(compare);
  }
}

function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * array.length);
  larger.set(array);
  return larger;
}

/** Ranges that were cut, in order. */
class Ranges {
  #starts: Uint32Array<ArrayBuffer>;
  #ends: Uint32Array<ArrayBuffer>;
  #values: Uint32Array<ArrayBuffer>;
  #count = 0;

  constructor(expected: number) {
    const size = Math.max(16, expected);
    this.#starts = new Uint32Array(4 * size);
    this.#ends = new Uint32Array(4 * size);
    this.#values = new Uint32Array(size);
  }

  add(start: Uint32Array, end: Uint32Array, value: number): void {
    if (this.#count === this.#values.length) {
      this.#starts = grown(this.#starts);
      this.#ends = grown(this.#ends);
      this.#values = grown(this.#values);
    }
    this.#starts.set(start, 4 * this.#count);
    this.#ends.set(end, 4 * this.#count);
    this.#values[this.#count++] = value;
  }

  table(): RangeTable {
    const count = this.#count;
    const isTight = count === this.#values.length;
    if (isTight) return new RangeTable(this.#starts, this.#ends, this.#values);
    return new RangeTable(
      this.#starts.slice(0, 4 * count),
      this.#ends.slice(0, 4 * count),
      this.#values.slice(0, count),
    );
  }
}

interface OpenRange {
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  value: number;
}

/** Goes over sorted ranges and cuts outer ones where inner ones lie in them. */
class Sweep {
  readonly #output: Ranges;
  readonly #open: OpenRange[] = [];
  /** Where the next piece starts. */
  readonly #place = new Uint32Array(4);
  readonly #before = new Uint32Array(4);
  /** All addresses are done. */
  #isFull = false;

  constructor(output: Ranges) {
    this.#output = output;
  }

  add(start: Uint32Array, end: Uint32Array, value: number): void {
    this.#closeBefore(start);
    const top = this.#open.at(-1);
    if (
      top !== undefined &&
      compareWords(top.start, 0, start, 0) === 0 &&
      compareWords(top.end, 0, end, 0) === 0
    ) {
      top.value = Math.max(top.value, value);
      return;
    }
    if (top !== undefined && compareWords(this.#place, 0, start, 0) < 0) {
      this.#before.set(start);
      decrease(this.#before);
      this.#output.add(this.#place, this.#before, top.value);
    }
    this.#open.push({ start, end, value });
    this.#place.set(start);
    this.#isFull = false;
  }

  finish(): void {
    this.#closeBefore(null);
  }

  /** Ends ranges that lie before `start`; null: all. */
  #closeBefore(start: Uint32Array | null): void {
    for (let top = this.#open.at(-1); top !== undefined; top = this.#open.at(-1)) {
      if (start !== null && compareWords(top.end, 0, start, 0) >= 0) return;
      if (!this.#isFull && compareWords(this.#place, 0, top.end, 0) <= 0) {
        this.#output.add(this.#place, top.end, top.value);
        this.#place.set(top.end);
        this.#isFull = !increase(this.#place);
      }
      this.#open.pop();
    }
  }
}

/** Adds one; false: there is no address behind. */
function increase(words: Uint32Array): boolean {
  for (let index = 3; index >= 0; index--) {
    words[index] = ((words[index] ?? 0) + 1) >>> 0;
    if (words[index] !== 0) return true;
  }
  return false;
}

function decrease(words: Uint32Array): void {
  for (let index = 3; index >= 0; index--) {
    const word = words[index] ?? 0;
    words[index] = (word - 1) >>> 0;
    if (word !== 0) return;
  }
}
