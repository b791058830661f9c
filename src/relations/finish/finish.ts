/** Takes the last steps of a query in this thread: merges partial groups, then sorts, filters and limits them. */
import type { DataType, Value } from "#language";
import { type Batch, valueAt } from "#records";
import { invariant, unreachable } from "#text";
import { evaluate } from "../leaves/listing-filter.ts";
import { compareTexts } from "./compare-texts.ts";
import type { FinishAggregate, FinishPlan, FinishStep } from "./finish-plan.ts";
import { type MergedGroups, mergeGroups } from "./merge-groups.ts";
import { PARTIAL_MERGES } from "./partial-merges.ts";

/** A column of the groups: its values by the group's number, and values that have the same order and are had faster. */
interface GroupColumn {
  readonly at: (group: number) => Value;
  readonly rankAt: (group: number) => Value;
}

function plainColumn(at: (group: number) => Value): GroupColumn {
  return { at, rankAt: at };
}

/**
 * The result of a plan over all batches of its scan, or null when the engine has to give it: a sum does not fit its type.
 * `batches` have the columns that the plan reads.
 */
export function finish(plan: FinishPlan, batches: readonly Batch[]): Batch | null {
  const parts = plan.aggregates.flatMap((aggregate) => aggregate.parts);
  const keys = plan.keys.map((key) => key.index);
  const groups = plan.kind === "rows" ? rowsOf(batches, keys) : mergeGroups(batches, { keys, parts });
  const columns = plan.keys.map((_, key) => plainColumn((group) => groups.keyAt(key, group)));
  let firstPart = 0;
  for (const aggregate of plan.aggregates) {
    const column = aggregateColumn(aggregate, firstPart, groups);
    if (column === null) return null;
    columns.push(column);
    firstPart += aggregate.parts.length;
  }
  const types = [...plan.keys, ...plan.aggregates].map(({ type }) => type);
  const rows = new GroupRows(groups.count, columns, types, plan.kind === "rows" ? 0 : plan.keys.length);
  for (const [index, step] of plan.steps.entries()) rows.take(step, plan.steps[index + 1]);
  return rows.batch(plan.columns);
}

/** Rows as groups of their own. */
function rowsOf(batches: readonly Batch[], keys: readonly number[]): MergedGroups {
  const places = batches.flatMap((batch) =>
    Array.from({ length: batch.rowCount }, (_, row) => ({ batch, row })),
  );
  return {
    count: places.length,
    keyAt: (key, group) => {
      const place = places[group];
      const column = place?.batch.columns[keys[key] ?? 0];
      return place === undefined || column === undefined ? null : valueAt(column, place.row);
    },
    partAt: () => null,
  };
}

/** Null: a value is one that only the engine gives. */
function aggregateColumn(
  { merge, parts }: FinishAggregate,
  firstPart: number,
  groups: MergedGroups,
): GroupColumn | null {
  const result = PARTIAL_MERGES[merge]?.result;
  invariant(result !== undefined, "planned merges are in the list");
  const isPlainSum = parts.length === 1 && parts[0]?.kind === "sum" && areSafe(firstPart, groups);
  // Fast path: sums that are safe integers are made values only where they are shown, and sorted as numbers.
  if (isPlainSum) {
    const missing = result([null]) === null ? null : 0;
    return {
      at: (group) => result([groups.partAt(firstPart, group)]) ?? null,
      rankAt: (group) => groups.partAt(firstPart, group) ?? missing,
    };
  }
  const values: Value[] = [];
  for (let group = 0; group < groups.count; group++) {
    const value = result(parts.map((_, part) => groups.partAt(firstPart + part, group)));
    if (value === undefined) return null;
    values.push(value);
  }
  return plainColumn((group) => values[group] ?? null);
}

/** Whether no sum is beyond the safe integers. */
function areSafe(part: number, groups: MergedGroups): boolean {
  for (let group = 0; group < groups.count; group++) {
    if (typeof groups.partAt(part, group) === "bigint") return false;
  }
  return true;
}

type SortKeys = Extract<FinishStep, { readonly kind: "sort" }>["keys"];

/** Groups as rows in an order. */
class GroupRows {
  /** Numbers of the groups that are left, in order once `#sort` was carried out. */
  #rows: number[];
  readonly #columns: readonly GroupColumn[];
  readonly #types: readonly DataType[];
  /** What the rows are to be sorted by; carried out when the order counts. */
  #order: SortKeys;
  #isSorted = false;

  constructor(count: number, columns: readonly GroupColumn[], types: readonly DataType[], keyCount: number) {
    this.#rows = Array.from({ length: count }, (_, group) => group);
    this.#columns = columns;
    this.#types = types;
    this.#order = Array.from({ length: keyCount }, (_, column) => ({ column, isDescending: false }));
  }

  take(step: FinishStep, next: FinishStep | undefined): void {
    switch (step.kind) {
      case "sort":
        this.#order = [...step.keys, ...this.#order];
        this.#isSorted = false;
        if (next?.kind === "limit") this.#sort(next.rowCount);
        return;
      case "limit":
        this.#sort(step.rowCount);
        this.#rows = this.#rows.slice(0, step.rowCount);
        return;
      case "filter":
        this.#rows = this.#rows.filter(
          (row) =>
            evaluate(
              step.predicate,
              this.#columns.map((column) => column.at(row)),
            ) === true,
        );
        return;
      default:
        unreachable(step);
    }
  }

  batch(wanted: readonly number[]): Batch {
    this.#sort(this.#rows.length);
    const columns = wanted.map((index) => {
      const column = this.#columns[index];
      invariant(column !== undefined, "results name columns of the groups");
      return { kind: "values" as const, values: this.#rows.map(column.at) };
    });
    return { rowCount: this.#rows.length, columns };
  }

  /** Puts the first `needed` rows in order; when that is few of many, the others are dropped on the way. */
  #sort(needed: number): void {
    if (this.#isSorted) return;
    const compare = this.#comparison();
    if (needed < this.#rows.length / SELECTING_SHARE) this.#rows = leastOf(this.#rows, needed, compare);
    else this.#rows.sort(compare);
    this.#isSorted = true;
  }

  #comparison(): (a: number, b: number) => number {
    const keys = this.#order.map(({ column, isDescending }) => ({
      value: remembered(this.#columns[column]),
      isText: this.#types[column]?.kind === "string",
      sign: isDescending ? -1 : 1,
    }));
    return (a, b) => {
      for (const { value, isText, sign } of keys) {
        const [x, y] = [value(a), value(b)];
        if (x === null || y === null) {
          if (x === y) continue;
          return x === null ? 1 : -1;
        }
        const order = isText ? compareTexts(String(x), String(y)) : x < y ? -1 : x > y ? 1 : 0;
        if (order !== 0) return sign * order;
      }
      return 0;
    };
  }
}

/** Rows are selected rather than sorted when so many times as many are there. */
const SELECTING_SHARE = 8;

function remembered(column: GroupColumn | undefined): (group: number) => Value {
  invariant(column !== undefined, "rows are sorted by their columns");
  const values: (Value | undefined)[] = [];
  return (row) => {
    const known = values[row];
    if (known !== undefined) return known;
    const value = column.rankAt(row);
    values[row] = value;
    return value;
  };
}

/** The least `count` rows, in order. One pass with the best so far in order: `count` is small. */
function leastOf(
  rows: readonly number[],
  count: number,
  compare: (a: number, b: number) => number,
): number[] {
  const best: number[] = [];
  for (const row of rows) {
    const last = best.at(-1);
    if (best.length === count && (last === undefined || compare(row, last) >= 0)) continue;
    let [low, high] = [0, best.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(row, best[middle] ?? 0) < 0) high = middle;
      else low = middle + 1;
    }
    best.splice(low, 0, row);
    if (best.length > count) best.pop();
  }
  return best;
}
