/** The outline of a text: its statements, and the sub-patterns of its patterns. */
import { textOf } from "#text";
import type { TextRange } from "../pattern/parse.ts";
import type { ExpressionSyntax, StatementSyntax } from "../query/syntax/tree.ts";
import type { EditorScript, EditorText } from "./analysis.ts";
import { isPatternSymbol, readPatternTokens } from "./pattern-tokens.ts";

/** A part of a text that outlines show. */
export interface OutlineEntry {
  readonly kind:
    | "value"
    | "pattern"
    | "function"
    | "stream"
    | "step"
    | "arguments"
    | "include"
    | "query"
    | "subpattern";
  readonly name: string;
  readonly range: TextRange;
  /** What to go to: the name. */
  readonly nameRange: TextRange;
  readonly children: readonly OutlineEntry[];
}

/** The entries of a text in order. */
export function outlineOf(text: EditorText): readonly OutlineEntry[] {
  if (text.kind === "pattern") {
    return subpatterns(text.source.text, { start: 0, end: text.source.text.length });
  }
  return text.facts.script.statements.map((statement) => entryOf(statement, text));
}

function entryOf(statement: StatementSyntax, text: EditorScript): OutlineEntry {
  const range = rangeOf(statement.span);
  switch (statement.kind) {
    case "value": {
      const content = contentOf(statement.value);
      const children = content === null ? [] : subpatterns(text.source.text, content);
      const kind = content === null ? "value" : "pattern";
      return {
        kind,
        name: `$${statement.name.text}`,
        range,
        nameRange: rangeOf(statement.name.span),
        children,
      };
    }
    case "function":
      return entry("function", `$${statement.name.text}`, range, statement.name.span);
    case "stream":
      return entry("stream", `@${statement.name.text}`, range, statement.name.span);
    case "step":
      return entry("step", `@@${statement.name.text}`, range, statement.name.span);
    case "arguments":
      return entry("arguments", "INIT", range, statement.span);
    case "include":
      return entry("include", statement.path, range, statement.span);
    case "execution":
      return entry("query", shorten(textOf(statement.span)), range, statement.span);
  }
}

function entry(kind: OutlineEntry["kind"], name: string, range: TextRange, at: TextRange): OutlineEntry {
  return { kind, name, range, nameRange: rangeOf(at), children: [] };
}

function rangeOf({ start, end }: TextRange): TextRange {
  return { start, end };
}

/** Where the text of a here-document stands. */
function contentOf(value: ExpressionSyntax): TextRange | null {
  return value.kind === "literal" ? value.content : null;
}

const LONGEST_NAME = 60;

function shorten(code: string): string {
  const line = code.replace(/\s+/g, " ");
  return line.length > LONGEST_NAME ? `${line.slice(0, LONGEST_NAME)}…` : line;
}

function subpatterns(text: string, range: TextRange): readonly OutlineEntry[] {
  const tokens = readPatternTokens(text, range);
  return tokens.flatMap((token, index) => {
    if (token.kind !== "reference" || !isPatternSymbol(tokens[index + 1], "=")) return [];
    const close = tokens.slice(index).find((each) => isPatternSymbol(each, ";")) ?? tokens.at(-1) ?? token;
    return [entry("subpattern", token.text, { start: token.start, end: close.end }, token)];
  });
}
