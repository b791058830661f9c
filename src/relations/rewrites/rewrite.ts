/** All rewrites in their order. */

import type { ColumnId } from "#language";
import type { ColumnIds } from "../plan/column-ids.ts";
import { inputsOf, mapScalars, withInputs } from "../plan/plan.ts";
import { replaceScalars } from "../plan/scalar.ts";
import type { Plan, Scalar } from "../plan/tree.ts";
import { expandFields } from "./expand-fields.ts";
import { extractPaths } from "./extract-paths.ts";
import { liftLookups } from "./lift-lookups.ts";
import { columnsReadIn, pruneColumns } from "./prune-columns.ts";
import { pushFilters } from "./push-filters.ts";
import { pushGroups } from "./push-groups.ts";
import { pushLimits } from "./push-limits.ts";

/** What rewrites must know. */
export interface RewriteOptions {
  readonly ids: ColumnIds;
  /** Whether the query's time zone is UTC. */
  readonly isUtc: boolean;
  /** False: nothing but what must be is taken over by scans. */
  readonly pushesWork: boolean;
}

/**
 * The plan that runs. It gives the same rows in the same order, for the columns `wanted`.
 *
 * Columns are dropped twice: first so that only what is needed is looked at, then because pushed filters and groups need less.
 */
export function rewritePlan(plan: Plan, wanted: ReadonlySet<ColumnId>, options: RewriteOptions): Plan {
  const { ids, isUtc, pushesWork } = options;
  const nested = rewriteNested(liftLookups(markUnmatched(plan, wanted)), options);
  if (!pushesWork) return expandFields(nested, ids);
  const pathed = pruneColumns(extractPaths(pruneColumns(nested, wanted), ids), wanted);
  const filtered = pushFilters(expandFields(pathed, ids));
  const grouped = pushGroups(pruneColumns(filtered, wanted), wanted, { ids, isUtc });
  return pruneColumns(pushLimits(grouped), wanted);
}

/** Rewrites the plans inside scalars, each on its own. */
function rewriteNested(plan: Plan, options: RewriteOptions): Plan {
  const inScalar = (scalar: Scalar): Scalar =>
    replaceScalars(scalar, (part) => {
      if (part.kind !== "in-plan") return null;
      const operand = inScalar(part.operand);
      return { ...part, operand, plan: rewritePlan(part.plan, new Set([part.column]), options) };
    });
  const inputs = inputsOf(plan).map((input) => rewriteNested(input, options));
  return mapScalars(withInputs(plan, inputs), inScalar);
}

/** Scans give out rows for unmatched bytes when the query names `_unmatched`. */
function markUnmatched(plan: Plan, wanted: ReadonlySet<ColumnId>): Plan {
  const read = new Set([...columnsReadIn(plan), ...wanted]);
  const mark = (node: Plan): Plan => {
    const marked = withInputs(node, inputsOf(node).map(mark));
    if (marked.kind !== "scan" || marked.output.kind !== "rows") return marked;
    const isAsked = marked.output.columns.some(
      (column) => column.source.kind === "unmatched" && read.has(column.column),
    );
    return { ...marked, givesUnmatched: isAsked };
  };
  return mark(plan);
}
