/** What an event must hold for a rule to match it: what the scan looks for. */
import { unreachable } from "#text";
import type { EventRule, RuleCondition, TextTest, ValueTest } from "../rule.ts";
import { betterTexts, type RequiredTexts, textsOfExpression } from "./expression-literals.ts";

/**
 * A rule matches an event only if one of these texts (lower case) stands in the event's bytes after percent-decoding, or its bytes hold a
 * sign of other disguises, or one of these fields holds a sign of code (`SHAPE_SIGNS`).
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

function requirementOfCondition(condition: RuleCondition): Requirement | null {
  switch (condition.kind) {
    case "all":
      return condition.conditions.map(requirementOfCondition).reduce(better, null);
    case "any":
      return either(condition.conditions.map(requirementOfCondition));
    case "not":
      return null;
    case "anywhere":
      return ofTexts(textsOfTest(condition.test));
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
  if (first.signFields.length !== second.signFields.length)
    return first.signFields.length < second.signFields.length ? first : second;
  return betterTexts(first.texts, second.texts) === first.texts ? first : second;
}

/** Fields whose values are not written as they stand in the log: numbers, times and addresses. */
const TYPED = /(?:\.ip|\.port|\.bytes|\.packets|status_code|@timestamp|\.code|\.pid|\.version)$/;

function requirementOfField(field: string, test: ValueTest): Requirement | null {
  switch (test.kind) {
    case "equals":
    case "starts-with":
    case "ends-with":
    case "contains":
    case "wildcard":
    case "matches":
      return TYPED.test(field) ? null : ofTexts(textsOfTest(test));
    case "shape":
      return { texts: [], signFields: [field] };
    default:
      return null;
  }
}

function ofTexts(texts: RequiredTexts): Requirement | null {
  return texts === null ? null : { texts, signFields: [] };
}

function textsOfTest(test: TextTest): RequiredTexts {
  switch (test.kind) {
    case "matches": {
      const texts = textsOfExpression(test.expression);
      return texts === null ? null : piecesOf(texts);
    }
    case "wildcard":
      return test.parts
        .map((part) => (typeof part === "string" ? null : piecesOf([part.text])))
        .reduce(betterTexts, null);
    default:
      return piecesOf([test.text]);
  }
}

/** What no normal form changes inside a word; see `normal-forms`. */
const PIECE = /[a-z0-9_.,:;<>=()[\]{}!@~|-]+/g;
/** A piece of one character stands everywhere. */
const SHORTEST_PIECE = 2;

/** For each text its longest piece; null: one of them has none. */
function piecesOf(texts: readonly string[]): RequiredTexts {
  const pieces = texts.map((text) =>
    [...text.toLowerCase().matchAll(PIECE)].reduce(
      (best, [piece]) => (piece.length > best.length ? piece : best),
      "",
    ),
  );
  const areLong = pieces.length > 0 && pieces.every(({ length }) => length >= SHORTEST_PIECE);
  return areLong ? [...new Set(pieces)] : null;
}
