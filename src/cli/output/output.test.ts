import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { DataType, Value } from "#language";
import type { Batch, BatchColumn, ResultColumn } from "#records";
import { ByteBuffer } from "./byte-buffer.ts";
import { outputFormatOf } from "./formats.ts";
import type { RowWriter, WriterOptions } from "./output-format.ts";
import { withoutSteering } from "./steering.ts";

interface WrittenColumn {
  readonly name: string;
  readonly type: string | DataType;
  readonly packed?: string;
  readonly values: readonly unknown[];
}

const CASES = fileURLToPath(new URL("./output.cases.md", import.meta.url));
const OPTIONS: WriterOptions = { timeZone: "UTC", terminalWidth: null, guardsFormulas: false };

function typeOf(written: WrittenColumn): DataType {
  return typeof written.type === "string" ? ({ kind: written.type } as DataType) : written.type;
}

function readValue(type: DataType, written: unknown): Value {
  if (written === null) return null;
  if (type.kind === "array") return (written as unknown[]).map((item) => readValue(type.element, item));
  if (type.kind === "tuple") {
    return (written as unknown[]).map((item, index) => readValue(type.fields[index]!.type, item));
  }
  if (type.kind === "bytes") return new Uint8Array(Buffer.from(String(written), "hex"));
  if (["long", "timestamp", "timestamp-nano", "duration", "ip", "mac"].includes(type.kind)) {
    return BigInt(String(written));
  }
  if (type.kind === "double" || type.kind === "float") return Number(written);
  return written as Value;
}

function validityOf(values: readonly Value[]): Uint8Array | null {
  if (!values.includes(null)) return null;
  const validity = new Uint8Array(Math.ceil(values.length / 8));
  for (const [row, value] of values.entries()) if (value !== null) validity[row >> 3]! |= 1 << (row & 7);
  return validity;
}

function pack(type: DataType, values: readonly Value[], isHuge: boolean): BatchColumn {
  const validity = validityOf(values);
  switch (type.kind) {
    case "integer":
      return { kind: "integer", values: Int32Array.from(values.map(Number)), validity };
    case "boolean":
      return { kind: "boolean", values: Uint8Array.from(values.map(Number)), validity };
    case "double":
    case "float":
      return { kind: "double", values: Float64Array.from(values.map(Number)), validity };
    case "string":
    case "object":
    case "variant": {
      const texts = values.map((value) => Buffer.from(String(value ?? "")));
      const heap = new Uint8Array(Buffer.concat([Buffer.from("\u0000"), ...texts]));
      const lengths = Uint32Array.from(texts.map((text) => text.length));
      const starts = lengths.map((_, row) => lengths.slice(0, row).reduce((sum, length) => sum + length, 1));
      return { kind: "text", starts, lengths, heap, validity };
    }
    case "ip":
      return packHuge(values, false);
    case "long":
    case "timestamp":
    case "timestamp-nano":
    case "duration":
    case "mac":
      if (isHuge) return packHuge(values, true);
      return {
        kind: "long",
        values: BigInt64Array.from(values.map((value) => (value === null ? 0n : BigInt(String(value))))),
        validity,
      };
    default:
      return { kind: "values", values };
  }
}

function packHuge(values: readonly Value[], isSigned: boolean): BatchColumn {
  const words = BigUint64Array.from(
    values.flatMap((value) => {
      const bits = BigInt.asUintN(128, value === null ? 0n : BigInt(String(value)));
      return [bits & 0xffffffffffffffffn, bits >> 64n];
    }),
  );
  return { kind: "huge", words, isSigned, validity: validityOf(values) };
}

function write(writer: RowWriter, batches: readonly Batch[]): string {
  const pieces = [writer.start(), ...batches.map((batch) => writer.add(batch)), writer.finish()];
  return Buffer.concat(pieces).toString();
}

interface Case {
  readonly title: string;
  readonly columns: readonly WrittenColumn[];
  readonly expected: readonly { readonly format: string; readonly text: string }[];
}

function readCases(markdown: string): readonly Case[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const blocks = [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
      const [columns, ...expected] = blocks.map(([, format, text]) => ({ format: format!, text: text! }));
      return { title: section.split("\n")[0]!, columns: JSON.parse(columns!.text), expected };
    });
}

/** A carriage return cannot stand in a case's block; it is written `\r` there. */
const shown = (text: string) => text.replaceAll("\r", "\\r");

let markdown = readFileSync(CASES, "utf8");
for (const { title, columns, expected } of readCases(markdown)) {
  describe(title, () => {
    const typed = columns.map((column) => {
      const type = typeOf(column);
      const values = column.values.map((value) => readValue(type, value));
      return { name: column.name, type, values, isHuge: column.packed === "huge" };
    });
    const result: readonly ResultColumn[] = typed.map(({ name, type }) => ({ name, type }));
    const rowCount = typed[0]!.values.length;
    const packed = { rowCount, columns: typed.map(({ type, values, isHuge }) => pack(type, values, isHuge)) };
    const unpacked = { rowCount, columns: typed.map(({ values }) => ({ kind: "values" as const, values })) };

    test.each(expected)("$format", ({ format, text }) => {
      const open = () => outputFormatOf(format).open(result, OPTIONS);
      const written = shown(write(open(), [packed]));
      if (process.env["UPDATE"] === "1" && written !== text) {
        const at = markdown.indexOf(`\`\`\`${format}\n${text}\`\`\``, markdown.indexOf(`## ${title}\n`));
        const start = at + format.length + 4;
        markdown = markdown.slice(0, start) + written + markdown.slice(start + text.length);
        writeFileSync(CASES, markdown);
        return;
      }
      expect(written).toBe(text);
      expect(shown(write(open(), [unpacked]))).toBe(text);
    });
  });
}

const texts = (name: string, values: readonly string[]): { column: ResultColumn; batch: BatchColumn } => ({
  column: { name, type: { kind: "string" } },
  batch: pack({ kind: "string" }, values, false),
});

describe("the table", () => {
  test("is cut to the terminal's width at its widest texts only", () => {
    const uri = texts("uri", ["/a/very/long/address/that/goes/on/and/on"]);
    const agent = texts("agent", ["curl/8.0"]);
    const options = { ...OPTIONS, terminalWidth: 32 };
    const writer = outputFormatOf("table").open([uri.column, agent.column], options);
    const lines = write(writer, [{ rowCount: 1, columns: [uri.batch, agent.batch] }]).split("\n");
    expect(lines[2]).toBe("/a/very/long/address/…  curl/8.0");
  });

  test("holds rows back until their widths are known, and gives them out when asked", () => {
    const uri = texts("uri", ["/a"]);
    const writer = outputFormatOf("table").open([uri.column], OPTIONS);
    expect(writer.add({ rowCount: 1, columns: [uri.batch] })).toHaveLength(0);
    expect(Buffer.from(writer.settle()).toString()).toBe("uri\n───\n/a\n");
    expect(Buffer.from(writer.add({ rowCount: 1, columns: [uri.batch] })).toString()).toBe("/a\n");
    expect(writer.settle()).toHaveLength(0);
    expect(writer.finish()).toHaveLength(0);
  });
});

test("CSV puts an apostrophe before formulas when asked, and never before numbers", () => {
  const cell = texts("x", ["=1+1", "@SUM(A1)", "-x", "\tx", "fine"]);
  const options = { ...OPTIONS, guardsFormulas: true };
  const writer = outputFormatOf("csv").open([cell.column], options);
  expect(write(writer, [{ rowCount: 5, columns: [cell.batch] }])).toBe(
    `x\n"'=1+1"\n"'@SUM(A1)"\n"'-x"\n"'\tx"\nfine\n`,
  );
});

test("times are printed in the zone, summer and winter", () => {
  const column: ResultColumn = { name: "t", type: { kind: "timestamp" } };
  const values = [1_790_856_005_000n, 1_767_268_800_000n];
  const options = { ...OPTIONS, timeZone: "Europe/Tallinn" };
  const batch: Batch = { rowCount: 2, columns: [pack(column.type, values, false)] };
  expect(write(outputFormatOf("csv").open([column], options), [batch])).toBe(
    "t\n2026-10-01T15:00:05.000+03:00\n2026-01-01T14:00:00.000+02:00\n",
  );
});

test("a text of several chunks of escapes is written whole", () => {
  const text = "é\u001b".repeat(100_000);
  const cell = texts("x", [text]);
  const written = write(outputFormatOf("ndjson").open([cell.column], OPTIONS), [
    { rowCount: 1, columns: [cell.batch] },
  ]);
  expect(JSON.parse(written)).toEqual({ x: text });
});

describe("bytes on their way to a terminal", () => {
  const clean = (text: string) =>
    Buffer.from(withoutSteering(Buffer.from(text), new ByteBuffer())).toString();

  test("lose what steers it and keep lines and tabs", () => {
    expect(clean("a\tb\n\u001b[2J\u009b\u202e日本\r\n")).toBe("a\tb\n\\x1B[2J\\x9B\\u202E日本\\x0D\n");
  });

  test("are given back as they are when nothing steers", () => {
    const bytes = Buffer.from("plain é\n");
    expect(withoutSteering(bytes, new ByteBuffer())).toBe(bytes);
  });
});
