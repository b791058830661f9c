import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePattern, printPattern } from "#language";
import { type Failure, visibleText } from "#text";
import { printCases, readCases } from "../plain/plain-cases.testing.ts";
import { plainScan } from "../plain/plain-scan.ts";
import { compileProgram } from "../program/compile.ts";
import { inferPattern } from "./infer-pattern.ts";
import { accountOfSample, REFERENCE_TIME_MS } from "./sample-account.ts";

const PATH = fileURLToPath(new URL("infer.cases.md", import.meta.url));
const markdown = readFileSync(PATH, "utf8");
const cases = readCases(markdown);

const ESCAPES: Readonly<Record<string, string>> = { t: "\t", r: "\r" };

function bytesOf(input: string): Buffer {
  const text = input.replace(/\\(?:x([0-9a-f]{2})|([tr]))/g, (_, hex?: string, letter?: string) =>
    hex === undefined ? (ESCAPES[letter ?? ""] ?? "") : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(`${text}\n`, "latin1");
}

function outcomeOf(input: string): ReadonlyMap<string, string> {
  const sample = bytesOf(input);
  const { text, pattern } = inferPattern(sample);
  const { unmatched } = accountOfSample(pattern, sample);
  const lines = unmatched.map(
    ({ bytes, count }) => `${count} × ${visibleText(Buffer.from(bytes).toString("latin1"))}`,
  );
  return new Map([
    ["pattern", text],
    ...(lines.length > 0 ? [["unmatched", lines.join("\n")] as const] : []),
  ]);
}

describe("cases", () => {
  const outcomes = cases.map(({ blocks }) => outcomeOf(blocks.get("input") ?? ""));
  if (process.env["UPDATE"] === "1") writeFileSync(PATH, printCases(markdown, cases, outcomes));
  for (const [index, { title, blocks }] of cases.entries()) {
    test(title, () => {
      if (process.env["UPDATE"] === "1") return;
      expect(outcomes[index]?.get("pattern")).toBe(blocks.get("pattern"));
      expect(outcomes[index]?.get("unmatched")).toBe(blocks.get("unmatched"));
    });
    test(`${title}: the text is the pattern, and can be printed and parsed again`, () => {
      const { text, pattern } = inferPattern(bytesOf(blocks.get("input") ?? ""));
      const parsed = parsePattern({ name: "again", text }).pattern;
      expect(parsed).not.toBeNull();
      const printed = printPattern(pattern);
      const again = parsePattern({ name: "printed", text: printed }).pattern;
      expect(again === null ? null : printPattern(again)).toBe(printed);
    });
  }
});

/** Values of one type each, and the kind of values there are in logs. */
const COLUMNS: readonly fc.Arbitrary<string>[] = [
  fc.ipV4(),
  fc.ipV6(),
  fc.uuid(),
  fc.integer({ min: -1000, max: 1_000_000 }).map(String),
  fc.bigInt({ min: 0n, max: 1n << 62n }).map(String),
  fc.constantFrom("INFO", "WARN", "ERROR"),
  fc.constantFrom("true", "false"),
  fc.stringMatching(/^[a-z]{1,8}$/),
  fc.stringMatching(/^[a-zA-Z0-9_.-]{1,12}$/),
  fc.stringMatching(/^[ -~]{0,12}$/).map((text) => `"${text.replace(/["\\]/g, "")}"`),
  fc
    .date({ min: new Date("2001-01-01"), max: new Date("2034-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc.stringMatching(/^[a-z0-9 ]{1,10}$/).map((text) => `[${text}]`),
];

/** A pattern as lines: columns with texts between them. */
const linesOfOneShape = linesOf(COLUMNS, [" ", "\t", " - ", ", ", "|", "; "]);

function linesOf(
  values: readonly fc.Arbitrary<string>[],
  separators: readonly string[],
): fc.Arbitrary<string[]> {
  return fc
    .record({
      columns: fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 6 }),
      between: fc.constantFrom(...separators),
      head: fc.constantFrom("", "event ", "<x> "),
    })
    .chain(({ columns, between, head }) =>
      fc
        .array(fc.tuple(...columns), { minLength: 1, maxLength: 30 })
        .map((rows) => rows.map((row) => head + row.join(between))),
    );
}

describe("laws", () => {
  test("a pattern matches all lines that it was learned from, each as one record", () => {
    fc.assert(
      fc.property(linesOfOneShape, (lines) => {
        const sample = Buffer.from(`${lines.join("\n")}\n`);
        const { pattern } = inferPattern(sample);
        const account = accountOfSample(pattern, sample);
        expect(account.unmatched).toEqual([]);
        expect(recordCount(pattern, sample)).toBeLessThanOrEqual(lines.length);
      }),
      { seed: 20261121, numRuns: 300 },
    );
  });

  test("whatever lines there are, a pattern is learned that covers them or says which it does not", () => {
    const line = fc.stringMatching(/^[ -~\t]{0,40}$/);
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 20 }), (lines) => {
        const sample = Buffer.from(`${lines.join("\n")}\n`);
        if (lines.every((one) => one === "")) return;
        const account = accountOfSample(inferPattern(sample).pattern, sample);
        const missed = account.unmatched.reduce((sum, { count }) => sum + count, 0);
        expect(account.matchedRecords + missed).toBe(account.records);
      }),
      { seed: 20261121, numRuns: 300 },
    );
  });

  test("the order of lines does not matter to the types of columns between blanks", () => {
    const typed = COLUMNS.slice(0, 7);
    fc.assert(
      fc.property(linesOf(typed, [" ", " - "]), (lines) => {
        const [one, other] = [lines, [...lines].reverse()].map((order) => {
          const { pattern } = inferPattern(Buffer.from(`${order.join("\n")}\n`));
          return pattern.fields.map(({ type }) => type.kind);
        });
        expect(other).toEqual(one);
      }),
      { seed: 20261121, numRuns: 100 },
    );
  });
});

function recordCount(pattern: ReturnType<typeof inferPattern>["pattern"], bytes: Uint8Array): number {
  const program = compileProgram(pattern, [], { timeZone: "UTC" });
  return plainScan(
    { program, filter: null, output: { kind: "rows", columns: [] }, rowLimit: null, givesUnmatched: false },
    { bytes, inputIndex: 0, referenceTimeMs: REFERENCE_TIME_MS },
  ).records;
}

describe("samples that nothing can be learned from", () => {
  test.each([
    ["no bytes", "", "sample-empty"],
    ["only empty lines", "\n\n\n", "sample-empty"],
    ["no text", "\0\u0001\u0002\0\u0001\u0002\n", "sample-binary"],
  ])("%s", (_, text, code) => {
    expect(() => inferPattern(Buffer.from(text))).toThrow(expect.objectContaining({ code }) as Failure);
  });
});

describe("hostile samples are over in time", () => {
  const lines = (line: string, count: number) => Buffer.from(`${line}\n`.repeat(count));
  test.each([
    ["brackets that stay open", lines("[".repeat(8000), 50)],
    ["quotes that stay open", lines('\\"'.repeat(4000), 50)],
    ["pairs of digits", lines("ab:".repeat(2600), 50)],
    ["months", lines("Jan ".repeat(2000), 50)],
    ["one long line", Buffer.from("a b".repeat(300_000))],
    [
      "as many shapes as lines",
      Buffer.from(
        Array.from(
          { length: 3000 },
          (_, index) => `${"x[(".repeat(index % 37)}${index} ${"a=".repeat(index % 11)}\n`,
        ).join(""),
      ),
    ],
  ])("%s", (_, sample) => {
    const startMs = performance.now();
    const { pattern } = inferPattern(sample);
    accountOfSample(pattern, sample);
    expect(performance.now() - startMs).toBeLessThan(10_000);
  });
});
