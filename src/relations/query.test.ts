import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMMANDS, FUNCTIONS, OPERATORS } from "#language";
import { invariant } from "#text";
import { type Engine, startEngine } from "./engine/engine.ts";
import { readCases, rowsOf, testOptions, withAnswers, writeInputs } from "./query-cases.testing.ts";

const FILES = ["query.cases.md", "language.cases.md", "functions.cases.md"].map((name) => {
  const path = fileURLToPath(new URL(`./${name}`, import.meta.url));
  return { name, path, markdown: readFileSync(path, "utf8"), given: new Map<string, string>() };
});
let engines: readonly Engine[];
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trawl-test-"));
  engines = [0, 1, 2].map(() => startEngine({ threads: 1, memoryBytes: null, spillDirectory: null }));
  await Promise.all(engines.map((engine) => engine.ready));
});

afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  rmSync(folder, { recursive: true });
  if (process.env["UPDATE"] === undefined) return;
  for (const { path, markdown, given } of FILES) writeFileSync(path, withAnswers(markdown, given));
});

describe.each(FILES)(
  "queries give the rows of $name, with work pushed into the scan and without",
  ({ name, markdown, given }) => {
    for (const [index, one] of readCases(markdown).entries()) {
      test(one.title, async () => {
        const own = join(folder, name, String(index));
        mkdirSync(own, { recursive: true });
        writeInputs(own, one);
        const [engine, ...innerEngines] = engines;
        invariant(engine !== undefined, "there is an engine");
        const options = testOptions(own, engine, { timeZone: one.timeZone, innerEngines });
        const pushed = await rowsOf(one.query, options);
        given.set(one.title, pushed);
        const unpushed = await rowsOf(one.query, { ...options, pushesWork: false });
        expect(unpushed).toBe(pushed);
        if (process.env["UPDATE"] === undefined) expect(pushed).toBe(one.rows);
      });
    }
  },
);

const ALL = FILES.flatMap(({ markdown }) => readCases(markdown).map((one) => one.query.toLowerCase()));

test("the query language has cases enough, beside the examples of its manual", () => {
  const checks = fileURLToPath(new URL("../language/query/check.cases.md", import.meta.url));
  const pictures = readFileSync(checks, "utf8").match(/^## /gm) ?? [];
  expect(ALL.length + pictures.length).toBeGreaterThanOrEqual(690);
});

test.each(FUNCTIONS.filter((entry) => entry.name !== "random").map((entry) => [entry.name, entry.spellings]))(
  "the function %s has a case",
  (_, spellings) => {
    const calls = spellings.map((spelling) => `${spelling.toLowerCase()}(`);
    expect(ALL.some((query) => calls.some((call) => query.includes(call)))).toBe(true);
  },
);

test.each(
  COMMANDS.filter((entry) => entry.unavailable === null).map((entry) => [entry.name, entry.spellings]),
)("the command %s has a case", (_, spellings) => {
  const words = spellings.map((spelling) => spelling.toLowerCase());
  expect(ALL.some((query) => words.some((word) => query.includes(word)))).toBe(true);
});

test.each(OPERATORS.map((entry) => [entry.name, entry.spellings]))(
  "the operator %s has a case",
  (_, spellings) => {
    expect(ALL.some((query) => spellings.some((spelling) => query.includes(spelling)))).toBe(true);
  },
);
