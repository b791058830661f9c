/** Sets of whole numbers that are small most of the time and bounded always. */
import { randomInt } from "node:crypto";

/** More than so many are looked up by hash. */
const LISTED = 12;

/** A set that holds at most `limit` numbers; `isFull` tells that there were more, and then all numbers are new. */
export class NumberSet {
  readonly #limit: number;
  /** Fast path: most sets hold one number. */
  #only: number | null = null;
  /** The numbers while there are a few; null: one or none, or too many. */
  #list: number[] | null = null;
  #table: NumberTable | null = null;
  isFull = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    if (this.#table !== null) return this.#table.size;
    if (this.#list !== null) return this.#list.length;
    return this.#only === null ? 0 : 1;
  }

  /** Whether the number is new here. */
  add(number: number): boolean {
    if (this.isFull) return true;
    if (this.#table !== null) return this.#addToTable(this.#table, number);
    if (this.#list === null) return this.#addSecond(number);
    if (this.#list.includes(number)) return false;
    this.#list.push(number);
    if (this.#list.length > LISTED) {
      this.#table = new NumberTable(this.#list);
      this.#list = null;
    }
    return true;
  }

  has(number: number): boolean {
    if (this.#table !== null) return this.#table.has(number);
    return this.#list === null ? this.#only === number : this.#list.includes(number);
  }

  #addSecond(number: number): boolean {
    if (this.#only === number) return false;
    if (this.#only === null) this.#only = number;
    else this.#list = [this.#only, number];
    return true;
  }

  #addToTable(table: NumberTable, number: number): boolean {
    if (table.has(number)) return false;
    if (table.size < this.#limit) table.add(number);
    else this.isFull = true;
    return true;
  }
}

const NO_NUMBER = -1;
/** Nobody knows it: numbers that stand for texts of a log cannot be made to collide. */
const FACTOR = 2 * randomInt(0x20000000, 0x7fffffff) + 1;
const FIRST_SLOTS = 32;

/** Numbers from 0 on, found by hash (open addressing): a third of the memory of a `Set`, and one wait for it instead of three. */
class NumberTable {
  #slots = new Float64Array(FIRST_SLOTS).fill(NO_NUMBER);
  size = 0;

  constructor(numbers: readonly number[]) {
    for (const number of numbers) this.add(number);
  }

  has(number: number): boolean {
    return this.#slots[this.#slotOf(number)] === number;
  }

  /** Adds a number that is not there. */
  add(number: number): void {
    if (2 * ++this.size > this.#slots.length) this.#grow();
    this.#slots[this.#slotOf(number)] = number;
  }

  /** Where the number is, or would be. */
  #slotOf(number: number): number {
    const slots = this.#slots;
    const mixed = Math.imul((number ^ (number / 0x100000000)) + 1, FACTOR);
    let slot = (mixed ^ (mixed >>> 15)) & (slots.length - 1);
    while (slots[slot] !== number && slots[slot] !== NO_NUMBER) slot = (slot + 1) & (slots.length - 1);
    return slot;
  }

  #grow(): void {
    const numbers = this.#slots;
    this.#slots = new Float64Array(2 * numbers.length).fill(NO_NUMBER);
    for (const number of numbers) if (number !== NO_NUMBER) this.#slots[this.#slotOf(number)] = number;
  }
}
