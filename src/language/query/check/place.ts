/** Puts what a name stands for in its place. */
import type { TextSpan } from "#text";
import type { Expression } from "../tree.ts";
import { type ExpressionContext, unknownAt } from "./context.ts";
import { measure } from "./walk.ts";

/** How deep an expression may be that is put in place of a name. */
const DEEPEST_PLACED = 400;

/** The expression as it stands for a name at `span`. */
export function placeExpression(
  expression: Expression,
  span: TextSpan,
  { session }: ExpressionContext,
): Expression {
  const { size, depth } = measure(expression, session.expressionsLeft + 1);
  if (!session.spendExpressions(size, span)) return unknownAt(span);
  if (depth > DEEPEST_PLACED) {
    session.reportTooDeep(span);
    return unknownAt(span);
  }
  const placed: Expression = { ...expression, span };
  const content = session.contents.get(expression);
  if (content !== undefined) session.contents.set(placed, content);
  return placed;
}
