/** Rows as a chart on a terminal: bars, a line over time, countries. */
import type { ResultRendering } from "#language";
import { type Batch, type ResultColumn, valueAt } from "#records";
import { displayWidth, startOfWidth } from "#text";
import { openCellTexts } from "./cell-text.ts";
import { isNumeric, NO_BYTES, type RowWriter, type WriterOptions } from "./output-format.ts";

/** Rows that are drawn at most, and kept for it: more are counted. */
const MOST_ROWS = 100_000;
/** Bars that are shown. */
const MOST_BARS = 50;
const LINE_HEIGHT = 8;
const WIDEST_LABEL = 32;

/** The columns that a chart is drawn of. */
export interface ChartColumns {
  readonly label: number;
  readonly value: number;
}

/** The columns that a rendering means: those it names, or the first text and the first number. Null: there is no number to draw. */
export function chartColumns(
  rendering: ResultRendering,
  columns: readonly ResultColumn[],
): ChartColumns | null {
  const named = (option: string) => {
    const name = rendering.options[option];
    return typeof name === "string" ? columns.findIndex((column) => column.name === name) : -1;
  };
  const isNumber = columns.map(isNumeric);
  const namedValue = named("y");
  const namedLabel = named("x");
  const value = namedValue >= 0 && isNumber[namedValue] === true ? namedValue : isNumber.lastIndexOf(true);
  if (value < 0) return null;
  const other = columns.findIndex((_, index) => index !== value);
  return { value, label: namedLabel >= 0 ? namedLabel : Math.max(0, other) };
}

interface Point {
  readonly label: string;
  /** Null: NULL. */
  readonly value: number | null;
  readonly text: string;
}

/** Writes a chart once all rows are there. */
export function openChart(
  rendering: ResultRendering,
  places: ChartColumns,
  columns: readonly ResultColumn[],
  options: WriterOptions,
): RowWriter {
  const textsOf = openCellTexts(columns, options.timeZone);
  const points: Point[] = [];
  let more = 0;
  return {
    start: () => NO_BYTES,
    add(batch: Batch) {
      for (let row = 0; row < batch.rowCount; row++) {
        if (points.length >= MOST_ROWS) more++;
        else points.push(pointAt(batch, row, places, textsOf));
      }
      return NO_BYTES;
    },
    settle: () => NO_BYTES,
    finish: () => {
      const width = options.terminalWidth ?? 80;
      const lines = draw(rendering.kind, points, { width, isAscii: options.isAscii === true });
      if (more > 0) lines.push(`and ${more} more rows`);
      return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
    },
  };
}

function pointAt(
  batch: Batch,
  row: number,
  places: ChartColumns,
  textsOf: (batch: Batch, row: number) => string[],
): Point {
  const texts = textsOf(batch, row);
  const column = batch.columns[places.value];
  const value = column === undefined ? null : valueAt(column, row);
  const isNumber = typeof value === "number" || typeof value === "bigint";
  return {
    label: texts[places.label] ?? "",
    value: isNumber && Number.isFinite(Number(value)) ? Number(value) : null,
    text: texts[places.value] ?? "",
  };
}

interface Canvas {
  readonly width: number;
  readonly isAscii: boolean;
}

function draw(kind: ResultRendering["kind"], points: readonly Point[], canvas: Canvas): string[] {
  if (points.length === 0) return ["no rows"];
  switch (kind) {
    case "line":
      return drawLine(points, canvas);
    case "map":
      return drawBars(byCountry(points), canvas);
    default:
      return drawBars(points, canvas);
  }
}

/** Countries by their names, the greatest first. */
function byCountry(points: readonly Point[]): readonly Point[] {
  const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });
  const nameOf = (code: string) =>
    /^[A-Z]{2}$/.test(code) ? `${code} ${names.of(code) ?? ""}`.trim() : code;
  return points
    .map((point) => ({ ...point, label: nameOf(point.label) }))
    .sort((a, b) => (b.value ?? Number.NEGATIVE_INFINITY) - (a.value ?? Number.NEGATIVE_INFINITY));
}

function drawBars(points: readonly Point[], { width, isAscii }: Canvas): string[] {
  const shown = points.slice(0, MOST_BARS);
  const labels = Math.min(WIDEST_LABEL, Math.max(...shown.map(({ label }) => displayWidth(label))));
  const texts = Math.max(...shown.map(({ text }) => displayWidth(text)));
  const room = Math.max(4, width - labels - texts - 3);
  const most = Math.max(...shown.map(({ value }) => Math.abs(value ?? 0)));
  const lines = shown.map(({ label, value, text }) => {
    const cut = displayWidth(label) > labels ? `${startOfWidth(label, labels - 1)}…` : label;
    const length = most === 0 || value === null ? 0 : (Math.abs(value) / most) * room;
    const bar = barOf(length, value !== null && value < 0, isAscii);
    return `${cut}${" ".repeat(Math.max(0, labels - displayWidth(cut)))} ${text.padStart(texts)} ${bar}`.trimEnd();
  });
  const rest = points.slice(MOST_BARS);
  if (rest.length > 0) {
    const sum = rest.reduce((all, { value }) => all + (value ?? 0), 0);
    lines.push(`and ${rest.length} more, together ${Math.round(sum * 1000) / 1000}`);
  }
  return lines;
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

function barOf(length: number, isNegative: boolean, isAscii: boolean): string {
  if (isAscii) return (isNegative ? "-" : "#").repeat(Math.round(length));
  if (isNegative) return "░".repeat(Math.round(length));
  const whole = Math.floor(length);
  return "█".repeat(whole) + (EIGHTHS[Math.floor((length - whole) * 8)] ?? "");
}

const LEVELS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** Values in the order of the rows; where there are more than cells, the mean of those that share one. */
function drawLine(points: readonly Point[], { width, isAscii }: Canvas): string[] {
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
  if (values.length === 0) return ["no values"];
  const least = Math.min(
    0,
    values.reduce((a, b) => Math.min(a, b)),
  );
  const most = values.reduce((a, b) => Math.max(a, b));
  const top = points.find(({ value }) => value === most)?.text ?? "";
  const bottom = least === 0 ? "0" : (points.find(({ value }) => value === least)?.text ?? "");
  const margin = Math.max(displayWidth(top), displayWidth(bottom)) + 1;
  const cells = meansOf(points, Math.max(8, width - margin));
  const span = most - least || 1;
  const lines = Array.from({ length: LINE_HEIGHT }, (_, row) => {
    const floor = LINE_HEIGHT - 1 - row;
    const axis = row === 0 ? top : row === LINE_HEIGHT - 1 ? bottom : "";
    const drawn = cells.map((mean) => {
      if (mean === null) return " ";
      const filled = Math.max(0, Math.min(1, ((mean - least) / span) * LINE_HEIGHT - floor));
      // A value that is there is seen.
      const level = Math.max(floor === 0 ? 1 : 0, Math.round(filled * 8));
      return isAscii ? (level >= 4 ? "#" : level > 0 ? "." : " ") : (LEVELS[level] ?? " ");
    });
    return `${axis.padStart(margin - 1)} ${drawn.join("")}`.trimEnd();
  });
  const [first] = points;
  const last = points.at(-1);
  const from = first?.label ?? "";
  const to = points.length > 1 ? (last?.label ?? "") : "";
  const gap = Math.max(1, cells.length - displayWidth(from) - displayWidth(to));
  return [...lines, `${" ".repeat(margin)}${from}${" ".repeat(gap)}${to}`.trimEnd()];
}

function meansOf(points: readonly Point[], width: number): readonly (number | null)[] {
  const count = Math.min(width, points.length);
  const sums = Array.from({ length: count }, () => ({ sum: 0, values: 0 }));
  for (const [index, { value }] of points.entries()) {
    const cell = sums[Math.floor((index * count) / points.length)];
    if (cell === undefined || value === null) continue;
    cell.sum += value;
    cell.values++;
  }
  return sums.map(({ sum, values }) => (values === 0 ? null : sum / values));
}
