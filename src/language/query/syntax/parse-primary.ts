/** What operators bind: constants, fields, calls, CASE, tuples, arrays, and the accesses behind them. */
import { joinSpans, spanOf, type TextSpan } from "#text";
import { LONGEST_CHAIN, type TokenCursor } from "./cursor.ts";
import { parseBracket } from "./parse-bracket.ts";
import { parseList } from "./parse-list.ts";
import { isPipeAhead } from "./stream-ahead.ts";
import type { LiteralToken, NameToken } from "./token.ts";
import type { ExpressionSyntax, NameSyntax, TupleSyntax, WindowSyntax } from "./tree.ts";

/** Reads a whole expression; given in because operands hold expressions. */
export type ExpressionReader = (cursor: TokenCursor) => ExpressionSyntax;

const NEVER_OPERANDS = new Set(["and", "or", "then", "when", "else", "between", "like"]);

/** operand = constant | field | call | case | tuple | array | '(' expression ')' , then { '[' … ']' } */
export function parsePrimary(cursor: TokenCursor, read: ExpressionReader): ExpressionSyntax {
  let result = parseOperand(cursor, read);
  for (let links = 0; cursor.isSymbol("["); links++) {
    if (links < LONGEST_CHAIN) {
      result = parseBracket(cursor, result, read);
    } else {
      cursor.reportTooDeep();
      cursor.skipTo([",", "|"]);
    }
  }
  return result;
}

function parseOperand(cursor: TokenCursor, read: ExpressionReader): ExpressionSyntax {
  const token = cursor.peek();
  switch (token.kind) {
    case "literal":
      return literalOf(cursor, token);
    case "position":
      cursor.take();
      return { kind: "position", position: token.position, span: token.span };
    case "text-path":
      cursor.take();
      return { kind: "text-file", path: token.path, span: token.span };
    case "value-name":
      return parseValue(cursor, { text: token.text, span: token.span }, read);
    case "name":
      return parseWord(cursor, token, read);
    case "symbol":
      return parseBracketed(cursor, token.text, token.span, read);
    default:
      return unexpected(cursor);
  }
}

function literalOf(cursor: TokenCursor, token: LiteralToken): ExpressionSyntax {
  cursor.take();
  const { type, value, content, span } = token;
  return { kind: "literal", type, value, content, span };
}

function unexpected(cursor: TokenCursor): ExpressionSyntax {
  const { span } = cursor.peek();
  cursor.reportUnexpected("a value", "");
  return { kind: "error", span: spanOf(span.source, span.start, span.start) };
}

/** $n | $f(a, b) */
function parseValue(cursor: TokenCursor, name: NameSyntax, read: ExpressionReader): ExpressionSyntax {
  cursor.take();
  if (!cursor.takeSymbol("(")) return { kind: "value", name, span: name.span };
  const values = cursor.parenthesised(() => parseList(cursor, ")", () => read(cursor)));
  return { kind: "user-call", name, arguments: values, span: cursor.spanFrom(name.span) };
}

function parseWord(cursor: TokenCursor, token: NameToken, read: ExpressionReader): ExpressionSyntax {
  const word = token.text.toLowerCase();
  if (cursor.isSymbol("(", 1)) return parseCall(cursor, token, read);
  if (word === "case" && !endsOperand(cursor)) return parseCase(cursor, read);
  if (NEVER_OPERANDS.has(word)) return unexpected(cursor);
  cursor.take();
  if (word === "null") return constantOf("null", null, token.span);
  if (word === "true" || word === "false") return constantOf("boolean", word === "true", token.span);
  const name: NameSyntax = { text: token.text, span: token.span };
  const next = cursor.peek(1);
  if (!cursor.isSymbol(".") || next.kind !== "name" || cursor.isSymbol("(", 2)) {
    return { kind: "field", qualifier: null, name, span: name.span };
  }
  cursor.take();
  cursor.take();
  const member: NameSyntax = { text: next.text, span: next.span };
  return { kind: "field", qualifier: name, name: member, span: joinSpans(name.span, next.span) };
}

/** Whether the word is a field all the same: nothing that an operand could start with follows it. */
function endsOperand(cursor: TokenCursor): boolean {
  const next = cursor.peek(1);
  return next.kind === "end" || (next.kind === "symbol" && !["(", "-", "{"].includes(next.text));
}

function constantOf(type: "null" | "boolean", value: boolean | null, span: TextSpan): ExpressionSyntax {
  return { kind: "literal", type, value, content: null, span };
}

/** name '(' [ '*' | [DISTINCT] expression { ',' expression } ] ')' [ OVER '(' … ')' ] */
function parseCall(cursor: TokenCursor, token: NameToken, read: ExpressionReader): ExpressionSyntax {
  cursor.take();
  cursor.take();
  const name: NameSyntax = { text: token.text, span: token.span };
  const isStar = cursor.isSymbol("*") && cursor.isSymbol(")", 1);
  if (isStar) cursor.take();
  const isDistinct = cursor.isWord("distinct") && !cursor.isSymbol(",", 1) && !cursor.isSymbol(")", 1);
  if (isDistinct) cursor.take();
  const values = cursor.parenthesised(() => parseList(cursor, ")", () => read(cursor)));
  const span = cursor.spanFrom(token.span);
  const window = parseWindow(cursor, read);
  return { kind: "call", name, arguments: values, isStar, isDistinct, window, span };
}

/** OVER '(' [PARTITION BY expression { ',' expression }] [ORDER BY expression [ASC | DESC] { ',' … }] ')' */
function parseWindow(cursor: TokenCursor, read: ExpressionReader): WindowSyntax | null {
  if (!cursor.isWord("over") || !cursor.isSymbol("(", 1)) return null;
  const start = cursor.take().span;
  cursor.take();
  const partition: ExpressionSyntax[] = [];
  const order: WindowSyntax["order"][number][] = [];
  cursor.parenthesised(() => {
    if (takeBy(cursor, "partition")) {
      do partition.push(read(cursor));
      while (cursor.takeSymbol(","));
    }
    if (!takeBy(cursor, "order")) return;
    do {
      const expression = read(cursor);
      const isDescending = cursor.takeWord("desc");
      if (!isDescending) cursor.takeWord("asc");
      order.push({ expression, isDescending });
    } while (cursor.takeSymbol(","));
  });
  if (!cursor.takeSymbol(")")) {
    cursor.reportUnexpected('")"', "behind the window");
    cursor.skipTo([","]);
    cursor.takeSymbol(")");
  }
  return { partition, order, span: cursor.spanFrom(start) };
}

function takeBy(cursor: TokenCursor, word: string): boolean {
  if (!cursor.takeWord(word)) return false;
  if (!cursor.takeWord("by")) cursor.reportUnexpected("BY", `behind "${word.toUpperCase()}"`);
  return true;
}

/** CASE [subject] { WHEN condition THEN value } [ ELSE value ] END */
function parseCase(cursor: TokenCursor, read: ExpressionReader): ExpressionSyntax {
  const start = cursor.take().span;
  const subject = cursor.isWord("when") ? null : read(cursor);
  const branches: { when: ExpressionSyntax; result: ExpressionSyntax }[] = [];
  while (cursor.takeWord("when")) {
    const when = read(cursor);
    if (!cursor.takeWord("then")) cursor.reportUnexpected("THEN", "behind the condition of CASE");
    branches.push({ when, result: read(cursor) });
  }
  if (branches.length === 0) cursor.reportUnexpected("WHEN", "behind CASE");
  const otherwise = cursor.takeWord("else") ? read(cursor) : null;
  if (!cursor.takeWord("end")) cursor.reportUnexpected("END", "at the end of CASE");
  return { kind: "case", subject, branches, otherwise, span: cursor.spanFrom(start) };
}

function parseBracketed(
  cursor: TokenCursor,
  symbol: string,
  start: TextSpan,
  read: ExpressionReader,
): ExpressionSyntax {
  switch (symbol) {
    case "(": {
      cursor.take();
      const inner = cursor.parenthesised(() => read(cursor));
      if (!cursor.takeSymbol(")")) {
        cursor.reportUnexpected('")"', "");
        if (!isPipeAhead(cursor)) cursor.skipTo([","]);
        cursor.takeSymbol(")");
      }
      return inner;
    }
    case "[": {
      cursor.take();
      const elements = cursor.parenthesised(() => parseList(cursor, "]", () => read(cursor)));
      return { kind: "array", elements, span: cursor.spanFrom(start) };
    }
    case "{":
      return cursor.parenthesised(() => parseTuple(cursor, read));
    default:
      return unexpected(cursor);
  }
}

/** '{' { [name ':'] expression | '*' } '}' */
export function parseTuple(cursor: TokenCursor, read: ExpressionReader): TupleSyntax {
  const start = cursor.take().span;
  const members = parseList(cursor, "}", (): TupleSyntax["members"][number] => {
    const at = cursor.peek().span;
    if (cursor.takeSymbol("*")) return { name: null, value: null, span: at };
    const name = cursor.isSymbol(":", 1) ? cursor.expectName("a name") : null;
    if (name !== null) cursor.take();
    const value = read(cursor);
    return { name, value, span: cursor.spanFrom(at) };
  });
  return { kind: "tuple", members, span: cursor.spanFrom(start) };
}
