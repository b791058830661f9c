import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Diagnostic } from "./diagnostic.ts";
import { drawBytes, drawDiagnostic } from "./picture.ts";
import { spanOf } from "./text-source.ts";

const CASES = fileURLToPath(new URL("./picture.cases.md", import.meta.url));

/** Cuts the marks `⟦` and `⟧` out of a text; what stands between is the span. */
function readMarked(marked: string): { text: string; start: number; end: number } {
  const start = marked.indexOf("⟦");
  const end = marked.indexOf("⟧") - 1;
  return { text: marked.replace(/[⟦⟧]/g, ""), start, end };
}

/** Control characters cannot stand in Markdown; they are written as JSON escapes. */
function readEscapes(text: string): string {
  return text.replace(/\\u([0-9a-f]{4})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

let markdown = readFileSync(CASES, "utf8");
for (const section of markdown.split(/^## /m).slice(1)) {
  const title = section.slice(0, section.indexOf("\n"));
  const blocks = new Map(
    [...section.matchAll(/^```(\w+)\n([\s\S]*?)\n?^```$/gm)].map(([, name, text]) => [name!, text!]),
  );

  test(title, () => {
    const { text, start, end } = readMarked(readEscapes(blocks.get("text") ?? ""));
    const source = { name: "report.sx", text };
    const label = blocks.get("label") ?? "";
    const picture = blocks.has("bytes")
      ? drawBytesOf(readEscapes(blocks.get("bytes") ?? ""), label)
      : drawDiagnostic({
          code: "query-syntax",
          severity: "error",
          span: spanOf(source, start, end),
          message: readEscapes(blocks.get("message") ?? "Something is wrong here."),
          ...(blocks.has("help") ? { help: blocks.get("help")! } : {}),
        });
    const expected = blocks.get("picture");
    if (process.env["UPDATE"] === "1" && picture !== expected) {
      const at = markdown.indexOf("```picture\n", markdown.indexOf(`## ${title}\n`)) + "```picture\n".length;
      markdown = markdown.slice(0, at) + picture + markdown.slice(markdown.indexOf("\n```", at - 1));
      writeFileSync(CASES, markdown);
      return;
    }
    expect(picture).toBe(expected);
  });
}

function drawBytesOf(marked: string, label: string): string {
  const { text, start } = readMarked(marked);
  const bytes = new TextEncoder().encode(text);
  const offset = 1000 + new TextEncoder().encode(text.slice(0, start)).length;
  return drawBytes({ name: "access.log", bytes, bytesStart: 1000, offset, label });
}

test("a note is drawn with its own place", () => {
  const source = { name: "a.sx", text: "$x = 1;\n$x = 2;\n" };
  const diagnostic: Diagnostic = {
    code: "declared-twice",
    severity: "error",
    span: spanOf(source, 8, 10),
    message: 'The value "$x" is declared twice.',
    notes: [{ span: spanOf(source, 0, 2), message: "first here" }],
  };
  expect(drawDiagnostic(diagnostic).split("\n").slice(5)).toEqual([
    " --> a.sx:1:1",
    "  |",
    "1 | $x = 1;",
    "  | ^^ first here",
  ]);
});

test("a place in a line of a million characters is drawn without the line", () => {
  const source = { name: "x.sx", text: `${"a".repeat(500_000)}!${"b".repeat(500_000)}` };
  const picture = drawDiagnostic({
    code: "query-syntax",
    severity: "error",
    span: spanOf(source, 500_000, 500_001),
    message: "No.",
  });
  expect(picture.length).toBeLessThan(600);
  const [, , , line, carets] = picture.split("\n");
  expect(line?.[carets?.indexOf("^") ?? -1]).toBe("!");
});

test("colours are put around parts and change nothing else", () => {
  const paint = (name: string) => (text: string) => `<${name}>${text}</${name}>`;
  const diagnostic: Diagnostic = {
    code: "query-syntax",
    severity: "warning",
    span: spanOf({ name: "x.sx", text: "ab" }, 0, 1),
    message: "No.",
    help: "Yes.",
  };
  const painted = drawDiagnostic(diagnostic, {
    error: paint("e"),
    warning: paint("w"),
    frame: paint("f"),
    mark: paint("m"),
  });
  expect(painted.replace(/<\/?[ewfm]>/g, "")).toBe(drawDiagnostic(diagnostic));
  expect(painted).toContain("<w>warning[query-syntax]:</w> No.");
});
