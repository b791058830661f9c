/** The columns that plans give out, with their types. */
import type { ColumnId, DataType } from "#language";
import { LISTING_TYPES } from "./lower.ts";
import { scanColumns } from "./plan.ts";
import type { Plan } from "./tree.ts";

/** A column with its type; a scan's partial sums are `huge`. */
export interface TypedColumn {
  readonly column: ColumnId;
  readonly type: DataType | { readonly kind: "huge" };
}

/** Every column that can be read from a plan, once. */
export function typedOutputs(plan: Plan): readonly TypedColumn[] {
  const own = ownOutputs(plan);
  const seen = new Set(own.map((column) => column.column));
  return [...own, ...inheritedOutputs(plan).filter((column) => !seen.has(column.column))];
}

function inheritedOutputs(plan: Plan): readonly TypedColumn[] {
  switch (plan.kind) {
    case "scan":
    case "listing":
    case "table":
    case "values":
    case "dual":
    case "union":
    case "group":
      return [];
    case "join": {
      const isHalf = plan.joinType === "semi" || plan.joinType === "anti";
      return isHalf ? typedOutputs(plan.left) : [...typedOutputs(plan.left), ...typedOutputs(plan.right)];
    }
    case "nearest":
      return [...typedOutputs(plan.left), ...typedOutputs(plan.right)];
    default:
      return typedOutputs(plan.input);
  }
}

function ownOutputs(plan: Plan): readonly TypedColumn[] {
  switch (plan.kind) {
    case "scan":
      return scanColumns(plan);
    case "listing":
      return plan.columns.map(({ column, field }) => ({ column, type: LISTING_TYPES[field] }));
    case "table":
      return plan.columns;
    case "values":
    case "dual":
    case "union":
      return plan.columns.map((column) => ({ column: column.id, type: column.type }));
    case "group":
      return [...plan.keys, ...plan.aggregates].map(({ column, scalar }) => ({ column, type: scalar.type }));
    case "project":
    case "window":
      return plan.items.map(({ column, scalar }) => ({ column, type: scalar.type }));
    case "unnest":
    case "lookup":
      return plan.items;
    case "nearest":
      return [{ column: plan.others, type: { kind: "long" } }];
    default:
      return [];
  }
}
