/** Rows as JSON objects: one array, or one object per line. */
import type { Batch, ResultColumn } from "#records";
import { ByteBuffer } from "./byte-buffer.ts";
import { type CellStyle, jsonStyle, writeCell } from "./cells.ts";
import { NO_BYTES, type OutputFormat, type RowWriter, type WriterOptions } from "./output-format.ts";
import { TimePrinter } from "./times.ts";

/** One JSON array of objects. */
export const JSON_FORMAT: OutputFormat = {
  name: "json",
  sentence: "One JSON array with an object per row.",
  isTerminalSafe: true,
  open: (columns, options) => openJson(columns, options, { start: "[", between: ",", end: "\n]\n" }),
};

/** One JSON object per line. */
export const NDJSON_FORMAT: OutputFormat = {
  name: "ndjson",
  sentence: "A JSON object per line; the default when the output is not a terminal.",
  isTerminalSafe: true,
  open: (columns, options) => openJson(columns, options, null),
};

interface ArrayFrame {
  readonly start: string;
  readonly between: string;
  readonly end: string;
}

function openJson(
  columns: readonly ResultColumn[],
  options: WriterOptions,
  frame: ArrayFrame | null,
): RowWriter {
  const out = new ByteBuffer();
  const style = jsonStyle(new TimePrinter(options.timeZone));
  const openings = openingsOf(columns);
  let rows = 0;
  return {
    start() {
      if (frame !== null) out.ascii(frame.start);
      return out.take();
    },
    add(batch) {
      for (let row = 0; row < batch.rowCount; row++) {
        if (frame !== null) out.ascii(rows === 0 ? "\n" : `${frame.between}\n`);
        writeRow(out, batch, row, { columns, openings, style });
        if (frame === null) out.byte(0x0a);
        rows++;
      }
      return out.take();
    },
    settle: () => NO_BYTES,
    finish() {
      if (frame !== null) out.ascii(rows === 0 ? "]\n" : frame.end);
      return out.take();
    },
  };
}

interface RowShape {
  readonly columns: readonly ResultColumn[];
  /** What stands before each value: `{"a":`, `,"b":`. */
  readonly openings: readonly Uint8Array[];
  readonly style: CellStyle;
}

function writeRow(out: ByteBuffer, batch: Batch, row: number, shape: RowShape): void {
  for (const [index, column] of batch.columns.entries()) {
    const opening = shape.openings[index];
    const type = shape.columns[index]?.type;
    if (opening === undefined || type === undefined) continue;
    out.range(opening, 0, opening.length);
    writeCell(out, column, type, row, shape.style);
  }
  out.ascii(batch.columns.length === 0 ? "{}" : "}");
}

/** Names of an object must differ: a second `n` becomes `n_2`. */
function openingsOf(columns: readonly ResultColumn[]): readonly Uint8Array[] {
  const encoder = new TextEncoder();
  const taken = new Set<string>();
  return columns.map(({ name }, index) => {
    let unique = name;
    for (let count = 2; taken.has(unique); count++) unique = `${name}_${count}`;
    taken.add(unique);
    return encoder.encode(`${index === 0 ? "{" : ","}${JSON.stringify(unique)}:`);
  });
}
