/**
 * Lets scans group: a worker adds up rows of a key and gives out partial groups, which the engine groups again. A key that is
 * computed from slots is grouped by those slots in the scan, and computed from the partial keys.
 */

import type { ColumnId, DataType, TimeUnit } from "#language";
import type { ScanAggregate } from "#records";
import { type ColumnIds, substitute } from "../plan/lower.ts";
import { inputsOf, withInputs } from "../plan/plan.ts";
import { constantText, replaceScalars } from "../plan/scalar.ts";
import type {
  GroupPlan,
  Plan,
  PlanItem,
  Scalar,
  ScanPlan,
  ScanPlanAggregate,
  ScanPlanColumn,
} from "../plan/tree.ts";
import { predicateOf } from "./predicate.ts";

/** What the rewrite must know of the query. */
export interface GroupPushing {
  readonly ids: ColumnIds;
  /** Whether the query's time zone is UTC. */
  readonly isUtc: boolean;
}

/** The plan with every group that can be taken apart worked off in the scan first. */
export function pushGroups(plan: Plan, pushing: GroupPushing): Plan {
  const changed = withInputs(
    plan,
    inputsOf(plan).map((input) => pushGroups(input, pushing)),
  );
  return changed.kind === "group" ? (pushGroup(changed, pushing) ?? changed) : changed;
}

/** Puts the computed columns between a group and its scan into the group. Null when more than those stand between. */
function overScan(plan: GroupPlan): { group: GroupPlan; scan: ScanPlan } | null {
  let { input } = plan;
  let group = plan;
  while (input.kind === "project") {
    const { items } = input;
    const place = (item: PlanItem): PlanItem => ({ ...item, scalar: substitute(item.scalar, items) });
    group = { ...group, keys: group.keys.map(place), aggregates: group.aggregates.map(place) };
    input = input.input;
  }
  const isPlain = input.kind === "scan" && input.output.kind === "rows" && input.rowLimit === null;
  return isPlain && input.kind === "scan" ? { group, scan: input } : null;
}

function pushGroup(plan: GroupPlan, pushing: GroupPushing): Plan | null {
  const found = overScan(plan);
  if (found === null) return null;
  const { group, scan } = found;
  const partial = new PartialGroup(scan, pushing, new Set(group.keys.map((key) => key.column)));
  const keys: PlanItem[] = [];
  for (const key of group.keys) {
    const scalar = partial.addKey(key.scalar);
    if (scalar === null) return null;
    keys.push({ ...key, scalar });
  }
  const aggregates: PlanItem[] = [];
  for (const item of group.aggregates) {
    const scalar = partial.addAggregates(item.scalar);
    if (scalar === null) return null;
    aggregates.push({ ...item, scalar });
  }
  return { kind: "group", input: partial.plan(), keys, aggregates };
}

type PartialKey = ScanPlanColumn & { readonly truncateMs: bigint | null };

/** Collects what the scan groups by and adds up. */
class PartialGroup {
  readonly #scan: ScanPlan;
  readonly #pushing: GroupPushing;
  readonly #columns: readonly ScanPlanColumn[];
  /** The final group's keys, which items beside aggregates may read. */
  readonly #finalKeys: ReadonlySet<ColumnId>;
  readonly #keys: PartialKey[] = [];
  readonly #aggregates: ScanPlanAggregate[] = [];

  constructor(scan: ScanPlan, pushing: GroupPushing, finalKeys: ReadonlySet<ColumnId>) {
    this.#scan = scan;
    this.#pushing = pushing;
    this.#finalKeys = finalKeys;
    this.#columns = scan.output.kind === "rows" ? scan.output.columns : [];
  }

  plan(): ScanPlan {
    return { ...this.#scan, output: { kind: "groups", keys: this.#keys, aggregates: this.#aggregates } };
  }

  /** Makes the scan group finely enough for a key; gives the key over the partial groups. */
  addKey(scalar: Scalar): Scalar | null {
    let isPossible = true;
    const changed = replaceScalars(scalar, (part) => {
      if (part.kind === "in-plan") isPossible = false;
      const cut = this.#cutTime(part);
      if (cut !== null || part.kind !== "column") return cut;
      // Why not times in expressions: hardly two rows have the same, so that grouping by them is work without gain.
      const isPart = part !== scalar;
      isPossible &&= this.#addPlainKey(part.column, isPart);
      return part;
    });
    return isPossible ? changed : null;
  }

  #addPlainKey(id: ColumnId, isPart: boolean): boolean {
    const column = this.#column(id);
    if (column === null || !isKeySource(column)) return false;
    if (isPart && column.type.kind.startsWith("timestamp")) return false;
    if (!this.#keys.some((key) => key.column === id)) this.#keys.push({ ...column, truncateMs: null });
    return true;
  }

  /** `time[1 hour]` and `HOUR(time)` of a slot: the scan cuts times as coarsely as the call allows. */
  #cutTime(scalar: Scalar): Scalar | null {
    if (scalar.kind !== "call") return null;
    const [time, ...others] = scalar.arguments;
    if (time?.kind !== "column") return null;
    const column = this.#column(time.column);
    if (column?.type.kind !== "timestamp" || column.source.kind !== "slot") return null;
    const step = stepOf(scalar.function, others, this.#pushing.isUtc);
    if (step === null) return null;
    const cut: Scalar = { ...time, column: this.#cutKey(column, step.truncateMs) };
    return step.isExact ? { ...cut, span: scalar.span } : { ...scalar, arguments: [cut, ...others] };
  }

  #cutKey(column: ScanPlanColumn, truncateMs: bigint): ColumnId {
    const { source } = column;
    const isSame = (key: PartialKey) =>
      key.truncateMs === truncateMs &&
      key.source.kind === "slot" &&
      source.kind === "slot" &&
      key.source.slot === source.slot;
    const known = this.#keys.find(isSame);
    if (known !== undefined) return known.column;
    const id = this.#pushing.ids.next();
    this.#keys.push({ ...column, column: id, truncateMs });
    return id;
  }

  /** Takes the aggregates in a scalar apart; gives the scalar over the partial ones. */
  addAggregates(scalar: Scalar): Scalar | null {
    let isPossible = true;
    const changed = replaceScalars(scalar, (part) => {
      if (part.kind === "column") {
        const isPartialKey = this.#keys.some((key) => key.column === part.column);
        isPossible &&= isPartialKey || this.#finalKeys.has(part.column);
        return part;
      }
      if (part.kind === "in-plan") isPossible = false;
      if (part.kind !== "aggregate") return null;
      const final = this.#takeApart(part);
      isPossible &&= final !== null;
      return final ?? part;
    });
    return isPossible ? changed : null;
  }

  #takeApart(aggregate: Scalar & { readonly kind: "aggregate" }): Scalar | null {
    const [argument] = aggregate.arguments;
    switch (aggregate.function) {
      case "count":
        return this.#takeCountApart(aggregate, argument);
      case "sum":
      case "avg": {
        const slot = this.#slotOf(argument, ["integer", "long"]);
        if (slot === null) return null;
        const sum = this.#add({ kind: "sum", slot }, { kind: "huge" }, aggregate);
        if (aggregate.function === "sum") return { ...aggregate, function: "sum_of_sums", arguments: [sum] };
        const isNull = { kind: "is-null", slot } as const;
        const count: ScanAggregate = { kind: "count", when: { kind: "not", operand: isNull } };
        const counted = this.#add(count, { kind: "long" }, aggregate);
        return { ...aggregate, function: "avg_of_sums", arguments: [sum, counted] };
      }
      case "min":
      case "max":
      case "any": {
        const slot = this.#slotOf(argument, ["integer", "long", "double", "timestamp", "ip"]);
        if (slot === null) return null;
        const kind = aggregate.function === "max" ? "max" : "min";
        return { ...aggregate, arguments: [this.#add({ kind, slot }, aggregate.type, aggregate)] };
      }
      default:
        return null;
    }
  }

  #takeCountApart(
    aggregate: Scalar & { readonly kind: "aggregate" },
    argument: Scalar | undefined,
  ): Scalar | null {
    const find = (id: ColumnId) => {
      const column = this.#column(id);
      if (column?.source.kind !== "slot" || column.type.kind === "huge") return null;
      return { slot: column.source.slot, type: column.type };
    };
    let when = null;
    if (argument !== undefined) {
      const isCondition = argument.type.kind === "boolean";
      const condition: Scalar = isCondition
        ? argument
        : {
            kind: "call",
            function: "is_not_null",
            arguments: [argument],
            type: { kind: "boolean" },
            span: argument.span,
          };
      when = predicateOf(condition, find);
      if (when === null) return null;
    }
    const counted = this.#add({ kind: "count", when }, { kind: "long" }, aggregate);
    return { ...aggregate, function: "sum_of_counts", arguments: [counted] };
  }

  #add(aggregate: ScanAggregate, type: DataType | { readonly kind: "huge" }, like: Scalar): Scalar {
    const key = keyOf(aggregate);
    const known = this.#aggregates.find((other) => keyOf(other.aggregate) === key);
    const column = known?.column ?? this.#pushing.ids.next();
    if (known === undefined) this.#aggregates.push({ column, type, aggregate });
    return { kind: "column", column, type: type.kind === "huge" ? { kind: "long" } : type, span: like.span };
  }

  #slotOf(scalar: Scalar | undefined, kinds: readonly DataType["kind"][]): number | null {
    const column = scalar?.kind === "column" ? this.#column(scalar.column) : null;
    return column?.source.kind === "slot" && column.type.kind !== "huge" && kinds.includes(column.type.kind)
      ? column.source.slot
      : null;
  }

  #column(id: ColumnId): ScanPlanColumn | null {
    return this.#columns.find((column) => column.column === id) ?? null;
  }
}

/** Equal for aggregates that are the same. */
function keyOf(aggregate: ScanAggregate): string {
  return JSON.stringify(aggregate, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}

/** Slots of plain types and columns of files. */
function isKeySource(column: ScanPlanColumn): boolean {
  const { kind } = column.type;
  if (kind === "array" || kind === "tuple" || kind === "object" || kind === "variant" || kind === "bytes")
    return false;
  return column.source.kind === "slot" || column.source.kind === "file";
}

const UNIT_MS: Readonly<Partial<Record<TimeUnit, bigint>>> = {
  millisecond: 1n,
  second: 1000n,
  minute: 60_000n,
  hour: 3_600_000n,
  day: 86_400_000n,
};

function isUnit(unit: string): unit is TimeUnit {
  return ["millisecond", "second", "minute", "hour", "day", "week", "month", "year"].includes(unit);
}

/** Functions that look at no more of a time in UTC than its start of so many milliseconds. */
const PART_MS: Readonly<Record<string, bigint>> = {
  second: 1000n,
  minute: 60_000n,
  hour: 3_600_000n,
  day: 86_400_000n,
  month: 86_400_000n,
  year: 86_400_000n,
  day_of_week: 86_400_000n,
};

/** Offsets of all zones at all times are whole seconds. */
const ZONE_STEP_MS = 1000n;

/** How the scan may cut the time that a call looks at; exact: the cut time is the call's value. Null: not at all. */
function stepOf(
  name: string,
  parameters: readonly Scalar[],
  isUtc: boolean,
): { truncateMs: bigint; isExact: boolean } | null {
  if (Object.hasOwn(PART_MS, name)) {
    const truncateMs = isUtc ? (PART_MS[name] ?? ZONE_STEP_MS) : ZONE_STEP_MS;
    return { truncateMs, isExact: false };
  }
  if (name !== "time_truncate") return null;
  const [count, unit] = parameters;
  const word = constantText(unit);
  if (word === null || !isUnit(word) || count?.kind !== "constant") return null;
  if (typeof count.value !== "number" || count.value < 1) return null;
  const step = UNIT_MS[word];
  if (step === undefined) return { truncateMs: isUtc ? 86_400_000n : ZONE_STEP_MS, isExact: false };
  if (isUtc) return { truncateMs: step * BigInt(count.value), isExact: true };
  return step % ZONE_STEP_MS === 0n ? { truncateMs: ZONE_STEP_MS, isExact: false } : null;
}
