/** Which rules can match a value: those that require a literal that stands in it, or a sign. */
import { lowerCase } from "../normal-forms/encodings.ts";
import { type NormalForm, simpleTexts } from "../normal-forms/normal-forms.ts";
import { LiteralFinder } from "./literal-finder.ts";
import type { FieldNeed } from "./required-literals.ts";
import { type SignSet, signsIn } from "./signs.ts";

/** A need of a rule, by the rule's number. */
export interface RuleNeed extends FieldNeed {
  readonly rule: number;
  /** Signs of which one must stand in the value besides; 0: none need to. */
  readonly also: SignSet;
}

/** Answers that are remembered; values of logs repeat themselves. */
const MOST_REMEMBERED = 20_000;
/** Longer values are not worth remembering. */
const LONGEST_REMEMBERED = 1024;

/** Sieves the values of one field. */
export class RuleSieve {
  readonly #finder: LiteralFinder;
  /** Per literal of the finder the rules that need it. */
  readonly #byLiteral: readonly (readonly number[])[];
  readonly #bySign: readonly { readonly signs: SignSet; readonly rule: number }[];
  /** Per set of signs the rules of which one of them is enough. */
  readonly #ofSigns = new Map<SignSet, readonly number[]>();
  /** Literals of the value that is looked at. */
  readonly #found: number[] = [];
  /** Per rule the signs that it needs besides, where there are some. */
  readonly #also: ReadonlyMap<number, SignSet>;
  readonly #remembered: Map<string, readonly number[]> | null;

  /** @param repeats  whether values of the field come again and again, as those of user agents do */
  constructor(needs: readonly RuleNeed[], repeats: boolean) {
    this.#remembered = repeats ? new Map() : null;
    const byLiteral = new Map<string, number[]>();
    for (const { texts, rule } of needs) {
      for (const text of texts) {
        const rules = byLiteral.get(text);
        if (rules === undefined) byLiteral.set(text, [rule]);
        else rules.push(rule);
      }
    }
    this.#finder = new LiteralFinder([...byLiteral.keys()]);
    this.#byLiteral = [...byLiteral.values()];
    this.#bySign = needs.flatMap(({ signs, rule }) => (signs === 0 ? [] : [{ signs, rule }]));
    this.#also = new Map(needs.filter(({ also }) => also !== 0).map(({ rule, also }) => [rule, also]));
  }

  /** Numbers of the rules that can match, each once, ascending. `forms` gives the value's normal forms. */
  rulesFor(value: string, forms: () => readonly NormalForm[]): readonly number[] {
    const remembered = this.#remembered;
    if (remembered === null || value.length > LONGEST_REMEMBERED) {
      return this.#sieve(simpleTexts(value) ?? forms().map(({ text }) => text));
    }
    const known = remembered.get(value);
    if (known !== undefined) return known;
    const rules = this.#sieve(forms().map(({ text }) => text));
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(value, rules);
    return rules;
  }

  #sieve(texts: readonly string[]): readonly number[] {
    const found = this.#found;
    found.length = 0;
    let signs = 0;
    let before: string | null = null;
    for (const text of texts) {
      signs |= signsIn(text);
      const lower = lowerCase(text);
      if (lower !== before) this.#finder.find(lower, found);
      before = lower;
    }
    const bySigns = this.#rulesOfSigns(signs);
    if (found.length === 0) return bySigns;
    const rules = new Set(bySigns);
    for (const literal of found)
      for (const rule of this.#byLiteral[literal] ?? []) if (this.#hasBesides(rule, signs)) rules.add(rule);
    return rules.size === bySigns.length ? bySigns : [...rules].sort((one, other) => one - other);
  }

  /** Rules of which one of the signs is enough. Few sets of signs stand in logs. */
  #rulesOfSigns(signs: SignSet): readonly number[] {
    const known = this.#ofSigns.get(signs);
    if (known !== undefined) return known;
    const rules = this.#bySign.filter(
      (one) => (one.signs & signs) !== 0 && this.#hasBesides(one.rule, signs),
    );
    const numbers = [...new Set(rules.map(({ rule }) => rule))].sort((one, other) => one - other);
    if (this.#ofSigns.size >= MOST_REMEMBERED) this.#ofSigns.clear();
    this.#ofSigns.set(signs, numbers);
    return numbers;
  }

  #hasBesides(rule: number, signs: SignSet): boolean {
    const also = this.#also.get(rule);
    return also === undefined || (also & signs) !== 0;
  }
}
