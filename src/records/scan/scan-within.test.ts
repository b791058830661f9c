import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parsePattern } from "#language";
import { Failure } from "#text";
import { compileProgram } from "../program/compile.ts";
import { startScan } from "./start-scan.ts";

let folder = "";
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "trawl-scan-within-"));
  fs.mkdirSync(path.join(folder, "store"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const { pattern } = parsePattern({ name: "test", text: "LD:line EOL" });
if (pattern === null) throw new Error("the pattern is well formed");
const slots = [{ path: ["line"], type: { kind: "string" } }] as const;
const program = compileProgram(pattern, slots, { timeZone: "UTC" });

async function scanned(file: string, threads: number): Promise<number | Failure> {
  const opening = { kind: "file", path: file, root: path.join(folder, "store") } as const;
  const run = startScan({
    spec: {
      program,
      filter: null,
      output: { kind: "rows", columns: [{ kind: "slot", slot: 0 }] },
      rowLimit: null,
      givesUnmatched: false,
    },
    inputs: [{ uri: "a.log", opening, sizeBytes: null, referenceTimeMs: 0n }],
    threads,
    signal: new AbortController().signal,
  });
  let rows = 0;
  try {
    for await (const batch of run.batches) rows += batch.rowCount;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  return rows;
}

test.each([
  ["the plain twin", 0, 10],
  ["threads", 2, 40_000],
])(
  "%s read no file that a link leads to out of its root",
  { timeout: 60_000 },
  async (_who, threads, lines) => {
    const file = path.join(folder, "store/a.log");
    fs.writeFileSync(file, "inside the store\n".repeat(lines));
    expect(await scanned(file, threads)).toBe(lines);
    fs.renameSync(file, path.join(folder, "outside.log"));
    fs.symlinkSync(path.join(folder, "outside.log"), file);
    expect(await scanned(file, threads)).toMatchObject({ code: "access-denied" });
  },
);
