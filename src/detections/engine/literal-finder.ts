/** Many literals in one pass over a text: which of them stand in it. */
import { pairCount } from "./ordinary-text.ts";

/** Characters are told apart by so many bits each, three of them by `MASK`. */
const SHIFT = 5;
const MASK = (1 << (3 * SHIFT)) - 1;
const PAIR_MASK = (1 << (2 * SHIFT)) - 1;

/** A literal, found by some of its characters. */
interface Anchored {
  readonly literal: string;
  readonly number: number;
  /** Where the character behind these stands in it. */
  readonly end: number;
}

/**
 * Literals are found by those three of their characters that ordinary logs have least (by both where there are only two); then they are
 * compared. Cost of `find`: linear in the text for ordinary texts.
 */
export class LiteralFinder {
  /** Per three characters the place of their list in `#lists`; 0: no literal is found by them. */
  readonly #listOf = new Uint16Array(MASK + 1);
  /** The same for literals of two characters, by these. */
  readonly #pairListOf = new Uint16Array(PAIR_MASK + 1);
  readonly #lists: Anchored[][] = [[]];

  /** @param literals of two characters and more, in lower case */
  constructor(literals: readonly string[]) {
    for (const [number, literal] of literals.entries()) {
      if (literal.length === 2)
        this.#add(this.#pairListOf, keyAt(literal, 2) & PAIR_MASK, { literal, number, end: 2 });
      else {
        const end = anchorOf(literal);
        this.#add(this.#listOf, keyAt(literal, end), { literal, number, end });
      }
    }
  }

  #add(listOf: Uint16Array, key: number, anchored: Anchored): void {
    const list = this.#lists[listOf[key] ?? 0];
    if (list !== undefined && listOf[key] !== 0) list.push(anchored);
    else listOf[key] = this.#lists.push([anchored]) - 1;
  }

  /** Adds the numbers of the literals that stand in a text in lower case, some more than once. */
  find(text: string, found: number[]): void {
    const listOf = this.#listOf;
    const pairListOf = this.#pairListOf;
    let key = 0;
    for (let at = 0; at < text.length; at++) {
      key = ((key << SHIFT) ^ text.charCodeAt(at)) & MASK;
      const list = listOf[key] ?? 0;
      if (list !== 0) this.#compare(list, text, at + 1, found);
      const pairList = pairListOf[key & PAIR_MASK] ?? 0;
      if (pairList !== 0) this.#compare(pairList, text, at + 1, found);
    }
  }

  #compare(list: number, text: string, end: number, found: number[]): void {
    for (const anchored of this.#lists[list] ?? []) {
      const start = end - anchored.end;
      if (start >= 0 && text.startsWith(anchored.literal, start)) found.push(anchored.number);
    }
  }
}

/** The key of the characters before this place. */
function keyAt(text: string, end: number): number {
  let key = 0;
  for (let at = Math.max(0, end - 3); at < end; at++) key = ((key << SHIFT) ^ text.charCodeAt(at)) & MASK;
  return key;
}

/** Where the three rarest characters of a literal end. */
function anchorOf(literal: string): number {
  let best = 3;
  let least = Number.POSITIVE_INFINITY;
  for (let end = 3; end <= literal.length; end++) {
    const middle = literal.charCodeAt(end - 2);
    const count =
      pairCount(literal.charCodeAt(end - 3), middle) + pairCount(middle, literal.charCodeAt(end - 1));
    if (count < least) {
      least = count;
      best = end;
    }
  }
  return best;
}
