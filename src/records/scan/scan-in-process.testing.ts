/** Runs a scan's module in this thread over bytes fed in chosen cuts: for tests that compare it with its plain twin. */
import type { Value } from "#language";
import { type Batch, valueAt } from "../batch.ts";
import type { ScanSpec } from "../program/scan-spec.ts";
import { assemble } from "./assemble.ts";
import { emitModule } from "./emit/module.ts";
import { Scanner, type StretchAccount } from "./scanner.ts";

/** What came of a scan, as rows of values. */
export interface ScannedRows {
  readonly rows: readonly (readonly Value[])[];
  readonly account: StretchAccount;
}

/** A scan whose module is made once: feeds bytes in pieces of the given sizes (the last one is repeated) and gives the rows. `flushes`: rows are taken after each piece. */
export function openScanInProcess(
  spec: ScanSpec,
  flushes = false,
): (bytes: Uint8Array, cuts: readonly number[]) => ScannedRows {
  const { wat, layout } = emitModule(spec);
  let batches: Batch[] = [];
  const scanner = new Scanner(assemble(wat), layout, spec, (batch) => batches.push(batch));
  return (bytes, cuts) => {
    batches = [];
    const account = feedAll(scanner, bytes, { cuts, flushes });
    return { rows: batches.flatMap(rowsOf), account };
  };
}

/** Scans bytes once, see `openScanInProcess`. */
export function scanInProcess(spec: ScanSpec, bytes: Uint8Array, cuts: readonly number[]): ScannedRows {
  return openScanInProcess(spec)(bytes, cuts);
}

function feedAll(
  scanner: Scanner,
  bytes: Uint8Array,
  { cuts, flushes }: { readonly cuts: readonly number[]; readonly flushes: boolean },
): StretchAccount {
  scanner.begin(
    { inputIndex: 0, uri: "test", referenceTimeMs: REFERENCE_TIME_MS, start: 0, headerState: null },
    new Uint8Array(0),
  );
  let at = 0;
  for (let index = 0; at < bytes.length; index++) {
    const size = Math.min(
      bytes.length - at,
      Math.max(1, cuts[Math.min(index, cuts.length - 1)] ?? bytes.length),
    );
    scanner.room(size).set(bytes.subarray(at, at + size));
    at += size;
    scanner.feed(size, null, false);
    if (flushes) scanner.flushRows();
  }
  scanner.room(0);
  scanner.feed(0, null, true);
  const account = scanner.finish();
  scanner.flushGroups();
  return account;
}

/** The clock that years are inferred by in tests: 2026-11-20T12:00:00Z. */
export const REFERENCE_TIME_MS = 1_795_176_000_000n;

/** A batch as rows of values. */
export function rowsOf(batch: Batch): (readonly Value[])[] {
  return Array.from({ length: batch.rowCount }, (_, row) =>
    batch.columns.map((column) => valueAt(column, row)),
  );
}
