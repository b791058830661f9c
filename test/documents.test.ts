import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SETTINGS } from "#config";
import { CODES } from "#text";
import { loadCommands } from "../src/cli/commands.ts";
import { EXIT } from "../src/cli/exit-codes.ts";
import { printOption } from "../src/cli/help-text.ts";
import { OUTPUT_FORMATS } from "../src/cli/output/formats.ts";
import { PROJECT } from "./build.ts";
import { DOCUMENTS } from "./documents.ts";
import { isUpdate, MarkdownFile } from "./markdown.ts";

const read = (path: string) => readFileSync(join(PROJECT, path), "utf8");

describe("docs/errors.md", () => {
  const path = join(PROJECT, "docs/errors.md");

  test("has a section for each code, with its sentence, in the order of the codes", () => {
    const page = readFileSync(path, "utf8");
    const [head = "", ...sections] = page.split(/^## /m);
    const known = new Map(sections.map((section) => [section.slice(0, section.indexOf("\n")), section]));
    const expected = Object.entries(CODES).map(([code, sentence]) => {
      const more = known.get(code)?.split("\n").slice(3).join("\n").trim() ?? "";
      return `${code}\n\n${sentence}\n${more === "" ? "" : `\n${more}\n`}`;
    });
    const wanted = [head.trimEnd(), ...expected.map((section) => `## ${section.trimEnd()}`)].join("\n\n");
    if (isUpdate) writeFileSync(path, `${wanted}\n`);
    else expect(page).toBe(`${wanted}\n`);
  });
});

describe("docs/command-line.md", () => {
  const file = new MarkdownFile(join(PROJECT, "docs/command-line.md"));
  const check = (name: string, text: string) => {
    if (isUpdate) file.rewriteSection(name, text);
    else expect(file.section(name)).toBe(text);
  };
  const cell = (text: string) => text.replaceAll("|", "\\|");

  test("has all commands with their options", async () => {
    const sections = (await loadCommands()).map(({ name, usage, sentence, options, examples }) => {
      const lines = [`## \`trawl ${`${name} ${usage}`.trim()}\``, "", sentence, ""];
      if (options.length > 0) lines.push("| option | meaning |", "|---|---|");
      for (const option of options)
        lines.push(`| \`${cell(printOption(option))}\` | ${cell(option.sentence)} |`);
      if (options.length > 0) lines.push("");
      if (examples.length > 0) lines.push("```", ...examples, "```", "");
      return lines.join("\n");
    });
    check("commands", `${sections.join("\n")}`);
  });

  test("has all settings", () => {
    const rows = Object.values(SETTINGS).map(
      ({ flag, environmentVariable, accepts, defaultText, sentence }) =>
        `| \`--${flag}\` | \`${environmentVariable}\` | ${accepts} | ${defaultText} | ${sentence} |`,
    );
    const head = "| option | variable | takes | default | meaning |\n|---|---|---|---|---|";
    check("settings", `${head}\n${rows.join("\n")}\n`);
  });
});

test("docs/exit-codes.md has all exit codes", () => {
  const rows = Object.values(EXIT).map(({ code, sentence }) => `| ${code} | ${sentence} |`);
  expect(read("docs/exit-codes.md")).toContain(`|---:|---|\n${rows.join("\n")}\n`);
});

test("docs/output-formats.md has all formats", () => {
  for (const { name } of OUTPUT_FORMATS)
    expect(read("docs/output-formats.md")).toContain(`\n| \`${name}\` | `);
});

test("documents link only to files that are there", () => {
  for (const path of DOCUMENTS) {
    for (const [, target = ""] of proseOf(read(path)).matchAll(/\]\((?!https?:)([^)#`]+)/g)) {
      expect(() => read(join(path, "..", target)), `${path} links to ${target}`).not.toThrow("ENOENT");
    }
  }
});

/** The text without code, in which brackets and parentheses are no links. */
function proseOf(markdown: string): string {
  return markdown.replace(/^```[^\n]*\n[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "");
}
