/** Types CASE. */
import type { CaseSyntax, ExpressionSyntax } from "../syntax/tree.ts";
import type { CaseExpression, Expression } from "../tree.ts";
import { checkOperator } from "./check-operator.ts";
import { type ExpressionContext, unknownAt } from "./context.ts";
import { checkCondition, unify } from "./unify.ts";
import { branchOf } from "./walk.ts";

/** `CASE WHEN … THEN … ELSE … END`, and `CASE x WHEN value THEN …`. */
export function checkCase(syntax: CaseSyntax, context: ExpressionContext): Expression {
  const branches = syntax.branches.map(({ when, result }) =>
    branchOf(checkWhen(syntax.subject, when, context), context.check(result, context)),
  );
  const otherwise = syntax.otherwise === null ? null : context.check(syntax.otherwise, context);
  return caseOf(branches, otherwise, syntax.span, context);
}

/** A CASE of typed parts; unknown, once reported, when their types do not fit. */
export function caseOf(
  branches: CaseExpression["branches"],
  otherwise: Expression | null,
  span: Expression["span"],
  context: ExpressionContext,
): Expression {
  const results = branches.map((branch) => branch.then);
  const unified = unify(
    context,
    otherwise === null ? results : [...results, otherwise],
    "the results before it",
  );
  if (unified === null) return unknownAt(span);
  return {
    kind: "case",
    branches: branches.map(({ when, then }, index) => branchOf(when, unified.values[index] ?? then)),
    otherwise: otherwise === null ? null : (unified.values.at(-1) ?? otherwise),
    type: unified.type,
    span,
  };
}

/** A condition; with a subject, that it equals the value. */
function checkWhen(
  subject: ExpressionSyntax | null,
  when: ExpressionSyntax,
  context: ExpressionContext,
): Expression {
  if (subject === null) return checkCondition(when, context, "The condition of WHEN");
  const { span } = when;
  const operands = [subject, when];
  return checkOperator(
    { kind: "operator", operator: "equal", operands, isNegated: false, at: span, span },
    context,
  );
}
