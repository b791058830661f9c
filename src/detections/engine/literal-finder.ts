/** Many literals in one pass over a text: which of them stand in it. */

/** Literals are found by their first two characters; the others are compared. Cost of `find`: linear in the text for ordinary literals. */
export class LiteralFinder {
  /** Per pair of first characters the literals, by their numbers. */
  readonly #byPair = new Map<number, readonly number[]>();
  readonly #literals: readonly string[];
  /** Whether a character (below 128) begins some literal. */
  readonly #begins = new Uint8Array(128);

  /** @param literals of two characters and more, in lower case */
  constructor(literals: readonly string[]) {
    this.#literals = literals;
    for (const [number, literal] of literals.entries()) {
      const pair = pairAt(literal, 0);
      this.#byPair.set(pair, [...(this.#byPair.get(pair) ?? []), number]);
      this.#begins[literal.charCodeAt(0) & 127] = 1;
    }
  }

  /** Adds the numbers of the literals that stand in a text in lower case. */
  find(text: string, found: Set<number>): void {
    const last = text.length - 1;
    for (let at = 0; at < last; at++) {
      const code = text.charCodeAt(at);
      if (code > 127 || this.#begins[code] === 0) continue;
      const numbers = this.#byPair.get(pairAt(text, at));
      if (numbers === undefined) continue;
      for (const number of numbers) {
        if (!found.has(number) && text.startsWith(this.#literals[number] ?? "", at)) found.add(number);
      }
    }
  }
}

function pairAt(text: string, at: number): number {
  return (text.charCodeAt(at) << 16) | text.charCodeAt(at + 1);
}
