/** A table from ranges of addresses to numbers: where ranges lie in one another, the innermost counts (longest prefix). */
import { type Address, compareWords, IPV4_WORD, setWords } from "./address-words.ts";

/** What no range covers. */
export const NOT_FOUND = -1;

const BUCKETS = 1 << 16;

/**
 * Ranges that do not overlap, in order. 36 bytes a range, and 256 KiB for the first halves of IPv4 addresses.
 * Cost of a look-up: a binary search; for IPv4 only among ranges with the same first 16 bits.
 */
export class RangeTable {
  /** Ranges in the table, after those that lie in one another were cut. */
  readonly count: number;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #values: Uint32Array;
  /** For every first half: the first range of IPv4 that starts there or behind; one more at the end. */
  readonly #buckets: Uint32Array = new Uint32Array(BUCKETS + 1);
  readonly #words = new Uint32Array(4);

  /** The arrays are kept: sorted ranges that do not overlap, four words each. */
  constructor(starts: Uint32Array, ends: Uint32Array, values: Uint32Array) {
    this.count = values.length;
    this.#starts = starts;
    this.#ends = ends;
    this.#values = values;
    this.#fillBuckets();
  }

  get sizeBytes(): number {
    const arrays = [this.#starts, this.#ends, this.#values, this.#buckets];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** The number of the innermost range that covers an address, or `NOT_FOUND`. */
  find(address: Address): number {
    if (typeof address === "number") return this.#findIpv4(address);
    if (address >> 32n === 0xffffn) return this.#findIpv4(Number(BigInt.asUintN(32, address)));
    setWords(this.#words, address);
    return this.#search(0, this.count);
  }

  #findIpv4(address: number): number {
    const half = address >>> 16;
    const words = this.#words;
    words[0] = 0;
    words[1] = 0;
    words[2] = IPV4_WORD;
    words[3] = address;
    return this.#search(this.#buckets[half] ?? 0, this.#buckets[half + 1] ?? 0);
  }

  /** Looks among the ranges from `low` to `high`, and at the one before them, which may reach in. */
  #search(low: number, high: number): number {
    let [first, behind] = [low, high];
    const [words, starts] = [this.#words, this.#starts];
    while (first < behind) {
      const middle = (first + behind) >>> 1;
      if (compareWords(starts, 4 * middle, words, 0) <= 0) first = middle + 1;
      else behind = middle;
    }
    const place = first - 1;
    if (place < 0 || compareWords(words, 0, this.#ends, 4 * place) > 0) return NOT_FOUND;
    return this.#values[place] ?? NOT_FOUND;
  }

  #fillBuckets(): void {
    const words = new Uint32Array([0, 0, IPV4_WORD, 0]);
    let place = 0;
    for (let half = 0; half <= BUCKETS; half++) {
      words[2] = half === BUCKETS ? IPV4_WORD + 1 : IPV4_WORD;
      words[3] = half === BUCKETS ? 0 : half * BUCKETS;
      while (place < this.count && compareWords(this.#starts, 4 * place, words, 0) < 0) place++;
      this.#buckets[half] = place;
    }
  }
}
