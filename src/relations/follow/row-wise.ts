/** Tells plans apart whose rows come one by one from those whose answer depends on all that was read. */
import { inputsOf } from "../plan/plan.ts";
import type { Plan, ScanPlan } from "../plan/tree.ts";

/** Rows that come one by one: each row of the result is made of one record, and later records change none. */
export interface RowWise {
  /** Rows in all; null: no end. */
  readonly rowLimit: number | null;
}

/** How rows come one by one, or null when every record may change all of the answer. */
export function rowWiseOf(plan: Plan): RowWise | null {
  let rowLimit: number | null = null;
  let below = plan;
  for (; below.kind === "project" || below.kind === "limit"; below = below.input) {
    if (below.kind === "limit") rowLimit = Math.min(rowLimit ?? below.rowCount, below.rowCount);
  }
  return comesRowByRow(below) ? { rowLimit } : null;
}

function comesRowByRow(plan: Plan): boolean {
  switch (plan.kind) {
    case "scan":
      return plan.output.kind === "rows" && plan.output.top === undefined;
    case "filter":
    case "project":
    case "unnest":
    case "lookup":
      return comesRowByRow(plan.input);
    case "union":
      return plan.inputs.every(comesRowByRow);
    default:
      return false;
  }
}

/** The scans of a plan. */
export function scansOf(plan: Plan): readonly ScanPlan[] {
  return plan.kind === "scan" ? [plan] : inputsOf(plan).flatMap(scansOf);
}

/** Whether a plan writes files. */
export function saves(plan: Plan): boolean {
  return plan.kind === "save" || inputsOf(plan).some(saves);
}
