/** What an event must hold for a rule to match it: what the scan looks for. */
import { unreachable } from "#text";
import type { EventRule, RuleCondition, TextTest, ValueTest } from "../rule.ts";
import { needOfExpression } from "./expression-literals.ts";
import { betterNeed, eitherNeed, isOrdinaryNeed, type Need, needOfText } from "./needs.ts";
import { holdsSign, signsOfField } from "./signs.ts";

/**
 * A rule matches an event only if one of these texts (lower case) stands in the event's bytes after percent-decoding, or its bytes hold a
 * sign of other disguises, or one of these fields holds a sign (`signsOfField`).
 */
export interface Requirement {
  readonly texts: readonly string[];
  readonly signFields: readonly string[];
}

/**
 * What a rule requires; null: nothing that helps, and it must be asked of every event. Texts are made only of characters that no normal form
 * removes, adds or replaces inside a word.
 */
export function requirementOf({ condition }: EventRule): Requirement | null {
  return requirementOfCondition(condition);
}

/** Whether a requirement is met by ordinary data: it tells which rules to ask, and not which events to look at. */
export function isOrdinaryRequirement(requirement: Requirement): boolean {
  return isOrdinaryNeed(needOf(requirement));
}

function needOf({ texts, signFields }: Requirement): Need {
  return { texts, sign: signFields.length > 0 };
}

function requirementOfCondition(condition: RuleCondition): Requirement | null {
  switch (condition.kind) {
    case "all":
      return condition.conditions.map(requirementOfCondition).reduce(better, null);
    case "any":
      return either(condition.conditions.map(requirementOfCondition));
    case "not":
      return null;
    case "anywhere":
      return ofField(
        needOfTest(condition.test, () => false),
        "",
      );
    case "field":
      return requirementOfField(condition.field, condition.test);
    default:
      return unreachable(condition);
  }
}

function either(all: readonly (Requirement | null)[]): Requirement | null {
  const known = all.flatMap((one) => (one === null ? [] : [one]));
  if (known.length === 0 || known.length < all.length) return null;
  return {
    texts: [...new Set(known.flatMap(({ texts }) => texts))],
    signFields: [...new Set(known.flatMap(({ signFields }) => signFields))],
  };
}

/** Of two requirements the one that lets through less: texts are rarer than signs. */
function better(first: Requirement | null, second: Requirement | null): Requirement | null {
  if (first === null || second === null) return first ?? second;
  const needs = [needOf(first), needOf(second)] as const;
  return betterNeed(...needs) === needs[0] ? first : second;
}

/** Fields whose values are not written as they stand in the log: numbers, times and addresses. */
const TYPED = /(?:\.ip|\.port|\.bytes|\.packets|status_code|@timestamp|\.code|\.pid|\.version)$/;

function requirementOfField(field: string, test: ValueTest): Requirement | null {
  const signs = signsOfField(field);
  switch (test.kind) {
    case "equals":
    case "starts-with":
    case "ends-with":
    case "contains":
    case "wildcard":
    case "matches": {
      if (TYPED.test(field)) return null;
      const need = needOfTest(test, (text) => signs !== null && holdsSign(text, signs));
      return ofField(need, field);
    }
    case "shape":
      return signs === null ? null : { texts: [], signFields: [field] };
    default:
      return null;
  }
}

function ofField(need: Need | null, field: string): Requirement | null {
  return need === null ? null : { texts: need.texts, signFields: need.sign ? [field] : [] };
}

function needOfTest(test: TextTest, isSign: (text: string) => boolean): Need | null {
  switch (test.kind) {
    case "matches":
      return needOfExpression(test.expression, isSign);
    case "wildcard":
      return test.parts
        .map((part) => (typeof part === "string" ? null : eitherNeed([needOfText(part.text, isSign)])))
        .reduce(betterNeed, null);
    default:
      return needOfText(test.text, isSign);
  }
}
