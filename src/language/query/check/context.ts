/** Where an expression stands: what can be named in it and what may stand in it. */
import type { TextSpan } from "#text";
import type { ExpressionSyntax, StreamSyntax } from "../syntax/tree.ts";
import type { ConstantExpression, Expression, Relation } from "../tree.ts";
import type { RowNames } from "./row-names.ts";
import type { ScriptScope } from "./script-scope.ts";
import type { Session } from "./session.ts";
import { simple } from "./type-rules.ts";

/** The place of an expression. */
export interface ExpressionContext {
  readonly session: Session;
  readonly scope: ScriptScope;
  /** Null where no columns can be named. */
  readonly rows: RowNames | null;
  /** Columns of the same select that stand before; input columns of the same name win. */
  readonly aliases: ReadonlyMap<string, Expression>;
  /** What parameters and local values of a function stand for. */
  readonly parameters: ReadonlyMap<string, Expression>;
  readonly aggregates: "allowed" | "inside" | "refused";
  /** Whether it is an item of a select: there alone stand windows, UNNEST and SPREAD. */
  readonly isItem: boolean;
  /** Checks a part of the expression. */
  readonly check: (syntax: ExpressionSyntax, context: ExpressionContext) => Expression;
  /** Checks a stream inside the expression; null when it cannot be known. */
  readonly checkStream: (stream: StreamSyntax, scope: ScriptScope) => Relation | null;
}

/** An expression for what is already reported, or is not known yet. */
export function unknownAt(span: TextSpan): ConstantExpression {
  return { kind: "constant", value: null, type: simple("unknown"), span };
}

/** Whether an expression is a constant whose value is known. */
export function isConstant(expression: Expression): expression is ConstantExpression {
  return expression.kind === "constant" && expression.type.kind !== "unknown";
}
