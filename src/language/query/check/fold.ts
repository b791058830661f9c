/** Works out operators on constants, so that addresses, limits and times are known before the run. */
import type { DataType, Value } from "../../types.ts";
import type { ConstantExpression, Expression } from "../tree.ts";
import { isConstant } from "./context.ts";
import { isNumber, simple } from "./type-rules.ts";

/** The call's value as a constant when all its arguments are constants and it can be said; else the call itself. */
export function foldCall(call: Expression & { readonly kind: "call" }): Expression {
  const constants = call.arguments.filter(isConstant);
  if (constants.length !== call.arguments.length) return call;
  if (constants.some((constant) => constant.value === null)) return call;
  const folded = foldConstants(call.function, constants, call.type);
  return folded === null ? call : { kind: "constant", span: call.span, ...folded };
}

interface Folded {
  readonly value: Value;
  readonly type: DataType;
}

function foldConstants(name: string, operands: readonly ConstantExpression[], type: DataType): Folded | null {
  if (name === "concat") {
    const isText = operands.every((operand) => operand.type.kind === "string");
    return isText ? { value: operands.map((operand) => operand.value).join(""), type } : null;
  }
  if (name === "negate") return foldNegation(operands);
  const [left, right] = operands;
  if (left === undefined || right === undefined || operands.length > 2) return null;
  if (type.kind === "double" || type.kind === "float") {
    const value = foldNumbers(name, Number(left.value), Number(right.value));
    return value === null || !Number.isFinite(value) ? null : { value, type };
  }
  const a = wholeNumber(left);
  const b = wholeNumber(right);
  if (a === null || b === null) return null;
  const value = foldWholeNumbers(name, a, b);
  if (value === null || BigInt.asIntN(64, value) !== value) return null;
  const isNarrow = left.type.kind === "integer" && right.type.kind === "integer";
  if (isNarrow && BigInt.asIntN(32, value) === value)
    return { value: Number(value), type: simple("integer") };
  return { value, type: type.kind === "integer" ? simple("long") : type };
}

function foldNegation([operand]: readonly ConstantExpression[]): Folded | null {
  if (operand === undefined || !isNumber(operand.type)) return null;
  const { value, type } = operand;
  if (typeof value === "bigint") return { value: -value, type };
  return typeof value === "number" ? { value: -value, type } : null;
}

function wholeNumber({ value }: ConstantExpression): bigint | null {
  if (typeof value === "bigint") return value;
  return typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : null;
}

function foldNumbers(name: string, a: number, b: number): number | null {
  switch (name) {
    case "add":
      return a + b;
    case "subtract":
      return a - b;
    case "multiply":
      return a * b;
    case "divide":
      return b === 0 ? null : a / b;
    case "modulo":
      return b === 0 ? null : a % b;
    default:
      return null;
  }
}

function foldWholeNumbers(name: string, a: bigint, b: bigint): bigint | null {
  switch (name) {
    case "add":
      return a + b;
    case "subtract":
      return a - b;
    case "multiply":
      return a * b;
    case "modulo":
      return b === 0n ? null : a % b;
    case "bit_and":
      return a & b;
    case "bit_or":
      return a | b;
    default:
      return null;
  }
}
