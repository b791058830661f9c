import { lineColumnAt } from "#text";
import { type EditorCase, runCases } from "./cases.testing.ts";
import { foldingOf } from "./folding.ts";
import { type OutlineEntry, outlineOf } from "./outline.ts";
import { semanticTokensOf } from "./semantic-tokens.ts";
import { nameAt } from "./symbols.ts";

/** Where the name at the cursor is declared and used, and whether it can be renamed. */
function name({ text, offset, source }: EditorCase): string {
  const found = nameAt(text, offset);
  if (found === null) return "";
  const place = (own: string, at: number) => {
    const { line, column } = lineColumnAt(own, at);
    return `${line}:${column}`;
  };
  const { declaration, references } = found;
  const declared =
    declaration === null
      ? "not declared"
      : `declared in ${declaration.source.name} ${place(declaration.source.text, declaration.start)}`;
  const used = references.map(
    ({ start, end }) => `${place(source.text, start)} ${source.text.slice(start, end)}`,
  );
  return [`${found.name}: ${declared}${found.canRename ? "" : ", fixed"}`, ...used].join("\n");
}

/** A line per entry, children indented. */
function outline({ text, source }: EditorCase): string {
  const print = (entries: readonly OutlineEntry[], indent: string): readonly string[] =>
    entries.flatMap(({ kind, name: title, range, children }) => [
      `${indent}${kind} ${title} (${lineColumnAt(source.text, range.start).line}–${lineColumnAt(source.text, range.end).line})`,
      ...print(children, `${indent}  `),
    ]);
  return print(outlineOf(text), "").join("\n");
}

/** First and last lines, counted from 1. */
function folding({ text }: EditorCase): string {
  return foldingOf(text)
    .map(({ kind, startLine, endLine }) => `${kind} ${startLine + 1}–${endLine + 1}`)
    .join("\n");
}

/** The words with what they are. */
function words({ text, source }: EditorCase): string {
  return semanticTokensOf(text)
    .map(({ kind, start, end }) => `${source.text.slice(start, end).replaceAll("\n", "⏎")} ${kind}`)
    .join("\n");
}

runCases(new URL("./names.cases.md", import.meta.url), { name, outline, folding, words });
