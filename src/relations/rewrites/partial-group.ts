/** What a scan groups by and adds up, collected from the keys and aggregates of a group. */

import type { ColumnId, DataType } from "#language";
import type { ScanAggregate, ScanCut } from "#records";
import type { TextSpan } from "#text";
import type { ColumnIds } from "../plan/column-ids.ts";
import { replaceScalars } from "../plan/scalar.ts";
import type { AggregateScalar, Scalar, ScanPlan, ScanPlanAggregate, ScanPlanColumn } from "../plan/tree.ts";
import { cutCallOf } from "./key-cuts.ts";
import { predicateOf } from "./predicate.ts";
import { testableColumn } from "./slots.ts";

/** What the rewrite must know of the query. */
export interface GroupPushing {
  readonly ids: ColumnIds;
  /** Whether the query's time zone is UTC. */
  readonly isUtc: boolean;
}

/** Types of slots whose least, greatest, first and last value a scan finds. */
const SIMPLE_TYPES: readonly DataType["kind"][] = [
  "integer",
  "long",
  "float",
  "double",
  "boolean",
  "string",
  "timestamp",
  "timestamp-nano",
  "duration",
  "ip",
  "mac",
];

type PartialKey = ScanPlanColumn & { readonly cut: ScanCut | null };

/** Collects what the scan groups by and adds up. */
export class PartialGroup {
  readonly #scan: ScanPlan;
  readonly #pushing: GroupPushing;
  readonly #columns: readonly ScanPlanColumn[];
  /** The final group's keys, which items beside aggregates may read. */
  readonly #finalKeys: ReadonlySet<ColumnId>;
  readonly #keys: PartialKey[] = [];
  readonly #aggregates: ScanPlanAggregate[] = [];
  /** What different values are counted of. */
  #distinct: { readonly name: string; readonly counted: Scalar } | null = null;

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
      const cut = this.#cutCall(part);
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
    if (!this.#keys.some((key) => key.column === id)) this.#keys.push({ ...column, cut: null });
    return true;
  }

  /** A call that looks at a part of a slot only: the scan cuts the slot's values down to it. */
  #cutCall(scalar: Scalar): Scalar | null {
    const call = cutCallOf(scalar, this.#pushing.isUtc);
    const column = call === null ? null : this.#column(call.column.column);
    if (call === null || column?.source.kind !== "slot") return null;
    return call.over({ ...call.column, column: this.#cutKey(column, call.cut) });
  }

  #cutKey(column: ScanPlanColumn, cut: ScanCut): ColumnId {
    const name = keyOf({ source: column.source, cut });
    const known = this.#keys.find((key) => keyOf({ source: key.source, cut: key.cut }) === name);
    if (known !== undefined) return known.column;
    const id = this.#pushing.ids.next();
    this.#keys.push({ ...column, column: id, cut });
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

  #takeApart(aggregate: AggregateScalar): Scalar | null {
    const [argument] = aggregate.arguments;
    switch (aggregate.function) {
      case "count":
        return this.#takeCountApart(aggregate, argument);
      case "sum":
      case "avg": {
        const slot = this.#slotOf(unwidened(argument), ["integer", "long"]);
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
        const slot = this.#slotOf(argument, SIMPLE_TYPES);
        if (slot === null) return null;
        const kind = aggregate.function === "max" ? "max" : "min";
        return { ...aggregate, arguments: [this.#add({ kind, slot }, aggregate.type, aggregate)] };
      }
      case "first":
      case "last":
        return this.#takePlacedApart(aggregate, aggregate.function, argument);
      case "count_distinct":
      case "approx_count_distinct":
        return this.#takeDistinctApart(aggregate, argument);
      default:
        return null;
    }
  }

  /** The first of all is the first of the parts' firsts. */
  #takePlacedApart(
    aggregate: AggregateScalar,
    kind: "first" | "last",
    argument: Scalar | undefined,
  ): Scalar | null {
    const slot = this.#slotOf(argument, SIMPLE_TYPES);
    if (slot === null) return null;
    const value = this.#add({ kind, slot }, aggregate.type, aggregate);
    const position = this.#add({ kind: `${kind}-position`, slot }, { kind: "huge" }, aggregate);
    return { ...aggregate, function: `${kind}_of_parts`, arguments: [value, position] };
  }

  /**
   * Different values are counted over parts that have one each: what is counted becomes a key of the scan. Why only one: with
   * several, hardly two rows would be alike.
   */
  #takeDistinctApart(aggregate: AggregateScalar, argument: Scalar | undefined): Scalar | null {
    if (argument === undefined) return null;
    const name = keyOf(withoutSpans(argument));
    if (this.#distinct !== null && this.#distinct.name !== name) return null;
    const counted = this.#distinct?.counted ?? this.addKey(argument);
    if (counted === null) return null;
    this.#distinct = { name, counted };
    return { ...aggregate, arguments: [counted] };
  }

  /** Adds where the first row of a group is; gives the final aggregate of it. */
  addFirstPosition(span: TextSpan): Scalar {
    const long: DataType = { kind: "long" };
    const like: AggregateScalar = { kind: "aggregate", function: "min", arguments: [], type: long, span };
    const position = this.#add({ kind: "first-position", slot: null }, { kind: "huge" }, like);
    return { ...like, arguments: [position] };
  }

  #takeCountApart(aggregate: AggregateScalar, argument: Scalar | undefined): Scalar | null {
    const find = (id: ColumnId) => {
      const column = this.#column(id);
      return column === null ? null : testableColumn(column);
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

/** Equal for plain data that is the same. */
function keyOf(data: unknown): string {
  return JSON.stringify(data, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}

/** Slots of plain types and columns of files. */
function isKeySource(column: ScanPlanColumn): boolean {
  const { kind } = column.type;
  if (kind === "array" || kind === "tuple" || kind === "object" || kind === "variant" || kind === "bytes")
    return false;
  return column.source.kind === "slot" || column.source.kind === "file";
}

/** A scalar without its places in the text. */
function withoutSpans(scalar: Scalar): unknown {
  const { span: _, ...rest } = scalar;
  return "arguments" in rest ? { ...rest, arguments: rest.arguments.map(withoutSpans) } : rest;
}

/** Whole numbers have the same sum when they are made wider first. */
function unwidened(scalar: Scalar | undefined): Scalar | undefined {
  const isWidened = scalar?.kind === "call" && scalar.function === "long";
  const operand = isWidened ? scalar.arguments[0] : undefined;
  return operand?.type.kind === "integer" ? operand : scalar;
}
