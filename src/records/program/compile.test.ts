import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Pattern, parsePattern } from "#language";
import { drawDiagnostic } from "#text";
import { leavesOf, printCases, readCases, readWanted } from "../plain/plain-cases.testing.ts";
import { compileProgram, unsupportedElements } from "./compile.ts";
import { printProgram } from "./print.ts";

const path = fileURLToPath(new URL("compile.cases.md", import.meta.url));
const markdown = readFileSync(path, "utf8");
const cases = readCases(markdown);

function parsed(text: string): Pattern {
  const { pattern, diagnostics } = parsePattern({ name: "pattern", text });
  if (pattern === null) throw new Error(diagnostics.map(({ message }) => message).join(" "));
  return pattern;
}

/** The program, or why there is none. */
function outcomeOf(blocks: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const pattern = parsed(blocks.get("pattern") ?? "");
  const problems = unsupportedElements(pattern);
  if (problems.length > 0)
    return new Map([
      [
        "problems",
        problems
          .map((one) => drawDiagnostic(one))
          .join("\n")
          .trimEnd(),
      ],
    ]);
  const wanted = blocks.has("wanted") ? readWanted(blocks.get("wanted") ?? "") : leavesOf(pattern.fields, []);
  const program = compileProgram(pattern, wanted, { timeZone: "UTC" });
  return new Map([["program", printProgram(program).trimEnd()]]);
}

if (process.env["UPDATE"] === "1") {
  const outcomes = cases.map(({ blocks }) => outcomeOf(blocks));
  writeFileSync(path, printCases(markdown, cases, outcomes));
}

describe("the compiler", () => {
  for (const { title, blocks } of readCases(readFileSync(path, "utf8"))) {
    it(title, () => {
      for (const [name, text] of outcomeOf(blocks)) expect(blocks.get(name)).toBe(text);
    });
  }

  it("does not compile patterns that grow beyond measure", () => {
    const depth = 40;
    const text = `${"(LD (' ' ".repeat(depth)}'x'${"))".repeat(depth)} EOL`;
    expect(unsupportedElements(parsed(text)).map(({ code }) => code)).toEqual(["pattern-too-large"]);
  });

  it("refuses paths that the pattern does not give", () => {
    const wanted = [{ path: ["b"], type: { kind: "string" } }] as const;
    expect(() => compileProgram(parsed("LD:a EOL"), wanted, { timeZone: "UTC" })).toThrow(
      'the pattern gives "b"',
    );
  });
});
