/** Tells plans apart whose rows come one by one from those whose answer depends on all that was read. */
import { inputsOf, scalarsOf } from "../plan/plan.ts";
import { visitScalars } from "../plan/scalar.ts";
import type { Plan, ScanPlan } from "../plan/tree.ts";

/** Rows that come one by one: each row of the result is made of one record, and later records change none. */
export interface RowWise {
  /** Rows in all; null: no end. */
  readonly rowLimit: number | null;
}

/** How rows come one by one, or null when every record may change all of the answer. */
export function rowWiseOf(plan: Plan): RowWise | null {
  let rowLimit: number | null = null;
  let rest = plan;
  while (rest.kind === "limit" || (rest.kind === "project" && plansIn(rest).length === 0)) {
    if (rest.kind === "limit") rowLimit = Math.min(rowLimit ?? rest.rowCount, rest.rowCount);
    rest = rest.input;
  }
  return comesRowByRow(rest) ? { rowLimit } : null;
}

function comesRowByRow(plan: Plan): boolean {
  switch (plan.kind) {
    case "scan":
      return plan.output.kind === "rows" && plan.output.top === undefined;
    case "filter":
    case "project":
    case "unnest":
    case "lookup":
      return plansIn(plan).length === 0 && comesRowByRow(plan.input);
    case "union":
      return plan.inputs.every(comesRowByRow);
    default:
      return false;
  }
}

/** The scans of a plan. */
export function scansOf(plan: Plan): readonly ScanPlan[] {
  return plan.kind === "scan" ? [plan] : below(plan).flatMap(scansOf);
}

/** Whether a plan writes files. */
export function saves(plan: Plan): boolean {
  return plan.kind === "save" || below(plan).some(saves);
}

/** Everything that a node's rows are made of. */
function below(plan: Plan): readonly Plan[] {
  return [...inputsOf(plan), ...plansIn(plan)];
}

/** The streams that the scalars of a node ask, such as that of `x IN (PARSE(…))`. */
function plansIn(plan: Plan): readonly Plan[] {
  const plans: Plan[] = [];
  for (const scalar of scalarsOf(plan)) {
    visitScalars(scalar, (part) => {
      if (part.kind === "in-plan") plans.push(part.plan);
      return undefined;
    });
  }
  return plans;
}
