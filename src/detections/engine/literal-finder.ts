/** Many literals in one pass over a text: which of them stand in it. */
import { pairCount } from "./ordinary-text.ts";

const ASCII = 128;
const HASH_BITS = 15;

/** A literal, found by two or three of its characters. */
interface Anchored {
  readonly text: string;
  readonly number: number;
  readonly codes: Uint16Array;
  /** Where these characters stand in it. */
  readonly offset: number;
}

/**
 * Literals are found by those three of their characters that ordinary logs have least (those of two characters by both); then they are
 * compared. Cost of `find`: linear in the text for ordinary texts.
 */
export class LiteralFinder {
  /** Per hash of three ASCII characters, and per pair of them, the place of its list in `#lists`; 0: no literal is found by it. */
  readonly #listOfThree = new Uint16Array(1 << HASH_BITS);
  readonly #listOfPair = new Uint16Array(ASCII * ASCII);
  readonly #lists: (readonly Anchored[])[] = [[]];
  /** Literals without such characters. */
  readonly #others: readonly Anchored[];

  /** @param literals of two characters and more, in lower case */
  constructor(literals: readonly string[]) {
    const threes = new Map<number, Anchored[]>();
    const pairs = new Map<number, Anchored[]>();
    const others: Anchored[] = [];
    for (const [number, text] of literals.entries()) {
      const codes = Uint16Array.from(text, (character) => character.charCodeAt(0));
      const offset = anchorOf(codes);
      const anchored = { text, number, codes, offset: offset ?? 0 };
      const [a = 0, b = 0, c = 0] = codes.subarray(anchored.offset);
      if (offset === null) others.push(anchored);
      else if (codes.length === 2) append(pairs, a * ASCII + b, anchored);
      else append(threes, hashOf(a, b, c), anchored);
    }
    for (const [hash, list] of threes) this.#listOfThree[hash] = this.#lists.push(list) - 1;
    for (const [pair, list] of pairs) this.#listOfPair[pair] = this.#lists.push(list) - 1;
    this.#others = others;
  }

  /** Adds the numbers of the literals that stand in a text in lower case. */
  find(text: string, found: Set<number>): void {
    const [listOfThree, listOfPair] = [this.#listOfThree, this.#listOfPair];
    let [first, second] = [ASCII, ASCII];
    for (let at = 0; at < text.length; at++) {
      const third = text.charCodeAt(at);
      if (second < ASCII && third < ASCII) {
        const ofPair = listOfPair[second * ASCII + third];
        if (ofPair !== undefined && ofPair !== 0) this.#compare(ofPair, text, at - 1, found);
        if (first < ASCII) {
          const ofThree = listOfThree[hashOf(first, second, third)];
          if (ofThree !== undefined && ofThree !== 0) this.#compare(ofThree, text, at - 2, found);
        }
      }
      first = second;
      second = third;
    }
    for (const literal of this.#others) if (text.includes(literal.text)) found.add(literal.number);
  }

  #compare(list: number, text: string, at: number, found: Set<number>): void {
    const literals = this.#lists[list];
    if (literals === undefined) return;
    for (const literal of literals)
      if (standsAt(literal, text, at - literal.offset)) found.add(literal.number);
  }
}

function append(lists: Map<number, Anchored[]>, key: number, literal: Anchored): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [literal]);
  else list.push(literal);
}

function hashOf(first: number, second: number, third: number): number {
  return ((first << 9) ^ (second << 5) ^ third) & ((1 << HASH_BITS) - 1);
}

function standsAt({ codes }: Anchored, text: string, start: number): boolean {
  for (let index = 0; index < codes.length; index++) {
    if (text.charCodeAt(start + index) !== codes[index]) return false;
  }
  return start >= 0;
}

/** Where the rarest characters of a literal stand, three or all two; null: so many ASCII characters do not stand behind each other. */
function anchorOf(codes: Uint16Array): number | null {
  const width = Math.min(3, codes.length);
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at + width <= codes.length; at++) {
    const part = codes.subarray(at, at + width);
    if (part.some((code) => code >= ASCII)) continue;
    const text = String.fromCharCode(...part);
    const count = pairCount(text.slice(0, 2)) * (width === 3 ? pairCount(text.slice(1)) + 1 : 1);
    if (count < least) {
      least = count;
      best = at;
    }
  }
  return best;
}
