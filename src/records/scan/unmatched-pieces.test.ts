/** Laws: rows of unmatched bytes end at the same places however the bytes come, and no span grows without end. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePattern } from "#language";
import { type Batch, valueAt } from "../batch.ts";
import { plainScan } from "../plain/plain-scan.ts";
import { compileProgram } from "../program/compile.ts";
import type { ScanSpec } from "../program/scan-spec.ts";
import { assemble } from "./assemble.ts";
import { emitModule } from "./emit/module.ts";
import { Scanner } from "./scanner.ts";
import { startScan } from "./start-scan.ts";

function specOf(text: string): ScanSpec {
  const { pattern } = parsePattern({ name: "records", text });
  if (pattern === null) throw new Error("the pattern is one");
  const program = compileProgram(pattern, [], { timeZone: "UTC" });
  const columns = [{ kind: "raw-offset" }, { kind: "raw-length" }] as const;
  return { program, filter: null, output: { kind: "rows", columns }, rowLimit: null, givesUnmatched: true };
}

const SPECS = {
  lines: specOf("'record ' INT EOL"),
  "records of two lines": specOf("'record ' INT EOL 'end' EOL"),
};

function rowsOf(batches: readonly Batch[]): readonly string[] {
  return batches.flatMap(({ rowCount, columns }) =>
    Array.from({ length: rowCount }, (_, row) =>
      columns.map((column) => String(valueAt(column, row))).join("+"),
    ),
  );
}

function fed(spec: ScanSpec, bytes: Uint8Array, cuts: readonly number[]): readonly string[] {
  const { wat, layout } = emitModule(spec);
  const batches: Batch[] = [];
  const scanner = new Scanner(assemble(wat), layout, spec, (batch) => batches.push(batch));
  scanner.begin(
    { inputIndex: 0, uri: "x", referenceTimeMs: 0n, start: 0, headerState: null },
    new Uint8Array(0),
  );
  let from = 0;
  for (const end of [...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length]) {
    scanner.room(end - from).set(bytes.subarray(from, end));
    scanner.feed(end - from, null, false);
    from = end;
  }
  scanner.room(0);
  scanner.feed(0, null, true);
  scanner.finish();
  return rowsOf(batches);
}

/** What inputs are made of: much that is no record, long lines among it, and some records. */
const PIECES = {
  record: "record 17\nend\n",
  "half a record": "record 18\n",
  line: "no record at all\n",
  "many lines": "no record at all\n".repeat(5_000),
  "long line": `${"x".repeat(50_000)}\n`,
  "line without end": "y".repeat(150_000),
};

const inputs = fc
  .array(fc.constantFrom(...Object.values(PIECES)), { minLength: 1, maxLength: 12 })
  .map((parts) => Buffer.from(parts.join("")));

describe("rows of unmatched bytes", () => {
  test.each(Object.entries(SPECS))("of %s are those of the plain twin, however the bytes come", (_, spec) => {
    const law = fc.property(inputs, fc.array(fc.nat(), { maxLength: 5 }), (bytes, cuts) => {
      const { batches } = plainScan(spec, { bytes, inputIndex: 0, referenceTimeMs: 0n });
      expect(fed(spec, bytes, cuts)).toEqual(rowsOf(batches));
    });
    fc.assert(law, { numRuns: 12 });
  });

  test("of a file are the same with any number of threads", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trawl-"));
    const file = path.join(folder, "x.log");
    const bytes = Buffer.from(
      (PIECES["many lines"].repeat(25) + PIECES.record + PIECES["long line"].repeat(9)).repeat(4) +
        PIECES.line,
    );
    fs.writeFileSync(file, bytes);
    for (const spec of Object.values(SPECS)) {
      const { batches } = plainScan(spec, { bytes, inputIndex: 0, referenceTimeMs: 0n });
      for (const threads of [1, 2]) {
        const opening = { kind: "file", path: file } as const;
        const input = { uri: file, opening, referenceTimeMs: 0n, sizeBytes: bytes.length };
        const scan = startScan({ spec, inputs: [input], threads, signal: new AbortController().signal });
        const found: Batch[] = [];
        for await (const batch of scan.batches) found.push(batch);
        expect(rowsOf(found)).toEqual(rowsOf(batches));
      }
    }
    fs.rmSync(folder, { recursive: true });
  });
});
