/** Types operators. */
import { readNetwork } from "#text";
import { OPERATORS } from "../../operators.ts";
import { type DataType, typeName } from "../../types.ts";
import type { OperatorSyntax } from "../syntax/tree.ts";
import type { Expression } from "../tree.ts";
import { checkArithmetic } from "./check-arithmetic.ts";
import { type ExpressionContext, isConstant, unknownAt } from "./context.ts";
import { castTo, comparable, readConstant, reportType } from "./convert.ts";
import { isUnknown, isVariant, simple } from "./type-rules.ts";
import { checkCondition } from "./unify.ts";

/** An operator with its operands, `NOT` in front of it put around it. */
export function checkOperator(syntax: OperatorSyntax, context: ExpressionContext): Expression {
  const checked = checkKind(syntax, context);
  if (!syntax.isNegated || isUnknown(checked.type)) return checked;
  return { kind: "call", function: "not", arguments: [checked], type: simple("boolean"), span: syntax.span };
}

function checkKind(syntax: OperatorSyntax, context: ExpressionContext): Expression {
  switch (syntax.operator) {
    case "and":
    case "or":
    case "not": {
      const what = `What stands at ${syntax.operator.toUpperCase()}`;
      return callOf(
        syntax,
        syntax.operands.map((operand) => checkCondition(operand, context, what)),
      );
    }
    case "is_null":
    case "is_not_null":
      return callOf(syntax, operandsOf(syntax, context));
    case "equal":
    case "not_equal":
    case "less":
    case "less_equal":
    case "greater":
    case "greater_equal":
      return checkComparison(syntax, context);
    case "between":
      return checkBetween(syntax, context);
    case "in":
      return checkIn(syntax, context);
    case "like":
    case "ilike":
    case "contains":
    case "matches":
      return checkTextTest(syntax, context);
    default:
      return checkArithmetic(syntax, operandsOf(syntax, context), context);
  }
}

function operandsOf(syntax: OperatorSyntax, context: ExpressionContext): readonly Expression[] {
  return syntax.operands.map((operand) => context.check(operand, context));
}

/** A call that gives true or false; unknown when an operand is. */
function callOf(syntax: OperatorSyntax, operands: readonly Expression[]): Expression {
  const { operator, span } = syntax;
  if (operands.some((operand) => isUnknown(operand.type))) return unknownBoolean(syntax);
  return { kind: "call", function: operator, arguments: operands, type: simple("boolean"), span };
}

/** What is wrong inside a condition does not make the condition wrong again. */
function unknownBoolean(syntax: OperatorSyntax): Expression {
  return unknownAt(syntax.span);
}

function spellingOf(syntax: OperatorSyntax): string {
  const entry = OPERATORS.find((candidate) => candidate.name === syntax.operator);
  return (entry?.spellings[0] ?? syntax.operator).toUpperCase();
}

function checkComparison(syntax: OperatorSyntax, context: ExpressionContext): Expression {
  const [left, right] = operandsOf(syntax, context);
  if (left === undefined || right === undefined) return unknownAt(syntax.span);
  const sides = compared(syntax, left, right, context);
  return sides === null ? unknownAt(syntax.span) : callOf(syntax, sides);
}

/** Both sides of one type; null once reported. */
function compared(
  syntax: OperatorSyntax,
  left: Expression,
  right: Expression,
  context: ExpressionContext,
): readonly [Expression, Expression] | null {
  const sides = comparable(context, left, right);
  if (sides !== null) return sides;
  const message = `${typeName(left.type)} and ${typeName(right.type)} cannot be compared by ${spellingOf(syntax)}.`;
  reportType(context, { span: syntax.at }, message, comparisonHelp(left, right));
  return null;
}

function comparisonHelp(left: Expression, right: Expression): string {
  const kinds = new Set([left.type.kind, right.type.kind]);
  if (kinds.has("ip") && kinds.has("ipnet"))
    return "Whether an address is in a network: address IN 192.0.2.0/24.";
  if (kinds.has("object") || kinds.has("tuple")) return "Compare one of its members: o[name].";
  const text = left.type.kind === "string" ? left : right;
  const other = text === left ? right : left;
  if (text.type.kind !== "string") return "Convert one of the two, such as STRING(…).";
  if (isConstant(other) && typeof other.value !== "object")
    return `Write '${String(other.value)}', or convert the text: ${typeName(other.type)}(…).`;
  return `Convert the text: ${typeName(other.type)}(…).`;
}

function checkBetween(syntax: OperatorSyntax, context: ExpressionContext): Expression {
  const [value, low, high] = operandsOf(syntax, context);
  if (value === undefined || low === undefined || high === undefined) return unknownAt(syntax.span);
  const first = compared(syntax, value, low, context);
  if (first === null) return unknownAt(syntax.span);
  const second = compared(syntax, first[0], high, context);
  return second === null ? unknownAt(syntax.span) : callOf(syntax, [second[0], first[1], second[1]]);
}

function checkIn(syntax: OperatorSyntax, context: ExpressionContext): Expression {
  const [first, ...list] = operandsOf(syntax, context);
  if (first === undefined) return unknownAt(syntax.span);
  let value = first;
  const others: Expression[] = [];
  for (const other of list.flatMap(elementsOf)) {
    const sides = membership(syntax, value, other, context);
    if (sides === null) return unknownAt(syntax.span);
    value = sides[0];
    others.push(sides[1]);
  }
  if (others.length === 0) {
    const help = "Write IN (a, b), IN 192.0.2.0/24 or IN (@stream).";
    context.session.report({
      code: "query-syntax",
      span: syntax.at,
      message: "The list behind IN is empty.",
      help,
    });
    return unknownAt(syntax.span);
  }
  return callOf(syntax, [value, ...others]);
}

/** The elements of a constant array, each as a constant; anything else as it is. */
function elementsOf(expression: Expression): readonly Expression[] {
  const { type, span } = expression;
  if (expression.kind === "array") return expression.elements;
  if (expression.kind !== "constant" || type.kind !== "array" || !Array.isArray(expression.value))
    return [expression];
  const values: readonly Expression[] = expression.value.map((value) => ({
    kind: "constant",
    value,
    type: type.element,
    span,
  }));
  return values;
}

function membership(
  syntax: OperatorSyntax,
  value: Expression,
  other: Expression,
  context: ExpressionContext,
): readonly [Expression, Expression] | null {
  const { kind } = other.type;
  const needsAddress = kind === "ipnet" && (isVariant(value.type) || value.type.kind === "string");
  if (kind === "ipnet" && value.type.kind === "ip") return [value, other];
  if (needsAddress) return [castTo(context, value, "ip"), other];
  if (other.type.kind === "array") {
    const element: Expression = { ...unknownAt(other.span), type: other.type.element };
    const sides = compared(syntax, value, element, context);
    return sides === null ? null : [sides[0], other];
  }
  if (
    value.type.kind === "ip" &&
    isConstant(other) &&
    typeof other.value === "string" &&
    other.value.includes("/")
  ) {
    const network = readNetwork(other.value) === null ? null : readConstant(context, other, "ipnet");
    if (network !== null) return [value, network];
  }
  return compared(syntax, value, other, context);
}

function checkTextTest(syntax: OperatorSyntax, context: ExpressionContext): Expression {
  const operands = operandsOf(syntax, context).map((operand) => textOf(syntax, operand, context));
  return callOf(syntax, operands);
}

function textOf(syntax: OperatorSyntax, operand: Expression, context: ExpressionContext): Expression {
  const type: DataType = operand.type;
  if (type.kind === "string" || type.kind === "null" || isUnknown(type)) return operand;
  if (isVariant(type)) return castTo(context, operand, "string");
  const message = `${spellingOf(syntax)} looks at text, but this is of type ${typeName(type)}.`;
  reportType(context, operand, message, "Convert it: STRING(…).");
  return unknownAt(operand.span);
}
