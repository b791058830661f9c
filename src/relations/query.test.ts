import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engine, startEngine } from "./engine/engine.ts";
import { readCases, rowsOf, testOptions, withAnswers, writeInputs } from "./query-cases.testing.ts";

const CASES = fileURLToPath(new URL("./query.cases.md", import.meta.url));
const markdown = readFileSync(CASES, "utf8");
const given = new Map<string, string>();
let engine: Engine;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trawl-test-"));
  engine = startEngine({ threads: 2, memoryBytes: null, spillDirectory: null });
  await engine.ready;
});

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
  if (process.env["UPDATE"] !== undefined) writeFileSync(CASES, withAnswers(markdown, given));
});

describe("queries give the rows of their cases, with work pushed into the scan and without", () => {
  for (const [index, one] of readCases(markdown).entries()) {
    test(one.title, async () => {
      const own = join(folder, String(index));
      writeInputs(own, one);
      const options = testOptions(own, engine, { timeZone: one.timeZone });
      const pushed = await rowsOf(one.query, options);
      given.set(one.title, pushed);
      const unpushed = await rowsOf(one.query, { ...options, pushesWork: false });
      expect(unpushed).toBe(pushed);
      if (process.env["UPDATE"] === undefined) expect(pushed).toBe(one.rows);
    });
  }
});
