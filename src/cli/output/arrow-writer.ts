/**
 * Rows as an Arrow IPC stream. Source: the Arrow columnar format, "IPC Streaming Format": a schema, record batches, and an end mark of eight
 * bytes. Each batch is written as a stream of its own, of which the schema and the end mark are left out but for the first and the last.
 */
import {
  type DataType as ArrowType,
  bool,
  type Column,
  columnFromArray,
  float64,
  int32,
  int64,
  TimeUnit,
  tableFromColumns,
  tableToIPC,
  timestamp,
  utf8,
} from "@uwdata/flechette";
import type { DataType } from "#language";
import { type Batch, type ResultColumn, valueAt } from "#records";
import { ByteBuffer } from "./byte-buffer.ts";
import { type CellStyle, writeCell } from "./cells.ts";
import type { RowWriter, WriterOptions } from "./output-format.ts";
import { TimePrinter } from "./times.ts";

/** What ends a stream: a continuation mark and a length of zero. */
const END_MARK = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/** The type that values of a column have in Arrow. */
function arrowType({ kind }: DataType): ArrowType {
  switch (kind) {
    case "integer":
      return int32();
    case "long":
      return int64();
    case "float":
    case "double":
      return float64();
    case "boolean":
      return bool();
    case "timestamp":
      return timestamp(TimeUnit.MILLISECOND, "UTC");
    case "timestamp-nano":
      return timestamp(TimeUnit.NANOSECOND, "UTC");
    default:
      return utf8();
  }
}

/** Writes rows. */
export function openArrow(columns: readonly ResultColumn[], { timeZone }: WriterOptions): RowWriter {
  const types = columns.map(({ type }) => arrowType(type));
  const out = new ByteBuffer(1024);
  const style: CellStyle = {
    nullText: "",
    times: new TimePrinter(timeZone),
    isJson: false,
    hasReadableDurations: false,
    writeText: (to, source, start, end) => to.range(source, start, end),
  };
  const textAt = (batch: Batch, index: number, row: number): string | null => {
    const column = batch.columns[index];
    const type = columns[index]?.type;
    if (column === undefined || type === undefined || valueAt(column, row) === null) return null;
    writeCell(out, column, type, row, style);
    return out.takeText();
  };
  const valueIn = (batch: Batch, index: number, row: number): unknown => {
    const column = batch.columns[index];
    const kind = columns[index]?.type.kind;
    if (column === undefined) return null;
    const value = valueAt(column, row);
    if (value === null) return null;
    switch (kind) {
      case "integer":
      case "float":
      case "double":
        return Number(value);
      case "boolean":
        return value;
      case "long":
      case "timestamp":
      case "timestamp-nano":
        return typeof value === "bigint" ? value : BigInt(Math.trunc(Number(value)));
      default:
        return textAt(batch, index, row);
    }
  };
  const streamOf = (batch: Batch): Uint8Array => {
    const arrays = columns.map(({ name }, index): [string, Column<unknown>] => {
      const values = Array.from({ length: batch.rowCount }, (_, row) => valueIn(batch, index, row));
      return [name, columnFromArray(values, types[index])];
    });
    const bytes = tableToIPC(tableFromColumns(arrays), { format: "stream" });
    if (bytes === null) throw new Error("Internal error: a stream in memory has bytes");
    return bytes;
  };
  const empty = streamOf({ rowCount: 0, columns: [] });
  const schemaBytes = schemaLength(empty);
  return {
    start: () => empty.subarray(0, schemaBytes),
    add: (batch) => {
      if (batch.rowCount === 0) return new Uint8Array(0);
      const stream = streamOf(batch);
      return stream.subarray(schemaBytes, stream.length - END_MARK.length);
    },
    settle: () => new Uint8Array(0),
    finish: () => END_MARK,
  };
}

/** Bytes of the first message, which is the schema: a continuation mark, the length of the metadata, the metadata. */
function schemaLength(stream: Uint8Array): number {
  return 8 + new DataView(stream.buffer, stream.byteOffset).getInt32(4, true);
}
