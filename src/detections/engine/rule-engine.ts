/** Asks many rules of one event after the other: only those that can match are asked, each value is undone once. */
import type { DetectionEvent } from "../event.ts";
import { lowerCase } from "../normal-forms/encodings.ts";
import type { EventRule, RuleCondition, RuleMatch } from "../rule.ts";
import { EventForms, type ReadyRule, readyRules } from "../rules/match-rules.ts";
import { hasShapeSign, SHAPE_SIGNS } from "../signatures/shapes.ts";
import { LiteralFinder } from "./literal-finder.ts";
import { type Requirement, requirementOf } from "./required-literals.ts";

/** What a rule has cost so far. */
export interface RuleProfile {
  readonly rule: EventRule;
  /** Events that it was asked of. */
  readonly asked: number;
  readonly matched: number;
  readonly ms: number;
}

/** What other disguises than percent signs begin with, beyond what every scan marks: character references, letters in other shapes. */
const DISGUISED: readonly string[] = [
  ..."&# &amp &apos &ast &bsol &colon &comma &dollar &equals &excl &grave &gt &lbrac &lcub &lpar &lsqb &lt".split(
    " ",
  ),
  ..."&nbsp &newline &num &percnt &period &plus &quot &rbrac &rcub &rpar &rsqb &semi &sol &tab".split(" "),
  // In UTF-8: silent characters, circled and full-width letters, the Kelvin sign, the dotted capital I.
  ...["c2ad", "e2808b", "e2808c", "e2808d", "e281a0", "efbbbf", "e291", "e292", "e293", "e38082"],
  ...["efbc", "efbd", "efbe", "efbf", "e284aa", "c4b0"],
].map((text) => (text.startsWith("&") ? text : Buffer.from(text, "hex").toString("latin1")));

/** Fields whose texts stand for the whole in events that no pattern matched. */
const TARGET_FIELDS = new Set(["url.original", "url.path", "url.query"]);

/** Answers that are remembered; logs of attacks repeat themselves. */
const MOST_REMEMBERED = 20_000;
/** Longer values are not worth remembering. */
const LONGEST_REMEMBERED = 4096;

interface Known extends ReadyRule {
  asked: number;
  matched: number;
  ms: number;
}

/** Rules, compiled together. */
export class RuleEngine {
  /** What the scan marks events by. */
  readonly literals: readonly string[];
  readonly signs: readonly { readonly field: string; readonly bytes: readonly number[] }[];
  /** Fields that rules read, ECS names. */
  readonly fields: readonly string[];
  /** Rules that need not hold anything that can be looked for: they are asked of every event, which is slow. */
  readonly unsieved: readonly EventRule[];
  readonly #rules: readonly Known[];
  readonly #finder: LiteralFinder;
  /** Per literal of the finder the rules that require it. */
  readonly #byLiteral: readonly (readonly number[])[];
  readonly #bySign: readonly { readonly field: string; readonly rules: readonly number[] }[];
  readonly #always: readonly number[];
  readonly #readsAnywhere: boolean;
  readonly #isProfiled: boolean;
  #remembered = new Map<string, readonly RuleMatch[]>();

  constructor(rules: readonly EventRule[], isProfiled = false) {
    this.#rules = readyRules(rules).map((ready) => ({ ...ready, asked: 0, matched: 0, ms: 0 }));
    this.#isProfiled = isProfiled;
    const requirements = rules.map(requirementOf);
    const texts = groupBy(requirements, ({ texts: own }) => own);
    const signs = groupBy(requirements, ({ signFields }) => signFields);
    this.#finder = new LiteralFinder([...texts.keys()]);
    this.#byLiteral = [...texts.values()];
    this.#bySign = [...signs].map(([field, numbers]) => ({ field, rules: numbers }));
    this.#always = requirements.flatMap((one, number) => (one === null ? [number] : []));
    this.unsieved = this.#always.flatMap((number) => rules[number] ?? []);
    const bytes = [...Buffer.from(SHAPE_SIGNS.characters, "latin1")];
    this.signs = [...signs.keys()].map((field) => ({ field, bytes }));
    this.literals = [
      ...new Set([...texts.keys(), ...DISGUISED, ...(signs.size === 0 ? [] : SHAPE_SIGNS.texts)]),
    ];
    this.fields = [...new Set(rules.flatMap(({ condition }) => fieldsOf(condition)))];
    this.#readsAnywhere = rules.some(({ condition }) => readsAnywhere(condition));
  }

  /**
   * The rules that an event matches, in their order: those that `matchRules` gives. In events that no pattern matched, what is asked of the
   * target is asked of all bytes.
   *
   * @param isMarked  what the scan said; true when nothing is known
   */
  match(event: DetectionEvent, isMarked: boolean): readonly RuleMatch[] {
    if (!isMarked && this.#always.length === 0) return NONE;
    const asked = event.isParsed ? event : unparsed(event);
    const key = this.#keyOf(asked);
    const known = key === null ? undefined : this.#remembered.get(key);
    if (known !== undefined) return known;
    const matches = this.#ask(asked, isMarked);
    if (key !== null) {
      if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered = new Map();
      this.#remembered.set(key, matches);
    }
    return matches;
  }

  /** What the rules have cost, when that was asked for. */
  profile(): readonly RuleProfile[] {
    return this.#rules.map(({ rule, asked, matched, ms }) => ({ rule, asked, matched, ms }));
  }

  /** All that rules look at; null: too long to be remembered, or counted for a profile. */
  #keyOf(event: DetectionEvent): string | null {
    if (this.#isProfiled) return null;
    let key: string = event.isParsed ? event.kind : "";
    for (const field of this.fields) key += `\u0000${event.value(field) ?? "\u0001"}`;
    if (this.#readsAnywhere || !event.isParsed) key += `\u0000${event.rawText()}`;
    return key.length > LONGEST_REMEMBERED ? null : key;
  }

  #ask(event: DetectionEvent, isMarked: boolean): readonly RuleMatch[] {
    const forms = new EventForms(event);
    const matches: RuleMatch[] = [];
    for (const number of isMarked ? this.#candidates(event, forms) : this.#always) {
      const known = this.#rules[number];
      if (known === undefined) continue;
      const { rule, test } = known;
      if (event.isParsed && rule.kinds.length > 0 && !rule.kinds.includes(event.kind)) continue;
      const started = this.#isProfiled ? performance.now() : 0;
      const found = test(forms);
      known.asked++;
      if (this.#isProfiled) known.ms += performance.now() - started;
      if (found === null) continue;
      known.matched++;
      matches.push({ rule, ...found });
    }
    return matches.length === 0 ? NONE : matches;
  }

  /** Numbers of rules that can match, ascending. */
  #candidates(event: DetectionEvent, forms: EventForms): readonly number[] {
    const found = new Set<number>();
    for (const field of this.fields)
      for (const { text } of forms.of(field, true)) this.#finder.find(lowerCase(text), found);
    if (this.#readsAnywhere)
      for (const { text } of forms.anywhere(true)) this.#finder.find(lowerCase(text), found);
    const numbers = new Set(this.#always);
    for (const literal of found) for (const number of this.#byLiteral[literal] ?? []) numbers.add(number);
    for (const { field, rules } of this.#bySign) {
      const value = event.value(field);
      if (value !== null && hasShapeSign(String(value))) for (const number of rules) numbers.add(number);
    }
    return [...numbers].sort((a, b) => a - b);
  }
}

const NONE: readonly RuleMatch[] = [];

/** Per name the numbers of the requirements that have it. */
function groupBy(
  requirements: readonly (Requirement | null)[],
  namesOf: (requirement: Requirement) => readonly string[],
): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>();
  for (const [number, requirement] of requirements.entries()) {
    if (requirement === null) continue;
    for (const name of namesOf(requirement)) {
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [number]);
      else group.push(number);
    }
  }
  return groups;
}

function fieldsOf(condition: RuleCondition): readonly string[] {
  switch (condition.kind) {
    case "all":
    case "any":
      return condition.conditions.flatMap(fieldsOf);
    case "not":
      return fieldsOf(condition.condition);
    case "anywhere":
      return [];
    case "field":
      return "field" in condition.test ? [condition.field, condition.test.field] : [condition.field];
  }
}

function readsAnywhere(condition: RuleCondition): boolean {
  if (condition.kind === "all" || condition.kind === "any") return condition.conditions.some(readsAnywhere);
  return condition.kind === "not" ? readsAnywhere(condition.condition) : condition.kind === "anywhere";
}

/** An event without fields: its bytes stand for the target. */
function unparsed(event: DetectionEvent): DetectionEvent {
  const { kind, place, timeMs } = event;
  const text = event.rawText();
  return {
    kind,
    place,
    isParsed: false,
    timeMs,
    value: (field) => (TARGET_FIELDS.has(field) ? text : null),
    rawText: () => text,
  };
}
