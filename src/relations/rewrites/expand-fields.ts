/** Makes the fields that are still wanted as a whole slots of the scan; tuples are put together from the slots of their leaves. */

import type { DataType } from "#language";
import type { Slot } from "#records";
import type { TextSpan } from "#text";
import type { ColumnIds } from "../plan/column-ids.ts";
import { inputsOf, withInputs } from "../plan/plan.ts";
import type { Plan, PlanItem, Scalar, ScanPlan, ScanPlanColumn } from "../plan/tree.ts";
import { addSlot } from "./slots.ts";

/** The plan without columns of the kind `field`. */
export function expandFields(plan: Plan, ids: ColumnIds): Plan {
  if (plan.kind === "scan") return expandScan(plan, ids);
  return withInputs(
    plan,
    inputsOf(plan).map((input) => expandFields(input, ids)),
  );
}

function expandScan(plan: ScanPlan, ids: ColumnIds): Plan {
  if (plan.output.kind !== "rows") return plan;
  const slots = [...plan.slots];
  const columns: ScanPlanColumn[] = [];
  const items: PlanItem[] = [];
  for (const column of plan.output.columns) {
    const { source, type } = column;
    if (source.kind !== "field" || type.kind === "huge") {
      columns.push(column);
    } else if (type.kind !== "tuple") {
      columns.push({ ...column, source: { kind: "slot", slot: addSlot(slots, [source.name], type) } });
    } else {
      const scalar = tupleOf(type, [source.name], { slots, columns, ids, span: plan.span });
      items.push({ column: column.column, scalar });
    }
  }
  const input: ScanPlan = { ...plan, slots, output: { kind: "rows", columns } };
  return items.length === 0 ? input : { kind: "project", input, items };
}

/** A tuple is NULL when all of its members are: the scan does not tell a missing tuple from one of NULLs. */
function tupleOf(
  type: DataType,
  path: readonly string[],
  scan: { slots: Slot[]; columns: ScanPlanColumn[]; ids: ColumnIds; span: TextSpan },
): Scalar {
  const { span } = scan;
  if (type.kind === "tuple") {
    const members = type.fields.map((field) => tupleOf(field.type, [...path, field.name], scan));
    return { kind: "call", function: "tuple_or_null", arguments: members, type, span };
  }
  const column = scan.ids.next();
  scan.columns.push({ column, type, source: { kind: "slot", slot: addSlot(scan.slots, path, type) } });
  return { kind: "column", column, type, span };
}
