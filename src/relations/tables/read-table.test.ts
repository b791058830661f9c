import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeTable } from "./read-table.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trawl-tables-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ["a*.csv", "ab.csv"],
  ["q[1].csv", "q1.csv"],
  ["q[!x].csv", "qa.csv"],
  ["x?.csv", "xy.csv"],
  ["d[1]*/z.csv", "d1a/z.csv"],
  ["it's.csv", "other.csv"],
  ["back\\slash.csv", "backslash.csv"],
])("of the files %s and %s the one that is named is read", async (name, other) => {
  for (const [path, column] of [
    [name, "wanted"],
    [other, "other"],
  ]) {
    mkdirSync(join(folder, path ?? "", ".."), { recursive: true });
    writeFileSync(join(folder, path ?? ""), `${column}\n1\n`);
  }
  const place = { paths: [join(folder, name)], options: { separator: null, hasHeader: true } };
  const columns = await describeTable({ ...place, format: "csv" }, new AbortController().signal);
  expect(columns.map((column) => column.name)).toEqual(["wanted"]);
});
