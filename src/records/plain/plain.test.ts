import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { printProgram } from "../program/print.ts";
import type { MatchProgram } from "../program/program.ts";
import {
  type CaseRun,
  caseSpec,
  prepareCase,
  printCases,
  readCases,
  runCase,
} from "./plain-cases.testing.ts";
import { plainScan } from "./plain-scan.ts";

const path = fileURLToPath(new URL("plain.cases.md", import.meta.url));
const markdown = readFileSync(path, "utf8");
const cases = readCases(markdown);

if (process.env["UPDATE"] === "1") {
  const outcomes = cases.map((one) => new Map(Object.entries(runCase(prepareCase(one)))));
  writeFileSync(path, printCases(markdown, cases, outcomes));
}

describe("the plain twin", () => {
  for (const one of readCases(readFileSync(path, "utf8"))) {
    it(one.title, () => {
      const run = prepareCase(one);
      const { records, unmatched } = runCase(run);
      expect(records).toBe(one.blocks.get("records") ?? "");
      expect(unmatched).toBe(one.blocks.get("unmatched") ?? "");
      expectAccount(run);
      expectSameInLines(run);
    });
  }

  it("has case titles that differ", () => {
    expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length);
  });
});

function scan(program: MatchProgram, bytes: Uint8Array, { referenceTimeMs }: CaseRun) {
  return plainScan(caseSpec(program), { bytes, inputIndex: 0, referenceTimeMs });
}

/** Every byte is matched or unmatched, and what is wanted does not change which. */
function expectAccount(run: CaseRun): void {
  const { program, recogniser, bytes } = run;
  const { records, matchedBytes, unmatchedBytes } = scan(program, bytes, run);
  expect(matchedBytes + unmatchedBytes).toBe(bytes.length);
  expect(scan(recogniser, bytes, run)).toMatchObject({ records, matchedBytes, unmatchedBytes });
}

/** A line-bound program gives the same records for every line alone. */
function expectSameInLines(run: CaseRun): void {
  const { program, bytes } = run;
  const looksAround = program.lookBehindBytes > 0 || /^ *edge /m.test(printProgram(program));
  if (!program.isLineBound || looksAround) return;
  let [records, matchedBytes, start] = [0, 0, 0];
  while (start < bytes.length) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed < 0 ? bytes.length : feed + 1;
    const part = scan(program, bytes.subarray(start, end), run);
    records += part.records;
    matchedBytes += part.matchedBytes;
    start = end;
  }
  const whole = scan(program, bytes, run);
  expect({ records, matchedBytes }).toEqual({ records: whole.records, matchedBytes: whole.matchedBytes });
}
