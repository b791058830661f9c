/** Tokens of query text, and the lexer's findings about them. */
import type { TextSpan } from "#text";
import type { SimpleTypeKind, Value } from "../../types.ts";

export type Token =
  | NameToken
  | SigilToken
  | PositionToken
  | PathToken
  | LiteralToken
  | SymbolToken
  | { readonly kind: "end"; readonly span: TextSpan };

/** A word: a field, function, command or keyword, as written. */
export interface NameToken {
  readonly kind: "name";
  readonly text: string;
  readonly span: TextSpan;
}

/** `$x`, `@x`, `@@x`; `text` is without the sign. */
export interface SigilToken {
  readonly kind: "value-name" | "stream-name" | "step-name";
  readonly text: string;
  readonly span: TextSpan;
}

/** `@1`: the column at a place counted from 1. */
export interface PositionToken {
  readonly kind: "position";
  readonly position: number;
  readonly span: TextSpan;
}

/** `$[path]` and `@[path]`. */
export interface PathToken {
  readonly kind: "text-path" | "stream-path";
  readonly path: string;
  readonly span: TextSpan;
}

/** A constant. `content` is set for here-documents: where the text between the marks stands, unchanged. */
export interface LiteralToken {
  readonly kind: "literal";
  readonly type: SimpleTypeKind;
  readonly value: Value;
  readonly content: TextSpan | null;
  readonly span: TextSpan;
}

/** Punctuation. */
export interface SymbolToken {
  readonly kind: "symbol";
  readonly text: string;
  readonly span: TextSpan;
}

/** What a message calls a token. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case "end":
      return "the end of the script";
    case "literal":
      return token.content === null ? `"${shorten(spanText(token.span))}"` : "a here-document";
    default:
      return `"${shorten(spanText(token.span))}"`;
  }
}

function spanText(span: TextSpan): string {
  return span.source.text.slice(span.start, span.end);
}

function shorten(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > 40 ? `${line.slice(0, 40)}…` : line;
}
