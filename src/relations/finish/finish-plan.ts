/**
 * Recognises plans whose last steps are small enough to be taken in this thread: the merge of partial groups, and what sorts, filters,
 * renames and limits the groups, or the few rows that a scan leaves of an order. Starting the engine costs more than that as long as
 * the groups or rows are few.
 */
import type { ColumnId, DataType } from "#language";
import type { ScanPredicate } from "#records";
import type { GroupPlan, Plan, PlanItem, Scalar, ScanPlan, ScanPlanColumn } from "../plan/tree.ts";
import { predicateOf } from "../rewrites/predicate.ts";
import { type MergedPart, PARTIAL_MERGES } from "./partial-merges.ts";

/** Partial groups that are merged in this thread at most: so many take about as long as starting the engine. */
export const MOST_FINISHED_ROWS = 500_000;

/** What is done with the batches of a scan that gives partial groups, or the first rows of an order and some more. */
export interface FinishPlan {
  /** Of `rows`, the keys are their columns. */
  readonly kind: "groups" | "rows";
  readonly scan: ScanPlan;
  /** Columns of the scan that are read, in the order in which its batches must have them. */
  readonly reads: readonly ColumnId[];
  readonly keys: readonly FinishKey[];
  readonly aggregates: readonly FinishAggregate[];
  /** In the order in which they are taken; groups come sorted by their keys, rows as they stand in the input. */
  readonly steps: readonly FinishStep[];
  /** The result's columns: indexes into keys followed by aggregates. */
  readonly columns: readonly number[];
}

/** A key of the groups: `index` into `reads`. */
export interface FinishKey {
  readonly index: number;
  readonly type: DataType;
}

/** An aggregate of the groups, made of merged parts; indexes of the parts are those into `reads`. */
export interface FinishAggregate {
  readonly merge: string;
  readonly parts: readonly MergedPart[];
  readonly type: DataType;
}

/** Columns are indexes into keys followed by aggregates. */
export type FinishStep =
  | {
      readonly kind: "sort";
      readonly keys: readonly { readonly column: number; readonly isDescending: boolean }[];
    }
  | { readonly kind: "filter"; readonly predicate: ScanPredicate }
  | { readonly kind: "limit"; readonly rowCount: number };

/** The finish that gives the columns `wanted` of a plan, or null when it takes the engine. */
export function finishPlanOf(plan: Plan, wanted: readonly ColumnId[]): FinishPlan | null {
  const above: Exclude<Plan, GroupPlan>[] = [];
  let below = plan;
  while (
    below.kind === "project" ||
    below.kind === "sort" ||
    below.kind === "limit" ||
    below.kind === "filter"
  ) {
    above.push(below);
    below = below.input;
  }
  above.reverse();
  if (below.kind === "scan" && below.output.kind === "rows" && below.output.top !== undefined)
    return new FinishPlanner(below).planRows(below.output.columns, above, wanted);
  if (below.kind !== "group" || below.input.kind !== "scan" || below.input.output.kind !== "groups")
    return null;
  return new FinishPlanner(below.input).planGroups(below, above, wanted);
}

class FinishPlanner {
  readonly #scan: ScanPlan;
  readonly #reads: ColumnId[] = [];
  /** Where a column of the plan is among keys and aggregates. */
  readonly #places = new Map<ColumnId, number>();
  readonly #types: DataType[] = [];

  constructor(scan: ScanPlan) {
    this.#scan = scan;
  }

  planGroups(group: GroupPlan, above: readonly Plan[], wanted: readonly ColumnId[]): FinishPlan | null {
    const keys = everyOrNull(group.keys, (item) => this.#key(item));
    if (keys === null || keys.length > MOST_KEYS) return null;
    const aggregates = everyOrNull(group.aggregates, (item) => this.#aggregate(item));
    return aggregates === null ? null : this.#plan({ kind: "groups", keys, aggregates }, above, wanted);
  }

  planRows(
    columns: readonly ScanPlanColumn[],
    above: readonly Plan[],
    wanted: readonly ColumnId[],
  ): FinishPlan | null {
    const keys: FinishKey[] = [];
    for (const { column, type } of columns) {
      if (type.kind === "huge" || !ROW_TYPES.has(type.kind)) continue;
      this.#name(column, type);
      keys.push({ index: this.#read(column), type });
    }
    return this.#plan({ kind: "rows", keys, aggregates: [] }, above, wanted);
  }

  #plan(
    source: Pick<FinishPlan, "kind" | "keys" | "aggregates">,
    above: readonly Plan[],
    wanted: readonly ColumnId[],
  ): FinishPlan | null {
    const steps: FinishStep[] = [];
    for (const node of above) {
      const step = this.#step(node);
      if (step === null) return null;
      steps.push(...step);
    }
    const columns = everyOrNull(wanted, (column) => this.#places.get(column) ?? null);
    if (columns === null) return null;
    return { ...source, scan: this.#scan, reads: this.#reads, steps, columns };
  }

  #key({ column, scalar }: PlanItem): FinishKey | null {
    if (scalar.kind !== "column" || !KEY_TYPES.has(scalar.type.kind)) return null;
    this.#name(column, scalar.type);
    return { index: this.#read(scalar.column), type: scalar.type };
  }

  #aggregate({ column, scalar }: PlanItem): FinishAggregate | null {
    if (scalar.kind !== "aggregate") return null;
    const merge = PARTIAL_MERGES[scalar.function];
    if (merge === undefined || !merge.takes(scalar.type)) return null;
    const parts = everyOrNull(scalar.arguments, (argument, index) => {
      const kind = merge.parts[index];
      return argument.kind === "column" && kind !== undefined
        ? { kind, index: this.#read(argument.column) }
        : null;
    });
    if (parts === null) return null;
    this.#name(column, scalar.type);
    return { merge: scalar.function, parts, type: scalar.type };
  }

  #name(column: ColumnId, type: DataType): void {
    this.#places.set(column, this.#types.push(type) - 1);
  }

  #read(column: ColumnId): number {
    const known = this.#reads.indexOf(column);
    return known >= 0 ? known : this.#reads.push(column) - 1;
  }

  /** The steps of a node, first to last; null: it takes the engine. */
  #step(node: Plan): readonly FinishStep[] | null {
    switch (node.kind) {
      case "project":
        return node.items.every((item) => this.#rename(item)) ? [] : null;
      case "limit":
        return [{ kind: "limit", rowCount: node.rowCount }];
      case "sort": {
        const keys = everyOrNull(node.keys, ({ scalar, isDescending }) => {
          const column = this.#place(scalar);
          return column === null ? null : { column, isDescending };
        });
        return keys === null ? null : [{ kind: "sort", keys }];
      }
      case "filter": {
        const predicate = predicateOf(node.condition, (column) => {
          const slot = this.#places.get(column);
          const type = slot === undefined ? undefined : this.#types[slot];
          return slot === undefined || type === undefined ? null : { slot, type };
        });
        return predicate === null ? null : [{ kind: "filter", predicate }];
      }
      default:
        return null;
    }
  }

  #place(scalar: Scalar): number | null {
    return scalar.kind === "column" ? (this.#places.get(scalar.column) ?? null) : null;
  }

  #rename({ column, scalar }: PlanItem): boolean {
    const place = this.#place(scalar);
    if (place !== null) this.#places.set(column, place);
    return place !== null;
  }
}

/** Types whose values are the same key exactly when their bytes are. Why not DOUBLE: 0 and -0 are one key. */
const KEY_TYPES: ReadonlySet<DataType["kind"]> = new Set([
  "integer",
  "long",
  "boolean",
  "string",
  "timestamp",
  "timestamp-nano",
  "duration",
  "ip",
  "mac",
]);

/** Types whose values are the same here and in the engine's results. */
const ROW_TYPES: ReadonlySet<DataType["kind"]> = new Set([...KEY_TYPES, "float", "double"]);

/** NULLs of a key are bits of one word. */
const MOST_KEYS = 31;

function everyOrNull<In, Out>(
  items: readonly In[],
  change: (item: In, index: number) => Out | null,
): Out[] | null {
  const out: Out[] = [];
  for (const [index, item] of items.entries()) {
    const changed = change(item, index);
    if (changed === null) return null;
    out.push(changed);
  }
  return out;
}
