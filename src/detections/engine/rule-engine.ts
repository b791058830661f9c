/** Asks many rules of one event after the other: only those that can match are asked, each value is undone once. */
import type { DetectionEvent } from "../event.ts";
import { normalForms } from "../normal-forms/normal-forms.ts";
import { countText } from "../pass/words.ts";
import type { EventRule, RuleCondition, RuleMatch } from "../rule.ts";
import {
  askedEvent,
  counts,
  EventForms,
  isLong,
  movedMatch,
  piecesOf,
  valuesOf,
} from "../rules/asked-event.ts";
import { type ReadyRule, readyRules } from "../rules/match-rules.ts";
import type { Need } from "./needs.ts";
import { kindOfField, TRICK_TEXTS, tricksOf } from "./ordinary-text.ts";
import { needsOf, type RuleNeeds } from "./required-literals.ts";
import { type RuleNeed, RuleSieve } from "./rule-sieve.ts";
import { SIGNS_OF_TRICKS, scannedSigns } from "./signs.ts";

/** What a scan looks for in a field, so that rules need be asked of few events; an empty name stands for all bytes of the event. */
export interface SievedField {
  readonly field: string;
  /** Texts, in lower case; see `ScanMarks`. */
  readonly literals: readonly string[];
  /** Bytes that rarely stand there, as they are written or encoded. */
  readonly bytes: readonly number[];
}

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

/** Fields of the target; where it stands as a whole, what stands in a part stands in it. */
const TARGET = "url.original";
const TARGET_PARTS: readonly string[] = ["url.path", "url.query"];
/** All bytes of an event. */
const ANYWHERE = "";

/** Per rule that is asked of every event: answers that are remembered by the values that it reads. */
const MOST_REMEMBERED = 5000;
const LONGEST_REMEMBERED = 1024;

/** Judging takes microseconds per byte of a line that is made to be slow. */
const MOST_ASKED_PIECES = 3;

type Answer = Omit<RuleMatch, "rule"> | null;

interface Known extends ReadyRule {
  /** Fields that it reads; null: it reads the bytes as a whole. */
  readonly reads: readonly string[] | null;
  /** Of rules that are asked of every event: answers by what they read. */
  readonly answers: Map<string, Answer> | null;
  asked: number;
  matched: number;
  ms: number;
}

/** How rules are put together. */
export interface EngineOptions {
  readonly isProfiled?: boolean;
  readonly needs?: readonly (RuleNeeds | null)[];
}

/** Rules, compiled together. */
export class RuleEngine {
  readonly rules: readonly EventRule[];
  /** What a scan marks events by: of events that are not marked only the rules in `unsieved` are asked. */
  readonly sieve: readonly SievedField[];
  /** Fields that rules read, ECS names. */
  readonly fields: readonly string[];
  /** Rules that no scan can look for: nothing is known of what they require. When there are any, all events are asked about. */
  readonly unsieved: readonly EventRule[];
  /** Whether some rule reads the bytes of every event. */
  readonly readsText: boolean;
  readonly #rules: readonly Known[];
  readonly #sieves: ReadonlyMap<string, RuleSieve>;
  /** Rules that nothing sieves. */
  readonly #always: readonly number[];
  readonly #isProfiled: boolean;
  /** Events of which some rules were not asked of all pieces. */
  #halfJudged = 0;

  /** `needs` are those of the rules, in their order, where they are known already. */
  constructor(
    rules: readonly EventRule[],
    { isProfiled = false, needs = rules.map(needsOf) }: EngineOptions = {},
  ) {
    this.rules = rules;
    this.#isProfiled = isProfiled;
    const requirements = needs.map((one) => one?.engine ?? null);
    this.#always = requirements.flatMap((one, number) => (one === null ? [number] : []));
    this.#rules = readyRules(rules).map((ready, number) => {
      const reads = readsAnywhere(ready.rule.condition) ? null : fieldsOf(ready.rule.condition);
      const answers = requirements[number] === null && reads !== null ? new Map<string, Answer>() : null;
      return { ...ready, reads, answers, asked: 0, matched: 0, ms: 0 };
    });
    const engineNeeds = requirements.flatMap((one, rule) =>
      (one ?? []).flatMap((need) =>
        sievedFields(need.field).map(
          (field): RuleNeed => ({ ...need, field, rule, also: needBesides(needs[rule] ?? null, field) }),
        ),
      ),
    );
    const byField = groupByField(engineNeeds);
    this.#sieves = new Map([...byField].map(([field, own]) => [field, new RuleSieve(own, field !== TARGET)]));
    this.readsText = rules.some(({ condition }) => readsAnywhere(condition));
    this.fields = [...new Set(rules.flatMap(({ condition }) => fieldsOf(condition)))];
    this.unsieved = this.#always.flatMap((number) => rules[number] ?? []);
    const known = needs.flatMap((one) =>
      (one?.scan ?? []).flatMap((need) =>
        sievedFields(need.field).map((field) => ({ ...need, field, rule: 0, also: null })),
      ),
    );
    this.sieve = [...groupByField(known)].map(([field, own]) => sievedField(field, own));
  }

  /**
   * The rules that an event matches, in their order: those that `matchRules` gives. In events that no pattern matched, what is asked of the
   * target is asked of all bytes.
   */
  match(event: DetectionEvent): readonly RuleMatch[] {
    if (this.#always.length === 0 && event.isMarked?.(ANYWHERE) === false) return NONE;
    return isLong(event) ? this.#matchPieces(event) : this.#matchOne(askedEvent(event));
  }

  #matchOne(asked: DetectionEvent): readonly RuleMatch[] {
    const forms = new EventForms(asked);
    const candidates = this.#candidates(asked, forms);
    return candidates.length === 0 ? NONE : this.#askAll(candidates, asked, forms);
  }

  /**
   * A rule is asked until it matches, of some pieces in which something stands that it needs: harmless bytes hide nothing, and bytes that
   * are made to be slow cost little.
   */
  #matchPieces(event: DetectionEvent): readonly RuleMatch[] {
    const found = new Map<EventRule, RuleMatch>();
    const timesAsked = new Map<number, number>();
    let isHalfJudged = false;
    for (const { event: piece, offset } of piecesOf(event)) {
      const forms = new EventForms(piece);
      const open = this.#candidates(piece, forms).filter((number) => {
        const rule = this.rules[number];
        return rule !== undefined && !found.has(rule);
      });
      const asked = open.filter((number) => (timesAsked.get(number) ?? 0) < MOST_ASKED_PIECES);
      for (const number of asked) timesAsked.set(number, (timesAsked.get(number) ?? 0) + 1);
      isHalfJudged ||= asked.length < open.length;
      for (const match of this.#askAll(asked, piece, forms))
        found.set(match.rule, movedMatch(match, askedEvent(event), offset));
    }
    if (isHalfJudged) this.#halfJudged++;
    return this.rules.flatMap((rule) => found.get(rule) ?? []);
  }

  #askAll(candidates: readonly number[], asked: DetectionEvent, forms: EventForms): readonly RuleMatch[] {
    const matches: RuleMatch[] = [];
    for (const number of candidates) {
      const known = this.#rules[number];
      if (known === undefined) continue;
      const { rule } = known;
      if (asked.isParsed && rule.kinds.length > 0 && !rule.kinds.includes(asked.kind)) continue;
      const answer = this.#ask(known, forms);
      if (answer !== null && counts(asked, answer)) matches.push({ rule, ...answer });
    }
    return matches.length === 0 ? NONE : matches;
  }

  /** What the account must tell of its limits. */
  notes(): readonly string[] {
    if (this.#halfJudged === 0) return [];
    const events = countText(this.#halfJudged, "event");
    return [`Some rules saw the first ${MOST_ASKED_PIECES} likely pieces of 64 KiB alone in ${events}.`];
  }

  /** What the rules have cost, when that was asked for. */
  profile(): readonly RuleProfile[] {
    return this.#rules.map(({ rule, asked, matched, ms }) => ({ rule, asked, matched, ms }));
  }

  #ask(known: Known, forms: EventForms): Answer {
    const started = this.#isProfiled ? performance.now() : 0;
    const answer = known.answers === null ? known.test(forms) : remembered(known, known.answers, forms);
    known.asked++;
    if (answer !== null) known.matched++;
    if (this.#isProfiled) known.ms += performance.now() - started;
    return answer;
  }

  /** Numbers of rules that can match, ascending. */
  #candidates(event: DetectionEvent, forms: EventForms): readonly number[] {
    if (event.isMarked?.(ANYWHERE) === false) return this.#always;
    let numbers: readonly number[] = this.#always;
    const sieve = (own: RuleSieve, field: string) => {
      const values = field === ANYWHERE ? [event.rawText()] : valuesOf(event, field);
      const formsOf = () => (field === ANYWHERE ? forms.anywhere(true) : forms.of(field, true));
      for (const value of values) {
        const ownForms = values.length > 1 ? () => normalForms(String(value)) : formsOf;
        numbers = merged(numbers, own.rulesFor(String(value), ownForms));
      }
    };
    for (const [field, own] of this.#sieves) {
      if (event.isMarked?.(field) === false) continue;
      if (field !== TARGET || event.value(TARGET) !== null) sieve(own, field);
      else for (const part of TARGET_PARTS) sieve(own, part);
    }
    return numbers;
  }
}

const NONE: readonly RuleMatch[] = [];

/** Two ascending lists as one. */
function merged(first: readonly number[], second: readonly number[]): readonly number[] {
  if (first.length === 0) return second;
  if (second.length === 0) return first;
  return [...new Set([...first, ...second])].sort((one, other) => one - other);
}

/** What marks events by a field: what the rules need there, and what disguises begin with. */
function sievedField(field: string, needs: readonly RuleNeed[]): SievedField {
  const tricks = tricksOf(kindOfField(field));
  const signs = needs.reduce((sum, need) => sum | need.signs, tricks === "unknown" ? 0 : SIGNS_OF_TRICKS);
  const { bytes, texts } = scannedSigns(signs);
  const literals = new Set([
    ...needs.flatMap((need) => need.texts),
    ...texts,
    ...DISGUISED,
    ...TRICK_TEXTS[tricks],
  ]);
  return { field, literals: [...literals], bytes };
}

/** What a rule needs in a field whatever else it needs: what the scan looks for, when it does so in this field alone; null: nothing. */
function needBesides(needs: RuleNeeds | null, field: string): Need | null {
  const [only, ...others] = needs?.scan ?? [];
  if (only === undefined || others.length > 0) return null;
  const fields = sievedFields(only.field);
  return fields.length === 1 && fields[0] === field ? only : null;
}

/** Where a field's values are sieved: what stands in a part of the target stands in the target, of a request line there or in its method. */
function sievedFields(field: string): readonly string[] {
  if (field === "http.request.line") return [TARGET, "http.request.method"];
  return [TARGET_PARTS.includes(field) ? TARGET : field];
}

/** The answer of a rule, remembered by the values that it reads. */
function remembered({ reads, test }: Known, answers: Map<string, Answer>, forms: EventForms): Answer {
  let key = "";
  for (const field of reads ?? []) key += `\u0000${forms.event.value(field) ?? "\u0001"}`;
  const known = answers.get(key);
  if (known !== undefined) return known;
  const answer = test(forms);
  if (answers.size >= MOST_REMEMBERED) answers.clear();
  if (key.length <= LONGEST_REMEMBERED) answers.set(key, answer);
  return answer;
}

function groupByField(needs: readonly RuleNeed[]): ReadonlyMap<string, readonly RuleNeed[]> {
  const groups = new Map<string, RuleNeed[]>();
  for (const need of needs) {
    const group = groups.get(need.field);
    if (group === undefined) groups.set(need.field, [need]);
    else group.push(need);
  }
  return groups;
}

function fieldsOf(condition: RuleCondition): readonly string[] {
  switch (condition.kind) {
    case "all":
    case "any":
      return [...new Set(condition.conditions.flatMap(fieldsOf))];
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
