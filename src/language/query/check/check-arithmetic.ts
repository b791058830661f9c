/** Types operators that compute: numbers, times, texts, bits. */
import { type DataType, typeName } from "../../types.ts";
import type { OperatorSyntax } from "../syntax/tree.ts";
import type { Expression } from "../tree.ts";
import { type ExpressionContext, unknownAt } from "./context.ts";
import { castTo, reportType } from "./convert.ts";
import { foldCall } from "./fold.ts";
import { isIntegral, isNumber, isTime, isUnknown, simple, widest } from "./type-rules.ts";

/** `+ - * / % & | ||` and the negative sign. */
export function checkArithmetic(
  syntax: OperatorSyntax,
  operands: readonly Expression[],
  context: ExpressionContext,
): Expression {
  const { span, operator } = syntax;
  if (operands.some((operand) => isUnknown(operand.type))) return unknownAt(span);
  const [left, right] = operands;
  if (left === undefined) return unknownAt(span);
  const joinsText = operator === "add" && operands.some((operand) => operand.type.kind === "string");
  if (operator === "concat" || joinsText) {
    const texts = operands.map((operand) => castTo(context, operand, "string"));
    return foldCall({ kind: "call", function: "concat", arguments: texts, type: simple("string"), span });
  }
  const type = right === undefined ? negatedType(left.type) : resultType(operator, left.type, right.type);
  if (type !== null) return foldCall({ kind: "call", function: operator, arguments: operands, type, span });
  reportOperands(syntax, operands, context);
  return unknownAt(span);
}

function negatedType(type: DataType): DataType | null {
  return isNumber(type) || type.kind === "duration" || type.kind === "null" ? type : null;
}

function resultType(operator: string, a: DataType, b: DataType): DataType | null {
  if (a.kind === "null" || b.kind === "null") return a.kind === "null" ? b : a;
  switch (operator) {
    case "add":
      return timeSum(a, b) ?? timeSum(b, a) ?? number(a, b);
    case "subtract":
      return timeDifference(a, b) ?? number(a, b);
    case "multiply":
      return number(a, b);
    case "divide":
      return isNumberLike(a) && isNumberLike(b) ? simple("double") : null;
    case "modulo":
      return isNumber(a) && isNumber(b) ? widest(a, b) : null;
    case "bit_and":
    case "bit_or":
      return isIntegral(a) && isIntegral(b) ? widest(a, b) : null;
    default:
      return null;
  }
}

/** Sums and products of INTEGERs are LONG: counted bytes do not overflow. */
function number(a: DataType, b: DataType): DataType | null {
  if (!isNumberLike(a) || !isNumberLike(b)) return null;
  if (a.kind === "duration" || b.kind === "duration") return simple("duration");
  return a.kind === "integer" && b.kind === "integer" ? simple("long") : widest(a, b);
}

function isNumberLike(type: DataType): boolean {
  return isNumber(type) || type.kind === "duration";
}

function timeSum(time: DataType, moved: DataType): DataType | null {
  return isTime(time) && (isNumber(moved) || moved.kind === "duration") ? time : null;
}

function timeDifference(a: DataType, b: DataType): DataType | null {
  if (isTime(a) && isTime(b)) return simple("long");
  return timeSum(a, b);
}

function reportOperands(
  syntax: OperatorSyntax,
  operands: readonly Expression[],
  context: ExpressionContext,
): void {
  const [left, right] = operands.map((operand) => typeName(operand.type));
  const sign = syntax.at.source.text.slice(syntax.at.start, syntax.at.end);
  const what =
    right === undefined ? `${left} has no negative` : `${left} ${sign} ${right} cannot be computed`;
  const hasVariant = operands.some((operand) => operand.type.kind === "variant");
  const help = hasVariant
    ? "Say what the value is: LONG(…) or DOUBLE(…)."
    : "Numbers can be computed with numbers, times with times or milliseconds.";
  reportType(context, { span: syntax.at }, `${what}.`, help);
}
