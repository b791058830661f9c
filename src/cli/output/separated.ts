/** Rows as lines of separated values: CSV and TSV. */
import type { ResultColumn } from "#records";
import { ByteBuffer } from "./byte-buffer.ts";
import { type CellStyle, writeCell } from "./cells.ts";
import { NO_BYTES, type OutputFormat, type RowWriter, type WriterOptions } from "./output-format.ts";
import { TimePrinter } from "./times.ts";

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** What a spreadsheet takes for the beginning of a formula. */
const FORMULA_STARTS: ReadonlySet<number> = new Set([0x3d, 0x2b, 0x2d, 0x40, TAB, CARRIAGE_RETURN]);

/** Comma-separated values by RFC 4180. */
export const CSV_FORMAT: OutputFormat = {
  name: "csv",
  sentence:
    "Comma-separated values with a header, quoted by RFC 4180; NULL is nothing, the empty text is two quotes.",
  isTerminalSafe: false,
  open: (columns, options) => {
    const writeText = options.guardsFormulas ? writeGuardedCsvText : writeCsvText;
    return openSeparated(columns, COMMA, styleOf(options, "", writeText));
  },
};

/** Tab-separated values. */
export const TSV_FORMAT: OutputFormat = {
  name: "tsv",
  sentence:
    "Tab-separated values with a header; tab, line feed, carriage return and backslash as \\t \\n \\r \\\\, NULL as \\N.",
  isTerminalSafe: false,
  open: (columns, options) => openSeparated(columns, TAB, styleOf(options, "\\N", writeTsvText)),
};

function styleOf(options: WriterOptions, nullText: string, writeText: CellStyle["writeText"]): CellStyle {
  const times = new TimePrinter(options.timeZone);
  return { nullText, times, isJson: false, hasReadableDurations: false, writeText };
}

function openSeparated(columns: readonly ResultColumn[], separator: number, style: CellStyle): RowWriter {
  const out = new ByteBuffer();
  const types = columns.map((column) => column.type);
  return {
    start() {
      for (const [index, { name }] of columns.entries()) {
        if (index > 0) out.byte(separator);
        const utf8 = new TextEncoder().encode(name);
        style.writeText(out, utf8, 0, utf8.length);
      }
      out.byte(LINE_FEED);
      return out.take();
    },
    add(batch) {
      const { columns: values, rowCount } = batch;
      for (let row = 0; row < rowCount; row++) {
        for (let index = 0; index < values.length; index++) {
          const column = values[index];
          const type = types[index];
          if (index > 0) out.byte(separator);
          if (column !== undefined && type !== undefined) writeCell(out, column, type, row, style);
        }
        out.byte(LINE_FEED);
      }
      return out.take();
    },
    settle: () => NO_BYTES,
    finish: () => NO_BYTES,
  };
}

function writeCsvText(out: ByteBuffer, source: Uint8Array, start: number, end: number): void {
  if (start < end && !needsQuotes(source, start, end)) {
    out.range(source, start, end);
    return;
  }
  writeQuotedCsv(out, source, start, end, false);
}

function writeGuardedCsvText(out: ByteBuffer, source: Uint8Array, start: number, end: number): void {
  const isFormula = start < end && FORMULA_STARTS.has(source[start] ?? 0);
  if (isFormula) writeQuotedCsv(out, source, start, end, true);
  else writeCsvText(out, source, start, end);
}

function writeQuotedCsv(
  out: ByteBuffer,
  source: Uint8Array,
  start: number,
  end: number,
  isGuarded: boolean,
): void {
  out.byte(QUOTE);
  if (isGuarded) out.byte(APOSTROPHE);
  let from = start;
  for (let at = start; at < end; at++) {
    if (source[at] !== QUOTE) continue;
    out.range(source, from, at + 1);
    out.byte(QUOTE);
    from = at + 1;
  }
  out.range(source, from, end);
  out.byte(QUOTE);
}

function needsQuotes(source: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = source[at];
    if (byte === COMMA || byte === QUOTE || byte === LINE_FEED || byte === CARRIAGE_RETURN) return true;
  }
  return false;
}

function writeTsvText(out: ByteBuffer, source: Uint8Array, start: number, end: number): void {
  let from = start;
  for (let at = start; at < end; at++) {
    const letter = tsvEscapeOf(source[at] ?? 0);
    if (letter === 0) continue;
    out.range(source, from, at);
    out.byte(BACKSLASH);
    out.byte(letter);
    from = at + 1;
  }
  out.range(source, from, end);
}

function tsvEscapeOf(byte: number): number {
  if (byte === TAB) return 0x74;
  if (byte === LINE_FEED) return 0x6e;
  if (byte === CARRIAGE_RETURN) return 0x72;
  return byte === BACKSLASH ? BACKSLASH : 0;
}
