/** Laws: JSON records that look like those before them are read as their plain twin reads them; so are escapes, and hostile data. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePattern } from "#language";
import { plainScan } from "../plain/plain-scan.ts";
import { compileProgram } from "../program/compile.ts";
import type { Slot } from "../program/program.ts";
import type { ScanSpec } from "../program/scan-spec.ts";
import { REFERENCE_TIME_MS, rowsOf, scanInProcess } from "./scan-in-process.testing.ts";

const STRING: Slot["type"] = { kind: "string" };

/** Patterns, with paths that are looked at. */
const SUBJECTS: readonly { readonly text: string; readonly slots: readonly Slot[] }[] = [
  {
    text: "JSON{INT:a, STRING:b}(greedy='rest'):f EOL",
    slots: [
      { path: ["f", "a"], type: { kind: "integer" } },
      { path: ["f", "b"], type: STRING },
      { path: ["f", "rest", "o", "a"], type: { kind: "long" } },
      { path: ["f", "rest", "o", "a"], type: STRING },
      { path: ["f", "rest", "o", "p", "q"], type: { kind: "variant" } },
    ],
  },
  {
    text: "JSON{STRING+:b, {INT:a}:o}(greedy='rest'):f EOL",
    slots: [
      { path: ["f", "o", "a"], type: { kind: "integer" } },
      { path: ["f", "rest", "l"], type: { kind: "variant" } },
    ],
  },
  { text: "JSON{}(greedy='rest'):f EOL", slots: [{ path: ["f", "rest", "n"], type: { kind: "ip" } }] },
  { text: "JSON{STRING:b}(greedy='rest'):f ','? LD EOL", slots: [{ path: ["f", "rest"], type: STRING }] },
  {
    text: "JSON{INT:a}:f ',' JSON{INT:a}:g EOL",
    slots: [
      { path: ["f", "a"], type: { kind: "integer" } },
      { path: ["g", "a"], type: { kind: "integer" } },
    ],
  },
];

const SIMPLE = [
  "1",
  "12",
  "-0.5e3",
  "01",
  "1.",
  "null",
  "true",
  "nul",
  '""',
  '"x"',
  '"a b, c: {[]}"',
  '"10.0.0.1"',
  '"say \\"hi\\" \\\\"',
  '"\\u00e9\\n"',
  '"\\u00"',
  '"open',
  '"é"',
  `"${"long ".repeat(9)}"`,
];
const VALUES = [
  ...SIMPLE,
  "{}",
  "[]",
  '{"a":7}',
  '{"a":"8","p":{"q":[1]}}',
  "[1,[2,{}]]",
  "[[[]]",
  '{"a":1,}',
];

type Member = readonly [name: string, value: string];

const BASE: readonly Member[] = [
  ["a", "1"],
  ["x", '"constant text of some length"'],
  ["b", '"x"'],
  ["l", '[{"k":"v","w":1},{"k":"v","w":2}]'],
  ["o", '{"y":[],"a":5,"p":{"q":"z","r":[1,2]}}'],
  ["n", '"10.0.0.1"'],
  ["z", "12"],
];

const anyEdit = fc.record({
  at: fc.nat({ max: BASE.length }),
  kind: fc.constantFrom("set", "set", "set", "drop", "add", "twice", "inside", "byte"),
  value: fc.constantFrom(...VALUES),
  name: fc.constantFrom("a", "b", "o", "q", "\\u0061"),
  byte: fc.nat({ max: 200 }),
  other: fc.constantFrom(...'{}[]",:0 \\\n\0'),
});

type Edit = typeof anyEdit extends fc.Arbitrary<infer T> ? T : never;

function edited(text: string, edits: readonly Edit[]): string {
  let out = text;
  for (const { kind, byte, other } of edits) {
    const at = byte % out.length;
    if (kind === "byte") out = out.slice(0, at) + other + out.slice(at + 1);
  }
  return out;
}

function record(edits: readonly Edit[], gap: string): string {
  const members = [...BASE];
  for (const { kind, at, value, name } of edits) {
    const [known = name, before = "1"] = members[at] ?? [];
    if (kind === "set" && at < members.length) members[at] = [known, value];
    if (kind === "drop") members.splice(at, 1);
    if (kind === "add") members.splice(at, 0, [name, value]);
    if (kind === "twice") members.splice(at, 0, [known, value]);
    if (kind === "inside" && at < members.length)
      members[at] = [known, before.replace(/(?<=[:[,])["\d][^,}\]]*/, value)];
  }
  return edited(`{${members.map(([name, value]) => `"${name}":${gap}${value}`).join(`,${gap}`)}}`, edits);
}

/** Runs of records that are alike but for some edits. */
const anyRecords = fc
  .array(
    fc.record({
      edits: fc.oneof(
        { weight: 3, arbitrary: fc.constant<Edit[]>([]) },
        { weight: 4, arbitrary: fc.array(anyEdit, { maxLength: 3 }) },
      ),
      gap: fc.oneof({ weight: 9, arbitrary: fc.constant("") }, fc.constantFrom(" ", "\n", "\t \r\n")),
      end: fc.oneof({ weight: 9, arbitrary: fc.constant("\n") }, fc.constantFrom(",", " x\n", "\r\n")),
    }),
    { minLength: 2, maxLength: 14 },
  )
  .map((records) => records.map(({ edits, gap, end }) => record(edits, gap) + end).join(""));

const seeded = {
  seed: Number(process.env["TRAWL_PROPERTY_SEED"] ?? 20_261_001),
  numRuns: Number(process.env["TRAWL_PROPERTY_RUNS"] ?? 200),
};

function specOf({ text, slots }: (typeof SUBJECTS)[number]): ScanSpec {
  const { pattern, diagnostics } = parsePattern({ name: "test", text });
  if (pattern === null) throw new Error(diagnostics.map(({ message }) => message).join(" "));
  const program = compileProgram(pattern, slots, { timeZone: "UTC" });
  const columns = program.slots.map((_, slot) => ({ kind: "slot", slot }) as const);
  return {
    program,
    filter: null,
    output: { kind: "rows", columns: [...columns, { kind: "raw-offset" }, { kind: "raw-text" }] },
    rowLimit: null,
    givesUnmatched: false,
  };
}

function expectSame(spec: ScanSpec, text: string, cuts: readonly number[]): void {
  const bytes = new Uint8Array(Buffer.from(text));
  const plain = plainScan(spec, { bytes, inputIndex: 0, referenceTimeMs: REFERENCE_TIME_MS });
  const scanned = scanInProcess(spec, bytes, cuts);
  expect(scanned.rows).toEqual(plain.batches.flatMap(rowsOf));
  expect(scanned.account.records).toBe(plain.records);
}

const anyCuts = fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 3 });

test("records that are alike but for edits", { timeout: 600_000 }, () => {
  const specs = SUBJECTS.map(specOf);
  fc.assert(fc.property(fc.constantFrom(...specs), anyRecords, anyCuts, expectSame), seeded);
});

const PIECES = [
  "\\\\",
  '\\"',
  "\\n",
  "\\u00e9",
  "\\u0g",
  "\\x",
  "\\",
  "a",
  "a",
  "a ".repeat(7),
  "é",
  "\t",
  '"',
  "u00e9",
];

test("strings of escapes", { timeout: 600_000 }, () => {
  const spec = specOf({
    text: "JSON{STRING:b}(greedy='rest'):f EOL",
    slots: [{ path: ["f", "b"], type: STRING }],
  });
  const anyString = fc
    .array(
      fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...PIECES.slice(0, 4)) }, fc.constantFrom(...PIECES)),
      {
        maxLength: 24,
      },
    )
    .map((pieces) => pieces.join(""));
  const anyLines = fc
    .array(fc.record({ wanted: anyString, other: anyString, name: anyString }), {
      minLength: 1,
      maxLength: 6,
    })
    .map((lines) =>
      lines.map(({ wanted, other, name }) => `{"b":"${wanted}","x":["${other}"],"${name}":1}\n`).join(""),
    );
  fc.assert(fc.property(fc.constant(spec), anyLines, anyCuts, expectSame), seeded);
});

const SIZE = 48_000;

describe("hostile data gives what the twin gives", () => {
  const spec = specOf({
    text: "JSON{INT:a}(greedy='rest'):f EOL",
    slots: [{ path: ["f", "a"], type: { kind: "integer" } }],
  });
  const known = '{"a":1,"o":{"k":"v"},"y":[1,2]}\n';
  const start = '{"a":1,"o":{"k":"v"},"y":';
  test.each([
    ["deep arrays", `${start}${"[".repeat(SIZE)}${"]".repeat(SIZE)}}\n`],
    ["open arrays", `${start}${"[".repeat(SIZE)}\n${known}`],
    ["open objects", `${'{"a":'.repeat(SIZE)}x\n${known}`],
    ["open objects like the shape", `${`${start}[`.repeat(SIZE / 8)}x\n${known}`],
    ["quotes", `${start}${'"'.repeat(SIZE)}}\n${known}`],
    ["backslashes", `${start}"${"\\".repeat(SIZE)}"}\n${known}`],
    ["an open string", `${start}"${"x".repeat(SIZE)}`],
    ["arrays in arrays that all differ", `{"a":1,"y":${"[".repeat(60)}1${",2]".repeat(60)}}\n`.repeat(20)],
  ])("%s", (_, text) => {
    expectSame(spec, known.repeat(3) + text, [SIZE / 4]);
    expectSame(spec, `{"a":1,"y":${"[".repeat(60)}1${"]".repeat(60)}}\n${text}`, [1 << 20]);
  });
});

describe("the next record has the shape of the one before", () => {
  const spec = specOf({
    text: "JSON{INT:a}(greedy='rest'):f EOL",
    slots: [
      { path: ["f", "a"], type: { kind: "integer" } },
      { path: ["f", "rest", "o", "k"], type: STRING },
    ],
  });
  const known = '{"x":[{"t":1},{"t":"u"}],"a":1,"o":{"k":"v","m":null},"y":[]}\n';
  test.each([
    ["a longer array", '{"x":[{"t":1},{"t":"u"},{"t":3}],"a":2,"o":{"k":"w","m":null},"y":[]}', [2, "w"]],
    ["a shorter array", '{"x":[],"a":3,"o":{"k":"w","m":{"n":[]}},"y":[[0]]}', [3, "w"]],
    ["another kind of value", '{"x":"[]","a":4,"o":{"k":"w","m":"null"},"y":7}', [4, "w"]],
    ["an inner object missing", '{"x":[{"t":1},{"t":"u"}],"a":5,"o":null,"y":[]}', [5, null]],
    ["a wanted member missing", '{"x":[{"t":1},{"t":"u"}],"a":6,"o":{"m":null},"y":[]}', [6, null]],
    ["an escape", '{"x":[{"t":1},{"t":"u"}],"a":7,"o":{"k":"\\u0077","m":null},"y":[]}', [7, "w"]],
    ["a longer number", '{"x":[{"t":123},{"t":"u"}],"a":81,"o":{"k":"w","m":null},"y":[]}', [81, "w"]],
  ])("but %s", (_, text, expected) => {
    const { rows } = scanInProcess(spec, Buffer.from(`${known.repeat(3)}${text}\n${known}`), [1 << 20]);
    expect(rows.map((row) => row.slice(0, 2))).toEqual([[1, "v"], [1, "v"], [1, "v"], expected, [1, "v"]]);
  });
});
