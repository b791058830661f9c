/** Where patterns stand in a script. */
import type { TextRange } from "../pattern/parse.ts";
import { findCommand } from "../query/commands.ts";
import type { Token } from "../query/syntax/token.ts";
import type { EditorScript } from "./analysis.ts";

/** The pattern that a token holds at an offset: a here-document's text, or the quoted pattern of PARSE. Null: none. */
export function patternRangeAt(text: EditorScript, token: Token, offset: number): TextRange | null {
  const range = patternRangeOf(text.tokens, text.tokens.indexOf(token));
  return range !== null && range.start <= offset && offset <= range.end ? range : null;
}

/** The pattern that the token at an index holds, or null. */
export function patternRangeOf(tokens: readonly Token[], index: number): TextRange | null {
  const token = tokens[index];
  if (token?.kind !== "literal" || token.type !== "string") return null;
  if (token.content !== null) return { start: token.content.start, end: token.content.end };
  const [before, word] = [tokens[index - 1], tokens[index - 2]];
  if (before?.kind !== "symbol" || word?.kind !== "name") return null;
  const isNamed = before.text === ":" && word.text.toLowerCase() === "pattern";
  const isFirst = before.text === "(" && findCommand(word.text)?.name === "PARSE";
  return isNamed || isFirst ? { start: token.span.start + 1, end: token.span.end - 1 } : null;
}
