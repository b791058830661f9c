/** Regular expressions of rules: RE2's syntax, in time linear in the text, whoever wrote them. */
import { RE2JS } from "re2js";

/** An expression that is ready to be looked for. */
export interface LinearExpression {
  /** The first place where it is found, UTF-16 units, half open; null: nowhere. */
  find(text: string): { readonly start: number; readonly end: number } | null;
}

/** Longer expressions are refused: they are lists, and lists are written as lists. */
const LONGEST_EXPRESSION = 20_000;

const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};

/** What is wrong with an expression, as a sentence; null: it can be run. */
export function expressionMistake(expression: string, flags: string): string | null {
  if (expression.length > LONGEST_EXPRESSION) {
    return `The expression has more than ${LONGEST_EXPRESSION} characters.`;
  }
  try {
    compile(expression, flags);
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : "";
    return `The expression cannot be run in linear time: ${reason.replace(/\.?$/, ".")}`;
  }
}

/** Makes an expression ready that `expressionMistake` has nothing against. */
export function compileExpression(expression: string, flags: string): LinearExpression {
  const compiled = compile(expression, flags);
  return {
    find: (text) => {
      if (!compiled.test(text)) return null;
      const matcher = compiled.matcher(text);
      return matcher.find() ? { start: matcher.start(), end: matcher.end() } : null;
    },
  };
}

function compile(expression: string, flags: string): RE2JS {
  // Look-behind is an extension of the library whose cost is not bounded by the text alone.
  if (/\(\?<[=!]/.test(expression)) throw new Error("look-behind");
  return RE2JS.compile(
    expression,
    [...flags].reduce((sum, flag) => sum | (FLAGS[flag] ?? 0), 0),
  );
}
