import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";
import { COMMANDS, FUNCTIONS, KEYWORDS, MATCHERS, OPERATORS } from "#language";
import { GROUP_CONFIG, LITERAL_CONFIG } from "../src/language/pattern/matchers/structures.ts";
import { TIME_UNITS } from "../src/language/query/check/time-units.ts";
import { PROJECT } from "./build.ts";
import { isUpdate, MarkdownFile } from "./markdown.ts";

const FOLDER = join(PROJECT, "editors/vscode");
const CONSTANTS = ["null", "true", "false"];
const operatorWords = OPERATORS.flatMap(({ spellings }) => spellings).filter((word) => /^[a-z]+$/.test(word));

/** The words that each rule of a grammar must name. */
const WORDS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  trawl: {
    step: COMMANDS.filter(({ takesRows }) => takesRows).flatMap(({ spellings }) => spellings),
    source: COMMANDS.filter(({ givesRows }) => givesRows).flatMap(({ spellings }) => spellings),
    function: FUNCTIONS.flatMap(({ spellings }) => spellings),
    units: Object.values(TIME_UNITS).flat(),
    constants: CONSTANTS,
    "operator-words": operatorWords,
    keywords: KEYWORDS.map(({ word }) => word.toLowerCase()).filter((word) => !CONSTANTS.includes(word)),
  },
  "trawl-pattern": {
    settings: [...MATCHERS.flatMap(({ config }) => config), ...GROUP_CONFIG, ...LITERAL_CONFIG].flatMap(
      ({ key, aliases = [] }) => [key, ...aliases],
    ),
    matchers: MATCHERS.flatMap(({ name, aliases }) => [name, ...aliases]),
  },
};

const pathOf = (name: string) => join(FOLDER, `syntaxes/${name}.tmLanguage.json`);
/** The longest first, so that none hides another. */
const alternatives = (words: readonly string[], isAnyCase: boolean) =>
  [...new Set(words.map((word) => (isAnyCase ? word.toLowerCase() : word)))]
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .join("|");

describe("the words of the grammars are those of the language", () => {
  for (const [name, rules] of Object.entries(WORDS)) {
    test(name, async () => {
      const text = await readFile(pathOf(name), "utf8");
      const grammar = JSON.parse(text);
      for (const [rule, words] of Object.entries(rules)) {
        const { match } = grammar.repository[rule];
        const wanted = match.replace(
          /\((?:WORDS|[\w|]+)\)(?=\\b|\(\?=|\\s\*\(=)/,
          `(${alternatives(words, match.startsWith("(?i)"))})`,
        );
        if (isUpdate) grammar.repository[rule].match = wanted;
        else expect(match).toBe(wanted);
      }
      if (isUpdate) await writeFile(pathOf(name), `${JSON.stringify(grammar, null, 2)}\n`);
    });
  }
});

test("the extension names files that are there, and the language that the server takes for patterns", async () => {
  const { main, contributes } = JSON.parse(await readFile(join(FOLDER, "package.json"), "utf8"));
  const paths: readonly string[] = [
    main,
    ...contributes.grammars.map(({ path }: { path: string }) => path),
    ...contributes.languages.map(({ configuration }: { configuration: string }) => configuration),
  ];
  for (const path of paths) expect((await readFile(join(FOLDER, path), "utf8")).length).toBeGreaterThan(0);
  expect(contributes.languages.map(({ id }: { id: string }) => id)).toEqual(["trawl", "trawl-pattern"]);
});

describe("the grammars colour", () => {
  const cases = new MarkdownFile(join(PROJECT, "test/grammar.cases.md"));
  const blocks = cases.blocks();
  let registry: textmate.Registry;

  beforeAll(async () => {
    const wasm = createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm");
    await oniguruma.loadWASM(await readFile(wasm));
    registry = new textmate.Registry({
      onigLib: Promise.resolve({
        createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
        createOnigString: (text) => new oniguruma.OnigString(text),
      }),
      loadGrammar: async (scope) => {
        const path = pathOf(scope.replace("source.", ""));
        return textmate.parseRawGrammar(await readFile(path, "utf8"), path);
      },
    });
  });

  for (const [number, { heading, language, text }] of blocks.entries()) {
    if (language !== "trawl" && language !== "trawl-pattern") continue;
    test(heading, async () => {
      const grammar = await registry.loadGrammar(`source.${language}`);
      if (grammar === null) throw new Error("no grammar");
      let stack = textmate.INITIAL;
      const lines: string[] = [];
      for (const line of text.replace(/\n$/, "").split("\n")) {
        const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
        stack = ruleStack;
        for (const { startIndex, endIndex, scopes } of tokens) {
          const word = line.slice(startIndex, endIndex).trim();
          if (word === "" || scopes.length === 1) continue;
          lines.push(
            `${word} ${scopes
              .slice(1)
              .map((scope) => scope.replace(/\.trawl(-pattern)?$/, ""))
              .join(" ")}`,
          );
        }
      }
      const actual = `${lines.join("\n")}\n`;
      if (isUpdate) cases.rewrite(number + 1, actual);
      else expect(actual).toBe(blocks[number + 1]?.text);
    });
  }
});
