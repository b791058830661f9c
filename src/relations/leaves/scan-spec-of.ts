/** From a finished scan node to what the scan is told, and how its batches become the node's columns. */

import type { ArrayType, ColumnId, DataType, ListingField } from "#language";
import {
  compileProgram,
  RAW_TEXT_SLOT,
  type ScanAggregate,
  type ScanColumn,
  type ScanKey,
  type ScanOutput,
  type ScanPredicate,
  type ScanSpec,
  type Slot,
} from "#records";
import { invariant } from "#text";
import type { ScanPlan, ScanSource } from "../plan/tree.ts";

/** Where a column of the node is found in the scan's batches. */
export type BatchPlace =
  | {
      readonly kind: "column";
      readonly index: number;
      readonly isFloat: boolean;
      /** The type of an array, which the scan gives as JSON text. */
      readonly arrayType: ArrayType | null;
    }
  /** A field of the file that the input index at `index` names. */
  | { readonly kind: "file"; readonly index: number; readonly field: ListingField };

/** A scan ready to run. */
export interface PreparedScan {
  readonly spec: ScanSpec;
  readonly places: ReadonlyMap<ColumnId, BatchPlace>;
}

/** Compiles the pattern for what is wanted. `timeZone` is that of times that name none. */
export function prepareScan(plan: ScanPlan, timeZone: string): PreparedScan {
  const slots = new SlotNumbers(plan.slots);
  const places = new Map<ColumnId, BatchPlace>();
  const output =
    plan.output.kind === "rows" ? rowsOutput(plan.output, slots, places) : groupsOutput(plan, slots, places);
  const filter = plan.filter === null ? null : renumber(plan.filter, slots);
  const program = compileProgram(plan.pattern, slots.used, { timeZone });
  const { rowLimit, givesUnmatched } = plan;
  return { spec: { program, filter, output, rowLimit, givesUnmatched }, places };
}

/** Numbers the slots that are used, in the order of their use. */
class SlotNumbers {
  readonly used: Slot[] = [];
  readonly #slots: readonly Slot[];
  readonly #numbers = new Map<number, number>();

  constructor(slots: readonly Slot[]) {
    this.#slots = slots;
  }

  of(slot: number): number {
    if (slot === RAW_TEXT_SLOT) return slot;
    const known = this.#numbers.get(slot);
    if (known !== undefined) return known;
    const used = this.#slots[slot];
    invariant(used !== undefined, "a plan's slots are in its list");
    this.#numbers.set(slot, this.used.length);
    this.used.push(used);
    return this.used.length - 1;
  }
}

function rowsOutput(
  { columns, top }: Extract<ScanPlan["output"], { readonly kind: "rows" }>,
  slots: SlotNumbers,
  places: Map<ColumnId, BatchPlace>,
): ScanOutput {
  const out: ScanColumn[] = [];
  for (const column of columns) {
    const source = scanColumnOf(column.source, slots);
    const index = source.kind === "input" ? indexOfInput(out) : out.push(source) - 1;
    places.set(column.column, placeOf(column, index));
  }
  if (top === undefined) return { kind: "rows", columns: out };
  const keys = top.keys.map(({ column, isDescending }) => {
    const place = places.get(column);
    invariant(place?.kind === "column", "a scan orders by columns that it gives");
    return { column: place.index, isDescending };
  });
  return { kind: "rows", columns: out, top: { ...top, keys } };
}

function indexOfInput(columns: ScanColumn[]): number {
  const known = columns.findIndex((column) => column.kind === "input");
  return known >= 0 ? known : columns.push({ kind: "input" }) - 1;
}

function groupsOutput(plan: ScanPlan, slots: SlotNumbers, places: Map<ColumnId, BatchPlace>): ScanOutput {
  invariant(plan.output.kind === "groups", "the output is groups");
  const keys: ScanKey[] = [];
  for (const key of plan.output.keys) {
    const column = scanColumnOf(key.source, slots);
    const known = column.kind === "input" ? keys.findIndex((other) => other.column.kind === "input") : -1;
    const index = known >= 0 ? known : keys.push({ column, cut: key.cut }) - 1;
    places.set(key.column, placeOf(key, index));
  }
  const aggregates = plan.output.aggregates.map(({ column, type, aggregate }, index) => {
    places.set(column, {
      kind: "column",
      index: keys.length + index,
      isFloat: type.kind === "float",
      arrayType: null,
    });
    return aggregateOf(aggregate, slots);
  });
  return { kind: "groups", keys, aggregates };
}

function aggregateOf(aggregate: ScanAggregate, slots: SlotNumbers): ScanAggregate {
  switch (aggregate.kind) {
    case "count":
      return { ...aggregate, when: aggregate.when === null ? null : renumber(aggregate.when, slots) };
    case "first-position":
    case "last-position":
      return { ...aggregate, slot: aggregate.slot === null ? null : slots.of(aggregate.slot) };
    default:
      return { ...aggregate, slot: slots.of(aggregate.slot) };
  }
}

function scanColumnOf(source: ScanSource, slots: SlotNumbers): ScanColumn {
  if (source.kind === "slot") return { kind: "slot", slot: slots.of(source.slot) };
  if (source.kind === "file") return { kind: "input" };
  invariant(source.kind !== "field", "fields have become slots");
  return source;
}

function placeOf(
  column: { readonly source: ScanSource; readonly type: DataType | { readonly kind: "huge" } },
  index: number,
): BatchPlace {
  if (column.source.kind === "file") return { kind: "file", index, field: column.source.field };
  const { type } = column;
  return {
    kind: "column",
    index,
    isFloat: type.kind === "float",
    arrayType: type.kind === "array" ? type : null,
  };
}

function renumber(predicate: ScanPredicate, slots: SlotNumbers): ScanPredicate {
  switch (predicate.kind) {
    case "and":
    case "or":
      return { ...predicate, operands: predicate.operands.map((operand) => renumber(operand, slots)) };
    case "not":
      return { ...predicate, operand: renumber(predicate.operand, slots) };
    default:
      return { ...predicate, slot: slots.of(predicate.slot) };
  }
}
