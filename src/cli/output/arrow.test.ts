import { tableFromIPC } from "@uwdata/flechette";
import { expect, test } from "vitest";
import type { Batch, ResultColumn } from "#records";
import { openArrow } from "./arrow-writer.ts";

const OPTIONS = { timeZone: "Europe/Tallinn", terminalWidth: null, guardsFormulas: false };

function columnOf(
  name: string,
  kind: "integer" | "long" | "double" | "boolean" | "string" | "timestamp" | "ip",
): ResultColumn {
  return { name, type: { kind } };
}

const COLUMNS: readonly ResultColumn[] = [
  columnOf("small", "integer"),
  columnOf("large", "long"),
  columnOf("share", "double"),
  columnOf("is_new", "boolean"),
  columnOf("text", "string"),
  columnOf("when", "timestamp"),
  columnOf("client_ip", "ip"),
];

function batchOf(...rows: readonly (readonly (string | number | bigint | boolean | null)[])[]): Batch {
  return {
    rowCount: rows.length,
    columns: COLUMNS.map((_, index) => ({ kind: "values", values: rows.map((row) => row[index] ?? null) })),
  };
}

const FIRST = [1, 2n ** 53n + 1n, 0.5, true, "ä\u0000\n", 1_790_000_000_123n, 0xffff_c000_0207n] as const;
const SECOND = [-2, -(2n ** 62n), Number.NaN, false, "", -1n, 1n] as const;

function written(batches: readonly Batch[]): Uint8Array {
  const writer = openArrow(COLUMNS, OPTIONS);
  return Buffer.concat([
    writer.start(),
    ...batches.map((batch) => writer.add(batch)),
    writer.settle(),
    writer.finish(),
  ]);
}

test("what is written is read back with its types, batch after batch", () => {
  const table = tableFromIPC(written([batchOf(FIRST, [null]), batchOf(), batchOf(SECOND)]), {
    useBigInt: true,
  });
  const rows = Array.from({ length: table.numRows }, (_, row) => Object.values(table.at(row)));
  expect(rows).toEqual([
    [1, 2n ** 53n + 1n, 0.5, true, "ä\u0000\n", 1_790_000_000_123, "192.0.2.7"],
    [null, null, null, null, null, null, null],
    [-2, -(2n ** 62n), Number.NaN, false, "", -1, "::1"],
  ]);
});

test("a result without rows has its columns", () => {
  const table = tableFromIPC(written([]));
  expect(table.numRows).toBe(0);
  expect(table.schema.fields.map(({ name }) => name)).toEqual(COLUMNS.map(({ name }) => name));
});
