/** A scan of small files by the plain twin, in this thread: what starting threads and writing a module would cost is more than the work. */
import fs from "node:fs";
import { openFileSync } from "#sources";
import { Failure, invariant } from "#text";
import { type Batch, firstRows } from "../batch.ts";
import { plainScan } from "../plain/plain-scan.ts";
import type { RunningScan, ScanInput, ScanSummary, ScanTask, ScanWarning } from "../scan-task.ts";
import { headerWarning, lossOf, unreadable } from "./read-stretch.ts";
import type { SizedInput } from "./work-plan.ts";

/** Files of fewer bytes in all are scanned here. The twin reads some 10 MB a second; a module is ready after 0.1 s. */
const SMALL_BYTES = 256 << 10;

/** Whether the plain twin is the faster way. Without threads it is the only one. */
export function isForPlainTwin(inputs: readonly SizedInput[], threads: number): boolean {
  const bytes = inputs.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? Number.POSITIVE_INFINITY), 0);
  return threads === 0 || bytes <= SMALL_BYTES;
}

/** Starts a scan of plain files in this thread. */
export function startPlainRun(task: ScanTask, inputs: readonly SizedInput[]): RunningScan {
  const summary = {
    files: 0,
    bytes: 0,
    records: 0,
    matchedBytes: 0,
    unmatchedBytes: 0,
    skippedBytes: 0,
    replacedTexts: 0,
  };
  const warnings: ScanWarning[] = [];
  async function* batches(): AsyncGenerator<Batch, void, undefined> {
    let rowsLeft = task.spec.rowLimit ?? Number.POSITIVE_INFINITY;
    const isRequired = inputs.length === 1;
    for (const [inputIndex, { input, loss }] of inputs.entries()) {
      if (task.signal.aborted) throw new Failure("cancelled", "The run was stopped before its end.");
      const read = loss ?? readWhole(input, isRequired);
      if (!(read instanceof Uint8Array)) {
        warnings.push(read);
        continue;
      }
      const bytes = read;
      const result = plainScan(task.spec, { bytes, inputIndex, referenceTimeMs: input.referenceTimeMs });
      const warning = headerWarning(input.uri, result.foreignAt);
      if (warning !== null) warnings.push(warning);
      summary.files++;
      summary.bytes += bytes.length;
      summary.records += result.records;
      summary.matchedBytes += result.matchedBytes;
      summary.unmatchedBytes += result.unmatchedBytes;
      summary.skippedBytes += bytes.length - result.matchedBytes - result.unmatchedBytes;
      summary.replacedTexts += result.replacedTexts;
      for (const batch of result.batches) {
        const part = firstRows(batch, rowsLeft);
        rowsLeft -= part.rowCount;
        yield part;
        if (rowsLeft <= 0) return;
      }
    }
    task.onProgress?.(summary);
  }
  return { batches: batches(), summary: (): ScanSummary => ({ ...summary, warnings }) };
}

/** The bytes of a file, or what to tell of one of several that cannot be read. */
function readWhole({ uri, opening }: ScanInput, isRequired: boolean): Uint8Array | ScanWarning {
  invariant(opening.kind === "file", "only plain files are scanned in this thread");
  try {
    const file = openFileSync(opening);
    try {
      return fs.readFileSync(file);
    } finally {
      fs.closeSync(file);
    }
  } catch (cause) {
    const failure = cause instanceof Failure ? cause : unreadable(uri, 0, cause);
    return lossOf(failure, { uri, isRequired });
  }
}
