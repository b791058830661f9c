/** Many literals in one pass over a text: which of them stand in it. */
import { type EdgedLiteral, isLowerLetter, readLiteral, standsIn } from "#records";
import { pairCount } from "./ordinary-text.ts";

const ASCII = 128;

/** A literal, found by two of its characters. */
interface Anchored extends EdgedLiteral {
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

  /** @param literals of two characters and more, in lower case, with `WORD_EDGE` where a word must begin or end */
  constructor(literals: readonly string[]) {
    const lists = new Map<number, Anchored[]>();
    const others: Anchored[] = [];
    for (const [number, written] of literals.entries()) {
      const literal = readLiteral(written);
      const { text } = literal;
      const offset = anchorOf(text);
      if (offset === null) {
        others.push({ ...literal, number, offset: 0 });
        continue;
      }
      const pair = text.charCodeAt(offset) * ASCII + text.charCodeAt(offset + 1);
      const list = lists.get(pair);
      if (list === undefined) lists.set(pair, [{ ...literal, number, offset }]);
      else list.push({ ...literal, number, offset });
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
    for (const literal of this.#others) if (standsIn(literal, text)) found.add(literal.number);
  }

  #compare(list: number, text: string, at: number, found: Set<number>): void {
    for (const { text: literal, startsWord, endsWord, number, offset } of this.#lists[list] ?? []) {
      const start = at - offset;
      if (start < 0 || !text.startsWith(literal, start)) continue;
      if (startsWord && isLowerLetter(text.charCodeAt(start - 1))) continue;
      if (endsWord && isLowerLetter(text.charCodeAt(start + literal.length))) continue;
      found.add(number);
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
