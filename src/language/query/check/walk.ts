/** Walks over typed expressions. */
import type { CaseExpression, Expression } from "../tree.ts";

/** The expressions directly inside one. A stream behind IN is no part. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "constant":
    case "column":
      return [];
    case "call":
    case "aggregate":
      return expression.arguments;
    case "window":
      return [
        ...expression.arguments,
        ...expression.partition,
        ...expression.order.map((key) => key.expression),
      ];
    case "case": {
      const parts = expression.branches.flatMap((branch) => [branch.when, branch.then]);
      return expression.otherwise === null ? parts : [...parts, expression.otherwise];
    }
    case "member":
      return [expression.object];
    case "element":
      return [expression.array, expression.index];
    case "tuple":
      return expression.members;
    case "array":
      return expression.elements;
    case "time-shift":
    case "time-truncate":
      return [expression.time];
    case "in-stream":
      return [expression.operand];
  }
}

/** A branch of CASE. */
export function branchOf(when: Expression, result: Expression): CaseExpression["branches"][number] {
  // biome-ignore lint/suspicious/noThenProperty: the word of the language; branches are plain data that nobody awaits.
  return { when, then: result };
}

/** How many nodes an expression has and how deep they nest; counting ends at `limit` nodes. */
export function measure(
  expression: Expression,
  limit: number,
): { readonly size: number; readonly depth: number } {
  let level: readonly Expression[] = [expression];
  let size = 0;
  let depth = 0;
  for (; level.length > 0 && size < limit; depth++) {
    size += level.length;
    level = level.flatMap(partsOf);
  }
  return { size, depth };
}

/** Whether something in the expression fits. */
export function someIn(expression: Expression, fits: (part: Expression) => boolean): boolean {
  const pending: Expression[] = [expression];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (fits(next)) return true;
    pending.push(...partsOf(next));
  }
  return false;
}

/** The expression with parts replaced: `change` is asked from the top and stops where it gives one. */
export function replaceIn(
  expression: Expression,
  change: (part: Expression) => Expression | null,
): Expression {
  const changed = change(expression);
  if (changed !== null) return changed;
  const inside = (part: Expression) => replaceIn(part, change);
  switch (expression.kind) {
    case "constant":
    case "column":
      return expression;
    case "call":
    case "aggregate":
      return { ...expression, arguments: expression.arguments.map(inside) };
    case "window":
      return {
        ...expression,
        arguments: expression.arguments.map(inside),
        partition: expression.partition.map(inside),
        order: expression.order.map((key) => ({ ...key, expression: inside(key.expression) })),
      };
    case "case": {
      const branches = expression.branches.map(({ when, then }) => branchOf(inside(when), inside(then)));
      const otherwise = expression.otherwise === null ? null : inside(expression.otherwise);
      return { ...expression, branches, otherwise };
    }
    case "member":
      return { ...expression, object: inside(expression.object) };
    case "element":
      return { ...expression, array: inside(expression.array), index: inside(expression.index) };
    case "tuple":
      return { ...expression, members: expression.members.map(inside) };
    case "array":
      return { ...expression, elements: expression.elements.map(inside) };
    case "time-shift":
    case "time-truncate":
      return { ...expression, time: inside(expression.time) };
    case "in-stream":
      return { ...expression, operand: inside(expression.operand) };
  }
}

/** A text that is equal for expressions that compute the same in the same way; places in the script do not count. */
export function sameText(expression: Expression): string {
  return JSON.stringify(expression, (key, value: unknown) => {
    if (key === "span") return undefined;
    return typeof value === "bigint" ? `${value}n` : value;
  });
}
