import { describe, expect, test } from "vitest";
import type { ResultRendering } from "#language";
import type { Batch, ResultColumn } from "#records";
import type { WriterOptions } from "./output-format.ts";
import { TABLE_FORMAT } from "./table.ts";

const COLUMNS: readonly ResultColumn[] = [
  { name: "label", type: { kind: "string" } },
  { name: "hits", type: { kind: "long" } },
];
const OPTIONS: WriterOptions = { timeZone: "UTC", terminalWidth: 40, guardsFormulas: false };

type Row = readonly [string, bigint | number | null, string?];

function batchOf(rows: readonly Row[], columns: readonly ResultColumn[]): Batch {
  return {
    rowCount: rows.length,
    columns: columns.map((_, index) => ({ kind: "values", values: rows.map((row) => row[index] ?? null) })),
  };
}

function drawn(
  rows: readonly Row[],
  rendering: ResultRendering | null,
  options: Partial<WriterOptions> = {},
  columns: readonly ResultColumn[] = COLUMNS,
): string {
  const all = { ...OPTIONS, ...options, ...(rendering === null ? {} : { rendering }) };
  const writer = TABLE_FORMAT.open(columns, all);
  const pieces = [writer.start(), writer.add(batchOf(rows, columns)), writer.settle(), writer.finish()];
  return Buffer.concat(pieces).toString();
}

const BAR: ResultRendering = { kind: "bar", options: { x: "label", y: "hits" } };
const LINE: ResultRendering = { kind: "line", options: {} };

describe("bars", () => {
  test("are as long as their values; NULL has none, what is negative looks so", () => {
    expect(
      drawn(
        [
          ["a", 10n],
          ["bb", 5n],
          ["c", null],
          ["d", -10n],
        ],
        BAR,
      ),
    ).toMatchInlineSnapshot(`
      "a   10 ████████████████████████████████
      bb   5 ████████████████
      c
      d  -10 ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
      "
    `);
  });

  test("of letters of ASCII only, where the terminal shows no others", () => {
    expect(
      drawn(
        [
          ["a", 4n],
          ["b", 2n],
        ],
        BAR,
        { isAscii: true, terminalWidth: 16 },
      ),
    ).toMatchInlineSnapshot(`
      "a 4 ###########
      b 2 ######
      "
    `);
  });

  test("many are cut, with what the others are together; long labels are cut", () => {
    const rows = Array.from({ length: 60 }, (_, index): Row => [`label ${index} ${"x".repeat(50)}`, 2n]);
    const lines = drawn(rows, BAR).trim().split("\n");
    expect(lines.length).toBe(51);
    expect(lines.at(-1)).toBe("and 10 more, together 20");
    expect(lines.every((line) => line.length <= 40)).toBe(true);
  });

  test("of huge numbers and of zeros", () => {
    expect(
      drawn(
        [
          ["a", 2n ** 62n],
          ["b", 1n],
        ],
        BAR,
      ),
    ).toContain(String(2n ** 62n));
    expect(
      drawn(
        [
          ["a", 0n],
          ["b", 0n],
        ],
        BAR,
      ),
    ).toBe("a 0\nb 0\n");
  });
});

describe("lines", () => {
  test("go up and down with the rows, and end with their labels", () => {
    const rows = Array.from(
      { length: 30 },
      (_, index): Row => [`t${index}`, BigInt(index < 15 ? index : 30 - index)],
    );
    expect(drawn(rows, LINE)).toMatchInlineSnapshot(`
      "15               ▄█▄
                     ▃▇███▇▃
                   ▃▇███████▇▃
                 ▂▆███████████▆▂
               ▂▆███████████████▆▂
             ▁▅███████████████████▅▁
           ▁▅███████████████████████▅▁
       0 ▁▄███████████████████████████▄
         t0                         t29
      "
    `);
  });

  test("of one value, of NULLs, of nothing", () => {
    expect(drawn([["a", 3n]], LINE)).toContain("█");
    expect(drawn([["a", null]], LINE)).toBe("no values\n");
    expect(drawn([], LINE)).toBe("no rows\n");
  });
});

test("countries have their names, the greatest first", () => {
  const map: ResultRendering = { kind: "map", options: {} };
  expect(
    drawn(
      [
        ["EE", 1n],
        ["US", 9n],
        ["--", 2n],
      ],
      map,
    ),
  ).toMatchInlineSnapshot(`
    "US United States 9 ████████████████████
    --               2 ████▍
    EE Estonia       1 ██▏
    "
  `);
});

test("where there is no terminal, or no number, rows are a table", () => {
  expect(drawn([["a", 1n]], BAR, { terminalWidth: null })).toContain("label  hits");
  const texts: readonly ResultColumn[] = [
    { name: "label", type: { kind: "string" } },
    { name: "hits", type: { kind: "string" } },
  ];
  expect(drawn([["a", null]], BAR, {}, texts)).toContain("label  hits");
});

test("nothing of a label steers the terminal", () => {
  const text = drawn([["\u001b[31mred\u0007", 1n]], BAR);
  expect(text).not.toContain("\u001b");
  expect(text).not.toContain("\u0007");
});

describe("colours of rows", () => {
  const columns: readonly ResultColumn[] = [...COLUMNS, { name: "_rowcolor", type: { kind: "string" } }];
  const rows: readonly Row[] = [
    ["a", 1n, "red"],
    ["b", 2n, "#00ff80"],
    ["c", 3n, "\u001b[5m"],
    ["d", 4n],
  ];

  test("stand around the rows that have one, and their column is not shown", () => {
    const text = drawn(rows, null, { hasColor: true }, columns);
    expect(text).toContain("\u001b[31ma         1\u001b[0m\n");
    expect(text).toContain("\u001b[38;2;0;255;128mb         2\u001b[0m\n");
    expect(text).toContain("\nc         3\nd         4\n");
    expect(text).not.toContain("_rowcolor");
  });

  test("without colours the column is not shown either", () => {
    const text = drawn(rows, null, {}, columns);
    expect(text).not.toContain("\u001b");
    expect(text).not.toMatch(/_rowcolor|red/);
  });
});
