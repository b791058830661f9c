import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engine, startEngine } from "#relations";
import { rowsOf, testOptions, writeInputs } from "../src/relations/query-cases.testing.ts";
import { PROJECT } from "./build.ts";
import { isUpdate, MarkdownFile } from "./markdown.ts";
import { readScriptPage, readScriptPages, SCRIPTS_FOLDER, type ScriptExample } from "./script-pages.ts";

const PAGES = readScriptPages();
/** Pages for people who come from another language. */
const COMING = ["coming-from-spectx.md", "coming-from-kql-spl.md"].map((name) =>
  readScriptPage(join(PROJECT, "docs", name), name),
);
const FEWEST_SCRIPTS = 90;
/** Scripts that store tables start engines of their own. */
const LONGEST_MS = 120_000;
let engines: readonly Engine[];
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trawl-scripts-"));
  engines = [0, 1, 2].map(() => startEngine({ threads: 1, memoryBytes: null, spillDirectory: null }));
  await Promise.all(engines.map((engine) => engine.ready));
});

afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  rmSync(folder, { recursive: true });
});

/** The rows of the example's scripts, run one after the other in a folder of their own. */
async function runExample(example: ScriptExample, name: string, pushesWork: boolean): Promise<string[]> {
  const own = join(folder, name);
  mkdirSync(own);
  writeInputs(own, example);
  const [engine, ...innerEngines] = engines;
  if (engine === undefined) throw new Error("There is no engine.");
  const given: string[] = [];
  for (const { script } of example.runs) {
    given.push(await rowsOf(script, testOptions(own, engine, { innerEngines, pushesWork })));
  }
  return given;
}

describe.each([...PAGES, ...COMING])("$name", ({ name, file, examples }) => {
  test.each(examples.map((example, index) => ({ ...example, index })))(
    "$title",
    async (example) => {
      const given = await runExample(example, `${name}-${example.index}`, true);
      expect(await runExample(example, `${name}-${example.index}-unpushed`, false)).toEqual(given);
      for (const [index, { rows, rowsBlock }] of example.runs.entries()) {
        if (isUpdate) file.rewrite(rowsBlock, given[index] ?? "");
        else expect(given[index]).toBe(rows);
      }
    },
    LONGEST_MS,
  );
});

test("every script gives rows", () => {
  for (const { title, runs } of [...PAGES, ...COMING].flatMap(({ examples }) => examples)) {
    for (const { rows } of runs) expect(rows, title).toMatch(/^(\{.*\}\n)+$/);
  }
});

test("a question is asked once, and has a script and data", () => {
  const titles = PAGES.flatMap(({ examples }) => examples.map(({ title }) => title));
  expect(titles).toEqual([...new Set(titles)]);
  for (const { title, runs } of PAGES.flatMap(({ examples }) => examples)) {
    expect(title).toMatch(/\?$/);
    expect(runs.length, title).toBeGreaterThan(0);
  }
});

test("the first page lists all questions", () => {
  const first = new MarkdownFile(join(SCRIPTS_FOLDER, "README.md"));
  const topics = PAGES.map(({ name, title, examples }) => {
    const lines = examples.map((example) => `- [${example.title}](${name}#${anchorOf(example.title)})`);
    return `### [${title}](${name})\n\n${lines.join("\n")}\n`;
  });
  const list = topics.join("\n");
  if (isUpdate) first.rewriteSection("scripts", list);
  else expect(first.section("scripts")).toBe(list);
});

test("there are scripts enough to learn from", () => {
  const scripts = PAGES.flatMap(({ examples }) => examples.flatMap(({ runs }) => runs));
  expect(scripts.length).toBeGreaterThanOrEqual(FEWEST_SCRIPTS);
});

/** What a heading is called in an address, as GitHub does it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

describe("the tables of docs/coming-from-kql-spl.md", () => {
  const page = COMING.find(({ name }) => name === "coming-from-kql-spl.md");
  const inputs = page?.examples[0]?.inputs ?? [];
  /** The codes of the right column that begins a cell there. */
  const cellsOf = (section: string) =>
    [...(page?.file.section(section) ?? "").matchAll(/\| `([^`]+)` \|$/gm)].map(([, code = ""]) =>
      code.replaceAll("\\|", "|").replaceAll("\\\\", "\\"),
    );
  const scripts = [
    ...cellsOf("commands").map((code) => `@log | ${code}`),
    ...cellsOf("functions").map((code) => `@log | select(given:${code})`),
  ];

  test.each(scripts)("%s gives rows", async (script) => {
    const run = { script, rows: "", rowsBlock: 0 };
    const example = { title: script, inputs, runs: [run] };
    const [rows] = await runExample(example, `table-${scripts.indexOf(script)}`, true);
    expect(rows).toMatch(/^(\{.*\}\n)+$/);
  });

  test("are found", () => expect(scripts.length).toBeGreaterThan(80));
});

test("the manual and the first page lead to the scripts", () => {
  for (const path of ["docs/query/README.md", "README.md"]) {
    expect(/scripts\/README\.md\)/.test(readFileSync(join(PROJECT, path), "utf8")), path).toBe(true);
  }
});
