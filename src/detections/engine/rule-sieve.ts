/** Which rules can match a value: those that require a literal that stands in it, or a sign. */
import { lowerCase } from "../normal-forms/encodings.ts";
import { type NormalForm, simpleTexts } from "../normal-forms/normal-forms.ts";
import { LiteralFinder } from "./literal-finder.ts";
import type { Need } from "./needs.ts";
import type { FieldNeed } from "./required-literals.ts";
import { type SignSet, signsIn } from "./signs.ts";

/** A need of a rule, by the rule's number. */
export interface RuleNeed extends FieldNeed {
  readonly rule: number;
  /** What must hold besides; null: nothing. */
  readonly also: Need | null;
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
  readonly #ofSigns = new Map<SignSet, RulesOfSigns>();
  /** Literals of the value that is looked at. */
  readonly #found: number[] = [];
  /** Per rule what it needs besides, texts by their numbers, where there is something. */
  readonly #also: ReadonlyMap<number, { readonly signs: SignSet; readonly literals: ReadonlySet<number> }>;
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
    for (const { also } of needs)
      for (const text of also?.texts ?? []) if (!byLiteral.has(text)) byLiteral.set(text, []);
    const literals = [...byLiteral.keys()];
    const numbers = new Map(literals.map((literal, number) => [literal, number]));
    this.#finder = new LiteralFinder(literals);
    this.#byLiteral = [...byLiteral.values()];
    this.#bySign = needs.flatMap(({ signs, rule }) => (signs === 0 ? [] : [{ signs, rule }]));
    this.#also = new Map(
      needs.flatMap(({ rule, also }) => {
        if (also === null) return [];
        const own = new Set(also.texts.flatMap((text) => numbers.get(text) ?? []));
        return [[rule, { signs: also.signs, literals: own }] as const];
      }),
    );
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
    if (found.length === 0) return bySigns.sure;
    const rules = new Set(bySigns.sure);
    for (const rule of bySigns.open) if (this.#hasBesides(rule, signs)) rules.add(rule);
    for (const literal of found)
      for (const rule of this.#byLiteral[literal] ?? []) if (this.#hasBesides(rule, signs)) rules.add(rule);
    return rules.size === bySigns.sure.length ? bySigns.sure : [...rules].sort((one, other) => one - other);
  }

  /** Rules that need one of the signs. Few sets of signs stand in logs. */
  #rulesOfSigns(signs: SignSet): RulesOfSigns {
    const known = this.#ofSigns.get(signs);
    if (known !== undefined) return known;
    const held = this.#bySign.filter((one) => (one.signs & signs) !== 0).map(({ rule }) => rule);
    const rules = [...new Set(held)].sort((one, other) => one - other);
    const isSure = (rule: number) => {
      const also = this.#also.get(rule);
      return also === undefined || (also.signs & signs) !== 0;
    };
    const made = { sure: rules.filter(isSure), open: rules.filter((rule) => !isSure(rule)) };
    if (this.#ofSigns.size >= MOST_REMEMBERED) this.#ofSigns.clear();
    this.#ofSigns.set(signs, made);
    return made;
  }

  #hasBesides(rule: number, signs: SignSet): boolean {
    const also = this.#also.get(rule);
    if (also === undefined || (also.signs & signs) !== 0) return true;
    return also.literals.size > 0 && this.#found.some((literal) => also.literals.has(literal));
  }
}

/** Rules that need one of some signs: those that need nothing else, and those that may need a text. */
interface RulesOfSigns {
  readonly sure: readonly number[];
  readonly open: readonly number[];
}
