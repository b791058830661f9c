/** The manual of patterns: a page per matcher that says what the list says, and examples that are true. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  CATEGORY_TITLES,
  factsOf,
  GROUP_CONFIG,
  LITERAL_CONFIG,
  MATCHERS,
  type Matcher,
  type SettingFact,
  settingFacts,
  TIME_LETTERS,
} from "#language";
import { pageOf } from "../src/cli/matcher-help.ts";
import { PROJECT } from "./build.ts";
import { DOCUMENTS } from "./documents.ts";
import { isUpdate, MarkdownFile } from "./markdown.ts";
import { patternExamples, runPatternExample } from "./pattern-example.ts";

const FOLDER = "docs/patterns";
const INDEX = "README.md";
/** Pages about what is no matcher, in the order of the index. */
const TOPICS = [
  "matching.md",
  "literals.md",
  "sets.md",
  "groups.md",
  "sub-patterns.md",
  "metafields.md",
  "quantifiers.md",
  "optional.md",
  "look-around.md",
  "names.md",
  "charsets.md",
];

/** Each document is read once, since its parts are rewritten one after the other. */
const files = new Map(DOCUMENTS.map((path) => [path, new MarkdownFile(join(PROJECT, path))]));
function fileAt(path: string): MarkdownFile {
  const file = files.get(path);
  if (file === undefined) throw new Error(`There is no document ${path}.`);
  return file;
}
const fileOf = (page: string) => fileAt(`${FOLDER}/${page}`);
const textOf = (page: string) => readFileSync(join(PROJECT, FOLDER, page), "utf8");
const cell = (text: string) => text.replaceAll("|", "\\|");

/** Compares a generated section of a page, or writes it. */
function checkSection(page: string, name: string, text: string): void {
  const file = fileOf(page);
  if (isUpdate) file.rewriteSection(name, text);
  else expect(file.section(name)).toBe(text);
}

function settingsTable(settings: readonly SettingFact[]): string {
  const head = "| setting | takes | default | meaning |\n|---|---|---|---|\n";
  const rows = settings.map(
    ({ key, takes, defaultText, description }) =>
      `| \`${key}\` | ${cell(takes)} | ${defaultText === "" ? "" : `\`${cell(defaultText)}\``} | ${cell(description)} |\n`,
  );
  return rows.length === 0 ? "" : `\n${head}${rows.join("")}`;
}

function factsText(matcher: Matcher): string {
  const facts = factsOf(matcher).map(({ label, text }) => {
    const isCode = label === "Also written" || label === "Bytes";
    return `- ${label}: ${isCode ? `\`${text}\`` : text}\n`;
  });
  return facts.join("") + settingsTable(settingFacts(matcher.config));
}

describe.each(MATCHERS.map((matcher) => ({ name: matcher.name, matcher, page: pageOf(matcher) })))(
  "the page of $name",
  ({ matcher, page }) => {
    test("is there, and says what the list says", () => {
      expect(existsSync(join(PROJECT, FOLDER, page)), page).toBe(true);
      expect(textOf(page).startsWith(`# ${matcher.name}\n\n`)).toBe(true);
      checkSection(page, "facts", factsText(matcher));
    });

    test("shows what matches and what does not", () => {
      const examples = patternExamples(fileOf(page).blocks());
      const outputs = examples.map(({ output }) => output?.block.text ?? "").join("\n");
      const own = examples.filter(({ pattern }) => pattern.text.includes(matcher.name));
      expect(own.length).toBeGreaterThanOrEqual(3);
      expect(outputs).toMatch(/^\{/m);
      expect(outputs).toMatch(/^unmatched /m);
    });
  },
);

describe("the manual", () => {
  test("has pages for what there is, and no others", () => {
    const pages = readdirSync(join(PROJECT, FOLDER)).sort();
    expect(pages).toEqual([INDEX, ...TOPICS, ...MATCHERS.map(pageOf)].sort());
  });

  test("lists all matchers in its index", () => {
    const categories = [...new Set(MATCHERS.map(({ category }) => category))];
    const tables = categories.map((category) => {
      const rows = MATCHERS.filter((matcher) => matcher.category === category).map((matcher) => {
        const names = [matcher.name, ...matcher.aliases].map((name) => `\`${name}\``);
        const value = factsOf(matcher).find(({ label }) => label === "Value")?.text ?? "";
        return `| [${names.join(" ")}](${pageOf(matcher)}) | ${cell(matcher.description)} | ${value} |\n`;
      });
      return `### ${CATEGORY_TITLES[category]}\n\n| matcher | matches | value |\n|---|---|---|\n${rows.join("")}`;
    });
    checkSection(INDEX, "matchers", tables.join("\n"));
  });

  test("links all its topics in its index", () => {
    for (const topic of TOPICS) expect(textOf(INDEX)).toContain(`](${topic})`);
  });

  test("has the letters of time formats", () => {
    const rows = TIME_LETTERS.map(({ letter, description }) => `| \`${letter}\` | ${description} |\n`);
    checkSection("timestamp.md", "letters", `| letter | stands for |\n|---|---|\n${rows.join("")}`);
  });

  test("has the settings of literals and groups", () => {
    checkSection("literals.md", "settings", settingsTable(settingFacts(LITERAL_CONFIG)));
    checkSection("groups.md", "settings", settingsTable(settingFacts(GROUP_CONFIG)));
  });
});

const WITH_EXAMPLES = DOCUMENTS.filter((path) => patternExamples(fileAt(path).blocks()).length > 0);

describe.each(WITH_EXAMPLES)("examples of patterns in %s", (path) => {
  const file = fileAt(path);
  for (const example of patternExamples(file.blocks())) {
    test(`line ${example.pattern.line}: ${example.pattern.text.trim()}`, () => {
      const { error, output, scanned } = runPatternExample(example);
      expect(scanned, "the scanner gives what the plain twin gives").toBe(output);
      for (const [wanted, actual] of [
        [example.error, error],
        [example.output, output],
      ] as const) {
        if (wanted === null) expect(actual).toBe("");
        else if (isUpdate) file.rewrite(wanted.number, actual);
        else expect(actual).toBe(wanted.block.text);
      }
    });
  }
});
