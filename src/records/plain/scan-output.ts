/** What rows become: batches of them, or one batch of groups. */
import type { Batch } from "../batch.ts";
import type { MatchProgram } from "../program/program.ts";
import type { ScanOutput } from "../program/scan-spec.ts";
import { type ColumnKind, GrowingColumn } from "./columns.ts";
import { GroupCollector } from "./group-output.ts";
import type { RowSink } from "./row-sink.ts";
import { columnValue, type ScanRow, scanColumnKind } from "./scan-row.ts";

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
