/** Tells scans how many rows are wanted. */

import { inputsOf, withInputs } from "../plan/plan.ts";
import type { Plan } from "../plan/tree.ts";
import { pushTop } from "./push-top.ts";

/** The plan with scans that stop at the limits above them. The limits stay: they cost nothing. */
export function pushLimits(plan: Plan): Plan {
  return push(plan, null);
}

function push(plan: Plan, limit: number | null): Plan {
  switch (plan.kind) {
    case "limit": {
      const rowCount = limit === null ? plan.rowCount : Math.min(limit, plan.rowCount);
      return { ...plan, input: push(plan.input, rowCount) };
    }
    case "sort":
      return (limit === null ? null : pushTop(plan, limit)) ?? { ...plan, input: push(plan.input, null) };
    case "project":
    case "lookup":
      return { ...plan, input: push(plan.input, limit) };
    case "union":
      return { ...plan, inputs: plan.inputs.map((input) => push(input, limit)) };
    case "scan": {
      if (limit === null || plan.output.kind !== "rows") return plan;
      return { ...plan, rowLimit: Math.min(limit, plan.rowLimit ?? limit) };
    }
    default:
      return withInputs(
        plan,
        inputsOf(plan).map((input) => push(input, null)),
      );
  }
}
