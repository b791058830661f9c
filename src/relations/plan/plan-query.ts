/** From a script's tree to what runs. */

import type { Column, ColumnId, DataType, Relation, ResultRendering } from "#language";
import type { ResultColumn } from "#records";
import { type FinishPlan, finishPlanOf } from "../finish/finish-plan.ts";
import type { PlanOptions } from "../options.ts";
import { rewritePlan } from "../rewrites/rewrite.ts";
import { printPlan, type Statement } from "../sql/print-plan.ts";
import { zoneSql } from "../sql/zone.ts";
import { columnIdsFor } from "./column-ids.ts";
import { type DirectOutput, directOutput } from "./direct-output.ts";
import { lowerRelation } from "./lower.ts";
import { pushSearches } from "./push-searches.ts";
import type { Plan } from "./tree.ts";

/** How rows are made: either a leaf gives them by itself, or the engine runs a statement over leaves. */
export type QueryWork =
  | { readonly kind: "direct"; readonly output: DirectOutput }
  | {
      readonly kind: "engine";
      readonly statement: Statement;
      readonly results: readonly DataType[];
      /** How this thread can do without the engine as long as there is little to do. */
      readonly finish: FinishPlan | null;
    };

/** A planned query. */
export interface PlannedQuery {
  readonly columns: readonly ResultColumn[];
  readonly plan: Plan;
  readonly work: QueryWork;
  /** How a screen should draw the result. */
  readonly rendering: ResultRendering | null;
}

/** Plans a checked script. */
export function planQuery(relation: Relation, options: PlanOptions): PlannedQuery {
  const visible = relation.columns.filter((column: Column) => !column.isHidden);
  const columns = visible.map(({ name, type }) => ({ name, type }));
  const wanted: readonly ColumnId[] = visible.map((column) => column.id);
  const ids = columnIdsFor(relation);
  const isUtc = zoneSql(options.timeZone).isUtc;
  const pushesWork = options.pushesWork ?? true;
  const lowered = lowerRelation(pushesWork ? pushSearches(relation, isUtc) : relation, ids);
  const plan = rewritePlan(lowered, new Set(wanted), { ids, isUtc, pushesWork });
  return { columns, plan, work: planWork(plan, visible, options), rendering: renderingOf(relation) };
}

/** How the rows of a finished plan are made, with the columns `wanted`. */
export function planWork(
  plan: Plan,
  wanted: readonly { readonly id: ColumnId; readonly type: DataType }[],
  options: PlanOptions,
): QueryWork {
  const pushesWork = options.pushesWork ?? true;
  const ids = wanted.map((column) => column.id);
  const output = pushesWork ? directOutput(plan, ids) : null;
  if (output !== null) return { kind: "direct", output };
  const zone = zoneSql(options.timeZone);
  const statement = printPlan(plan, ids, { zone, nowMs: options.nowMs, fragments: [] });
  const finish = pushesWork ? finishPlanOf(plan, ids) : null;
  return { kind: "engine", statement, results: wanted.map((column) => column.type), finish };
}

/** The last `render` of a script, with nothing behind it but what keeps the columns. */
function renderingOf(relation: Relation): ResultRendering | null {
  let below = relation;
  for (;;) {
    switch (below.kind) {
      case "render":
        return below.rendering;
      case "sort":
      case "limit":
      case "tail":
      case "sample":
      case "filter":
      case "save":
        below = below.input;
        break;
      default:
        return null;
    }
  }
}
