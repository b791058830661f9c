/** Many literals in one pass over a text: which of them stand in it. */

const ASCII = 128;

/**
 * Literals are found by their first two characters, in a table; the others are compared. Cost of `find`: linear in the text for ordinary
 * literals.
 */
export class LiteralFinder {
  readonly #literals: readonly string[];
  /** Per pair of ASCII characters the place of its list in `#lists`; 0: no literal begins so. */
  readonly #listOf = new Uint16Array(ASCII * ASCII);
  readonly #lists: (readonly number[])[] = [[]];
  /** Literals that begin with other characters. */
  readonly #others: readonly number[];

  /** @param literals of two characters and more, in lower case */
  constructor(literals: readonly string[]) {
    this.#literals = literals;
    const lists = new Map<number, number[]>();
    const others: number[] = [];
    for (const [number, literal] of literals.entries()) {
      const [first, second] = [literal.charCodeAt(0), literal.charCodeAt(1)];
      if (!(first < ASCII && second < ASCII)) {
        others.push(number);
        continue;
      }
      const pair = first * ASCII + second;
      const list = lists.get(pair);
      if (list === undefined) lists.set(pair, [number]);
      else list.push(number);
    }
    for (const [pair, list] of lists) this.#listOf[pair] = this.#lists.push(list) - 1;
    this.#others = others;
  }

  /** Adds the numbers of the literals that stand in a text in lower case. */
  find(text: string, found: Set<number>): void {
    let first = text.charCodeAt(0);
    for (let at = 1; at < text.length; at++) {
      const second = text.charCodeAt(at);
      const list = first < ASCII && second < ASCII ? (this.#listOf[first * ASCII + second] ?? 0) : 0;
      if (list !== 0) this.#compare(this.#lists[list] ?? [], text, at - 1, found);
      first = second;
    }
    for (const number of this.#others) if (text.includes(this.#literals[number] ?? "")) found.add(number);
  }

  #compare(numbers: readonly number[], text: string, at: number, found: Set<number>): void {
    for (const number of numbers) {
      if (text.startsWith(this.#literals[number] ?? "", at)) found.add(number);
    }
  }
}
