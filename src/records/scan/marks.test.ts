/** Laws: the scanner marks what the plain twin marks, and nothing that is looked for stays unmarked. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePattern } from "#language";
import type { Batch } from "../batch.ts";
import { valueAt } from "../batch.ts";
import { plainScan } from "../plain/plain-scan.ts";
import { compileProgram } from "../program/compile.ts";
import type { ScanMarks } from "../program/marks.ts";
import type { ScanSpec } from "../program/scan-spec.ts";
import { assemble } from "./assemble.ts";
import { emitModule } from "./emit/module.ts";
import { Scanner } from "./scanner.ts";

function specOf(marks: ScanMarks): ScanSpec {
  const { pattern } = parsePattern({ name: "lines", text: "!<<[!\\n] '+' LD:text EOL" });
  if (pattern === null) throw new Error("the pattern is one");
  const program = compileProgram(pattern, [{ path: ["text"], type: { kind: "string" } }], {
    timeZone: "UTC",
  });
  const columns = [{ kind: "raw-offset" }, { kind: "marks" }, { kind: "marked-text" }] as const;
  return {
    program,
    filter: null,
    output: { kind: "rows", columns },
    rowLimit: null,
    givesUnmatched: true,
    marks,
  };
}

function rowsOf(batches: readonly Batch[]): readonly string[] {
  return batches.flatMap(({ rowCount, columns }) =>
    Array.from({ length: rowCount }, (_, row) =>
      columns.map((column) => String(valueAt(column, row))).join("|"),
    ),
  );
}

function scanned(spec: ScanSpec, bytes: Uint8Array): readonly string[] {
  const { wat, layout } = emitModule(spec);
  const batches: Batch[] = [];
  const scanner = new Scanner(assemble(wat), layout, spec, (batch) => batches.push(batch));
  scanner.begin(
    { inputIndex: 0, uri: "x", referenceTimeMs: 0n, start: 0, headerState: null },
    new Uint8Array(0),
  );
  scanner.room(bytes.length).set(bytes);
  scanner.feed(bytes.length, null, true);
  scanner.finish();
  return rowsOf(batches);
}

const WORDS = [
  "(",
  "<",
  "union",
  "sel",
  "ect",
  "..",
  "/",
  "%",
  "%25",
  "%2e",
  "%75",
  "%u0061",
  "%",
  "a",
  '"',
  "'",
  "\\",
  " ",
  "+",
  "\n",
  "\n+",
  "é",
  "\0",
  "&#",
  "UNION",
  "%5c",
  "%2",
  "b",
];
const LITERALS = ["union", "select", "..", "&#", "ab", "passwd", "-x", "a a", "b (", "/ "];
const ABOVE_ASCII = Array.from({ length: 128 }, (_, index) => 128 + index);

describe("marks", () => {
  test("are those of the plain twin, for records and for what no record covers", () => {
    const law = fc.property(
      fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }),
      fc.subarray(LITERALS),
      fc.subarray(LITERALS),
      fc.boolean(),
      (words, literals, inSlot, withBytes) => {
        const bytes = Buffer.from(words.join(""));
        const ofSlot = {
          slot: 0,
          literals: inSlot,
          bytes: [...Buffer.from(withBytes ? "(;<" : ""), ...ABOVE_ASCII],
        };
        const spec = specOf({ literals, slots: [ofSlot] });
        const { batches } = plainScan(spec, { bytes, inputIndex: 0, referenceTimeMs: 0n });
        expect(scanned(spec, bytes)).toEqual(rowsOf(batches));
      },
    );
    fc.assert(law, { numRuns: 80 });
  });

  test.each([
    ["+GET /a", false],
    ["+GET /union", true],
    ["+GET /uNi%6fn", true],
    ["+GET /uni%25256fn", true],
    ["+GET /uni%2525256fn", true],
    ["+GET /a%25252528", true],
    ["+GET /a%2528", true],
    ["+GET /a%20b", false],
    ["+GET /a+OR+b", true],
    ["+GET /a%2bor%2bb", false],
    ["+GET /a%c3%a4", true],
    ["+GET /%uff1c", true],
    ["+GET /100%", true],
    ['+"GET /a" "b"', false],
    ["+GET /a?b=c'd", true],
    ['+GET /c"a"t', true],
    ["GET /a", true],
    ["+GET /a(b", true],
  ])("%s: %s", (line, isMarked) => {
    const spec = specOf({
      literals: ["union", "..", " or "],
      slots: [{ slot: 0, literals: [], bytes: [...Buffer.from("(;<"), ...ABOVE_ASCII] }],
    });
    expect(scanned(spec, Buffer.from(`${line}\n`)).map((row) => row.split("|")[1] !== "0")).toEqual([
      isMarked,
    ]);
  });

  test("a sign is found at whatever address the text lies", () => {
    const spec = specOf({ literals: [], slots: [{ slot: 0, literals: [], bytes: [...Buffer.from("(")] }] });
    const lines = Array.from({ length: 20 }, (_, length) => `+${"x".repeat(length)}(\n`);
    expect(scanned(spec, Buffer.from(lines.join(""))).map((row) => row.split("|")[1])).toEqual(
      lines.map(() => "2"),
    );
  });

  test("a long record that holds a percent sign is marked unseen", () => {
    const spec = specOf({ literals: ["union"], slots: [] });
    const long = Buffer.from(`+${"x".repeat(70_000)}%20\n`);
    expect(scanned(spec, long).map((row) => row.slice(0, 6))).toEqual(["0|1|+x"]);
  });
});
