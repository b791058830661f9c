/** Prints scalars. */

import type { ColumnId } from "#language";
import { unreachable } from "#text";
import { flatten } from "../plan/scalar.ts";
import type { Plan, Scalar } from "../plan/tree.ts";
import { AGGREGATE_RENDERINGS } from "./aggregates.ts";
import { FUNCTION_RENDERINGS } from "./functions.ts";
import { OPERATOR_RENDERINGS } from "./operators.ts";
import { quoteValue } from "./quote.ts";
import type { Argument, RenderContext } from "./render.ts";
import { printWindow } from "./windows.ts";

/** What scalars are printed with. */
export interface ScalarContext extends RenderContext {
  /** The rows' order for aggregates, see `RenderAggregate`. */
  readonly order: string;
  /** Prints a nested plan with one column; gives the name to select it from. */
  readonly printPlan: (plan: Plan, column: ColumnId) => string;
}

/** SQL's name of a column. */
export function columnName(id: ColumnId): string {
  return `c${id}`;
}

/** A scalar as an SQL expression that can stand anywhere. */
export function printScalar(scalar: Scalar, context: ScalarContext): string {
  if (scalar.type.kind === "null") return "NULL";
  switch (scalar.kind) {
    case "constant":
      return quoteValue(scalar.value, scalar.type);
    case "column":
      return columnName(scalar.column);
    case "call": {
      const isFlat = scalar.function === "and" || scalar.function === "or";
      const parts = isFlat ? flatten(scalar.function, scalar) : scalar.arguments;
      const render = OPERATOR_RENDERINGS[scalar.function] ?? FUNCTION_RENDERINGS[scalar.function];
      if (render === undefined) throw new Error(`Internal error: no SQL for "${scalar.function}"`);
      return render(printAll(parts, context), scalar, context);
    }
    case "aggregate": {
      const render = AGGREGATE_RENDERINGS[scalar.function];
      if (render === undefined)
        throw new Error(`Internal error: no SQL for the aggregate "${scalar.function}"`);
      return render(printAll(scalar.arguments, context), scalar, { ...context, over: "" });
    }
    case "window":
      return printWindow(scalar, context, (part) => printScalar(part, context));
    case "in-plan": {
      const from = context.printPlan(scalar.plan, scalar.column);
      return `(${printScalar(scalar.operand, context)} IN (SELECT ${columnName(scalar.column)} FROM ${from}))`;
    }
    default:
      return unreachable(scalar);
  }
}

function printAll(scalars: readonly Scalar[], context: ScalarContext): Argument[] {
  return scalars.map((scalar) => ({ sql: printScalar(scalar, context), type: scalar.type, scalar }));
}
