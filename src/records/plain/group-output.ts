/** Groups of rows and their aggregates, one batch at the end. */
import { invariant, unreachable } from "#text";
import type { Batch } from "../batch.ts";
import type { MatchProgram } from "../program/program.ts";
import type { ScanAggregate, ScanCut, ScanKey, ScanOutput } from "../program/scan-spec.ts";
import { type Captured, isText } from "./captured.ts";
import { type ColumnKind, GrowingColumn } from "./columns.ts";
import { decodedText } from "./decoded-text.ts";
import { type RowTest, rowTest } from "./predicate.ts";
import type { RowSink } from "./row-sink.ts";
import { columnValue, type ScanRow, scanColumnKind } from "./scan-row.ts";

/** An aggregate's value so far, and where it comes from. */
interface Part {
  value: Captured;
  position: bigint;
}

interface Group {
  readonly keys: readonly Captured[];
  readonly parts: readonly Part[];
}

/** Adds a row to an aggregate's part. */
type Adder = (part: Part, row: ScanRow) => void;

/** Collects groups. */
export class GroupCollector implements RowSink {
  readonly #output: Extract<ScanOutput, { kind: "groups" }>;
  readonly #program: MatchProgram;
  readonly #adders: readonly Adder[];
  readonly #groups = new Map<string, Group>();

  constructor(output: Extract<ScanOutput, { kind: "groups" }>, program: MatchProgram) {
    this.#output = output;
    this.#program = program;
    this.#adders = output.aggregates.map(adderOf);
  }

  add(row: ScanRow): void {
    const { keys, aggregates } = this.#output;
    const values = keys.map((key) => keyValue(key, row, this.#program));
    const name = JSON.stringify(values.map(nameOfKey));
    let group = this.#groups.get(name);
    if (group === undefined) {
      const parts = aggregates.map(({ kind }) => ({ value: kind === "count" ? 0n : null, position: 0n }));
      group = { keys: values, parts };
      this.#groups.set(name, group);
    }
    for (const [index, part] of group.parts.entries()) this.#adders[index]?.(part, row);
  }

  finish(): { readonly batches: readonly Batch[]; readonly replacedTexts: number } {
    const { keys, aggregates } = this.#output;
    const columns = [
      ...keys.map((key) => new GrowingColumn(scanColumnKind(key.column, this.#program))),
      ...aggregates.map((aggregate) => new GrowingColumn(aggregateKind(aggregate, this.#program))),
    ];
    let replacedTexts = 0;
    for (const group of this.#groups.values()) {
      const values = [...group.keys, ...group.parts.map((part) => part.value)];
      for (const [index, value] of values.entries()) {
        if (columns[index]?.append(value) === true) replacedTexts++;
      }
    }
    if (this.#groups.size === 0) return { batches: [], replacedTexts };
    const batch = { rowCount: this.#groups.size, columns: columns.map((column) => column.finish()) };
    return { batches: [batch], replacedTexts };
  }
}

function keyValue({ column, cut }: ScanKey, row: ScanRow, program: MatchProgram): Captured {
  const value = columnValue(column, row);
  if (cut === null || (typeof value !== "bigint" && typeof value !== "number")) return value;
  const type = column.kind === "slot" ? program.slots[column.slot]?.type.kind : null;
  const result = cutValue(BigInt(value), cut, type === "timestamp-nano" ? 1_000_000n : 1n);
  return typeof value === "number" ? Number(result) : result;
}

function cutValue(value: bigint, cut: ScanCut, unitsPerMs: bigint): bigint {
  switch (cut.kind) {
    case "time":
      return multipleOf(value, cut.stepMs * unitsPerMs);
    case "multiple":
      return value < 1n << 52n && value >= -(1n << 52n) ? multipleOf(value, cut.of) : value;
    case "remainder":
      return value % cut.by;
    case "network": {
      const hostBits = BigInt(value >> 32n === 0xffffn ? 32 - cut.v4Bits : 128 - cut.v6Bits);
      return (value >> hostBits) << hostBits;
    }
    default:
      return unreachable(cut);
  }
}

function multipleOf(value: bigint, step: bigint): bigint {
  const rest = value % step;
  return value - (rest < 0n ? rest + step : rest);
}

/** Equal for equal keys, and for no others. */
function nameOfKey(value: Captured): string | null {
  if (value === null) return null;
  if (!isText(value)) return Object.is(value, -0) ? "-0" : String(value);
  return Buffer.from(decodedText(value).utf8).toString("latin1");
}

function positionOf(row: ScanRow): bigint {
  return (BigInt(row.inputIndex) << 64n) | BigInt(row.start);
}

function adderOf(aggregate: ScanAggregate): Adder {
  switch (aggregate.kind) {
    case "count":
      return counter(aggregate.when === null ? null : rowTest(aggregate.when));
    case "sum":
      return (part, row) => {
        const value = row.slots[aggregate.slot] ?? null;
        if (value === null) return;
        invariant(!isText(value) && !isText(part.value), "numbers are added up");
        part.value = BigInt(part.value ?? 0n) + BigInt(value);
      };
    case "min":
    case "max": {
      const sign = aggregate.kind === "min" ? -1 : 1;
      return (part, row) => {
        const value = row.slots[aggregate.slot] ?? null;
        if (value === null) return;
        if (part.value === null || orderOf(value, part.value) * sign > 0) part.value = value;
      };
    }
    case "first":
    case "last":
    case "first-position":
    case "last-position":
      return placed(aggregate);
    default:
      return unreachable(aggregate);
  }
}

function counter(when: RowTest | null): Adder {
  return (part, row) => {
    if (when !== null && when(row) !== true) return;
    invariant(typeof part.value === "bigint", "counts are whole numbers");
    part.value += 1n;
  };
}

function placed({ kind, slot }: Extract<ScanAggregate, { kind: `${"first" | "last"}${string}` }>): Adder {
  const isFirst = kind === "first" || kind === "first-position";
  return (part, row) => {
    const value = slot === null ? true : (row.slots[slot] ?? null);
    if (value === null) return;
    const position = positionOf(row);
    const isBeyond = isFirst ? position < part.position : position > part.position;
    if (part.value !== null && !isBeyond) return;
    part.value = kind === "first" || kind === "last" ? value : position;
    part.position = position;
  };
}

/** Below 0, 0 or above 0, of values of one type. */
function orderOf(first: Exclude<Captured, null>, second: Exclude<Captured, null>): number {
  if (isText(first) && isText(second))
    return Buffer.compare(decodedText(first).utf8, decodedText(second).utf8);
  return first < second ? -1 : first > second ? 1 : 0;
}

function aggregateKind(aggregate: ScanAggregate, program: MatchProgram): ColumnKind {
  switch (aggregate.kind) {
    case "count":
      return "long";
    case "sum":
      return "sum";
    case "first-position":
    case "last-position":
      return "huge";
    default:
      return scanColumnKind({ kind: "slot", slot: aggregate.slot }, program);
  }
}
