import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { parsePattern } from "#language";
import { invariant } from "#text";
import { compileProgram } from "../program/compile.ts";
import type { ScanSpec } from "../program/scan-spec.ts";
import type { ScanTask } from "../scan-task.ts";
import { ScanThreads } from "./scan-threads.ts";
import { startScan } from "./start-scan.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trawl-test-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const file = path.join(folder, "numbers.log");
const LINES = 40_000;
fs.writeFileSync(file, Array.from({ length: LINES }, (_, index) => `${index}\n`).join(""));

function taskOf(text: string, workers: ScanThreads, signal: AbortSignal): ScanTask {
  const { pattern } = parsePattern({ name: "test", text });
  invariant(pattern !== null, "the pattern has no mistake");
  const program = compileProgram(pattern, [{ path: ["n"], type: { kind: "integer" } }], { timeZone: "UTC" });
  const spec: ScanSpec = {
    program,
    filter: null,
    output: { kind: "rows", columns: [{ kind: "slot", slot: 0 }] },
    rowLimit: null,
    givesUnmatched: false,
  };
  const input = {
    uri: file,
    opening: { kind: "file", path: file },
    sizeBytes: null,
    referenceTimeMs: 0n,
  } as const;
  return { spec, inputs: [input], threads: 2, pieceBytes: 10_000, signal, workers };
}

async function rowsOf(task: ScanTask): Promise<number> {
  let rows = 0;
  for await (const batch of startScan(task).batches) rows += batch.rowCount;
  return rows;
}

test("threads are kept from one scan to the next, whatever pattern it has", async () => {
  await using threads = { pool: new ScanThreads(), [Symbol.asyncDispose]: () => threads.pool.close() };
  const { pool } = threads;
  const { signal } = new AbortController();
  pool.prepare(2);
  const started = pool.take(2);
  for (const worker of started) pool.giveBack(worker);
  expect(await rowsOf(taskOf("INT:n EOL", pool, signal))).toBe(LINES);
  expect(await rowsOf(taskOf("INT{5}:n EOL", pool, signal))).toBe(LINES - 10_000);
  expect(new Set(pool.take(2))).toEqual(new Set(started));
  await Promise.all(started.map((worker) => worker.terminate()));
});

test("a scan that is left early gives back no thread that still works", async () => {
  const pool = new ScanThreads();
  const { signal } = new AbortController();
  for await (const _ of startScan(taskOf("INT:n EOL", pool, signal)).batches) break;
  expect(await rowsOf(taskOf("INT:n EOL", pool, signal))).toBe(LINES);
  await pool.close();
});
