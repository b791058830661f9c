/** Where a cursor stands in a script: in which token, behind which tokens, inside which brackets. Works on broken text. */
import type { TextRange } from "../pattern/parse.ts";
import type { SymbolToken, Token } from "../query/syntax/token.ts";

/** Brackets that are open at the cursor. */
export interface Enclosing {
  readonly symbol: string;
  /** Where the bracket stands. */
  readonly start: number;
  /** What stands in front of it: a name, `$f`, `@[path]`; null when nothing that takes brackets. */
  readonly head: Token | null;
  /** What stands in front of the head. */
  readonly beforeHead: Token | null;
  /** How many commas stand between the bracket and the cursor. */
  readonly argument: number;
  /** The tokens of the argument the cursor is in, up to the cursor. */
  readonly tokens: readonly Token[];
}

/** A cursor between tokens, or in a word. */
export interface CodeCursor {
  /** The word at the cursor with its sign; empty when there is none. */
  readonly word: TextRange;
  readonly sign: "" | "$" | "@" | "@@";
  /** What of the word stands in front of the cursor, without the sign. */
  readonly typed: string;
  /** The tokens of the statement in front of the word. */
  readonly before: readonly Token[];
  /** Brackets around the cursor, the innermost last. */
  readonly enclosing: readonly Enclosing[];
}

/** Where a cursor is. */
export type CursorPlace =
  /** In a comment or a number: there is nothing to say. */
  | { readonly kind: "nothing" }
  /** In the text of a here-document. */
  | { readonly kind: "here"; readonly content: TextRange }
  /** In a quoted text; `content` is without the quotes, `code` is where the text stands. */
  | { readonly kind: "quoted"; readonly content: TextRange; readonly code: CodeCursor }
  /** In `@[…]` or `$[…]`. */
  | { readonly kind: "path"; readonly sign: "@" | "$"; readonly content: TextRange }
  | { readonly kind: "code"; readonly code: CodeCursor };

const WORD_BEFORE = /(@@|[@$])?([\p{L}_][\p{L}\p{N}_]*)?$/u;
const WORD_BEHIND = /^[\p{L}\p{N}_]*/u;
const OPEN_PATH = /([$@])\[([^\]\n'"]*)$/;
/** A line with more in front of the cursor is looked at from here on only. */
const LONGEST_LOOK = 2000;

/** The place of `offset`. Cost: linear in the number of tokens. */
export function placeAt(text: string, tokens: readonly Token[], offset: number): CursorPlace {
  const at = tokens.find((token) => token.span.start < offset && offset <= insideEnd(text, token));
  if (at?.kind === "literal" && at.content !== null) {
    const { start, end } = at.content;
    if (offset >= start && offset <= end) return { kind: "here", content: { start, end } };
    return { kind: "nothing" };
  }
  if (at?.kind === "literal" && isQuoted(text, at)) {
    const content = { start: at.span.start + 1, end: isClosed(text, at) ? at.span.end - 1 : at.span.end };
    return { kind: "quoted", content, code: codeAt(tokens, at.span, "", "") };
  }
  if (at?.kind === "stream-path" || at?.kind === "text-path") {
    if (offset < at.span.start + 2) return { kind: "nothing" };
    const content = { start: at.span.start + 2, end: at.span.end - 1 };
    return { kind: "path", sign: at.kind === "stream-path" ? "@" : "$", content };
  }
  if (at?.kind === "literal" || at?.kind === "position") return { kind: "nothing" };
  if (at === undefined && isInComment(text, tokens, offset)) return { kind: "nothing" };
  return wordPlace(text, tokens, offset);
}

function wordPlace(text: string, tokens: readonly Token[], offset: number): CursorPlace {
  const line = text.slice(Math.max(text.lastIndexOf("\n", offset - 1) + 1, offset - LONGEST_LOOK), offset);
  const path = OPEN_PATH.exec(line);
  if (path !== null) {
    const start = offset - (path[2] ?? "").length;
    return { kind: "path", sign: path[1] === "@" ? "@" : "$", content: { start, end: offset } };
  }
  const [whole = "", sign = "", typed = ""] = WORD_BEFORE.exec(line) ?? [];
  const behind = WORD_BEHIND.exec(text.slice(offset, offset + LONGEST_LOOK))?.[0] ?? "";
  const isWord = whole !== "" || /^[\p{L}_]/u.test(behind);
  const word = { start: offset - whole.length, end: offset + (isWord ? behind.length : 0) };
  return { kind: "code", code: codeAt(tokens, word, sign, typed) };
}

/** Up to where a cursor counts as inside the token; a closed quoted text is left behind its quote. */
function insideEnd(text: string, token: Token): number {
  const isLeft = token.kind === "literal" && isQuoted(text, token) && isClosed(text, token);
  const isPath = token.kind === "stream-path" || token.kind === "text-path";
  if (token.kind === "symbol" || token.kind === "end") return -1;
  return token.span.end - (isLeft || isPath ? 1 : 0);
}

function isQuoted(text: string, token: Token): boolean {
  return /["']/.test(text.charAt(token.span.start));
}

function isClosed(text: string, { span }: Token): boolean {
  return span.end - span.start > 1 && text[span.end - 1] === text[span.start];
}

function isInComment(text: string, tokens: readonly Token[], offset: number): boolean {
  const before = lastBefore(tokens, offset);
  const gap = text.slice(before?.span.end ?? 0, offset);
  for (let at = 0; at < gap.length; ) {
    if (gap.startsWith("//", at)) {
      const feed = gap.indexOf("\n", at);
      if (feed < 0) return true;
      at = feed + 1;
    } else if (gap.startsWith("/*", at)) {
      const close = gap.indexOf("*/", at + 2);
      if (close < 0) return true;
      at = close + 2;
    } else at++;
  }
  return false;
}

function lastBefore(tokens: readonly Token[], offset: number): Token | undefined {
  return tokens.findLast((token) => token.kind !== "end" && token.span.end <= offset);
}

function codeAt(tokens: readonly Token[], word: TextRange, sign: string, typed: string): CodeCursor {
  const end = tokens.findIndex((token) => token.kind === "end" || token.span.end > word.start);
  const all = tokens.slice(0, end < 0 ? tokens.length : end);
  const before = all.slice(statementStart(all));
  const known = sign === "$" || sign === "@" || sign === "@@" ? sign : "";
  return {
    word: { start: word.start, end: word.end },
    sign: known,
    typed,
    before,
    enclosing: enclosingAt(before),
  };
}

/** The first token of the statement that the tokens end in. */
function statementStart(tokens: readonly Token[]): number {
  let braces = 0;
  for (let index = tokens.length - 1; index >= 0; index--) {
    const token = tokens[index];
    if (token?.kind !== "symbol") {
      if (token !== undefined && startsDeclaration(tokens, index)) return index;
      continue;
    }
    if (token.text === "}") braces++;
    if (token.text === "{") braces--;
    if (token.text === ";" && braces <= 0) return index + 1;
  }
  return 0;
}

/** `@s =` and `@@s =` can only begin a declaration. */
function startsDeclaration(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index];
  const next = tokens[index + 1];
  const isName = token?.kind === "stream-name" || token?.kind === "step-name";
  return isName && next?.kind === "symbol" && next.text === "=";
}

const OPENING = new Set(["(", "[", "{"]);
const CLOSING = new Set([")", "]", "}"]);

/** Deeper than this nothing is parsed; only so many brackets are told about. */
const MOST_ENCLOSING = 128;

interface OpenBracket {
  readonly token: SymbolToken;
  readonly index: number;
  argument: number;
  argumentStart: number;
}

function enclosingAt(tokens: readonly Token[]): readonly Enclosing[] {
  const open: OpenBracket[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== "symbol") continue;
    const top = open.at(-1);
    if (OPENING.has(token.text)) open.push({ token, index, argument: 0, argumentStart: index + 1 });
    else if (CLOSING.has(token.text)) open.pop();
    else if ((token.text === "," || token.text === ";") && top !== undefined) {
      top.argument++;
      top.argumentStart = index + 1;
    }
  }
  return open.slice(-MOST_ENCLOSING).map(({ token, index, argument, argumentStart }) => ({
    symbol: token.text,
    start: token.span.start,
    head: headOf(tokens[index - 1]),
    beforeHead: tokens[index - 2] ?? null,
    argument,
    tokens: tokens.slice(argumentStart),
  }));
}

function headOf(token: Token | undefined): Token | null {
  return token?.kind === "name" || token?.kind === "value-name" || token?.kind === "stream-path"
    ? token
    : null;
}
