import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMMANDS, FUNCTIONS } from "#language";
import { type Engine, startEngine } from "./engine/engine.ts";
import { readCases, rowsOf, testOptions, withAnswers, writeInputs } from "./query-cases.testing.ts";

const MANUAL = fileURLToPath(new URL("../../docs/query/", import.meta.url));
const LISTS = [
  { folder: "functions", entries: FUNCTIONS },
  { folder: "commands", entries: COMMANDS },
];
let engines: readonly Engine[];
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trawl-test-"));
  engines = [0, 1].map(() => startEngine({ threads: 1, memoryBytes: null, spillDirectory: null }));
  await Promise.all(engines.map((engine) => engine.ready));
});

afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  rmSync(folder, { recursive: true });
});

const fileOf = (name: string) => `${name.toLowerCase().replaceAll("_", "-")}.md`;

describe.each(LISTS)("the manual of $folder", ({ folder: list, entries }) => {
  test("has a page for each, and no other", () => {
    expect(readdirSync(join(MANUAL, list)).sort()).toEqual(entries.map(({ name }) => fileOf(name)).sort());
  });

  test("names each on the first page", () => {
    const first = readFileSync(join(MANUAL, "README.md"), "utf8");
    expect(entries.filter(({ name }) => !first.includes(`(${list}/${fileOf(name)})`))).toEqual([]);
  });

  test.each(entries.map(({ name, description }) => [name, description]))(
    "%s is described as in the list, and its examples give what the page says",
    async (name, description) => {
      const path = join(MANUAL, list, fileOf(name));
      const markdown = readFileSync(path, "utf8");
      expect(markdown).toContain(`\n\n${description}\n`);
      const cases = readCases(markdown);
      expect(cases.length).toBeGreaterThan(0);
      const given = new Map<string, string>();
      const [engine, ...innerEngines] = engines;
      if (engine === undefined) throw new Error("no engine");
      for (const [index, one] of cases.entries()) {
        const own = join(folder, list, name, String(index));
        mkdirSync(own, { recursive: true });
        writeInputs(own, one);
        given.set(one.title, await rowsOf(one.query, testOptions(own, engine, { innerEngines })));
      }
      if (process.env["UPDATE"] !== undefined) writeFileSync(path, withAnswers(markdown, given));
      else for (const one of cases) expect(given.get(one.title)).toBe(one.rows);
    },
  );
});
