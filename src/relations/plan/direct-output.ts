/** Recognises plans that need no engine: the result's columns are the scan's. */

import type { ColumnId } from "#language";
import type { LeafPlan, Plan } from "./tree.ts";

/** A leaf whose rows are the result, and its column for each of the result's. */
export interface DirectOutput {
  readonly leaf: LeafPlan;
  readonly columns: readonly ColumnId[];
  /** Rows that are given out at most; null: all. */
  readonly rowLimit: number | null;
}

/** The leaf that gives the columns `wanted` by itself, or null when something is left to compute. */
export function directOutput(plan: Plan, wanted: readonly ColumnId[]): DirectOutput | null {
  let columns = [...wanted];
  let rowLimit: number | null = null;
  let below = plan;
  while (below.kind === "project" || below.kind === "limit") {
    if (below.kind === "limit") {
      rowLimit = rowLimit === null ? below.rowCount : Math.min(rowLimit, below.rowCount);
    } else {
      const named = new Map<ColumnId, ColumnId | null>();
      for (const { column, scalar } of below.items)
        named.set(column, scalar.kind === "column" ? scalar.column : null);
      const resolved = columns.map((column) => (named.has(column) ? (named.get(column) ?? null) : column));
      columns = resolved.filter((column) => column !== null);
      if (columns.length !== resolved.length) return null;
    }
    below = below.input;
  }
  const leaf = leafOf(below);
  return leaf === null ? null : { leaf, columns, rowLimit };
}

/** The node when it gives rows by itself. */
function leafOf(plan: Plan): LeafPlan | null {
  switch (plan.kind) {
    case "listing":
    case "table":
    case "lookup":
    case "save":
      return plan;
    case "scan":
      return plan.output.kind === "rows" ? plan : null;
    default:
      return null;
  }
}
