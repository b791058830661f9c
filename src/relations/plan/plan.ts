/** Looks at the nodes of plans and takes them apart. */
import type { ColumnId, ListingField } from "#language";
import type { Plan, PlanItem, Scalar, ScanPlan, ScanPlanColumn } from "./tree.ts";

/** Fields of a listing in the order that `ListingPredicate`s count them. */
export const LISTING_FIELDS: readonly ListingField[] = [
  "uri",
  "file_name",
  "length",
  "last_modified",
  "path_time",
];

/** The inputs of a node, in order. */
export function inputsOf(plan: Plan): readonly Plan[] {
  switch (plan.kind) {
    case "join":
    case "nearest":
      return [plan.left, plan.right];
    case "union":
      return plan.inputs;
    case "scan":
    case "listing":
    case "values":
    case "dual":
    case "table":
      return [];
    default:
      return [plan.input];
  }
}

/** The node with other inputs, as many as it has. */
export function withInputs(plan: Plan, inputs: readonly Plan[]): Plan {
  const [first, second] = inputs;
  switch (plan.kind) {
    case "union":
      return { ...plan, inputs };
    case "join":
    case "nearest":
      return { ...plan, left: first ?? plan.left, right: second ?? plan.right };
    case "scan":
    case "listing":
    case "values":
    case "dual":
    case "table":
      return plan;
    default:
      return { ...plan, input: first ?? plan.input };
  }
}

/** The scalars that a node itself holds, in order. */
export function scalarsOf(plan: Plan): readonly Scalar[] {
  switch (plan.kind) {
    case "filter":
    case "join":
      return [plan.condition];
    case "nearest":
      return [plan.condition, plan.leftTime, plan.rightTime];
    case "project":
    case "window":
    case "unnest":
      return plan.items.map((item) => item.scalar);
    case "lookup":
      return plan.items.flatMap((item) => item.arguments);
    case "group":
      return [...plan.keys, ...plan.aggregates].map((item) => item.scalar);
    case "sort":
      return plan.keys.map((key) => key.scalar);
    case "values":
      return plan.rows.flat();
    default:
      return [];
  }
}

/** The node with every scalar it holds changed. */
export function mapScalars(plan: Plan, change: (scalar: Scalar) => Scalar): Plan {
  const changeItem = (item: PlanItem): PlanItem => ({ ...item, scalar: change(item.scalar) });
  switch (plan.kind) {
    case "filter":
    case "join":
      return { ...plan, condition: change(plan.condition) };
    case "nearest": {
      const { condition, leftTime, rightTime } = plan;
      return {
        ...plan,
        condition: change(condition),
        leftTime: change(leftTime),
        rightTime: change(rightTime),
      };
    }
    case "project":
    case "window":
      return { ...plan, items: plan.items.map(changeItem) };
    case "unnest":
      return { ...plan, items: plan.items.map((item) => ({ ...item, scalar: change(item.scalar) })) };
    case "group":
      return { ...plan, keys: plan.keys.map(changeItem), aggregates: plan.aggregates.map(changeItem) };
    case "sort":
      return { ...plan, keys: plan.keys.map((key) => ({ ...key, scalar: change(key.scalar) })) };
    default:
      return plan;
  }
}

/** The columns a plan gives out. */
export function outputsOf(plan: Plan): Set<ColumnId> {
  switch (plan.kind) {
    case "scan":
      return new Set(scanColumns(plan).map((column) => column.column));
    case "listing":
    case "table":
      return new Set(plan.columns.map((column) => column.column));
    case "values":
    case "dual":
    case "union":
      return new Set(plan.columns.map((column) => column.id));
    case "project":
    case "window":
    case "unnest":
    case "lookup":
      return new Set([...outputsOf(plan.input), ...plan.items.map((item) => item.column)]);
    case "nearest":
      return new Set([...outputsOf(plan.left), ...outputsOf(plan.right), plan.others]);
    case "group":
      return new Set([...plan.keys, ...plan.aggregates].map((item) => item.column));
    case "join": {
      const isHalf = plan.joinType === "semi" || plan.joinType === "anti";
      return new Set([...outputsOf(plan.left), ...(isHalf ? [] : outputsOf(plan.right))]);
    }
    default:
      return outputsOf(plan.input);
  }
}

/** The columns of a scan, with their types. */
export function scanColumns(plan: ScanPlan): readonly { column: ColumnId; type: ScanPlanColumn["type"] }[] {
  return plan.output.kind === "rows" ? plan.output.columns : [...plan.output.keys, ...plan.output.aggregates];
}
