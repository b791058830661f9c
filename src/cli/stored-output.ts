/** Writes a result in a format of files that are made as a whole: into a file of its own, which then goes to the output. */
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Batch } from "#records";
import { type RunningQuery, type TableTarget, writeTable } from "#relations";
import type { OutputTarget } from "./output-target.ts";

/** What a result is stored with. */
export interface StoredOutput {
  readonly format: TableTarget["format"];
  readonly timeZone: string;
  readonly signal: AbortSignal;
  /** Told of every batch. */
  readonly onBatch: (batch: Batch) => void;
}

/** Writes all rows of a query to the target. */
export async function writeStored(
  query: RunningQuery,
  target: OutputTarget,
  { format, timeZone, signal, onBatch }: StoredOutput,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "trawl-output-"));
  try {
    const path = join(folder, "result");
    const rows = told(query.batches, onBatch);
    await writeTable(rows, query.columns, { path, format, replaces: false, timeZone, signal });
    for await (const piece of createReadStream(path)) await target.write(piece);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function* told(batches: AsyncIterable<Batch>, onBatch: (batch: Batch) => void): AsyncGenerator<Batch> {
  for await (const batch of batches) {
    onBatch(batch);
    yield batch;
  }
}
