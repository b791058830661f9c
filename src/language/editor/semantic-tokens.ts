/** What each word of a text is, for an editor's colours. */
import { findFunction } from "../functions/functions.ts";
import { OPERATORS } from "../operators.ts";
import { findMatcher } from "../pattern/matchers.ts";
import type { TextRange } from "../pattern/parse.ts";
import { findTimeUnit } from "../query/check/time-units.ts";
import { KEYWORDS } from "../query/keywords.ts";
import type { Token } from "../query/syntax/token.ts";
import type { EditorScript, EditorText } from "./analysis.ts";
import { readComments } from "./comments.ts";
import { patternRangeOf } from "./pattern-ranges.ts";
import { isPatternSymbol, type PatternToken, readPatternTokens } from "./pattern-tokens.ts";

/** What a word is. */
export type WordKind =
  | "keyword"
  | "command"
  | "function"
  | "field"
  | "argument"
  | "value"
  | "stream"
  | "step"
  | "text"
  | "number"
  | "comment"
  | "operator"
  | "unit"
  | "matcher"
  | "setting"
  | "set"
  | "subpattern";

/** A word; tokens do not overlap and stand in order. They may run over several lines. */
export interface SemanticToken {
  readonly kind: WordKind;
  readonly start: number;
  readonly end: number;
}

const WORDS: ReadonlySet<string> = new Set([
  ...KEYWORDS.map(({ word }) => word.toLowerCase()),
  ...OPERATORS.flatMap(({ spellings }) => spellings.flatMap((spelling) => spelling.split(" "))),
]);

/** The words of a text in order. */
export function semanticTokensOf(text: EditorText): readonly SemanticToken[] {
  if (text.kind === "pattern")
    return patternTokens(text.source.text, { start: 0, end: text.source.text.length });
  const known = knownWords(text);
  const tokens = text.tokens.flatMap((_, index) => scriptTokens(text, index, known));
  const comments = readComments(text.source.text, text.tokens).map(
    ({ start, end }): SemanticToken => ({ kind: "comment", start, end }),
  );
  return [...tokens, ...comments].sort((a, b) => a.start - b.start);
}

/** What the check knows of words, by where they start. */
function knownWords({ facts }: EditorScript): ReadonlyMap<number, WordKind> {
  const known = new Map<number, WordKind>();
  for (const { syntax, typed } of facts.expressions) {
    if (syntax.kind === "call") known.set(syntax.name.span.start, "function");
    if (syntax.kind === "time-offset") known.set(syntax.unit.span.start, "unit");
    if (syntax.kind !== "field" || typed.type.kind === "unknown") continue;
    known.set(syntax.name.span.start, "field");
  }
  for (const { syntax } of facts.commands.values()) {
    known.set(syntax.name.span.start, "command");
    for (const { name, value } of syntax.arguments) {
      const isBefore = value.kind !== "expression" || (name?.span.start ?? 0) < value.expression.span.start;
      if (name !== null) known.set(name.span.start, isBefore ? "argument" : "field");
    }
  }
  return known;
}

function scriptTokens(
  text: EditorScript,
  index: number,
  known: ReadonlyMap<number, WordKind>,
): readonly SemanticToken[] {
  const token = text.tokens[index];
  if (token === undefined) return [];
  const { start, end } = token.span;
  const one = (kind: WordKind): readonly SemanticToken[] => [{ kind, start, end }];
  switch (token.kind) {
    case "value-name":
    case "text-path":
      return one("value");
    case "stream-name":
    case "stream-path":
      return one("stream");
    case "step-name":
      return one("step");
    case "position":
      return one("field");
    case "literal": {
      const range = patternRangeOf(text.tokens, index);
      return range === null
        ? one(token.type === "string" ? "text" : "number")
        : aroundPattern(text.source.text, token.span, range);
    }
    case "name":
      return one(wordKind(token.text, text.tokens[index + 1], known.get(start)));
    case "symbol":
      return /^[()[\]{},;:.]/.test(token.text) ? [] : one("operator");
    default:
      return [];
  }
}

function wordKind(written: string, next: Token | undefined, known: WordKind | undefined): WordKind {
  const word = written.toLowerCase();
  if (known === "command" && WORDS.has(word) && !isOpening(next)) return "keyword";
  if (known !== undefined) return known;
  if (WORDS.has(word)) return "keyword";
  if (isOpening(next) && findFunction(written) !== null) return "function";
  return next?.kind === "symbol" && next.text === "]" && findTimeUnit(word) !== null ? "unit" : "field";
}

function isOpening(next: Token | undefined): boolean {
  return next?.kind === "symbol" && next.text === "(";
}

/** The marks around a pattern are text, what is inside is not. */
function aroundPattern(text: string, span: TextRange, range: TextRange): readonly SemanticToken[] {
  const open: SemanticToken = { kind: "text", start: span.start, end: range.start };
  const close: SemanticToken = { kind: "text", start: range.end, end: span.end };
  return [open, ...patternTokens(text, range), close]
    .map((token) => ({ ...token, ...trimmed(text, token) }))
    .filter(({ start, end }) => end > start);
}

function trimmed(text: string, { start, end }: TextRange): TextRange {
  const written = text.slice(start, end);
  const from = start + written.length - written.trimStart().length;
  return { start: from, end: Math.max(from, start + written.trimEnd().length) };
}

function patternTokens(text: string, range: TextRange): readonly SemanticToken[] {
  const tokens = readPatternTokens(text, range);
  let depth = 0;
  return tokens.flatMap((token, index) => {
    if (token.kind === "symbol" && "({".includes(token.text)) depth++;
    if (token.kind === "symbol" && ")}".includes(token.text)) depth--;
    const isSetting = token.kind === "word" && depth > 0 && isPatternSymbol(tokens[index + 1], "=");
    const isName = isPatternSymbol(tokens[index - 1], ":") && token.kind !== "symbol";
    const kind = isName ? "field" : isSetting ? "setting" : patternKind(token);
    return kind === null ? [] : [{ kind, start: token.start, end: token.end }];
  });
}

function patternKind(token: PatternToken): WordKind | null {
  switch (token.kind) {
    case "comment":
      return "comment";
    case "quoted":
      return "text";
    case "set":
      return "set";
    case "number":
      return "number";
    case "reference":
      return "subpattern";
    case "word":
      return findMatcher(token.text) === null ? null : "matcher";
    default:
      return /^[*+?|!<>]/.test(token.text) ? "operator" : null;
  }
}
