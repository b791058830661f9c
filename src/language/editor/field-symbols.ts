/** Where fields come from, and where they are used. */
import type { TextSpan } from "#text";
import type { TextRange } from "../pattern/parse.ts";
import type { Token } from "../query/syntax/token.ts";
import type { EditorScript } from "./analysis.ts";
import { type ExpressionFact, originOf } from "./facts.ts";
import { patternField } from "./pattern-origin.ts";

/** Where the field that a token names is given: the name in a pattern, or what computes it. Null: unknown. */
export function definitionOfField(text: EditorScript, token: Token): TextSpan | null {
  const fact = text.facts.expressions.findLast((each) => nameRange(each)?.start === token.span.start);
  return fact === undefined ? null : definitionOf(text, fact);
}

function nameRange({ syntax }: ExpressionFact): TextRange | null {
  if (syntax.kind === "field") return syntax.name.span;
  return syntax.kind === "position" ? syntax.span : null;
}

function definitionOf({ facts }: EditorScript, { typed }: ExpressionFact): TextSpan | null {
  if (typed.kind !== "column") return null;
  const origin = originOf(facts, typed.column);
  switch (origin?.kind) {
    case "pattern":
      return patternField(origin.pattern, origin.name)?.name ?? null;
    case "rows":
      return origin.span;
    case "computed":
      return origin.expression.span;
    default:
      return null;
  }
}

/** The places in this text that use the field that is given there. */
export function referencesOfField(text: EditorScript, definition: TextSpan): readonly TextRange[] {
  const found = new Map<number, TextRange>();
  const known = new Map<number, boolean>();
  for (const fact of text.facts.expressions) {
    const range = nameRange(fact);
    if (range === null || fact.typed.kind !== "column") continue;
    const { column } = fact.typed;
    const isSame = known.get(column) ?? isSameSpan(definitionOf(text, fact), definition);
    known.set(column, isSame);
    if (isSame) found.set(range.start, { start: range.start, end: range.end });
  }
  return [...found.values()].sort((a, b) => a.start - b.start);
}

function isSameSpan(a: TextSpan | null, b: TextSpan): boolean {
  return a !== null && a.source === b.source && a.start === b.start && a.end === b.end;
}
