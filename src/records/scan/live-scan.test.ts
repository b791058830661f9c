import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PatternHeader, parsePattern } from "#language";
import { invariant } from "#text";
import type { Batch } from "../batch.ts";
import { plainScan } from "../plain/plain-scan.ts";
import { compileProgram } from "../program/compile.ts";
import type { ScanOutput, ScanSpec } from "../program/scan-spec.ts";
import { LiveScan } from "./live-scan.ts";
import { REFERENCE_TIME_MS, rowsOf } from "./scan-in-process.testing.ts";

const ROWS: ScanOutput = {
  kind: "rows",
  columns: [{ kind: "slot", slot: 0 }, { kind: "raw-offset" }, { kind: "raw-text" }],
};
const COUNTS: ScanOutput = {
  kind: "groups",
  keys: [{ column: { kind: "slot", slot: 0 }, cut: null }],
  aggregates: [
    { kind: "count", when: null },
    { kind: "last", slot: 0 },
    { kind: "last-position", slot: 0 },
  ],
};
const HEADER: PatternHeader = { style: "w3c", columns: ["n"], isAssumed: false, knownColumns: [] };

/** What is scanned; the field of each pattern is `n`. */
const PATTERNS: Readonly<Record<string, { readonly text: string; readonly header?: PatternHeader }>> = {
  "records of a line": { text: "INT:n LD EOL" },
  "records of several lines": { text: "INT:n LD EOL (>>' ' LD EOL){0,4096}" },
  "records without line feeds": { text: "INT:n ';'" },
  "records that look behind": { text: "<<[\\n] INT:n LD EOL" },
  "records of any length": { text: "INT:n DATA{0,100000000} ';'" },
  "records below headers": { text: "!<<[!\\n] INT:n EOL", header: HEADER },
};

function specOf(name: string, output: ScanOutput): ScanSpec {
  const one = PATTERNS[name];
  invariant(one !== undefined, "the pattern is there");
  const { pattern, diagnostics } = parsePattern({ name: "test.sxp", text: one.text });
  invariant(pattern !== null, diagnostics.map(({ message }) => message).join("\n"));
  const whole = one.header === undefined ? pattern : { ...pattern, header: one.header };
  const program = compileProgram(whole, [{ path: ["n"], type: { kind: "integer" } }], { timeZone: "UTC" });
  return { program, filter: null, output, rowLimit: null, givesUnmatched: false };
}

function allRows(batches: readonly Batch[]): string[] {
  return batches
    .flatMap(rowsOf)
    .map((row) => row.map(String).join("|"))
    .toSorted();
}

const text = fc
  .array(
    fc.constantFrom(
      "1 a\n",
      "12;",
      " next\n",
      "bad\n",
      "23",
      "\n",
      "#Fields: n\n",
      "#Fields: m\n",
      "7\n",
      "\r\n",
      "4 x",
    ),
    {
      maxLength: 20,
    },
  )
  .map((parts) => parts.join(""));

describe.each(Object.keys(PATTERNS))("%s", (name) => {
  test.each([
    ["rows", ROWS],
    ["groups", COUNTS],
  ] as const)("give the %s of whole inputs, however they come", (_, output) => {
    const spec = specOf(name, output);
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(fc.nat(2), fc.nat(9))),
        (texts, steps) => {
          const given: Batch[] = [];
          const live = new LiveScan(spec, (batch) => given.push(batch));
          const inputs = texts.map((one, inputIndex) => ({
            bytes: Buffer.from(one),
            at: 0,
            stream: live.open({ inputIndex, uri: `input ${inputIndex}` }),
          }));
          const take = (input: (typeof inputs)[number], length: number) => {
            const bytes = input.bytes.subarray(input.at, input.at + length);
            input.at += bytes.length;
            if (bytes.length > 0) live.take(input.stream, Uint8Array.from(bytes), REFERENCE_TIME_MS);
          };
          for (const [index, length] of steps) {
            const input = inputs[index % inputs.length];
            if (input !== undefined) take(input, length);
            live.groups();
          }
          for (const input of inputs) {
            take(input, input.bytes.length);
            live.settle(input.stream, REFERENCE_TIME_MS);
          }
          const groups = live.groups();
          const whole = inputs.map(({ bytes }, inputIndex) =>
            plainScan(spec, { bytes, inputIndex, referenceTimeMs: REFERENCE_TIME_MS }),
          );
          const scanned = groups === null ? given : [...given, groups];
          if (output.kind === "rows")
            expect(allRows(scanned)).toEqual(allRows(whole.flatMap(({ batches }) => batches)));
          else expect(merged(scanned)).toEqual(merged(whole.flatMap(({ batches }) => batches)));
          const { records, matchedBytes, coveredBytes } = live.account();
          const sum = (of: (one: (typeof whole)[number]) => number) =>
            whole.reduce((all, one) => all + of(one), 0);
          expect({ records, matchedBytes }).toEqual({
            records: sum((one) => one.records),
            matchedBytes: sum((one) => one.matchedBytes),
          });
          expect(coveredBytes).toBe(texts.join("").length);
        },
      ),
      { seed: 7, numRuns: 25 },
    );
  });
});

/** Counts and last values by key: what is the same however groups are cut in parts. */
function merged(batches: readonly Batch[]): ReadonlyMap<string, string> {
  const groups = new Map<string, { count: bigint; last: string; position: bigint }>();
  for (const row of batches.flatMap(rowsOf)) {
    const [key, count, last, position] = row;
    const [added, at] = [BigInt(String(count)), position === null ? -1n : BigInt(String(position))];
    const before = groups.get(String(key)) ?? { count: 0n, last: "", position: -2n };
    const isLater = at > before.position;
    groups.set(String(key), {
      count: before.count + added,
      last: isLater ? String(last) : before.last,
      position: isLater ? at : before.position,
    });
  }
  return new Map(
    [...groups].map(([key, { count, last }]): [string, string] => [key, `${count} ${last}`]).toSorted(),
  );
}

test("a record without end is looked at again only when there is twice as much of it", () => {
  const live = new LiveScan(specOf("records of any length", ROWS), () => {});
  const stream = live.open({ inputIndex: 0, uri: "log" });
  const piece = Buffer.alloc(1 << 20, "1 text\n");
  for (let count = 0; count < 6; count++) live.take(stream, Uint8Array.from(piece), 0n);
  expect(stream.wantedBytes).toBe(8 << 20);
  live.settle(stream, 0n);
  expect(stream.pendingBytes).toBe(0);
  expect(live.account().coveredBytes).toBe(6 << 20);
});
