/** Sets of whole numbers that are small most of the time and bounded always. */

/** More than so many are looked up by hash. */
const LISTED = 12;

/** A set that holds at most `limit` numbers; `isFull` tells that there were more, and then all numbers are new. */
export class NumberSet {
  readonly #limit: number;
  /** Fast path: most sets hold one number. */
  #only: number | null = null;
  /** The numbers while there are a few; null: one or none, or too many. */
  #list: number[] | null = null;
  #set: Set<number> | null = null;
  isFull = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    if (this.#set !== null) return this.#set.size;
    if (this.#list !== null) return this.#list.length;
    return this.#only === null ? 0 : 1;
  }

  /** Whether the number is new here. */
  add(number: number): boolean {
    if (this.isFull) return true;
    if (this.#set !== null) return this.#addToSet(this.#set, number);
    if (this.#list === null) return this.#addSecond(number);
    if (this.#list.includes(number)) return false;
    this.#list.push(number);
    if (this.#list.length > LISTED) {
      this.#set = new Set(this.#list);
      this.#list = null;
    }
    return true;
  }

  has(number: number): boolean {
    if (this.#set !== null) return this.#set.has(number);
    return this.#list === null ? this.#only === number : this.#list.includes(number);
  }

  #addSecond(number: number): boolean {
    if (this.#only === number) return false;
    if (this.#only === null) this.#only = number;
    else this.#list = [this.#only, number];
    return true;
  }

  #addToSet(set: Set<number>, number: number): boolean {
    if (set.has(number)) return false;
    if (set.size < this.#limit) set.add(number);
    else this.isFull = true;
    return true;
  }
}
