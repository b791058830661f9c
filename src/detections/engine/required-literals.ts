/** Literals of which an event must hold one for a rule to match it: what the scan looks for. */
import { unreachable } from "#text";
import type { EventRule, RuleCondition, TextTest, ValueTest } from "../rule.ts";
import { betterTexts, type RequiredTexts, textsOfExpression } from "./expression-literals.ts";

/**
 * The literals of a rule, in lower case; null: there are none that help, and the rule must be asked of every event. If the rule matches
 * an event, then one of them stands in the bytes of the event after percent-decoding, or the bytes hold a sign of other disguises. That is
 * so because literals are made only of characters that no normal form removes, adds or replaces inside a word.
 */
export function requiredLiterals(rule: EventRule): RequiredTexts {
  return literalsOf(rule.condition);
}

function literalsOf(condition: RuleCondition): RequiredTexts {
  switch (condition.kind) {
    case "all":
      return condition.conditions.map((one) => literalsOf(one)).reduce(betterTexts, null);
    case "any": {
      const all = condition.conditions.map((one) => literalsOf(one));
      if (all.length === 0 || all.some((texts) => texts === null)) return null;
      return [...new Set(all.flatMap((texts) => texts ?? []))];
    }
    case "not":
      return null;
    case "anywhere":
      return literalsOfText(condition.test);
    case "field":
      return isTyped(condition.field) ? null : literalsOfTest(condition.test);
    default:
      return unreachable(condition);
  }
}

/** Fields whose values are not written as they stand in the log: numbers, times and addresses. */
function isTyped(field: string): boolean {
  return /(?:\.ip|\.port|\.bytes|\.packets|status_code|@timestamp|\.code|\.pid|\.version)$/.test(field);
}

function literalsOfTest(test: ValueTest): RequiredTexts {
  switch (test.kind) {
    case "equals":
    case "starts-with":
    case "ends-with":
    case "contains":
    case "wildcard":
    case "matches":
      return literalsOfText(test);
    default:
      return null;
  }
}

function literalsOfText(test: TextTest): RequiredTexts {
  switch (test.kind) {
    case "matches": {
      const texts = textsOfExpression(test.expression);
      return texts === null ? null : literalPieces(texts);
    }
    case "wildcard":
      return test.parts
        .map((part) => (typeof part === "string" ? null : literalPieces([part.text])))
        .reduce(betterTexts, null);
    default:
      return literalPieces([test.text]);
  }
}

/** What no normal form changes inside a word; see `normal-forms`. */
const PIECE = /[a-z0-9_.,:;<>=()[\]{}!@~|-]+/g;
/** A piece of one character stands everywhere. */
const SHORTEST_PIECE = 2;

/** For each text its longest piece; null: one of them has none. */
function literalPieces(texts: readonly string[]): RequiredTexts {
  const pieces: string[] = [];
  for (const text of texts) {
    const found = [...text.toLowerCase().matchAll(PIECE)]
      .map(([piece]) => piece)
      .filter((piece) => !/^\.?$/.test(piece));
    const longest = found.reduce((best, piece) => (piece.length > best.length ? piece : best), "");
    if (longest.length < SHORTEST_PIECE) return null;
    pieces.push(longest);
  }
  return pieces.length === 0 ? null : [...new Set(pieces)];
}
