/** Examples of patterns in documents: what a pattern makes of an input, by the plain twin and by the scanner. */
import { type DataType, parsePattern } from "#language";
import type { Batch } from "#records";
import { drawDiagnostic, invariant } from "#text";
import { ByteBuffer } from "../src/cli/output/byte-buffer.ts";
import { jsonStyle, writeCell } from "../src/cli/output/cells.ts";
import { TimePrinter } from "../src/cli/output/times.ts";
import { bytesOfInput, caseSpec, leavesOf } from "../src/records/plain/plain-cases.testing.ts";
import { plainScan } from "../src/records/plain/plain-scan.ts";
import { compileProgram, unsupportedElements } from "../src/records/program/compile.ts";
import { quotedBytes } from "../src/records/program/describe.ts";
import type { Slot } from "../src/records/program/program.ts";
import { REFERENCE_TIME_MS, rowsOf, scanInProcess } from "../src/records/scan/scan-in-process.testing.ts";
import type { Block } from "./markdown.ts";

/** An example: a pattern, and what follows it up to the next one. */
export interface PatternExample {
  readonly pattern: Block;
  readonly input: Block | null;
  readonly output: NumberedBlock | null;
  readonly error: NumberedBlock | null;
}

/** A block with its number in the file. */
export interface NumberedBlock {
  readonly number: number;
  readonly block: Block;
}

/** What comes of an example. */
export interface ExampleOutcome {
  /** Pictures of what is wrong with the pattern. */
  readonly error: string;
  /** Records as JSON and unmatched spans, one per line, in the order of their bytes; the plain twin's and the scanner's. */
  readonly output: string;
  readonly scanned: string;
}

/** The examples among the blocks of a file. */
export function patternExamples(blocks: readonly Block[]): readonly PatternExample[] {
  const numbered = blocks.map((block, number) => ({ number, block }));
  const starts = numbered.filter(({ block }) => block.language === "pattern");
  return starts.map(({ block, number }, index) => {
    const own = numbered.slice(number + 1, starts[index + 1]?.number);
    const find = (language: string) => own.find((one) => one.block.language === language) ?? null;
    return {
      pattern: block,
      input: find("input")?.block ?? null,
      output: find("output"),
      error: find("error"),
    };
  });
}

/** Runs an example. */
export function runPatternExample({ pattern: block, input }: PatternExample): ExampleOutcome {
  const { pattern, diagnostics } = parsePattern({ name: "pattern", text: block.text.replace(/\n$/, "") });
  const problems = pattern === null ? [] : unsupportedElements(pattern);
  const error = [...diagnostics, ...problems].map((one) => `${drawDiagnostic(one)}\n`).join("");
  if (pattern === null || problems.length > 0 || input === null) return { error, output: "", scanned: "" };
  const slots = leavesOf(pattern.fields, []);
  const program = compileProgram(pattern, slots, { timeZone: "UTC" });
  const spec = caseSpec(program);
  const bytes = inputBytes(input);
  const { batches } = plainScan(spec, { bytes, inputIndex: 0, referenceTimeMs: REFERENCE_TIME_MS });
  const scanned = [[1], [bytes.length]].map((cuts) => scanInProcess(spec, bytes, cuts).rows);
  const rows = batches.flatMap(rowsOf);
  const isSame = scanned.every((one) => printedRows(one) === printedRows(rows));
  const output = batches.map((batch) => printBatch(batch, slots, bytes)).join("");
  return { error, output, scanned: isSame ? output : scanned.map(printedRows).join("\n") };
}

function printedRows(rows: readonly unknown[]): string {
  return JSON.stringify(rows, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
}

/** As it stands; with `escapes` behind the fence as bytes are written in cases: line breaks mean nothing, `\n` is a line feed. */
function inputBytes({ text, info }: Block): Uint8Array {
  return info === "escapes" ? bytesOfInput(text.replace(/\n$/, "")) : new TextEncoder().encode(text);
}

function printBatch(batch: Batch, slots: readonly Slot[], bytes: Uint8Array): string {
  const offsets = rowsOf(batch).map((row) => Number(row[slots.length]));
  const isGap = rowsOf(batch).map((row) => row[slots.length + 1] === null);
  const lines = offsets.map((offset, row) => {
    if (!isGap[row]) return printRecord(batch, slots, row);
    return `unmatched ${quotedBytes([...bytes.subarray(offset, offsets[row + 1] ?? bytes.length)])}`;
  });
  return lines.map((line) => `${line}\n`).join("");
}

const style = jsonStyle(new TimePrinter("UTC"));

/** Members by name; texts are values as JSON. */
type Members = Map<string, string | Members>;

function printRecord(batch: Batch, slots: readonly Slot[], row: number): string {
  const record: Members = new Map();
  for (const [index, { path, type }] of slots.entries()) {
    const column = batch.columns[index];
    invariant(column !== undefined, "a batch has a column per slot");
    // An array is JSON text until the query makes values of it.
    const shown: DataType = type.kind === "array" ? { kind: "variant" } : type;
    const isFloat = type.kind === "float" && column.kind === "double";
    const exact = isFloat ? { ...column, values: Float64Array.from(column.values, Math.fround) } : column;
    const out = new ByteBuffer(64);
    writeCell(out, exact, shown, row, style);
    put(record, path, Buffer.from(out.take()).toString());
  }
  return printMembers(record, true);
}

function put(members: Members, [name = "", ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    members.set(name, value);
    return;
  }
  const known = members.get(name);
  const inner: Members = known instanceof Map ? known : new Map();
  members.set(name, inner);
  put(inner, rest, value);
}

/** A tuple without a value is NULL. */
function printMembers(members: Members, isRecord: boolean): string {
  const entries = [...members].map(([name, value]): [string, string] => [
    name,
    typeof value === "string" ? value : printMembers(value, false),
  ]);
  if (!isRecord && entries.every(([, value]) => value === "null")) return "null";
  return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`;
}
