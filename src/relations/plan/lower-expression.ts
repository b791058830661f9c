/** From the language's expressions to the plan's. */

import type { Expression, Relation } from "#language";
import { type TextSpan, unreachable } from "#text";
import type { CallScalar, ConstantScalar, Plan, Scalar } from "./tree.ts";

/** Lowers a stream that an expression holds (`IN (@stream)`). */
export type LowerStream = (relation: Relation) => Plan;

/** The plan's form of an expression. */
export function lowerExpression(expression: Expression, lowerStream: LowerStream): Scalar {
  const lower = (part: Expression) => lowerExpression(part, lowerStream);
  const call = (name: string, parts: readonly Scalar[]): CallScalar => ({
    kind: "call",
    function: name,
    arguments: parts,
    type: expression.type,
    span: expression.span,
  });
  switch (expression.kind) {
    case "constant":
    case "column":
      return expression;
    case "call":
      return call(expression.function, expression.arguments.map(lower));
    case "aggregate":
      return { ...expression, arguments: expression.arguments.map(lower) };
    case "window":
      return {
        ...expression,
        arguments: expression.arguments.map(lower),
        partition: expression.partition.map(lower),
        order: expression.order.map((key) => ({
          scalar: lower(key.expression),
          isDescending: key.isDescending,
        })),
      };
    case "case": {
      const branches = expression.branches.flatMap((branch) => [lower(branch.when), lower(branch.then)]);
      return call(
        "case",
        expression.otherwise === null ? branches : [...branches, lower(expression.otherwise)],
      );
    }
    case "member":
      return call("member", [lower(expression.object), text(expression.name, expression.span)]);
    case "element":
      return call("element", [lower(expression.array), lower(expression.index)]);
    case "tuple":
      return call("tuple", expression.members.map(lower));
    case "array":
      return call("array", expression.elements.map(lower));
    case "time-shift":
    case "time-truncate": {
      const count = expression.kind === "time-shift" ? expression.amount : expression.count;
      const { span } = expression;
      return call(expression.kind === "time-shift" ? "time_shift" : "time_truncate", [
        lower(expression.time),
        { kind: "constant", value: count, type: { kind: "integer" }, span },
        text(expression.unit, span),
      ]);
    }
    case "in-stream":
      return lowerInStream(expression, lower, lowerStream);
    default:
      return unreachable(expression);
  }
}

function lowerInStream(
  expression: Extract<Expression, { readonly kind: "in-stream" }>,
  lower: (part: Expression) => Scalar,
  lowerStream: LowerStream,
): Scalar {
  const visible = expression.stream.columns.find((column) => !column.isHidden);
  if (visible === undefined) throw new Error("Internal error: a stream behind IN has one visible column");
  return {
    kind: "in-plan",
    operand: lower(expression.operand),
    plan: lowerStream(expression.stream),
    column: visible.id,
    type: expression.type,
    span: expression.span,
  };
}

function text(value: string, span: TextSpan): ConstantScalar {
  return { kind: "constant", value, type: { kind: "string" }, span };
}
