/** What rows become: batches of them, or one batch of groups. */
import { unreachable } from "#text";
import type { Batch } from "../batch.ts";
import type { MatchProgram } from "../program/program.ts";
import type { ScanAggregate, ScanKey, ScanOutput } from "../program/scan-spec.ts";
import { type Captured, isText } from "./captured.ts";
import { type ColumnKind, GrowingColumn } from "./columns.ts";
import { decodedText } from "./decoded-text.ts";
import { evaluate } from "./predicate.ts";
import { columnValue, type ScanRow, scanColumnKind } from "./scan-row.ts";

/** Takes rows one after the other. */
export interface RowSink {
  add(row: ScanRow): void;
  /** All batches, and how many texts in them had bytes replaced. To be called once, at the end. */
  finish(): { readonly batches: readonly Batch[]; readonly replacedTexts: number };
}

/** What takes the rows of a scan. */
export function openSink(output: ScanOutput, program: MatchProgram): RowSink {
  return output.kind === "rows" ? new RowCollector(output, program) : new GroupCollector(output, program);
}

/** Rows of one batch, and bytes of its texts: large enough to make batches cheap, small enough for the first rows to come soon. */
const ROWS_PER_BATCH = 16_384;
const TEXT_BYTES_PER_BATCH = 4 << 20;

class RowCollector implements RowSink {
  readonly #output: Extract<ScanOutput, { kind: "rows" }>;
  readonly #kinds: readonly ColumnKind[];
  readonly #batches: Batch[] = [];
  #columns: readonly GrowingColumn[];
  #rowCount = 0;
  #replacedTexts = 0;

  constructor(output: Extract<ScanOutput, { kind: "rows" }>, program: MatchProgram) {
    this.#output = output;
    this.#kinds = output.columns.map((column) => scanColumnKind(column, program));
    this.#columns = this.#kinds.map((kind) => new GrowingColumn(kind));
  }

  add(row: ScanRow): void {
    let textBytes = 0;
    for (const [index, column] of this.#output.columns.entries()) {
      const growing = this.#columns[index];
      if (growing?.append(columnValue(column, row)) === true) this.#replacedTexts++;
      textBytes += growing?.textBytes ?? 0;
    }
    this.#rowCount++;
    if (this.#rowCount >= ROWS_PER_BATCH || textBytes >= TEXT_BYTES_PER_BATCH) this.#flush();
  }

  finish(): { readonly batches: readonly Batch[]; readonly replacedTexts: number } {
    if (this.#rowCount > 0) this.#flush();
    return { batches: this.#batches, replacedTexts: this.#replacedTexts };
  }

  #flush(): void {
    const columns = this.#columns.map((column) => column.finish());
    this.#batches.push({ rowCount: this.#rowCount, columns });
    this.#columns = this.#kinds.map((kind) => new GrowingColumn(kind));
    this.#rowCount = 0;
  }
}

interface Group {
  readonly keys: readonly Captured[];
  readonly results: (number | bigint | boolean | null)[];
}

class GroupCollector implements RowSink {
  readonly #output: Extract<ScanOutput, { kind: "groups" }>;
  readonly #program: MatchProgram;
  readonly #groups = new Map<string, Group>();

  constructor(output: Extract<ScanOutput, { kind: "groups" }>, program: MatchProgram) {
    this.#output = output;
    this.#program = program;
  }

  add(row: ScanRow): void {
    const { keys, aggregates } = this.#output;
    const values = keys.map((key) => keyValue(key, row, this.#program));
    const name = JSON.stringify(values.map(nameOfKey));
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = {
        keys: values,
        results: aggregates.map((aggregate) => (aggregate.kind === "count" ? 0n : null)),
      };
      this.#groups.set(name, group);
    }
    for (const [index, aggregate] of aggregates.entries()) {
      group.results[index] = added(aggregate, group.results[index] ?? null, row);
    }
  }

  finish(): { readonly batches: readonly Batch[]; readonly replacedTexts: number } {
    const { keys, aggregates } = this.#output;
    const columns = [
      ...keys.map((key) => new GrowingColumn(scanColumnKind(key.column, this.#program))),
      ...aggregates.map((aggregate) => new GrowingColumn(aggregateKind(aggregate, this.#program))),
    ];
    let replacedTexts = 0;
    for (const group of this.#groups.values()) {
      for (const [index, value] of [...group.keys, ...group.results].entries()) {
        if (columns[index]?.append(value) === true) replacedTexts++;
      }
    }
    if (this.#groups.size === 0) return { batches: [], replacedTexts };
    const batch = { rowCount: this.#groups.size, columns: columns.map((column) => column.finish()) };
    return { batches: [batch], replacedTexts };
  }
}

function keyValue({ column, truncateMs }: ScanKey, row: ScanRow, program: MatchProgram): Captured {
  const value = columnValue(column, row);
  if (truncateMs === null || typeof value !== "bigint") return value;
  const isNano = column.kind === "slot" && program.slots[column.slot]?.type.kind === "timestamp-nano";
  const step = isNano ? truncateMs * 1_000_000n : truncateMs;
  const rest = value % step;
  return value - (rest < 0n ? rest + step : rest);
}

/** Equal for equal keys, and for no others. */
function nameOfKey(value: Captured): string | null {
  if (value === null) return null;
  if (!isText(value)) return value === 0 ? "0" : String(value);
  return Buffer.from(decodedText(value).utf8).toString("latin1");
}

function added(
  aggregate: ScanAggregate,
  result: number | bigint | boolean | null,
  row: ScanRow,
): number | bigint | boolean | null {
  if (aggregate.kind === "count") {
    const counts = aggregate.when === null || evaluate(aggregate.when, row.slots) === true;
    return BigInt(result ?? 0n) + (counts ? 1n : 0n);
  }
  const value = row.slots[aggregate.slot] ?? null;
  if (value === null || isText(value)) return result;
  switch (aggregate.kind) {
    case "sum":
      return BigInt(result ?? 0n) + BigInt(value);
    case "min":
      return result === null || value < result ? value : result;
    case "max":
      return result === null || value > result ? value : result;
    default:
      return unreachable(aggregate);
  }
}

function aggregateKind(aggregate: ScanAggregate, program: MatchProgram): ColumnKind {
  if (aggregate.kind === "count") return "long";
  if (aggregate.kind === "sum") return "sum";
  return scanColumnKind({ kind: "slot", slot: aggregate.slot }, program);
}
