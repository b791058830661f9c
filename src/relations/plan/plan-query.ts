/** From a script's tree to what runs. */

import type { Column, ColumnId, Relation } from "#language";
import type { ResultColumn } from "#records";
import { type FinishPlan, finishPlanOf } from "../finish/finish-plan.ts";
import type { PlanOptions } from "../options.ts";
import { rewritePlan } from "../rewrites/rewrite.ts";
import { printPlan, type Statement } from "../sql/print-plan.ts";
import { zoneSql } from "../sql/zone.ts";
import { type DirectOutput, directOutput } from "./direct-output.ts";
import { columnIdsFor, lowerRelation } from "./lower.ts";
import type { Plan } from "./tree.ts";

/** A planned query: either a leaf gives the rows by itself, or the engine runs a statement over leaves. */
export interface PlannedQuery {
  readonly columns: readonly ResultColumn[];
  readonly plan: Plan;
  readonly work:
    | { readonly kind: "direct"; readonly output: DirectOutput }
    | {
        readonly kind: "engine";
        readonly statement: Statement;
        /** How this thread can do without the engine as long as there is little to do. */
        readonly finish: FinishPlan | null;
      };
}

/** Plans a checked script. */
export function planQuery(relation: Relation, options: PlanOptions): PlannedQuery {
  const visible = relation.columns.filter((column: Column) => !column.isHidden);
  const columns = visible.map(({ name, type }) => ({ name, type }));
  const wanted: readonly ColumnId[] = visible.map((column) => column.id);
  const ids = columnIdsFor(relation);
  const zone = zoneSql(options.timeZone);
  const pushesWork = options.pushesWork ?? true;
  const lowered = lowerRelation(relation, ids);
  const plan = rewritePlan(lowered, new Set(wanted), { ids, isUtc: zone.isUtc, pushesWork });
  const output = pushesWork ? directOutput(plan, wanted) : null;
  if (output !== null) return { columns, plan, work: { kind: "direct", output } };
  const statement = printPlan(plan, wanted, { zone, nowMs: options.nowMs, fragments: [] });
  const finish = pushesWork ? finishPlanOf(plan, wanted) : null;
  return { columns, plan, work: { kind: "engine", statement, finish } };
}
