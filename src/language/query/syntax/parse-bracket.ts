/** What stands in `[…]` behind a value: a member's name, a time offset, or an index. */
import { spanOf } from "#text";
import type { TokenCursor } from "./cursor.ts";
import type { LiteralToken, SigilToken } from "./token.ts";
import type { ExpressionSyntax } from "./tree.ts";

/** '[' ( name | 'odd name' | [sign] amount unit | expression ) ']' */
export function parseBracket(
  cursor: TokenCursor,
  object: ExpressionSyntax,
  read: (cursor: TokenCursor) => ExpressionSyntax,
): ExpressionSyntax {
  cursor.take();
  return parseMember(cursor, object) ?? parseTimeOffset(cursor, object) ?? parseIndex(cursor, object, read);
}

/** Names may hold blanks without quotes: `props[Process ID]`. */
function parseMember(cursor: TokenCursor, object: ExpressionSyntax): ExpressionSyntax | null {
  const first = cursor.peek();
  if (first.kind === "literal" && typeof first.value === "string" && cursor.isSymbol("]", 1)) {
    cursor.take();
    cursor.take();
    const name = { text: first.value, span: first.span };
    return { kind: "member", object, name, span: cursor.spanFrom(object.span) };
  }
  if (first.kind !== "name") return null;
  const length = bareNameLength(cursor);
  if (length === 0) return null;
  for (let index = 0; index < length; index++) cursor.take();
  const span = cursor.spanFrom(first.span);
  cursor.take();
  const name = { text: span.source.text.slice(span.start, span.end), span };
  return { kind: "member", object, name, span: cursor.spanFrom(object.span) };
}

/** How many tokens of a bare name stand before the closing bracket; 0 when it is none. */
function bareNameLength(cursor: TokenCursor): number {
  for (let length = 0; ; length++) {
    const token = cursor.peek(length);
    if (token.kind === "symbol" && token.text === "]") return length;
    const isPart =
      token.kind === "name" ||
      (token.kind === "literal" && token.type === "integer") ||
      (token.kind === "symbol" && ["-", ".", ":", "/", "&", "+"].includes(token.text));
    if (!isPart) return 0;
  }
}

function parseTimeOffset(cursor: TokenCursor, object: ExpressionSyntax): ExpressionSyntax | null {
  const isSigned = cursor.isSymbol("-") || cursor.isSymbol("+");
  const amount = cursor.peek(isSigned ? 1 : 0);
  const unit = cursor.peek(isSigned ? 2 : 1);
  if (amount.kind !== "value-name" && (amount.kind !== "literal" || amount.type === "string")) return null;
  if (unit.kind !== "name") return null;
  const sign = !isSigned ? null : cursor.isSymbol("-") ? "-" : "+";
  for (let index = isSigned ? 3 : 2; index > 0; index--) cursor.take();
  if (!cursor.takeSymbol("]")) {
    cursor.reportUnexpected('"]"', "behind the unit of time");
    cursor.skipTo([","]);
    cursor.takeSymbol("]");
  }
  return {
    kind: "time-offset",
    object,
    sign,
    amount: amountOf(amount),
    unit: { text: unit.text, span: unit.span },
    span: cursor.spanFrom(object.span),
  };
}

function amountOf(token: LiteralToken | SigilToken): ExpressionSyntax {
  const { span } = token;
  if (token.kind !== "literal") return { kind: "value", name: { text: token.text, span }, span };
  return { kind: "literal", type: token.type, value: token.value, content: null, span };
}

function parseIndex(
  cursor: TokenCursor,
  object: ExpressionSyntax,
  read: (cursor: TokenCursor) => ExpressionSyntax,
): ExpressionSyntax {
  const start = cursor.peek().span;
  const index = cursor.isSymbol("]")
    ? ({ kind: "error", span: spanOf(start.source, start.start, start.start) } as const)
    : cursor.parenthesised(() => read(cursor));
  if (index.kind === "error") cursor.reportUnexpected("a member's name, an index or a time", 'in "[…]"');
  if (!cursor.takeSymbol("]")) {
    cursor.reportUnexpected('"]"', "");
    cursor.skipTo([","]);
    cursor.takeSymbol("]");
  }
  return { kind: "index", object, index, span: cursor.spanFrom(object.span) };
}
