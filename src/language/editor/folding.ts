/** What an editor can fold: statements, here-documents, brackets, comments of several lines. */
import type { TextRange } from "../pattern/parse.ts";
import type { EditorText } from "./analysis.ts";
import { readComments } from "./comments.ts";
import { readPatternTokens } from "./pattern-tokens.ts";

/** Lines that fold; counted from 0, both included. */
export interface FoldingRange {
  readonly kind: "code" | "comment";
  readonly startLine: number;
  readonly endLine: number;
}

/** The ranges that take more than one line. */
export function foldingOf(text: EditorText): readonly FoldingRange[] {
  const lineOf = lineFinder(text.source.text);
  const code = text.kind === "script" ? scriptRanges(text) : patternBrackets(text.source.text);
  const comments =
    text.kind === "script"
      ? readComments(text.source.text, text.tokens)
      : readPatternTokens(text.source.text, { start: 0, end: text.source.text.length }).filter(
          ({ kind }) => kind === "comment",
        );
  const ranges = [
    ...code.map((range) => fold("code", range, lineOf)),
    ...joinLines(comments.map((range) => fold("comment", range, lineOf))),
  ];
  const seen = new Set<number>();
  return ranges.filter(({ startLine, endLine }) => {
    if (endLine <= startLine || seen.has(startLine)) return false;
    seen.add(startLine);
    return true;
  });
}

function fold(
  kind: FoldingRange["kind"],
  range: TextRange,
  lineOf: (offset: number) => number,
): FoldingRange {
  return { kind, startLine: lineOf(range.start), endLine: lineOf(range.end) };
}

/** Comments on lines behind one another fold as one. */
function joinLines(ranges: readonly FoldingRange[]): readonly FoldingRange[] {
  const joined: FoldingRange[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && range.startLine <= last.endLine + 1) {
      joined[joined.length - 1] = { ...last, endLine: range.endLine };
    } else joined.push(range);
  }
  return joined;
}

function scriptRanges(text: EditorText & { readonly kind: "script" }): readonly TextRange[] {
  const statements = text.facts.script.statements.map(({ span }) => span);
  const contents = text.tokens.flatMap((token) =>
    token.kind === "literal" && token.content !== null ? [token.span] : [],
  );
  const symbols = text.tokens.flatMap((token) =>
    token.kind === "symbol" ? [{ text: token.text, start: token.span.start, end: token.span.end }] : [],
  );
  return [...statements, ...contents, ...brackets(symbols)];
}

function patternBrackets(text: string): readonly TextRange[] {
  const tokens = readPatternTokens(text, { start: 0, end: text.length });
  return brackets(tokens.filter(({ kind }) => kind === "symbol"));
}

/** Ranges from an opening bracket to the line in front of its closing one. */
function brackets(symbols: readonly (TextRange & { readonly text: string })[]): readonly TextRange[] {
  const open: number[] = [];
  const ranges: TextRange[] = [];
  for (const { text, start } of symbols) {
    if ("([{".includes(text)) open.push(start);
    const begun = ")]}".includes(text) ? open.pop() : undefined;
    if (begun !== undefined) ranges.push({ start: begun, end: start });
  }
  return ranges;
}

/** Finds the line of an offset, counted from 0, by halving. */
function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low;
  };
}
