/** Turns expressions into the type that their place asks for. */
import { printAddress, type TextSpan } from "#text";
import { type SimpleTypeKind, typeName } from "../../types.ts";
import type { Expression } from "../tree.ts";
import { castValue } from "./constants.ts";
import { type ExpressionContext, isConstant } from "./context.ts";
import { isIntegral, isNumber, isSameType, isTime, isUnknown, isVariant, simple } from "./type-rules.ts";

/** A cast of an expression, carried out at once when it is a constant. */
export function castTo(context: ExpressionContext, expression: Expression, kind: SimpleTypeKind): Expression {
  const { span, type } = expression;
  if (type.kind === kind) return expression;
  if (isConstant(expression)) {
    const value = castValue(expression.value, type.kind, kind, context.session.environment.timeZone);
    if (value !== undefined) return { kind: "constant", value, type: simple(kind), span };
  }
  return { kind: "call", function: kind, arguments: [expression], type: simple(kind), span };
}

/** A text constant read as another type; reports and gives null when it cannot be. */
export function readConstant(
  context: ExpressionContext,
  expression: Expression & { kind: "constant" },
  kind: SimpleTypeKind,
): Expression | null {
  const { timeZone } = context.session.environment;
  const value = castValue(expression.value, expression.type.kind, kind, timeZone);
  if (value !== undefined) return { kind: "constant", value, type: simple(kind), span: expression.span };
  context.session.report({
    code: "constant-wrong",
    span: expression.span,
    message: `${JSON.stringify(expression.value)} is no ${typeName(simple(kind))}.`,
    help: WRITTEN_LIKE[kind] ?? `Write a ${typeName(simple(kind))}.`,
  });
  return null;
}

const WRITTEN_LIKE: Partial<Record<SimpleTypeKind, string>> = {
  timestamp: "Times are written '2020-07-16', '2020-07-16 12:30:00' or '2020-07-16 12:30:00 +0200'.",
  ip: "Addresses are written 192.0.2.1 or 2001:db8::1.",
  ipnet: "Networks are written 192.0.2.0/24 or 2001:db8::/32.",
  mac: "Hardware addresses are written '00:00:5e:00:53:01'.",
  integer: "Whole numbers are written 404.",
  long: "Whole numbers are written 404.",
  double: "Numbers are written 0.5.",
  boolean: "Write true or false.",
};

/** Types whose values users write as text. */
const WRITTEN_AS_TEXT: ReadonlySet<string> = new Set(["timestamp", "ip", "ipnet", "mac", "boolean"]);

/** Both sides of a comparison, or null when they cannot be compared. */
export function comparable(
  context: ExpressionContext,
  left: Expression,
  right: Expression,
): readonly [Expression, Expression] | null {
  const a = left.type;
  const b = right.type;
  if (isUnknown(a) || isUnknown(b) || a.kind === "null" || b.kind === "null") return [left, right];
  if (isVariant(a) && !isVariant(b)) return variantAs(context, left, right);
  if (isVariant(b) && !isVariant(a)) {
    const sides = variantAs(context, right, left);
    return sides === null ? null : [sides[1], sides[0]];
  }
  if (isNumber(a) && isNumber(b)) return [left, right];
  if (isTime(a) && isTime(b)) return [left, right];
  if ((a.kind === "duration" && isIntegral(b)) || (b.kind === "duration" && isIntegral(a)))
    return [left, right];
  if (isSameType(a, b)) return a.kind === "tuple" || a.kind === "object" ? null : [left, right];
  if (a.kind === "string" && b.kind !== "string") {
    const sides = withText(context, left, right);
    return sides === null ? null : [sides[1], sides[0]];
  }
  if (b.kind === "string") return withText(context, right, left);
  return null;
}

/** A VARIANT takes the type of what it is compared with; whole numbers are compared as LONG. */
function variantAs(
  context: ExpressionContext,
  variant: Expression,
  other: Expression,
): readonly [Expression, Expression] | null {
  const { kind } = other.type;
  if (kind === "array" || kind === "tuple" || kind === "object") return null;
  const wanted = kind === "integer" ? "long" : kind === "float" ? "double" : kind;
  return [castTo(context, variant, wanted), other];
}

/** Text against something else: the side that is a constant becomes what the other is. Gives [other, text]. */
function withText(
  context: ExpressionContext,
  text: Expression,
  other: Expression,
): readonly [Expression, Expression] | null {
  const { kind } = other.type;
  if (isConstant(text) && WRITTEN_AS_TEXT.has(kind) && kind !== "array" && kind !== "tuple") {
    const read = readConstant(context, text, kind);
    return [other, read ?? { ...text, type: simple("unknown"), value: null }];
  }
  if (!isConstant(other)) return null;
  if (kind === "ip" && typeof other.value === "bigint") {
    return [{ ...other, type: simple("string"), value: printAddress(other.value) }, text];
  }
  if (kind === "timestamp") return [other, castTo(context, text, "timestamp")];
  return null;
}

/** Reports that a value has another type than its place asks for. */
export function reportType(
  context: ExpressionContext,
  expression: { readonly span: TextSpan },
  message: string,
  help: string,
): void {
  context.session.report({ code: "type-mismatch", span: expression.span, message, help });
}
