/** What an event must hold for a rule to match it: which rules are asked of it, and what the scan looks for. */
import { unreachable } from "#text";
import type { EventRule, RuleCondition, TextTest, ValueTest } from "../rule.ts";
import { SHAPE_WORDS } from "../signatures/shape-words.ts";
import { needOfExpression } from "./expression-literals.ts";
import {
  betterNeed,
  costOfNeed,
  eitherNeed,
  type Need,
  type NeedUser,
  needOfText,
  type TextKnowledge,
} from "./needs.ts";
import { isOrdinary, kindOfField, tricksOf } from "./ordinary-text.ts";
import { SIGNS_OF_SHAPES, signsOfField } from "./signs.ts";

/** The need of one field; an empty name stands for all bytes of the event. */
export interface FieldNeed extends Need {
  readonly field: string;
}

/**
 * A rule matches an event only if one of these needs is met: one of the texts stands in a normal form of the field, in lower case, or the
 * field, as it stands in the log, holds a sign.
 */
export type Requirement = readonly FieldNeed[];

/**
 * What a rule requires; null: nothing that helps, and it must be asked of every event. Texts are made only of characters that no normal form
 * removes, adds or replaces inside a word: a text that stands in a form stands in the event's bytes after percent-decoding, or the bytes hold a
 * sign of other disguises.
 */
export function requirementOf({ condition }: EventRule, by: NeedUser): Requirement | null {
  return requirementOfCondition(condition, by);
}

/** What a rule requires, for each who looks for it; null: nothing helps, and the rule must be asked of every event. */
export interface RuleNeeds {
  readonly scan: Requirement;
  readonly engine: Requirement;
}

/** What a rule needs; both are known, or none counts. */
export function needsOf(rule: EventRule): RuleNeeds | null {
  const scan = requirementOf(rule, "scan");
  const engine = requirementOf(rule, "engine");
  return scan === null || engine === null ? null : { scan, engine };
}

function requirementOfCondition(condition: RuleCondition, by: NeedUser): Requirement | null {
  switch (condition.kind) {
    case "all":
      return condition.conditions
        .map((one) => requirementOfCondition(one, by))
        .reduce((best, one) => better(best, one, by), null);
    case "any":
      return either(condition.conditions.map((one) => requirementOfCondition(one, by)));
    case "not":
      return null;
    case "anywhere":
      return ofField(needOfTest(condition.test, knowledgeOf("", by)), "");
    case "field":
      return requirementOfField(condition.field, condition.test, by);
    default:
      return unreachable(condition);
  }
}

function knowledgeOf(field: string, by: NeedUser): TextKnowledge {
  const kind = kindOfField(field);
  return {
    isOrdinary: (text) => isOrdinary(text, kind),
    signs: signsOfField(field),
    tricks: tricksOf(kind),
    by,
  };
}

function either(all: readonly (Requirement | null)[]): Requirement | null {
  const known = all.flatMap((one) => (one === null ? [] : [one]));
  if (known.length === 0 || known.length < all.length) return null;
  const byField = new Map<string, Need[]>();
  for (const need of known.flat()) byField.set(need.field, [...(byField.get(need.field) ?? []), need]);
  const needs = [...byField].map(([field, own]) => ofField(eitherNeed(own), field));
  return needs.some((need) => need === null) ? null : needs.flatMap((need) => need ?? []);
}

/** Of two requirements the one that lets through less. */
function better(first: Requirement | null, second: Requirement | null, by: NeedUser): Requirement | null {
  if (first === null || second === null) return first ?? second;
  return costOf(first, by) <= costOf(second, by) ? first : second;
}

function costOf(requirement: Requirement, by: NeedUser): number {
  return requirement.reduce((sum, need) => sum + costOfNeed(need, knowledgeOf(need.field, by)), 0);
}

/** Fields whose values are not written as they stand in the log: numbers, times and addresses. */
const TYPED = /(?:\.ip|\.port|\.bytes|\.packets|status_code|@timestamp|\.code|\.pid|\.version)$/;

function requirementOfField(field: string, test: ValueTest, by: NeedUser): Requirement | null {
  switch (test.kind) {
    case "equals":
    case "starts-with":
    case "ends-with":
    case "contains":
    case "wildcard":
    case "matches":
      return TYPED.test(field) ? null : ofField(needOfTest(test, knowledgeOf(field, by)), field);
    case "shape":
      return signsOfField(field) === 0 ? null : [{ field, texts: SHAPE_WORDS, signs: SIGNS_OF_SHAPES }];
    default:
      return null;
  }
}

function ofField(need: Need | null, field: string): Requirement | null {
  return need === null ? null : [{ ...need, field }];
}

function needOfTest(test: TextTest, knowledge: TextKnowledge): Need | null {
  switch (test.kind) {
    case "matches":
      return needOfExpression(test.expression, knowledge);
    case "wildcard":
      return test.parts
        .map((part) => (typeof part === "string" ? null : needOfText(part.text, knowledge)))
        .reduce((best, need) => betterNeed(best, need, knowledge), null);
    default:
      return needOfText(test.text, knowledge);
  }
}
