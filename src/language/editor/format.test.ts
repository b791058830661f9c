import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Diagnostics } from "#text";
import { parsePattern } from "../pattern/parse.ts";
import { printPattern } from "../pattern/print.ts";
import { readTokens } from "../query/syntax/lexer.ts";
import { parseScript } from "../query/syntax/parse-script.ts";
import { type EditorCase, runCases } from "./cases.testing.ts";
import { readComments } from "./comments.ts";
import { formatPattern } from "./format-pattern.ts";
import { formatScript } from "./format-script.ts";

function formatted({ source, text: opened }: EditorCase): string {
  const { text, diagnostics } = opened.kind === "pattern" ? formatPattern(source) : formatScript(source);
  return [text.replace(/\n$/, ""), ...diagnostics.map(({ message }) => message)].join("\n");
}

runCases(new URL("./format.cases.md", import.meta.url), { formatted });

/** Every script of the cases beside the checker and the engine. */
const SCRIPTS = ["../query/check.cases.md", "../../relations/query.cases.md"].flatMap((path) =>
  [...readFileSync(new URL(path, import.meta.url), "utf8").matchAll(/^```query\n([\s\S]*?)^```$/gm)].map(
    ([, text = ""]) => text,
  ),
);

const read = (text: string) => {
  const diagnostics = new Diagnostics();
  const source = { name: "x.sx", text };
  return {
    script: parseScript(source, diagnostics),
    mistakes: diagnostics.list(),
    tokens: readTokens(source, diagnostics),
  };
};
/** The tree without places. */
const treeOf = (text: string) =>
  JSON.stringify(read(text).script, (key, value) =>
    ["span", "at", "content", "window"].includes(key)
      ? undefined
      : typeof value === "bigint"
        ? `${value}n`
        : value,
  );
const commentsOf = (text: string) =>
  readComments(text, read(text).tokens).map(({ start, end }) => text.slice(start, end));
const isWhole = (text: string) => read(text).mistakes.every(({ code }) => code === "not-available");
const WHOLE = SCRIPTS.filter(isWhole);

function expectKept(text: string): void {
  const { text: after } = formatScript({ name: "x.sx", text });
  expect(treeOf(after)).toBe(treeOf(text));
  expect(commentsOf(after)).toEqual(commentsOf(text));
  expect(formatScript({ name: "x.sx", text: after }).text).toBe(after);
}

/** Every pattern of the cases beside the pattern language. */
const PATTERNS = [
  ...readFileSync(new URL("../pattern/pattern.cases.md", import.meta.url), "utf8").matchAll(
    /^```pattern\n([\s\S]*?)^```$/gm,
  ),
].map(([, text = ""]) => ({ name: "x.sxp", text }));

test("a formatted pattern means what it meant, and stays when formatted again", () => {
  const whole = PATTERNS.filter((source) => parsePattern(source).pattern !== null);
  expect(whole.length).toBeGreaterThan(50);
  for (const source of whole) {
    const [before, { text }] = [parsePattern(source).pattern, formatPattern(source)];
    const after = parsePattern({ name: "x.sxp", text }).pattern;
    expect(after === null ? null : printPattern(after)).toBe(before === null ? "" : printPattern(before));
    expect(formatPattern({ name: "x.sxp", text }).text).toBe(text);
  }
});

describe("a formatted script", () => {
  test("means what it meant, and stays when formatted again", () => {
    expect(WHOLE.length).toBeGreaterThan(200);
    for (const text of WHOLE) expectKept(text);
  });

  test("does so with any blanks and comments between its words", () => {
    const gap = fc.constantFrom(
      " ",
      "\n",
      "  \n\n ",
      " /* a */ ",
      " // b\n",
      "\n// c\n\n",
      "\n/* d\n e */\n",
      "\t",
    );
    const script = fc.constantFrom(
      ...WHOLE.filter((text) => !/<<<|\[[\w &/.:+-]+ [\w &/.:+-]+\]/.test(text)),
    );
    fc.assert(
      fc.property(
        script,
        fc.array(gap, { minLength: 40, maxLength: 40 }),
        fc.nat(3),
        (text, gaps, density) => {
          const words = read(text).tokens.map(({ span }) => text.slice(span.start, span.end));
          const mixed = words.map((word, index) => {
            const chosen = index % 4 <= density ? (gaps[index % gaps.length] ?? " ") : " ";
            return `${word}${chosen}`;
          });
          expectKept(mixed.join(""));
        },
      ),
      { numRuns: 500, seed: 7 },
    );
  });

  test("is left alone when it cannot be read", () => {
    const text = "@a = LIST('x' | filter(\n\n;";
    expect(formatScript({ name: "x.sx", text }).text).toBe(text);
  });
});
