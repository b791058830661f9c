/** Where a pattern names a field, and what stands there. */
import type { TextSpan } from "#text";
import { exportsOf } from "../pattern/fields.ts";
import type { Pattern } from "../pattern/tree.ts";
import { isPatternSymbol, readPatternTokens } from "./pattern-tokens.ts";

/** Where a pattern names a field: the whole element, and the name in it. */
export interface PatternField {
  readonly element: TextSpan;
  readonly name: TextSpan;
}

/** The element that gives a field, or null when the pattern has no text of its own for it. */
export function patternField(pattern: Pattern, name: string): PatternField | null {
  const owner = exportsOf(pattern.root).find((field) => field.name === name)?.owner;
  if (owner === undefined || !("span" in owner)) return null;
  const { source, start, end } = owner.span;
  const tokens = readPatternTokens(source.text, { start, end });
  const at = tokens.findLast(
    (token, index) =>
      (token.text === name || token.text.slice(1, -1) === name) &&
      (index === 0 || isPatternSymbol(tokens[index - 1], ":")),
  );
  const own = at === undefined ? owner.span : { source, start: at.start, end: at.end };
  return { element: owner.span, name: own };
}
