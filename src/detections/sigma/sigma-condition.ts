/** Conditions of Sigma rules: `selection and not 1 of filter_*`. Source: the Sigma specification 2.1, condition. */
import { type Diagnostics, nearestName, spanOf, type TextSpan } from "#text";
import type { RuleCondition } from "../rule.ts";
import type { YamlScalar } from "../yaml-text.ts";
import { joinConditions } from "./sigma-item.ts";

/** A condition as conditions of events, and what stands behind its `|` (rules of the first Sigma version). */
export interface SigmaCondition {
  readonly condition: RuleCondition;
  readonly aggregation: string | null;
}

const DEEPEST_NESTING = 64;

interface Token {
  readonly text: string;
  readonly start: number;
}

/** Reads a condition; null when it cannot be read (told in the diagnostics). */
export function parseSigmaCondition(
  scalar: YamlScalar,
  selections: ReadonlyMap<string, RuleCondition | null>,
  diagnostics: Diagnostics,
): SigmaCondition | null {
  const pipe = scalar.text.indexOf("|");
  const text = pipe < 0 ? scalar.text : scalar.text.slice(0, pipe);
  const reader = new ConditionReader(text, scalar.span, selections, diagnostics);
  const condition = reader.read();
  return condition === null
    ? null
    : { condition, aggregation: pipe < 0 ? null : scalar.text.slice(pipe + 1).trim() };
}

class ConditionReader {
  readonly #tokens: readonly Token[];
  readonly #span: TextSpan;
  readonly #selections: ReadonlyMap<string, RuleCondition | null>;
  readonly #diagnostics: Diagnostics;
  #next = 0;
  #depth = 0;

  constructor(
    text: string,
    span: TextSpan,
    selections: ReadonlyMap<string, RuleCondition | null>,
    diagnostics: Diagnostics,
  ) {
    this.#tokens = [...text.matchAll(/[()]|[^\s()]+/g)].map(({ 0: word, index }) => ({
      text: word,
      start: index,
    }));
    this.#span = span;
    this.#selections = selections;
    this.#diagnostics = diagnostics;
  }

  read(): RuleCondition | null {
    const condition = this.#either();
    if (condition !== null && this.#peek() !== null)
      return this.#refuse(`"${this.#peek()}" is not expected here.`);
    return condition;
  }

  #peek(): string | null {
    return this.#tokens[this.#next]?.text ?? null;
  }

  #takes(word: string): boolean {
    const is = this.#peek()?.toLowerCase() === word;
    if (is) this.#next++;
    return is;
  }

  #either(): RuleCondition | null {
    return this.#row("or", "any", () => this.#both());
  }

  #both(): RuleCondition | null {
    return this.#row("and", "all", () => this.#negation());
  }

  #row(word: string, kind: "all" | "any", operand: () => RuleCondition | null): RuleCondition | null {
    const conditions: RuleCondition[] = [];
    do {
      const condition = operand();
      if (condition === null) return null;
      conditions.push(condition);
    } while (this.#takes(word));
    return joinConditions(kind, conditions);
  }

  #negation(): RuleCondition | null {
    let isNegated = false;
    while (this.#takes("not")) isNegated = !isNegated;
    const condition = this.#operand();
    return condition !== null && isNegated ? { kind: "not", condition } : condition;
  }

  #operand(): RuleCondition | null {
    const word = this.#peek();
    if (word === null) return this.#refuse("The condition ends where a selection is expected.");
    if (this.#takes("(")) {
      if (++this.#depth > DEEPEST_NESTING) return this.#refuse("Parentheses are nested too deep.");
      const condition = this.#either();
      this.#depth--;
      if (condition !== null && !this.#takes(")")) return this.#refuse('A closing ")" is missing.');
      return condition;
    }
    this.#next++;
    if (this.#takes("of")) return this.#quantified(word.toLowerCase());
    return this.#selection(word);
  }

  #quantified(count: string): RuleCondition | null {
    const target = this.#peek();
    if (target === null) return this.#refuse('Behind "of" stands "them" or a name, such as selection_*.');
    this.#next++;
    const isWanted = matcherOf(target);
    const found = [...this.#selections].filter(([name]) => isWanted(name));
    if (found.length === 0) return this.#refuse(`No selection fits "${target}".`);
    const conditions = found.flatMap(([, condition]) => (condition === null ? [] : [condition]));
    if (conditions.length < found.length) return null;
    if (count === "all") return joinConditions("all", conditions);
    if (count === "1" || count === "any") return joinConditions("any", conditions);
    const number = Number(count);
    if (!Number.isInteger(number) || number < 1)
      return this.#refuse(`Before "of" stands a number, "any" or "all", not "${count}".`);
    return (
      atLeast(number, conditions) ??
      this.#refuse(`"${count} of" makes too many combinations of ${conditions.length}.`)
    );
  }

  #selection(name: string): RuleCondition | null {
    const condition = this.#selections.get(name);
    if (condition !== undefined) return condition;
    const near = nearestName(name, this.#selections.keys());
    const help =
      near === null ? `Selections: ${[...this.#selections.keys()].join(", ")}.` : `Did you mean "${near}"?`;
    return this.#refuse(`There is no selection "${name}".`, help);
  }

  #refuse(message: string, help?: string): null {
    const token = this.#tokens[Math.min(this.#next, this.#tokens.length) - (this.#next > 0 ? 1 : 0)];
    const { source, start, end } = this.#span;
    // A quoted or folded condition does not stand in the file as it is read: then all of it is shown.
    const at = token === undefined ? -1 : source.text.slice(start, end).indexOf(token.text);
    const span =
      at < 0 || token === undefined ? this.#span : spanOf(source, start + at, start + at + token.text.length);
    this.#diagnostics.report({
      code: "sigma-condition",
      span,
      message,
      ...(help === undefined ? {} : { help }),
    });
    return null;
  }
}

/** `them` are all selections but those whose names begin with `_`. */
function matcherOf(target: string): (name: string) => boolean {
  if (target.toLowerCase() === "them") return (name) => !name.startsWith("_");
  const [first = "", ...others] = target.split("*");
  const last = others.pop();
  if (last === undefined) return (name) => name === target;
  return (name) => {
    if (!name.startsWith(first) || !name.endsWith(last)) return false;
    let at = first.length;
    for (const part of others) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= name.length - last.length;
  };
}

const MOST_COMBINATIONS = 1000;

/** At least `count` of the conditions hold; null: too many combinations. */
function atLeast(count: number, conditions: readonly RuleCondition[]): RuleCondition | null {
  const combinations: RuleCondition[] = [];
  const choose = (from: number, chosen: readonly RuleCondition[]): boolean => {
    if (chosen.length === count) return combinations.push(joinConditions("all", chosen)) <= MOST_COMBINATIONS;
    for (let index = from; index < conditions.length; index++) {
      const condition = conditions[index];
      if (condition !== undefined && !choose(index + 1, [...chosen, condition])) return false;
    }
    return true;
  };
  return choose(0, []) && combinations.length > 0 ? joinConditions("any", combinations) : null;
}
