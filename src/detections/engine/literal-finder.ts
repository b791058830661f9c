/** Many literals in one pass over a text: which of them stand in it. */
import { pairCount } from "./ordinary-text.ts";

const ASCII = 128;

/** A literal, found by two of its characters. */
interface Anchored {
  readonly literal: string;
  readonly number: number;
  /** Where these two stand in it. */
  readonly offset: number;
}

/**
 * Literals are found by those two of their characters that ordinary logs have least; then they are compared. Cost of `find`: linear in the
 * text for ordinary texts.
 */
export class LiteralFinder {
  /** Per pair of ASCII characters the place of its list in `#lists`; 0: no literal is found by it. */
  readonly #listOf = new Uint16Array(ASCII * ASCII);
  readonly #lists: (readonly Anchored[])[] = [[]];
  /** Literals without two ASCII characters behind each other. */
  readonly #others: readonly Anchored[];

  /** @param literals of two characters and more, in lower case */
  constructor(literals: readonly string[]) {
    const lists = new Map<number, Anchored[]>();
    const others: Anchored[] = [];
    for (const [number, literal] of literals.entries()) {
      const offset = anchorOf(literal);
      if (offset === null) {
        others.push({ literal, number, offset: 0 });
        continue;
      }
      const pair = literal.charCodeAt(offset) * ASCII + literal.charCodeAt(offset + 1);
      const list = lists.get(pair);
      if (list === undefined) lists.set(pair, [{ literal, number, offset }]);
      else list.push({ literal, number, offset });
    }
    for (const [pair, list] of lists) this.#listOf[pair] = this.#lists.push(list) - 1;
    this.#others = others;
  }

  /** Adds the numbers of the literals that stand in a text in lower case. */
  find(text: string, found: Set<number>): void {
    const listOf = this.#listOf;
    let first = text.charCodeAt(0);
    for (let at = 1; at < text.length; at++) {
      const second = text.charCodeAt(at);
      if (first < ASCII && second < ASCII) {
        const list = listOf[first * ASCII + second];
        if (list !== undefined && list !== 0) this.#compare(list, text, at - 1, found);
      }
      first = second;
    }
    for (const { literal, number } of this.#others) if (text.includes(literal)) found.add(number);
  }

  #compare(list: number, text: string, at: number, found: Set<number>): void {
    for (const { literal, number, offset } of this.#lists[list] ?? []) {
      if (text.startsWith(literal, at - offset)) found.add(number);
    }
  }
}

/** Where the two rarest characters of a literal stand; null: no two ASCII characters stand behind each other. */
function anchorOf(literal: string): number | null {
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at + 1 < literal.length; at++) {
    if (literal.charCodeAt(at) >= ASCII || literal.charCodeAt(at + 1) >= ASCII) continue;
    const count = pairCount(literal.slice(at, at + 2));
    if (count < least) {
      least = count;
      best = at;
    }
  }
  return best;
}
