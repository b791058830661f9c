/** Checks what several values, or a condition, must be. */
import { type DataType, typeName } from "../../types.ts";
import type { ExpressionSyntax } from "../syntax/tree.ts";
import type { Expression } from "../tree.ts";
import { type ExpressionContext, unknownAt } from "./context.ts";
import { castTo, reportType } from "./convert.ts";
import { isUnknown, isVariant, simple, widest } from "./type-rules.ts";

/** Values that become one column: all of one type, widened where needed; null once reported. */
export function unify(
  context: ExpressionContext,
  values: readonly Expression[],
  what: string,
): { readonly type: DataType; readonly values: readonly Expression[] } | null {
  let type: DataType = simple("null");
  for (const value of values) {
    const both: DataType | null =
      widest(type, value.type) ?? (isVariant(type) || isVariant(value.type) ? simple("variant") : null);
    if (both === null) {
      const message = `${typeName(value.type)} does not fit: ${what} are of type ${typeName(type)} so far.`;
      reportType(context, value, message, "Convert all of them to one type, such as STRING(…).");
      return null;
    }
    type = both;
  }
  if (type.kind !== "variant") return { type, values };
  return { type, values: values.map((value) => castTo(context, value, "variant")) };
}

/** An expression that must be true or false. */
export function checkCondition(
  syntax: ExpressionSyntax,
  context: ExpressionContext,
  what: string,
): Expression {
  const condition = context.check(syntax, context);
  const { type } = condition;
  if (type.kind === "boolean" || type.kind === "null" || isUnknown(type)) return condition;
  if (isVariant(type)) return castTo(context, condition, "boolean");
  const message = `${what} must be true or false, but it is of type ${typeName(type)}.`;
  reportType(context, syntax, message, "Compare it with something, such as = or IS NOT NULL.");
  return unknownAt(syntax.span);
}
