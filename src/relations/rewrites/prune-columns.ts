/** Drops what nothing above reads: columns of scans, computed columns, aggregates. */

import type { ColumnId } from "#language";
import { scalarsOf } from "../plan/plan.ts";
import { addColumnsOf, visitScalars } from "../plan/scalar.ts";
import type { LookupItem, LookupPlan, Plan, PlanItem, Scalar, ScanPlan, WindowPlan } from "../plan/tree.ts";

/** The plan without what is not needed for the columns `needed`. Rows and their order stay the same. */
export function pruneColumns(plan: Plan, needed: ReadonlySet<ColumnId>): Plan {
  switch (plan.kind) {
    case "scan":
      return pruneScan(plan, needed);
    case "listing":
      return { ...plan, columns: plan.columns.filter((column) => needed.has(column.column)) };
    case "values":
    case "dual":
      return plan;
    case "project": {
      const items = plan.items.filter((item) => needed.has(item.column));
      const below = new Set(needed);
      for (const item of plan.items) below.delete(item.column);
      for (const item of items) addColumnsOf(item.scalar, below);
      const input = pruneColumns(plan.input, below);
      return items.length === 0 ? input : { ...plan, input, items };
    }
    case "window":
    case "lookup": {
      const items = plan.items.filter((item) => needed.has(item.column));
      const below = new Set(needed);
      for (const item of plan.items) below.delete(item.column);
      return pruneItems(plan, items, below);
    }
    case "unnest": {
      const below = new Set([...needed, ...readBy(plan)]);
      for (const item of plan.items) below.delete(item.column);
      return { ...plan, input: pruneColumns(plan.input, below) };
    }
    case "save": {
      const below = new Set([...needed, ...plan.columns.map((column) => column.id)]);
      return { ...plan, input: pruneColumns(plan.input, below) };
    }
    case "table":
      return { ...plan, columns: plan.columns.filter((column) => needed.has(column.column)) };
    case "group": {
      const aggregates = plan.aggregates.filter((item) => needed.has(item.column));
      const pruned = { ...plan, aggregates };
      return { ...pruned, input: pruneColumns(plan.input, readBy(pruned)) };
    }
    case "union": {
      const kept = plan.columns.flatMap((column, index) => (needed.has(column.id) ? [index] : []));
      const columnsOf = plan.columnsOf.map((ids) => kept.map((index) => ids[index] ?? null));
      const inputs = plan.inputs.map((input, index) =>
        pruneColumns(input, new Set((columnsOf[index] ?? []).filter((id) => id !== null))),
      );
      return { ...plan, columns: plan.columns.filter((column) => needed.has(column.id)), columnsOf, inputs };
    }
    case "join":
    case "nearest": {
      const below = new Set([...needed, ...readBy(plan)]);
      return { ...plan, left: pruneColumns(plan.left, below), right: pruneColumns(plan.right, below) };
    }
    case "distinct":
      return { ...plan, input: pruneColumns(plan.input, new Set([...needed, ...plan.columns])) };
    default:
      return { ...plan, input: pruneColumns(plan.input, new Set([...needed, ...readBy(plan)])) };
  }
}

/** A window or lookup with these items alone; none are left: its input. */
function pruneItems(
  plan: WindowPlan | LookupPlan,
  kept: readonly (PlanItem | LookupItem)[],
  below: Set<ColumnId>,
): Plan {
  const isKept = (item: PlanItem | LookupItem) => kept.some((each) => each.column === item.column);
  const pruned: WindowPlan | LookupPlan =
    plan.kind === "window"
      ? { ...plan, items: plan.items.filter(isKept) }
      : { ...plan, items: plan.items.filter(isKept) };
  for (const column of readBy(pruned)) below.add(column);
  const input = pruneColumns(plan.input, below);
  return kept.length === 0 ? input : { ...pruned, input };
}

function pruneScan(plan: ScanPlan, needed: ReadonlySet<ColumnId>): ScanPlan {
  const { output } = plan;
  if (output.kind === "rows") {
    const columns = output.columns.filter((column) => needed.has(column.column));
    return { ...plan, output: { ...output, columns } };
  }
  const aggregates = output.aggregates.filter((column) => needed.has(column.column));
  return { ...plan, output: { ...output, aggregates } };
}

function readBy(plan: Plan): Set<ColumnId> {
  const columns = new Set<ColumnId>();
  for (const scalar of scalarsOf(plan)) addColumnsOf(scalar, columns);
  return columns;
}

/** Every column that any part of a plan reads, inputs and nested plans included. */
export function columnsReadIn(plan: Plan): Set<ColumnId> {
  const columns = new Set<ColumnId>();
  const waiting: Plan[] = [plan];
  const read = (scalar: Scalar) =>
    visitScalars(scalar, (part) => {
      if (part.kind === "column") columns.add(part.column);
      if (part.kind === "in-plan") {
        columns.add(part.column);
        waiting.push(part.plan);
      }
      return undefined;
    });
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const scalar of scalarsOf(next)) read(scalar);
    if (next.kind === "distinct") for (const column of next.columns) columns.add(column);
    if (next.kind === "save") for (const column of next.columns) columns.add(column.id);
    if (next.kind === "union") {
      waiting.push(...next.inputs);
      for (const column of next.columnsOf.flat()) if (column !== null) columns.add(column);
    } else if (next.kind === "join" || next.kind === "nearest") waiting.push(next.left, next.right);
    else if ("input" in next) waiting.push(next.input);
  }
  return columns;
}
