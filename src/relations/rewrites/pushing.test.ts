import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Engine, startEngine } from "../engine/engine.ts";
import { rowsOf, testOptions } from "../query-cases.testing.ts";

const PATTERN = `$p = <<<PATTERN
(INT:i | '-') ' ' (LONG:l | '-') ' ' (DOUBLE:d | '-') ' ' (IPADDR:ip | '-') ' ' (ISO8601:t | '-') ' ' (BOOLEAN:b | '-') ' ' (DQS:s | '-') ' ' JSON:o EOL
PATTERN;
`;
const SCAN = `${PATTERN}LIST('mixed.txt') | parse(pattern:$p)`;
let engine: Engine;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trawl-test-"));
  const lines = fc.sample(line(), { seed: 3, numRuns: 120 });
  writeFileSync(join(folder, "mixed.txt"), `${lines.join("\n")}\nno record\n`);
  engine = startEngine({ threads: 2, memoryBytes: null, spillDirectory: null });
  await engine.ready;
});

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

const INTEGERS = fc.constantFrom("0", "1", "-7", "404", "2147483647");
const LONGS = fc.oneof(INTEGERS, fc.constantFrom("9223372036854775807", "-9223372036854775808"));
const DOUBLES = fc.constantFrom("0", "-0", "0.5", "-1.25", "1e300", "404");
const ADDRESSES = fc.constantFrom("192.0.2.1", "192.0.2.200", "198.51.100.7", "2001:db8::1", "0.0.0.0");
const TIMES = fc.constantFrom(
  "2026-01-01T00:00:00Z",
  "2026-01-01T00:00:00.001Z",
  "1969-12-31T23:59:59Z",
  "2026-03-29T12:34:56Z",
);
const TEXTS = fc.constantFrom("", "a", "ab", "abc", "cab", "ÄÖ", "a%b", "A", "İk", "aK", "ki", "KI");

function line(): fc.Arbitrary<string> {
  const maybe = (values: fc.Arbitrary<string>) =>
    fc.oneof({ weight: 5, arbitrary: values }, { weight: 1, arbitrary: fc.constant("-") });
  const member = fc.oneof(
    INTEGERS,
    fc.constantFrom('"7"', '"x"', "null", "true", '"192.0.2.1"', "{}", '{"k":5}', "1.5"),
  );
  const object = fc.dictionary(fc.constantFrom("m", "n"), member).map((members) => {
    return `{${Object.entries(members)
      .map(([name, value]) => `"${name}":${value}`)
      .join(",")}}`;
  });
  return fc
    .tuple(
      maybe(INTEGERS),
      maybe(LONGS),
      maybe(DOUBLES),
      maybe(ADDRESSES),
      maybe(TIMES),
      maybe(fc.constantFrom("true", "FALSE")),
      maybe(TEXTS.map((text) => `"${text}"`)),
      object,
    )
    .map((parts) => parts.join(" "));
}

const OPERATORS = fc.constantFrom("=", "!=", "<", "<=", ">", ">=");
const quoted = TEXTS.map((text) => `'${text}'`);
const time = TIMES.map((text) => `T('${text}')`);

const leaf: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom("i", "l", "d", "INT(o[m])", "LONG(o[n])", "DOUBLE(o[m])", "INT(o[m][k])"),
      OPERATORS,
      INTEGERS,
    )
    .map((parts) => parts.join(" ")),
  fc.tuple(fc.constantFrom("d"), OPERATORS, DOUBLES).map((parts) => parts.join(" ")),
  fc.tuple(INTEGERS, OPERATORS, fc.constantFrom("i", "l")).map((parts) => parts.join(" ")),
  fc.tuple(fc.constantFrom("ip", "IPADDR(o[m])"), OPERATORS, ADDRESSES).map((parts) => parts.join(" ")),
  fc.tuple(fc.constantFrom("t"), OPERATORS, time).map((parts) => parts.join(" ")),
  fc.tuple(fc.constantFrom("s", "STRING(o[m])", "o[n]"), OPERATORS, quoted).map((parts) => parts.join(" ")),
  fc
    .tuple(
      fc.constantFrom("s"),
      fc.constantFrom("LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE"),
      fc.constantFrom(
        "'a%'",
        "'%b'",
        "'%'",
        "'_b%'",
        "''",
        "'%b%c%'",
        "'ab'",
        "'A%'",
        "'%I%'",
        "'k%'",
        "'Ä%'",
        "'AK'",
      ),
    )
    .map((parts) => parts.join(" ")),
  fc
    .tuple(fc.constantFrom("s"), fc.constantFrom("CONTAINS", "NOT CONTAINS"), quoted)
    .map((parts) => parts.join(" ")),
  fc.tuple(fc.constantFrom("STARTSWITH", "ENDSWITH"), quoted).map(([name, text]) => `${name}(s, ${text})`),
  fc
    .tuple(
      fc.constantFrom("i", "l", "d", "ip", "t", "b", "s", "o[m]", "STRING(o[m])"),
      fc.constantFrom("IS NULL", "IS NOT NULL"),
    )
    .map((parts) => parts.join(" ")),
  fc.constantFrom(
    "b",
    "b = true",
    "b = false",
    "BOOLEAN(o[m])",
    "i IN (1, 404)",
    "i NOT IN (1, NULL)",
    "l BETWEEN 0 AND 404",
    "ip IN 192.0.2.0/24",
    "ip NOT IN (192.0.2.0/25, 2001:db8::1)",
    "s IN ('a', 'ÄÖ')",
    "s IN ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'ab', '', 'ÄÖ')",
    "s NOT IN ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'ab', 'KI')",
    "i IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 404)",
    "d IN (1, 2, 3, 4, 5, 6, 7, 8, 0, -1.25, 1e300)",
    "l NOT IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9223372036854775807)",
    "ip IN (192.0.2.0/30, 192.0.2.128/25, 198.51.100.0/24, 2001:db8::/32, 192.0.2.7)",
    "ip IN (10.0.0.0/8, 10.1.0.0/16, 192.0.2.0/30, 192.0.2.4/30, 1.0.0.0/8, 2.0.0.0/8, 3.0.0.0/8, 4.0.0.0/8, 5.0.0.0/8)",
    "i = 1.5",
    "i > 0.5",
    "i < 404.5",
    "long(i) > 0",
    "s BETWEEN 'a' AND 'b'",
    "i = 1 OR i = 404 OR s = 'a' OR i IN (7, 0)",
    "i != 1 AND i != 404 AND NOT (s = 'a') AND i NOT IN (7, 0)",
    "t BETWEEN T('2026-01-01') AND T('2026-02-01')",
    "_raw_text CONTAINS 'ab'",
    "_raw_text ILIKE '%FALSE%' OR s = 'a'",
    "_raw_text IS NULL",
    "STRLEN(s) > 1",
    "i + 1 > l",
    "_file_name = 'mixed.txt'",
    "_raw_offset > 1000",
    "t[1 day] = T('2026-01-01')",
  ),
);

const condition: fc.Arbitrary<string> = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
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
      fc.option(leaf),
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
      fc.option(leaf),
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
    leaf.map((given) => `count(${given})`),
  );
  const query = fc
    .tuple(
      fc.uniqueArray(key, { maxLength: 2 }),
      fc.array(aggregate, { minLength: 1, maxLength: 4 }),
      fc.option(leaf),
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
