/** The patterns of a query: which there are, and whether they can be run. */
import type { ParseRelation, Relation } from "#language";
import { unsupportedElements } from "#records";
import type { Diagnostic } from "#text";

/** All steps of a query that apply a pattern, those of streams inside expressions included, from the left. */
export function parseStepsOf(relation: Relation): readonly ParseRelation[] {
  const steps: ParseRelation[] = [];
  const seen = new Set<object>();
  const waiting: unknown[] = [relation];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    if (isParseStep(next)) steps.push(next);
    waiting.push(...Object.values(next).reverse());
  }
  return steps;
}

/** What of a query's patterns is understood but cannot be run. */
export function patternProblems(relation: Relation): readonly Diagnostic[] {
  const patterns = new Set(parseStepsOf(relation).map((step) => step.pattern));
  return [...patterns].flatMap(unsupportedElements);
}

/** Of all nodes of checked scripts only these have this kind and a listing. */
function isParseStep(node: object): node is ParseRelation {
  return "kind" in node && node.kind === "parse" && "listing" in node;
}
