import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Engine, startEngine } from "../engine/engine.ts";
import { rowsOf, testOptions } from "../query-cases.testing.ts";
import { RANDOM_PATTERN, randomLine, randomTest } from "./random-logs.testing.ts";

const SCAN = `${RANDOM_PATTERN}LIST('mixed.txt') | parse(pattern:$p)`;
let engine: Engine;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trawl-test-"));
  const lines = fc.sample(randomLine(), { seed: 3, numRuns: 120 });
  writeFileSync(join(folder, "mixed.txt"), `${lines.join("\n")}\nno record\n`);
  engine = startEngine({ threads: 2, memoryBytes: null, spillDirectory: null });
  await engine.ready;
});

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

const condition: fc.Arbitrary<string> = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    randomTest,
    fc
      .tuple(tie("node"), fc.constantFrom("AND", "OR"), tie("node"))
      .map(([a, word, b]) => `(${a} ${word} ${b})`),
    tie("node").map((part) => `NOT (${part})`),
  ),
})).node as fc.Arbitrary<string>;

/** How many queries are tried; `TRAWL_PROPERTY_RUNS` asks for more. */
function runs(usual: number): number {
  return Number(process.env["TRAWL_PROPERTY_RUNS"] ?? usual);
}

async function expectSameRows(query: string): Promise<void> {
  const options = testOptions(folder, engine);
  const expected = await rowsOf(query, { ...options, pushesWork: false });
  expect(await rowsOf(query, options), query).toBe(expected);
  // What is finished without the engine, finished by it.
  expect(await rowsOf(query, { ...options, mostFinishedRows: 0 }), query).toBe(expected);
}

test("a pushed filter keeps the rows that SQL keeps", async () => {
  await fc.assert(
    fc.asyncProperty(condition, (given) =>
      expectSameRows(`${SCAN} | filter(${given}) | select(i, l, d, ip, t, b, s, o)`),
    ),
    { seed: 5, numRuns: runs(80) },
  );
});

test("the first rows of a pushed order are those of all rows", async () => {
  const key = fc.constantFrom(
    "i",
    "l",
    "d",
    "ip",
    "t",
    "b",
    "s",
    "INT(o[m])",
    "STRLEN(s)",
    "i + 1",
    "_raw_offset",
  );
  const query = fc
    .tuple(
      fc.array(fc.tuple(key, fc.constantFrom("", " desc")), { minLength: 1, maxLength: 3 }),
      fc.option(randomTest),
      fc.constantFrom(1, 3, 10, 60, 500),
      fc.constantFrom("", " | select(i, s)", " | select(n:count(*), m:max(i))"),
    )
    .map(([keys, filter, count, end]) => {
      const items = keys.map(([text], index) => `k${index}:${text}`);
      const names = keys.map(([, direction], index) => `k${index}${direction}`);
      const start = `${SCAN}${filter === null ? "" : ` | filter(${filter})`} | select(i, l, s, ${items.join(", ")})`;
      return `${start} | sort(${names.join(", ")}) | limit(${count})${end}`;
    });
  await fc.assert(fc.asyncProperty(query, expectSameRows), { seed: 8, numRuns: runs(40) });
});

test("pushed distinct rows come as SQL has them", async () => {
  const column = fc.constantFrom(
    "i",
    "l",
    "d",
    "ip",
    "b",
    "s",
    "t[1 hour]",
    "i % 2",
    "IP_TRUNC(ip, 24)",
    "o[m]",
  );
  const query = fc
    .tuple(
      fc.uniqueArray(column, { minLength: 1, maxLength: 3 }),
      fc.option(randomTest),
      fc.constantFrom("", " | limit(7)"),
    )
    .map(([columns, filter, end]) => {
      const items = columns.map((text, index) => `c${index}:${text}`);
      return `${SCAN}${filter === null ? "" : ` | filter(${filter})`} | select(${items.join(", ")}) | distinct${end}`;
    });
  await fc.assert(fc.asyncProperty(query, expectSameRows), { seed: 7, numRuns: runs(40) });
});

test("a pushed group gives what SQL gives", async () => {
  const key = fc.constantFrom(
    "i",
    "l",
    "d",
    "ip",
    "b",
    "s",
    "t",
    "t[1 hour]",
    "t[1 month]",
    "HOUR(t)",
    "i % 2",
    "INT(o[m])",
    "STRING(o[m])",
    "IP_TRUNC(ip, 24)",
    "IP_TRUNC(ip, 0, 3)",
    "i % 10",
    "l % 7",
    "FLOOR(l / 10)",
    "FLOOR(i / 1000)",
    "LOWER(s)",
    "STRLEN(s)",
    "i > 1",
    "_file_name",
    "COALESCE(s, '-')",
  );
  const aggregate = fc.oneof(
    fc.constantFrom(
      "count(*)",
      "sum(i)",
      "avg(i)",
      "avg(l)",
      "min(d)",
      "max(d)",
      "min(t)",
      "max(ip)",
      "min(l)",
      "any(i)",
      "count(s)",
      "sum(INT(o[m]))",
      "max(s)",
      "min(s)",
      "any(s)",
      "max(b)",
      "first(s)",
      "last(s)",
      "first(i)",
      "last(ip)",
      "first(d)",
      "last(t)",
      "first(STRING(o[m]))",
      "count_distinct(ip)",
      "count_distinct(s)",
      "count_distinct(IP_TRUNC(ip, 24))",
      "count_distinct(i % 2)",
      "sum(long(i))",
      "count(i) + sum(i)",
      "max(l) - min(l)",
    ),
    randomTest.map((given) => `count(${given})`),
  );
  const query = fc
    .tuple(
      fc.uniqueArray(key, { maxLength: 2 }),
      fc.array(aggregate, { minLength: 1, maxLength: 4 }),
      fc.option(randomTest),
    )
    .map(([keys, aggregates, filter]) => {
      const items = [
        ...keys.map((text, index) => `k${index}:${text}`),
        ...aggregates.map((text, index) => `a${index}:${text}`),
      ];
      const names = keys.map((_, index) => `k${index}`).join(", ");
      return `${SCAN}${filter === null ? "" : ` | filter(${filter})`} | select(${items.join(", ")}) | group(${names})`;
    });
  await fc.assert(fc.asyncProperty(query, expectSameRows), { seed: 6, numRuns: runs(60) });
});
