/** Laws over logs of all shipped formats that were damaged on their way: no scan fails, and all bytes are accounted for. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Value } from "#language";
import { detectFormat } from "../formats/detect-format.ts";
import { loadFormats } from "../formats/load-formats.ts";
import type { ShippedFormat } from "../formats/shipped-format.ts";
import { plainScan } from "../plain/plain-scan.ts";
import { compileProgram } from "../program/compile.ts";
import type { ScanSpec } from "../program/scan-spec.ts";
import { openScanInProcess, REFERENCE_TIME_MS, rowsOf } from "./scan-in-process.testing.ts";
import { ScanThreads } from "./scan-threads.ts";
import { startScan } from "./start-scan.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trawl-scan-"));
const workers = new ScanThreads();

afterAll(async () => {
  await workers.close();
  fs.rmSync(folder, { recursive: true });
});

const seeded = {
  seed: Number(process.env["TRAWL_PROPERTY_SEED"] ?? 20_261_121),
  numRuns: Math.ceil(Number(process.env["TRAWL_PROPERTY_RUNS"] ?? 120) / 20),
};

function sampleOf({ name }: ShippedFormat): Buffer {
  return fs.readFileSync(fileURLToPath(new URL(`../../../packs/${name}/sample.log`, import.meta.url)));
}

function specOf(format: ShippedFormat): ScanSpec {
  const pattern = detectFormat(sampleOf(format), [format])?.pattern ?? format.pattern();
  const slots = pattern.fields.map(({ name, type }) => ({ path: [name], type }));
  const program = compileProgram(pattern, slots, { timeZone: "UTC" });
  const columns = [
    ...slots.map((_, slot) => ({ kind: "slot", slot }) as const),
    { kind: "raw-offset" } as const,
    { kind: "unmatched" } as const,
  ];
  return { program, filter: null, output: { kind: "rows", columns }, rowLimit: null, givesUnmatched: true };
}

/** What happened to a log: bytes were flipped, dropped, doubled, put in. `at` is a share of its length. */
interface Mutation {
  readonly kind: "flip" | "drop" | "double" | "insert";
  readonly at: number;
  readonly length: number;
  readonly bytes: Uint8Array;
}

const anyMutations: fc.Arbitrary<readonly Mutation[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("flip", "drop", "double", "insert"),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 400 })),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      fc.constantFrom(
        ...['"', "\\", "\n", "\r\n", "\0", "{", "]", " ", "é", "="].map((text) => Buffer.from(text)),
      ),
    ),
  }),
  { minLength: 1, maxLength: 12 },
);

function mutated(log: Buffer, mutations: readonly Mutation[]): Buffer {
  return mutations.reduce((bytes, { kind, at, length, bytes: put }) => {
    const start = Math.floor(at * bytes.length);
    const [before, rest] = [bytes.subarray(0, start), bytes.subarray(start)];
    switch (kind) {
      case "flip":
        return Buffer.concat([
          before,
          rest.subarray(0, 1).map((byte) => byte ^ (put[0] ?? 1)),
          rest.subarray(1),
        ]);
      case "drop":
        return Buffer.concat([before, rest.subarray(length)]);
      case "double":
        return Buffer.concat([before, rest.subarray(0, length), rest]);
      default:
        return Buffer.concat([before, put, rest]);
    }
  }, log);
}

const anyCuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 6 });

describe("damaged logs give the rows of the plain twin, however they are cut", () => {
  for (const format of loadFormats()) {
    test(format.name, { timeout: 600_000 }, () => {
      const spec = specOf(format);
      const scan = openScanInProcess(spec);
      const sample = sampleOf(format);
      fc.assert(
        fc.property(anyMutations, anyCuts, (mutations, cuts) => {
          const bytes = mutated(sample, mutations);
          const plain = plainScan(spec, { bytes, inputIndex: 0, referenceTimeMs: REFERENCE_TIME_MS });
          const scanned = scan(bytes, cuts);
          expect(scanned.rows).toEqual(plain.batches.flatMap(rowsOf));
          expect(scanned.account.end).toBe(bytes.length);
          expect(scanned.account.matchedBytes).toBe(plain.matchedBytes);
          expect(plain.matchedBytes + plain.unmatchedBytes).toBe(bytes.length);
        }),
        seeded,
      );
    });
  }
});

describe("damaged logs give the same rows with any number of threads", () => {
  for (const format of loadFormats()) {
    test(format.name, { timeout: 600_000 }, async () => {
      const spec = { ...specOf(format), givesUnmatched: false };
      const sample = sampleOf(format);
      const some = fc.sample(anyMutations, { ...seeded, numRuns: 30 });
      const bytes = Buffer.concat(some.map((mutations) => mutated(sample, mutations)));
      const plain = plainScan(spec, { bytes, inputIndex: 0, referenceTimeMs: REFERENCE_TIME_MS });
      const file = path.join(folder, `${format.name}.log`);
      fs.writeFileSync(file, bytes);
      const input = {
        uri: file,
        opening: { kind: "file", path: file },
        sizeBytes: bytes.length,
        referenceTimeMs: REFERENCE_TIME_MS,
      } as const;
      const { signal } = new AbortController();
      const run = startScan({ spec, inputs: [input], threads: 3, pieceBytes: 9_999, signal, workers });
      const rows: (readonly Value[])[] = [];
      for await (const batch of run.batches) rows.push(...rowsOf(batch));
      expect(rows).toEqual(plain.batches.flatMap(rowsOf));
      const summary = run.summary();
      expect(summary.bytes).toBe(bytes.length);
      expect(summary.matchedBytes + summary.unmatchedBytes + summary.skippedBytes).toBe(bytes.length);
      expect(summary.matchedBytes).toBe(plain.matchedBytes);
    });
  }
});
