/** The patterns of a query: which there are, and whether they can be run. */
import { type ParseRelation, parsePattern, type Relation } from "#language";
import { unsupportedElements } from "#records";
import type { Diagnostic } from "#text";

/** All steps of a query that apply a pattern, those of streams inside expressions included, from the left. */
export function parseStepsOf(relation: Relation): readonly ParseRelation[] {
  return nodesOf(relation).filter(isParseStep);
}

/** What of a query's patterns is understood but cannot be run. */
export function patternProblems(relation: Relation): readonly Diagnostic[] {
  const nodes = nodesOf(relation);
  const patterns = new Set(nodes.filter(isParseStep).map((step) => step.pattern));
  const texts = new Set(nodes.flatMap(rowPatternOf));
  for (const text of texts) {
    const { pattern } = parsePattern({ name: "pattern of PARSE", text });
    if (pattern !== null) patterns.add(pattern);
  }
  return [...patterns].flatMap(unsupportedElements);
}

/** Every object of a checked script, once, from the left. */
function nodesOf(relation: Relation): readonly object[] {
  const nodes: object[] = [];
  const seen = new Set<object>();
  const waiting: unknown[] = [relation];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    nodes.push(next);
    waiting.push(...Object.values(next).reverse());
  }
  return nodes;
}

/** The text of the pattern of a PARSE inside a row. */
function rowPatternOf(node: object): readonly string[] {
  const isCall = "kind" in node && node.kind === "call" && "function" in node && node.function === "parse";
  const values = isCall && "arguments" in node && Array.isArray(node.arguments) ? node.arguments : [];
  const [first]: readonly unknown[] = values;
  const isText = typeof first === "object" && first !== null && "value" in first;
  return isText && typeof first.value === "string" ? [first.value] : [];
}

/** Of all nodes of checked scripts only these have this kind and a listing. */
function isParseStep(node: object): node is ParseRelation {
  return "kind" in node && node.kind === "parse" && "listing" in node;
}
