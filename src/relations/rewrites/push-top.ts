/** Tells scans that only the first rows of an order are wanted. */

import type { DataType } from "#language";
import { substitute } from "../plan/lower.ts";
import { withInputs } from "../plan/plan.ts";
import type { Plan, PlanItem, Scalar, ScanPlanColumn, ScanPlanTop, SortPlan } from "../plan/tree.ts";

/** With more rows than these, keeping them in every thread costs more than sorting all. */
const MOST_ROWS = 10_000;

/** Types that the scan orders as SQL does. FLOAT is left out: the scan holds it unrounded. */
const ORDERED_TYPES: ReadonlySet<string> = new Set<DataType["kind"]>([
  "integer",
  "long",
  "double",
  "boolean",
  "string",
  "timestamp",
  "timestamp-nano",
  "duration",
  "ip",
  "mac",
]);

/** The sort of which the first `count` rows are wanted, over a scan that leaves out what cannot be among them; or null. */
export function pushTop(sort: SortPlan, count: number): Plan | null {
  if (count < 1 || count > MOST_ROWS) return null;
  const input = withTop(sort.input, sort, count, []);
  return input === null ? null : { ...sort, input };
}

function withTop(
  plan: Plan,
  sort: SortPlan,
  count: number,
  above: readonly (readonly PlanItem[])[],
): Plan | null {
  if (plan.kind === "project") {
    const input = withTop(plan.input, sort, count, [...above, plan.items]);
    return input === null ? null : withInputs(plan, [input]);
  }
  if (plan.kind !== "scan" || plan.output.kind !== "rows" || plan.rowLimit !== null) return null;
  const keys: ScanPlanTop["keys"][number][] = [];
  for (const { scalar, isDescending } of sort.keys) {
    const column = orderedColumn(above.reduce(substitute, scalar), plan.output.columns);
    if (column === null) break;
    keys.push({ column: column.column, isDescending });
  }
  if (keys.length === 0) return null;
  const top: ScanPlanTop = { keys, isWhole: keys.length === sort.keys.length, count };
  return { ...plan, output: { ...plan.output, top } };
}

/** The column of a scan that a key is, when the scan knows its order. */
function orderedColumn(scalar: Scalar, columns: readonly ScanPlanColumn[]): ScanPlanColumn | null {
  if (scalar.kind !== "column") return null;
  const column = columns.find((one) => one.column === scalar.column);
  const isHeld = column?.source.kind === "slot" || column?.source.kind === "raw-offset";
  return column !== undefined && isHeld && ORDERED_TYPES.has(column.type.kind) ? column : null;
}
