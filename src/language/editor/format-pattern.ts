/** Formats patterns: lines and indentation; where lines break stays the writer's choice. */
import { invariant, type TextSource } from "#text";
import { parsePattern } from "../pattern/parse.ts";
import type { Formatted } from "./format-script.ts";
import { isPatternSymbol, type PatternToken, readPatternTokens } from "./pattern-tokens.ts";

const INDENT = "  ";

/**
 * The pattern with one blank where blanks stood, lines indented by their brackets, and at most one empty line in a row. What touches
 * goes on touching, as it matters in patterns; comments and texts stay letter by letter. Formatting twice changes nothing more. A
 * pattern with mistakes is left as it is.
 */
export function formatPattern(source: TextSource): Formatted {
  const { diagnostics } = parsePattern(source);
  const mistakes = diagnostics.filter(({ severity }) => severity === "error");
  if (mistakes.length > 0) return { text: source.text, diagnostics: mistakes };
  const { text } = source;
  const tokens = tokensOf(text);
  const formatted = joinTokens(text, tokens);
  invariant(
    keysOf(tokens) === keysOf(tokensOf(formatted)),
    "a formatted pattern has the words it had before",
  );
  return { text: formatted, diagnostics: [] };
}

function tokensOf(text: string): readonly PatternToken[] {
  return readPatternTokens(text, { start: 0, end: text.length });
}

function keysOf(tokens: readonly PatternToken[]): string {
  return JSON.stringify(tokens.map(({ kind, text }) => [kind, kind === "comment" ? text.trimEnd() : text]));
}

function joinTokens(text: string, tokens: readonly PatternToken[]): string {
  const feed = text.includes("\r\n") ? "\r\n" : "\n";
  const parts: string[] = [];
  let depth = 0;
  let isDeclaring = false;
  let end = 0;
  for (const [index, token] of tokens.entries()) {
    const gap = text.slice(end, token.start);
    const isClosing = isPatternSymbol(token, ")") || isPatternSymbol(token, "}");
    if (isClosing) depth = Math.max(0, depth - 1);
    const isDeclaration = token.kind === "reference" && isPatternSymbol(tokens[index + 1], "=");
    if (isDeclaration && depth === 0) isDeclaring = false;
    const level = depth + (isDeclaring ? 1 : 0);
    if (index > 0) parts.push(gapOf(gap, token, { feed, level }));
    parts.push(token.kind === "comment" ? token.text.trimEnd() : token.text);
    if (isPatternSymbol(token, "(") || isPatternSymbol(token, "{")) depth++;
    if (isDeclaration && depth === 0) isDeclaring = true;
    if (isPatternSymbol(token, ";") && depth === 0) isDeclaring = false;
    end = token.end;
  }
  return parts.length === 0 ? "" : `${parts.join("")}${feed}`;
}

interface LineStart {
  readonly feed: string;
  readonly level: number;
}

function gapOf(gap: string, { kind }: PatternToken, { feed, level }: LineStart): string {
  const feeds = gap.split("\n").length - 1;
  if (feeds > 0) return `${feed.repeat(Math.min(2, feeds))}${INDENT.repeat(level)}`;
  // Comments at the ends of lines are often put under one another.
  if (kind === "comment") return gap;
  return gap === "" ? "" : " ";
}
