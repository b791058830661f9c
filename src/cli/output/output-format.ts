/** What every format of output is: a name, and a writer that turns batches into bytes. */
import type { ResultRendering } from "#language";
import type { Batch, ResultColumn } from "#records";

/** What a writer is told about the run. */
export interface WriterOptions {
  readonly timeZone: string;
  /** Cells of the terminal's line; null: the output is not a terminal, nothing is cut. */
  readonly terminalWidth: number | null;
  /** CSV: put a `'` before texts that a spreadsheet would take for a formula. */
  readonly guardsFormulas: boolean;
  /** Colours may be used. Absent: none. */
  readonly hasColor?: boolean;
  /** The terminal shows letters of ASCII only. */
  readonly isAscii?: boolean;
  /** How the script wants the rows drawn; absent: as the format likes. */
  readonly rendering?: ResultRendering;
}

/**
 * Turns the batches of one result into bytes, in order. Called from one place, one call at a time: `start`, then `add` for each
 * batch (and `settle` whenever rows were held back for a while), then `finish`. Batches are not kept.
 */
export interface RowWriter {
  start(): Uint8Array;
  add(batch: Batch): Uint8Array;
  /** Gives out rows that `add` held back. */
  settle(): Uint8Array;
  finish(): Uint8Array;
}

/** A format of output. */
export interface OutputFormat {
  readonly name: string;
  readonly sentence: string;
  /** Control characters are written out by the writer itself, whether or not a terminal shows them. */
  readonly isTerminalSafe: boolean;
  /** A format of files that are made as a whole: `open` is not called. Absent: rows are written as they come. */
  readonly storedAs?: "parquet";
  /** Bytes that no terminal can show. */
  readonly isBinary?: boolean;
  /** Opens a writer that must be loaded first; `open` is not called then. */
  readonly openLater?: (columns: readonly ResultColumn[], options: WriterOptions) => Promise<RowWriter>;
  readonly open: (columns: readonly ResultColumn[], options: WriterOptions) => RowWriter;
}

/** Nothing to write. */
export const NO_BYTES: Uint8Array = new Uint8Array(0);

/** Whether values of a column are put at the right, as numbers are. */
export function isNumeric(column: ResultColumn): boolean {
  return ["integer", "long", "float", "double"].includes(column.type.kind);
}

/** Whether values of a column may be cut to fit a line: texts and what is nested, never numbers, times or addresses. */
export function isCuttable(column: ResultColumn): boolean {
  return ["string", "object", "variant", "array", "tuple", "bytes"].includes(column.type.kind);
}
