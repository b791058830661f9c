/** Hostile input ends: what is quadratic would take hours here. How it compares with harmless input is measured by the benchmark. */
import { describe, expect, test } from "vitest";
import { type Field, parsePattern } from "#language";
import { invariant } from "#text";
import { plainScan } from "../plain/plain-scan.ts";
import { compileProgram } from "../program/compile.ts";
import type { Slot } from "../program/program.ts";
import type { ScanSpec } from "../program/scan-spec.ts";
import { HOSTILE_CASES } from "./hostile-cases.testing.ts";
import { openScanInProcess, REFERENCE_TIME_MS, rowsOf } from "./scan-in-process.testing.ts";

const LARGE_BYTES = 2_000_000;
/** The twin is some hundred times slower. */
const SMALL_BYTES = 6_000;

function slotsOf(fields: readonly Field[], before: readonly string[] = []): Slot[] {
  return fields.flatMap(({ name, type }): Slot[] =>
    type.kind === "tuple" ? slotsOf(type.fields, [...before, name]) : [{ path: [...before, name], type }],
  );
}

function specOf(text: string): ScanSpec {
  const { pattern } = parsePattern({ name: "hostile", text });
  invariant(pattern !== null, "the cases have no mistakes");
  const program = compileProgram(pattern, slotsOf(pattern.fields), { timeZone: "UTC" });
  const columns = program.slots.map((_, slot) => ({ kind: "slot", slot }) as const);
  return { program, filter: null, output: { kind: "rows", columns }, rowLimit: null, givesUnmatched: false };
}

function filled(size: number, text: string, start: string): Buffer {
  const bytes = Buffer.alloc(size, text);
  bytes.set(Buffer.from(start));
  return bytes;
}

describe("hostile input", () => {
  test.each(HOSTILE_CASES.map((one) => [one.name, one] as const))(
    "%s: ends, all bytes accounted for",
    (_, { pattern, hostile, start = "" }) => {
      const spec = specOf(pattern);
      const scan = openScanInProcess(spec);
      const { account } = scan(filled(LARGE_BYTES, hostile, start), [1 << 20]);
      expect(account.end).toBe(LARGE_BYTES);
      expect(account.matchedBytes).toBeLessThanOrEqual(LARGE_BYTES);
      const bytes = filled(SMALL_BYTES, hostile, start);
      const plain = plainScan(spec, { bytes, inputIndex: 0, referenceTimeMs: REFERENCE_TIME_MS });
      for (const cuts of [[SMALL_BYTES], [700, 13, 1]]) {
        const scanned = scan(bytes, cuts);
        expect(scanned.rows).toEqual(plain.batches.flatMap(rowsOf));
        expect(scanned.account.matchedBytes).toBe(plain.matchedBytes);
      }
    },
    20_000,
  );
});
