/** Types functions of the row order, and aggregates over the rows around a row. */
import type { FunctionEntry } from "../../functions/entry.ts";
import { typeName } from "../../types.ts";
import type { CallSyntax } from "../syntax/tree.ts";
import type { Expression, SortKey } from "../tree.ts";
import { type ExpressionContext, isConstant } from "./context.ts";
import { reportType } from "./convert.ts";
import { isOrdered, isUnknown } from "./type-rules.ts";

/** Whether a call looks at the rows around one. */
export function isWindowCall(syntax: CallSyntax, entry: FunctionEntry | null): boolean {
  return syntax.window !== null || entry?.category === "row order";
}

/** Reports what cannot have a window, and a place that cannot. */
export function mayHaveWindow(syntax: CallSyntax, entry: FunctionEntry, context: ExpressionContext): boolean {
  const { name, span } = syntax;
  const { session } = context;
  if (entry.category !== "row order" && !entry.isAggregate) {
    session.report({
      code: "function-arguments",
      span,
      message: `"${name.text}" looks at one row alone: it takes no OVER.`,
      help: "OVER belongs behind aggregates, LAG, LEAD, KEEP, ROW_NUMBER and RANK.",
    });
    return false;
  }
  if (context.isItem) return true;
  session.report({
    code: "item-misplaced",
    span,
    message: `"${name.text}" looks at the rows around one, which only an item of a select can do.`,
    help: `Compute it first: select(*, x:${name.text}(…)), then use x.`,
  });
  return false;
}

/** The call over its window. */
export function windowOf(
  syntax: CallSyntax,
  entry: FunctionEntry,
  call: Pick<Expression & { readonly kind: "call" }, "arguments" | "type">,
  context: ExpressionContext,
): Expression {
  const { span, window } = syntax;
  const inner: ExpressionContext = { ...context, aggregates: "refused", isItem: false };
  const partition = (window?.partition ?? []).map((part) => context.check(part, inner));
  const order = (window?.order ?? []).flatMap((key): readonly SortKey[] => {
    const expression = context.check(key.expression, inner);
    if (isUnknown(expression.type)) return [];
    if (isOrdered(expression.type)) return [{ expression, isDescending: key.isDescending }];
    const message = `Values of type ${typeName(expression.type)} have no order.`;
    reportType(context, key.expression, message, "Order by one of its members.");
    return [];
  });
  reportDistance(entry, call.arguments, context);
  return { kind: "window", function: entry.name, ...call, partition, order, span };
}

/** LAG and LEAD count rows by a constant. */
function reportDistance(
  { name }: FunctionEntry,
  [, distance]: readonly Expression[],
  { session }: ExpressionContext,
): void {
  if ((name !== "lag" && name !== "lead") || distance === undefined || isConstant(distance)) return;
  session.report({
    code: "constant-needed",
    span: distance.span,
    message: "How many rows away must be known before the run.",
    help: `Write ${name.toUpperCase()}(x, 2).`,
  });
}
