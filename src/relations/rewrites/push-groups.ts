/**
 * Lets scans group: a worker adds up rows of a key and gives out partial groups, which the engine groups again. A key that is
 * computed from slots is grouped by those slots in the scan, and computed from the partial keys.
 */

import type { ColumnId } from "#language";
import { substitute } from "../plan/lower.ts";
import { inputsOf, outputsOf, scalarsOf, withInputs } from "../plan/plan.ts";
import { addColumnsOf } from "../plan/scalar.ts";
import type { DistinctPlan, GroupPlan, Plan, PlanItem, Scalar, ScanPlan } from "../plan/tree.ts";
import { type GroupPushing, PartialGroup } from "./partial-group.ts";

/** The plan with every group that can be taken apart worked off in the scan first. `wanted` are the columns that are read of it. */
export function pushGroups(plan: Plan, wanted: ReadonlySet<ColumnId>, pushing: GroupPushing): Plan {
  const read = new Set(wanted);
  for (const scalar of scalarsOf(plan)) addColumnsOf(scalar, read);
  if (plan.kind === "distinct") for (const column of plan.columns) read.add(column);
  if (plan.kind === "save") for (const column of plan.columns) read.add(column.id);
  if (plan.kind === "union")
    for (const column of plan.columnsOf.flat()) if (column !== null) read.add(column);
  const inputs = inputsOf(plan).map((input) => pushGroups(input, read, pushing));
  const changed = withInputs(plan, inputs);
  if (changed.kind === "group") return pushGroup(changed, pushing) ?? changed;
  if (changed.kind === "distinct") return pushDistinct(changed, wanted, pushing) ?? changed;
  return changed;
}

/** Rows as they come out of a scan, and what is computed from its columns above it. Null when more than that stands between. */
function overScan(plan: Plan): { place: (scalar: Scalar) => Scalar; scan: ScanPlan } | null {
  const projections: (readonly PlanItem[])[] = [];
  let input = plan;
  for (; input.kind === "project"; input = input.input) projections.push(input.items);
  if (input.kind !== "scan" || input.output.kind !== "rows" || input.rowLimit !== null) return null;
  return { place: (scalar) => projections.reduce(substitute, scalar), scan: input };
}

function pushGroup(group: GroupPlan, pushing: GroupPushing): Plan | null {
  const found = overScan(group.input);
  if (found === null) return null;
  const partial = new PartialGroup(found.scan, pushing, new Set(group.keys.map((key) => key.column)));
  const keys: PlanItem[] = [];
  for (const key of group.keys) {
    const scalar = partial.addKey(found.place(key.scalar));
    if (scalar === null) return null;
    keys.push({ ...key, scalar });
  }
  const aggregates: PlanItem[] = [];
  for (const item of group.aggregates) {
    const scalar = partial.addAggregates(found.place(item.scalar));
    if (scalar === null) return null;
    aggregates.push({ ...item, scalar });
  }
  return { kind: "group", input: partial.plan(), keys, aggregates };
}

/** Different rows are groups without aggregates, in the order of the first row of each. */
function pushDistinct(
  distinct: DistinctPlan,
  wanted: ReadonlySet<ColumnId>,
  pushing: GroupPushing,
): Plan | null {
  const found = overScan(distinct.input);
  if (found === null || distinct.columns.length === 0) return null;
  const alike = new Set(distinct.columns);
  const given = outputsOf(distinct.input);
  if ([...wanted].some((column) => given.has(column) && !alike.has(column))) return null;
  const partial = new PartialGroup(found.scan, pushing, alike);
  const { span } = found.scan;
  const keys: PlanItem[] = [];
  for (const column of distinct.columns) {
    const type = typeOfColumn(distinct.input, column);
    if (type === null) return null;
    const scalar = partial.addKey(found.place({ kind: "column", column, type, span }));
    if (scalar === null) return null;
    keys.push({ column, scalar });
  }
  const place = pushing.ids.next();
  const position = partial.addFirstPosition(span);
  const group: Plan = {
    kind: "group",
    input: partial.plan(),
    keys,
    aggregates: [{ column: place, scalar: position }],
    isDistinct: true,
  };
  const sortKey: Scalar = { kind: "column", column: place, type: position.type, span };
  return { kind: "sort", input: group, keys: [{ scalar: sortKey, isDescending: false }] };
}

/** The type of a column of projections over a scan. */
function typeOfColumn(plan: Plan, id: ColumnId): Scalar["type"] | null {
  let below = plan;
  for (; below.kind === "project"; below = below.input) {
    const item = below.items.find((one) => one.column === id);
    if (item !== undefined) return item.scalar.type;
  }
  if (below.kind !== "scan" || below.output.kind !== "rows") return null;
  const type = below.output.columns.find((column) => column.column === id)?.type;
  return type === undefined || type.kind === "huge" ? null : type;
}
