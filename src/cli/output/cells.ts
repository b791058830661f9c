/** Values of a result as text, cell by cell: packed columns are written without a string for each value. */
import type { DataType, Value } from "#language";
import { type BatchColumn, valueAt } from "#records";
import { printAddress, printMac } from "./address.ts";
import { ByteBuffer } from "./byte-buffer.ts";
import { floatText, writeDouble, writeInteger, writeIpv4, writeLong } from "./digits.ts";
import { isJson, writeJsonString, writeJsonValue } from "./json-text.ts";
import { printDuration, type TimePrinter } from "./times.ts";

/** How a format writes its values. */
export interface CellStyle {
  readonly nullText: string;
  readonly times: TimePrinter;
  /** JSON values: texts quoted, objects embedded, no NaN. Other formats: bare text. */
  readonly isJson: boolean;
  /** Durations as `1 min 5 s`, else as milliseconds. */
  readonly hasReadableDurations: boolean;
  /** Writes UTF-8 `source[start, end)` as this format writes a text; called for everything that may need quotes or escapes. */
  readonly writeText: (out: ByteBuffer, source: Uint8Array, start: number, end: number) => void;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const UNKNOWN_TYPE: DataType = { kind: "unknown" };
const MAPPED_HIGH_BITS = 0xffff;

/** Whether a value of the column stands in `row`. */
function isNull(column: BatchColumn, row: number): boolean {
  if (column.kind === "values") return (column.values[row] ?? null) === null;
  return column.validity !== null && (((column.validity[row >> 3] ?? 0) >> (row & 7)) & 1) === 0;
}

/** Writes the value in a row of a column of the given type. */
export function writeCell(
  out: ByteBuffer,
  column: BatchColumn,
  type: DataType,
  row: number,
  style: CellStyle,
): void {
  if (isNull(column, row)) {
    out.ascii(style.nullText);
    return;
  }
  switch (column.kind) {
    case "integer":
      writeInteger(out, column.values[row] ?? 0);
      break;
    case "boolean":
      out.ascii(column.values[row] === 1 ? "true" : "false");
      break;
    case "double":
      writeNumber(out, type, column.values[row] ?? 0, style);
      break;
    case "long":
      writeLongOf(out, type, column.values[row] ?? 0n, style);
      break;
    case "huge":
      writeHuge(out, column, type, row, style);
      break;
    case "text": {
      const start = column.starts[row] ?? 0;
      writeTextOf(out, type, { utf8: column.heap, start, end: start + (column.lengths[row] ?? 0) }, style);
      break;
    }
    default:
      writeValue(out, type, valueAt(column, row), style);
  }
}

/** Writes a value as JavaScript has it, of the given type. */
function writeValue(out: ByteBuffer, type: DataType, value: Value, style: CellStyle): void {
  if (value === null) out.ascii(style.nullText);
  else if (typeof value === "boolean") out.ascii(value ? "true" : "false");
  else if (typeof value === "number") writeNumber(out, type, value, style);
  else if (typeof value === "bigint") writeLongOf(out, type, value, style);
  else if (typeof value === "string") writeTextOf(out, type, wholeOf(encoder.encode(value)), style);
  else if (value instanceof Uint8Array) writeQuoted(out, hexOf(value), style);
  else if (style.isJson) writeMembers(out, type, value, style);
  else {
    const json = new ByteBuffer(256);
    writeMembers(json, type, value, jsonStyle(style.times));
    style.writeText(out, json.room(0), 0, json.length);
  }
}

/** A text as UTF-8 at `utf8[start, end)`. */
interface TextRange {
  readonly utf8: Uint8Array;
  readonly start: number;
  readonly end: number;
}

function wholeOf(utf8: Uint8Array): TextRange {
  return { utf8, start: 0, end: utf8.length };
}

function writeTextOf(out: ByteBuffer, type: DataType, text: TextRange, style: CellStyle): void {
  if (type.kind === "object" || type.kind === "variant") writeEmbedded(out, text, style);
  else style.writeText(out, text.utf8, text.start, text.end);
}

/** The style of JSON values. */
export function jsonStyle(times: TimePrinter): CellStyle {
  return { nullText: "null", times, isJson: true, hasReadableDurations: false, writeText: writeJsonString };
}

/** An array as a JSON array, a tuple as a JSON object. */
function writeMembers(out: ByteBuffer, type: DataType, values: readonly Value[], style: CellStyle): void {
  const fields = type.kind === "tuple" ? type.fields : null;
  const elementType = type.kind === "array" ? type.element : UNKNOWN_TYPE;
  out.ascii(fields === null ? "[" : "{");
  for (const [index, value] of values.entries()) {
    if (index > 0) out.byte(0x2c);
    const field = fields?.[index];
    if (field !== undefined) {
      out.text(JSON.stringify(field.name));
      out.byte(0x3a);
    }
    writeValue(out, field?.type ?? elementType, value, style);
  }
  out.ascii(fields === null ? "]" : "}");
}

function writeNumber(out: ByteBuffer, type: DataType, value: number, style: CellStyle): void {
  if (style.isJson && !Number.isFinite(value)) out.ascii("null");
  else if (type.kind === "float") out.ascii(floatText(value));
  else writeDouble(out, value);
}

function writeLongOf(out: ByteBuffer, type: DataType, value: bigint, style: CellStyle): void {
  switch (type.kind) {
    case "timestamp":
      writeTime(out, Number(value), null, style);
      break;
    case "timestamp-nano": {
      const nanos = Number(BigInt.asIntN(64, value) % 1_000_000_000n);
      const nanosOfSecond = nanos < 0 ? nanos + 1e9 : nanos;
      writeTime(out, Number((value - BigInt(nanosOfSecond)) / 1_000_000n), nanosOfSecond, style);
      break;
    }
    case "duration":
      if (style.hasReadableDurations) out.ascii(printDuration(value));
      else writeLong(out, value);
      break;
    case "mac":
      writeQuoted(out, printMac(value), style);
      break;
    case "ip":
      writeQuoted(out, printAddress(value), style);
      break;
    default:
      writeLong(out, value);
  }
}

function writeHuge(
  out: ByteBuffer,
  column: BatchColumn & { readonly kind: "huge" },
  type: DataType,
  row: number,
  style: CellStyle,
): void {
  const high = column.words[2 * row + 1] ?? 0n;
  const low = column.words[2 * row] ?? 0n;
  if (type.kind === "ip" && high === 0n) {
    // Fast path: nearly all addresses are IPv4, and need no arithmetic on 128 bits.
    const lowHigh = Number(low >> 32n);
    if (lowHigh === MAPPED_HIGH_BITS) {
      if (style.isJson) out.byte(0x22);
      writeIpv4(out, Number(low & 0xffffffffn));
      if (style.isJson) out.byte(0x22);
      return;
    }
  }
  const value = ((column.isSigned ? BigInt.asIntN(64, high) : high) << 64n) | low;
  writeLongOf(out, type, value, style);
}

function writeTime(out: ByteBuffer, ms: number, nanos: number | null, style: CellStyle): void {
  if (style.isJson) out.byte(0x22);
  style.times.write(out, ms, nanos);
  if (style.isJson) out.byte(0x22);
}

function writeQuoted(out: ByteBuffer, ascii: string, style: CellStyle): void {
  out.ascii(style.isJson ? `"${ascii}"` : ascii);
}

/** JSON text of an object or variant: embedded in JSON; elsewhere a JSON string is shown as its text, JSON null as NULL. */
function writeEmbedded(out: ByteBuffer, range: TextRange, style: CellStyle): void {
  const { utf8, start, end } = range;
  const text = decoder.decode(utf8.subarray(start, end));
  if (style.isJson) {
    if (isJson(text)) writeJsonValue(out, utf8, start, end);
    else writeJsonString(out, utf8, start, end);
    return;
  }
  const bare = bareText(text);
  if (bare === null) {
    out.ascii(style.nullText);
    return;
  }
  const shown = bare === text ? range : wholeOf(encoder.encode(bare));
  style.writeText(out, shown.utf8, shown.start, shown.end);
}

function bareText(json: string): string | null {
  const trimmed = json.trim();
  if (trimmed === "null") return null;
  if (!trimmed.startsWith('"') || !isJson(trimmed)) return json;
  const value: unknown = JSON.parse(trimmed);
  return typeof value === "string" ? value : json;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
