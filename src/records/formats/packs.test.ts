import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type DataType, type Field, typeName, type Value } from "#language";
import { valueAt } from "../batch.ts";
import { plainScan } from "../plain/plain-scan.ts";
import { compileProgram } from "../program/compile.ts";
import { detectFormat } from "./detect-format.ts";
import { readFieldNames } from "./format-file.ts";
import { loadFormats } from "./load-formats.ts";
import type { ShippedFormat } from "./shipped-format.ts";

const PACKS = fileURLToPath(new URL("../../../packs/", import.meta.url));
/** Times without a year in the samples are of 2024. */
const REFERENCE_TIME_MS = BigInt(Date.UTC(2024, 11, 1));
const formats = loadFormats();

function scan(format: ShippedFormat, bytes: Uint8Array) {
  const pattern = detectFormat(bytes, [format])?.pattern ?? format.pattern();
  const { fields } = pattern;
  const slots = fields.map(({ name, type }) => ({ path: [name], type }));
  const program = compileProgram(pattern, slots, { timeZone: "UTC" });
  const columns = slots.map((_, slot) => ({ kind: "slot", slot }) as const);
  const result = plainScan(
    { program, filter: null, output: { kind: "rows", columns }, rowLimit: null, givesUnmatched: false },
    { bytes, inputIndex: 0, referenceTimeMs: REFERENCE_TIME_MS },
  );
  const rows = result.batches.flatMap((batch) =>
    Array.from({ length: batch.rowCount }, (_, row) => batch.columns.map((column) => valueAt(column, row))),
  );
  return { ...result, fields, rows };
}

/** A row as JSON text without what is NULL. */
function printRow(fields: readonly Field[], row: readonly Value[]): string {
  const members = fields.flatMap(({ name, type }, index) => {
    const value = row[index] ?? null;
    return value === null ? [] : [`${JSON.stringify(name)}:${printValue(type, value)}`];
  });
  return `{${members.join(",")}}`;
}

function printValue(type: DataType, value: Value): string {
  if (value === null) return "null";
  switch (type.kind) {
    case "ip":
      return JSON.stringify(printAddress(BigInt(String(value))));
    case "mac":
      return JSON.stringify(
        BigInt(String(value))
          .toString(16)
          .padStart(12, "0")
          .replace(/..(?!$)/g, "$&:"),
      );
    case "timestamp":
      return JSON.stringify(new Date(Number(value)).toISOString());
    case "object":
    case "variant":
      return String(value);
    case "array": {
      const { element } = type;
      return Array.isArray(value)
        ? `[${value.map((item) => printValue(element, item)).join(",")}]`
        : String(value);
    }
    default:
      return typeof value === "bigint" ? String(value) : JSON.stringify(value);
  }
}

function printAddress(address: bigint): string {
  if (address >> 32n === 0xffffn) {
    return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join(".");
  }
  const groups = Array.from({ length: 8 }, (_, index) => (address >> BigInt(112 - 16 * index)) & 0xffffn);
  return groups.map((group) => group.toString(16)).join(":");
}

describe("the shipped formats", () => {
  test("are the folders of packs", () => {
    const folders = readdirSync(PACKS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(formats.map(({ name }) => name)).toEqual(folders.map(({ name }) => name).sort());
  });

  test("call a thing the same and give it the same type everywhere", () => {
    const types = new Map<string, string>();
    const others = formats.flatMap(({ name: format, pattern }) =>
      pattern().fields.flatMap(({ name, type }) => {
        const first = types.get(name) ?? typeName(type);
        types.set(name, first);
        return first === typeName(type) ? [] : [`${format}: ${name} is ${typeName(type)}, not ${first}`];
      }),
    );
    expect(others).toEqual([]);
  });

  test("put every field that is named for it into the Elastic Common Schema", () => {
    const common = readFieldNames(readFileSync(`${PACKS}fields.json`, "utf8"));
    const fieldsOf = ({ pattern, header }: ShippedFormat) => [
      ...pattern().fields.map(({ name }) => name),
      ...(header === null ? [] : [...header.columns.values()].map(({ field }) => field)),
    ];
    const all = new Set(formats.flatMap(fieldsOf));
    expect(Object.keys(common).filter((name) => !all.has(name))).toEqual([]);
    for (const format of formats) {
      const fields = new Set(fieldsOf(format));
      expect(
        Object.keys(format.ecsExceptions).filter((field) => !fields.has(field.split("[", 1)[0] ?? "")),
      ).toEqual([]);
      const names = Object.values(format.ecs(format.pattern()));
      expect(names, format.name).toContain("@timestamp");
      for (const name of names) expect(name).toMatch(/^(@timestamp|[a-z][a-z0-9_.]*[a-z0-9])$/);
    }
  });

  for (const format of formats) {
    const folder = `${PACKS}${format.name}/`;
    const sample = readFileSync(`${folder}sample.log`);

    test(`${format.name}: the sample's records are the expected ones, and nothing is left over`, () => {
      const { rows, fields, matchedBytes, unmatchedBytes, records } = scan(format, sample);
      const records_ = rows.map((row) => printRow(fields, row));
      const path = `${folder}expected.ndjson`;
      if (process.env["UPDATE"] === "1") writeFileSync(path, `${records_.join("\n")}\n`);
      expect(records_).toEqual(readFileSync(path, "utf8").trimEnd().split("\n"));
      expect({ matchedBytes, unmatchedBytes, records }).toEqual({
        matchedBytes: sample.length,
        unmatchedBytes: 0,
        records: rows.length,
      });
    });

    test(`${format.name}: describes itself`, () => {
      expect(readFileSync(`${folder}format.json`, "utf8")).toContain(`"name": "${format.name}"`);
      const time = format.pattern().fields.find(({ name }) => name === format.timestampField);
      expect(time?.type.kind).toBe("timestamp");
      expect(format.description).toMatch(/\.$/);
    });

    test(`${format.name}: is recognised by its sample`, () => {
      const choice = detectFormat(sample, formats);
      expect(choice?.format.name).toBe(format.name);
      expect(choice?.share).toBe(1);
    });
  }
});
