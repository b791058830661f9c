/** Rows as a table for people: columns sized by the first rows, numbers at the right. */
import type { Batch, ResultColumn } from "#records";
import { displayWidth, startOfWidth, visibleText } from "#text";
import { openCellTexts } from "./cell-text.ts";
import { chartColumns, openChart } from "./chart.ts";
import {
  isCuttable,
  isNumeric,
  NO_BYTES,
  type OutputFormat,
  type RowWriter,
  type WriterOptions,
} from "./output-format.ts";
import { inRowColor, ROW_COLOR_COLUMN } from "./row-color.ts";

/** A table in plain text. */
export const TABLE_FORMAT: OutputFormat = {
  name: "table",
  sentence:
    "A table for people; the default on a terminal. Cut to the terminal's width there, never elsewhere.",
  isTerminalSafe: true,
  open: openTable,
};

/** So many rows decide how wide columns are; later ones that are wider stand out. */
const ROWS_THAT_SIZE = 500;
const NARROWEST_CUT = 8;
const GAP = "  ";
const encoder = new TextEncoder();

function openTable(columns: readonly ResultColumn[], options: WriterOptions): RowWriter {
  const { rendering } = options;
  if (rendering !== undefined && rendering.kind !== "table" && options.terminalWidth !== null) {
    const places = chartColumns(rendering, columns);
    if (places !== null) return openChart(rendering, places, columns, options);
  }
  return openRows(columns, options);
}

/** A row that is not printed yet. */
interface HeldRow {
  readonly cells: readonly string[];
  readonly color: string;
}

function openRows(all: readonly ResultColumn[], options: WriterOptions): RowWriter {
  const colorAt = all.findIndex(({ name }) => name === ROW_COLOR_COLUMN);
  const isShown = (_: unknown, index: number) => index !== colorAt;
  const columns = all.filter(isShown);
  const allTexts = openCellTexts(all, options.timeZone);
  const rowOf = (batch: Batch, row: number): HeldRow => {
    const texts = allTexts(batch, row);
    return { cells: texts.filter(isShown), color: texts[colorAt] ?? "" };
  };
  const names = columns.map(({ name }) => visibleText(name));
  const isRight = columns.map(isNumeric);
  const isFixed = columns.map((column) => !isCuttable(column));
  let held: HeldRow[] = [];
  let widths: readonly number[] | null = null;

  const printRow = (row: readonly string[], sizes: readonly number[]): string => {
    const cells = row.map((text, index) => {
      const width = sizes[index] ?? 0;
      const isCut = options.terminalWidth !== null && isFixed[index] !== true;
      return padToWidth(isCut ? cutToWidth(text, width) : text, width, isRight[index] === true);
    });
    return `${cells.join(GAP).trimEnd()}\n`;
  };
  const paint = (line: string, color: string): string =>
    options.hasColor === true && color !== "" ? `${inRowColor(line.slice(0, -1), color)}\n` : line;
  const settle = (): Uint8Array => {
    if (widths === null) {
      widths = fitWidths(
        widthsOf([names, ...held.map(({ cells }) => cells)]),
        options.terminalWidth,
        isFixed,
      );
      const rule = widths.map((width) => "─".repeat(width)).join(GAP);
      const head = `${printRow(names, widths)}${rule}\n`;
      return encoder.encode(head + flush(widths));
    }
    return encoder.encode(flush(widths));
  };
  const flush = (sizes: readonly number[]): string => {
    const text = held.map(({ cells, color }) => paint(printRow(cells, sizes), color)).join("");
    held = [];
    return text;
  };
  return {
    start: () => NO_BYTES,
    add(batch: Batch) {
      for (let row = 0; row < batch.rowCount; row++) held.push(rowOf(batch, row));
      return widths === null && held.length < ROWS_THAT_SIZE ? NO_BYTES : settle();
    },
    settle: () => (held.length === 0 ? NO_BYTES : settle()),
    finish: settle,
  };
}

function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, text] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 1, displayWidth(text));
    }
  }
  return widths;
}

/** Takes cells from the widest text columns until the line fits, but leaves each of them something to show. */
function fitWidths(
  widths: readonly number[],
  terminalWidth: number | null,
  isFixed: readonly boolean[],
): readonly number[] {
  if (terminalWidth === null) return widths;
  const fitted = [...widths];
  let excess = fitted.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - terminalWidth;
  while (excess > 0) {
    const cuttable = fitted.map((width, index) => (isFixed[index] === true ? 0 : width));
    const widest = Math.max(...cuttable);
    if (widest <= NARROWEST_CUT) break;
    const next = Math.max(NARROWEST_CUT, ...cuttable.filter((width) => width < widest));
    const atWidest = cuttable.flatMap((width, index) => (width === widest ? [index] : []));
    const share = Math.min(widest - next, Math.ceil(excess / atWidest.length));
    for (const index of atWidest) fitted[index] = widest - share;
    excess -= share * atWidest.length;
  }
  return fitted;
}

function cutToWidth(text: string, width: number): string {
  return displayWidth(text) <= width ? text : `${startOfWidth(text, Math.max(0, width - 1))}…`;
}

function padToWidth(text: string, width: number, isRight: boolean): string {
  const blanks = " ".repeat(Math.max(0, width - displayWidth(text)));
  return isRight ? blanks + text : text + blanks;
}
