import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parsePattern } from "#language";
import { compileProgram } from "../program/compile.ts";
import type { InputOpening, RunningScan, ScanInput } from "../scan-task.ts";
import { startScan } from "./start-scan.ts";

let folder = "";
const at = (name: string) => path.join(folder, name);
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "trawl-losses-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const { pattern } = parsePattern({ name: "test", text: "LD:line EOL" });
if (pattern === null) throw new Error("the pattern is well formed");
const program = compileProgram(pattern, [], { timeZone: "UTC" });

function scanOf(openings: readonly InputOpening[], threads: number): RunningScan {
  const inputs = openings.map(
    (opening, index): ScanInput => ({ uri: `${index}`, opening, sizeBytes: null, referenceTimeMs: 0n }),
  );
  return startScan({
    spec: {
      program,
      filter: null,
      output: { kind: "rows", columns: [] },
      rowLimit: null,
      givesUnmatched: false,
    },
    inputs,
    threads,
    signal: new AbortController().signal,
  });
}

async function rowsOf(run: RunningScan): Promise<number> {
  let rows = 0;
  for await (const batch of run.batches) rows += batch.rowCount;
  return rows;
}

function file(name: string, lines: number): InputOpening {
  fs.writeFileSync(at(name), "a line\n".repeat(lines));
  return { kind: "file", path: at(name) };
}

describe.each([
  ["the plain twin", 0, 10],
  ["threads", 2, 400_000],
])("by %s", (_who, threads, lines) => {
  test("files that are gone are told, and the others are read", { timeout: 60_000 }, async () => {
    const [kept, gone] = [file("kept.log", lines), file("gone.log", lines)];
    const never: InputOpening = { kind: "file", path: at("never.log") };
    const run = scanOf([never, gone, kept], threads);
    fs.rmSync(at("gone.log"));
    expect(await rowsOf(run)).toBe(lines);
    const { warnings, files } = run.summary();
    expect(warnings.map(({ uri, code }) => [uri, code]).sort()).toEqual([
      ["0", "source-unreadable"],
      ["1", "source-unreadable"],
    ]);
    expect(files).toBe(1);
  });

  test("the only file fails the scan", { timeout: 60_000 }, async () => {
    const run = scanOf([file("gone.log", lines)], threads);
    fs.rmSync(at("gone.log"));
    await expect(rowsOf(run)).rejects.toMatchObject({ code: "source-unreadable" });
    expect(() => scanOf([{ kind: "file", path: at("never.log") }], threads)).toThrow("no longer there");
  });
});

test("streams that are gone are told, and the others are read", { timeout: 60_000 }, async () => {
  fs.writeFileSync(at("kept.gz"), gzipSync("a line\n".repeat(10)));
  const streams = ["kept.gz", "gone.gz"].map((name): InputOpening => ({ kind: "stream", uri: at(name) }));
  const run = scanOf(streams, 1);
  expect(await rowsOf(run)).toBe(10);
  expect(run.summary().warnings).toMatchObject([{ uri: "1", code: "source-missing" }]);
  await expect(rowsOf(scanOf(streams.slice(1), 1))).rejects.toMatchObject({ code: "source-missing" });
});
