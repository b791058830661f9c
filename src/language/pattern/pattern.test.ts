import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawDiagnostic } from "#text";
import { PATTERN_CODES } from "../../text/codes/pattern.ts";
import { typeName } from "../types.ts";
import { findMatcher, MATCHERS } from "./matchers.ts";
import { type ParsedPattern, parsePattern } from "./parse.ts";
import { printPattern } from "./print.ts";

/** A case: its heading, and its fenced blocks by name. */
interface Case {
  readonly title: string;
  readonly blocks: ReadonlyMap<string, string>;
}

const FILE = new URL("pattern.cases.md", import.meta.url);
const BLOCK = /^```(\w+)\n([\s\S]*?)^```$/gm;
const text = readFileSync(FILE, "utf8");
const [preface = "", ...sections] = text.split(/^## /m);
const cases = sections.map(readCase);

function readCase(section: string): Case {
  const title = section.slice(0, section.indexOf("\n"));
  const blocks = [...section.matchAll(BLOCK)].map(([, name = "", body = ""]) => [name, body] as const);
  return { title, blocks: new Map(blocks) };
}

function patternText(item: Case): string {
  return (item.blocks.get("pattern") ?? "").replace(/\n$/, "");
}

function parse(pattern: string): ParsedPattern {
  return parsePattern({ name: "pattern", text: pattern });
}

/** The blocks a case should have: `fields` of a good pattern, `errors` when there is something to say, `printed` where asked for. */
function answerBlocks(item: Case): ReadonlyMap<string, string> {
  const { pattern, diagnostics } = parse(patternText(item));
  const blocks = new Map<string, string>();
  if (pattern !== null) {
    blocks.set("fields", pattern.fields.map(({ name, type }) => `${name} ${typeName(type)}\n`).join(""));
    if (item.blocks.has("printed")) blocks.set("printed", `${printPattern(pattern)}\n`);
  }
  if (diagnostics.length > 0)
    blocks.set("errors", diagnostics.map((one) => `${drawDiagnostic(one)}\n`).join(""));
  return blocks;
}

function caseText(item: Case): string {
  const blocks = [["pattern", `${patternText(item)}\n`] as const, ...answerBlocks(item)];
  return `## ${item.title}\n\n${blocks.map(([name, body]) => `\`\`\`${name}\n${body}\`\`\`\n`).join("\n")}\n`;
}

if (process.env["UPDATE"] === "1") {
  writeFileSync(FILE, `${preface}${cases.map(caseText).join("")}`.replace(/\n+$/, "\n"));
}

describe("a pattern", () => {
  it.each(cases.map((item) => [item.title, item] as const))("%s", (_title, item) => {
    const expected = new Map(item.blocks);
    expected.delete("pattern");
    if (process.env["UPDATE"] !== "1") {
      expect(Object.fromEntries(answerBlocks(item))).toEqual(Object.fromEntries(expected));
    }
  });

  it("has a case for every code", () => {
    const told = new Set(
      cases.flatMap((item) => parse(patternText(item)).diagnostics.map(({ code }) => code)),
    );
    const elsewhere = ["pattern-too-large", "pattern-too-deep"]; // told by the compiler, and by the limits below
    expect(
      Object.keys(PATTERN_CODES)
        .filter((code) => !told.has(code as never))
        .sort(),
    ).toEqual(elsewhere.sort());
  });

  it("has a case for every matcher", () => {
    const written = cases.map(patternText).join("\n");
    expect(
      MATCHERS.filter(({ name }) => !new RegExp(`\\b${name}\\b`).test(written)).map(({ name }) => name),
    ).toEqual([]);
  });
});

describe("the list of matchers", () => {
  it.each(MATCHERS.map((matcher) => [matcher.name, matcher] as const))(
    "%s has an example that parses",
    (_name, matcher) => {
      const { pattern, diagnostics } = parse(`${matcher.example} EOL`);
      expect(diagnostics).toEqual([]);
      expect(pattern).not.toBeNull();
    },
  );

  it("has every name once", () => {
    const names = MATCHERS.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, aliases } of MATCHERS) {
      for (const alias of aliases) expect(findMatcher(alias)?.name).toBe(name);
    }
  });
});

describe("limits", () => {
  const codesOf = (pattern: string) => parse(pattern).diagnostics.map(({ code }) => code);

  it("stop at nesting that no one writes", () => {
    const deep = (open: string, close: string) => `${open.repeat(50_000)}'a'${close.repeat(50_000)}`;
    expect(codesOf(deep("(", ")"))).toEqual(["pattern-too-deep"]);
    expect(codesOf(deep("STRUCTURE{", "}"))).toEqual(["pattern-too-deep"]);
    expect(codesOf(`JSON${deep("{JSON", "}")}`)).toEqual(["pattern-too-deep"]);
    expect(codesOf(`${">>(".repeat(50_000)}`)).toEqual(["pattern-too-deep"]);
    expect(codesOf(`${"(".repeat(99)}'a'${")".repeat(99)}`)).toEqual([]);
  });

  it("stop at arrays of arrays that no one writes", () => {
    expect(codesOf(`JSON{INT${"[]".repeat(100_000)}:a}:x`)).toEqual(["pattern-too-deep"]);
    expect(codesOf(`JSON{INT${"[]".repeat(50)}:a}:x`)).toEqual([]);
  });

  it("stop at nesting through sub-patterns", () => {
    const chain = Array.from({ length: 500 }, (_, index) => `$x${index} = ($x${index + 1});`).join("\n");
    expect(codesOf(`${chain} $x500 = 'a'; $x0`)).toContain("pattern-too-deep");
  });

  it("stop at sub-patterns that grow without bounds", () => {
    const doubled = Array.from(
      { length: 40 },
      (_, index) => `$x${index} = $x${index + 1} $x${index + 1};`,
    ).join("\n");
    expect(codesOf(`${doubled} $x40 = 'a'; $x0`)).toContain("pattern-too-large");
    expect(codesOf("'a' ".repeat(10_001))).toEqual(["pattern-too-large"]);
    expect(codesOf(`'${"a".repeat(1_000_000)}'`)).toEqual(["pattern-too-large"]);
  });

  it("stop at time formats that no one writes", () => {
    expect(codesOf(`TIMESTAMP("'${"a".repeat(900_000)}' HH"):t`)).toEqual(["time-format"]);
  });

  it("stop telling mistakes after a hundred", () => {
    expect(codesOf("% ".repeat(100_000)).length).toBeLessThan(110);
    expect(codesOf("$a = $b; $b = $a; ".repeat(20_000)).length).toBeLessThan(110);
  });

  it("hold for a ring of sub-patterns", () => {
    const ring = Array.from({ length: 3000 }, (_, index) => `$x${index} = $x${(index + 1) % 3000};`).join(
      "\n",
    );
    expect(codesOf(`${ring} $x0`)).toEqual(["subpattern-cycle"]);
  });
});

describe("any text at all", () => {
  const pieces = cases.flatMap((item) => patternText(item).match(/[\w']+|\s+|[^\w'\s]+/g) ?? []);

  it("is answered, never thrown at", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }), (parts) => {
        const { pattern, diagnostics } = parse(parts.join(""));
        const hasErrors = diagnostics.some(({ severity }) => severity === "error");
        expect(pattern === null).toBe(hasErrors);
        if (pattern !== null) expect(parse(printPattern(pattern)).pattern?.fields).toEqual(pattern.fields);
      }),
      { seed: 42, numRuns: 2000 },
    );
  });
});

describe("a range of a source", () => {
  it("is parsed alone, and spans point into the whole text", () => {
    const script = "$p = <<<P\nLD:a IPADRR:b EOL\nP;";
    const { diagnostics } = parsePattern({ name: "x.sx", text: script }, { start: 10, end: 27 });
    expect(diagnostics.map(({ code, span }) => [code, span.start, span.end])).toEqual([
      ["matcher-unknown", 15, 21],
    ]);
    const { pattern } = parsePattern({ name: "x.sx", text: "( LD:a EOL )" }, { start: 2, end: 10 });
    expect(pattern?.root.members.map(({ span }) => [span.start, span.end])).toEqual([
      [2, 6],
      [7, 10],
    ]);
  });
});
