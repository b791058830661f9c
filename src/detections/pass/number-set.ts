/** Sets of whole numbers that are small most of the time and bounded always. */

/** More than so many are looked up by hash. */
const LISTED = 12;

/** A set that holds at most `limit` numbers; `isFull` tells that there were more, and then all numbers are new. */
export class NumberSet {
  readonly #limit: number;
  readonly #list: number[] = [];
  #set: Set<number> | null = null;
  isFull = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#set === null ? this.#list.length : this.#set.size;
  }

  /** Whether the number is new here. */
  add(number: number): boolean {
    if (this.isFull) return true;
    if (this.#set !== null) return this.#addToSet(this.#set, number);
    if (this.#list.includes(number)) return false;
    this.#list.push(number);
    if (this.#list.length > LISTED) {
      this.#set = new Set(this.#list);
      this.#list.length = 0;
    }
    return true;
  }

  has(number: number): boolean {
    return this.#set === null ? this.#list.includes(number) : this.#set.has(number);
  }

  #addToSet(set: Set<number>, number: number): boolean {
    if (set.has(number)) return false;
    if (set.size < this.#limit) set.add(number);
    else this.isFull = true;
    return true;
  }
}
