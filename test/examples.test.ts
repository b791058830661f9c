import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureBuilt, PROJECT } from "./build.ts";
import { isUpdate, MarkdownFile } from "./markdown.ts";
import { runShell, runTrawl } from "./run-trawl.ts";

/**
 * Examples in documents: a block `sh` is run in a folder where the demo was run; a number behind it is the exit code, 0 when there is
 * none. A block `text` right behind it is what it prints. A block with a file's name behind its language is written as that file.
 */
const DOCUMENTS = [
  "README.md",
  "docs/getting-started.md",
  "docs/command-line.md",
  "docs/detect.md",
  "docs/incidents.md",
  "docs/follow.md",
  "docs/infer.md",
  "docs/output-formats.md",
  "docs/rules.md",
];

let folder = "";
beforeAll(async () => {
  await ensureBuilt();
  folder = await mkdtemp(join(tmpdir(), "trawl-examples-"));
  expect((await runTrawl(["demo"], { folder })).exitCode).toBe(0);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(DOCUMENTS)("%s", (path) => {
  const file = new MarkdownFile(join(PROJECT, path));
  const blocks = file.blocks();
  for (const [number, { language, info, text, line }] of blocks.entries()) {
    if (/\.\w+$/.test(info)) {
      test(`line ${line}: the file ${info}`, () => writeFile(join(folder, info), text));
    }
    if (language !== "sh") continue;
    const next = blocks[number + 1];
    test(`line ${line}: ${text.trim()}`, async () => {
      const { stdout, exitCode } = await runShell(`{ ${text.trim()}\n} 2>&1`, { folder });
      expect(exitCode, stdout).toBe(Number(info));
      if (next?.language !== "text" || next.info !== "") return;
      if (isUpdate) file.rewrite(number + 1, stdout);
      else expect(stdout).toBe(next.text);
    });
  }
});

test("examples are found", () => {
  expect(dirname(folder)).toBe(tmpdir());
  expect(DOCUMENTS.flatMap((path) => new MarkdownFile(join(PROJECT, path)).blocks()).length).toBeGreaterThan(
    20,
  );
});
