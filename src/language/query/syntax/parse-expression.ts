/** Expressions, by precedence. Grammar: see `operators.ts` for the operators, `parse-primary.ts` for what they bind. */
import { joinSpans, type TextSpan } from "#text";
import { COMPARISON_PRECEDENCE, OPERATORS, type OperatorEntry } from "../../operators.ts";
import { LONGEST_CHAIN, type TokenCursor } from "./cursor.ts";
import { parseList } from "./parse-list.ts";
import { parsePrimary } from "./parse-primary.ts";
import { isPipeAhead, isStreamAhead } from "./stream-ahead.ts";
import type { ExpressionSyntax, OperatorSyntax } from "./tree.ts";

const INFIX = bySpelling("infix");
const PREFIX = bySpelling("prefix");
/** Chains of these may be regrouped, so that a thousand of them nest ten deep. */
const REGROUPED = new Set(["and", "or", "concat"]);

function bySpelling(position: OperatorEntry["position"]): ReadonlyMap<string, OperatorEntry> {
  const entries = OPERATORS.filter((entry) => entry.position === position);
  return new Map(entries.flatMap((entry) => entry.spellings.map((spelling) => [spelling, entry] as const)));
}

/** expression = prefix-operator expression | operand { infix-operator operand } */
export function parseExpression(cursor: TokenCursor, least = 0): ExpressionSyntax {
  const start = cursor.peek().span;
  return cursor.nested(
    () => parseInfixes(cursor, parsePrefix(cursor), least),
    () => ({ kind: "error", span: start }),
  );
}

function parsePrefix(cursor: TokenCursor): ExpressionSyntax {
  const entry = PREFIX.get(operatorText(cursor));
  if (entry === undefined) {
    if (cursor.isSymbol("+")) cursor.take();
    return parsePrimary(cursor, parseExpression);
  }
  const at = cursor.take().span;
  const operand = parseExpression(cursor, entry.precedence);
  const span = joinSpans(at, operand.span);
  return { kind: "operator", operator: entry.name, operands: [operand], isNegated: false, at, span };
}

function parseInfixes(cursor: TokenCursor, first: ExpressionSyntax, least: number): ExpressionSyntax {
  let left = first;
  for (let links = 0; ; links++) {
    const next =
      parseIsNull(cursor, left, least) ??
      (least > COMPARISON_PRECEDENCE ? null : parseWithin(cursor, left)) ??
      parseInfix(cursor, left, least);
    if (next === null) return left;
    left = next;
    if (links >= LONGEST_CHAIN) {
      cursor.reportTooDeep();
      cursor.skipTo([",", "|"]);
      return { kind: "error", span: left.span };
    }
  }
}

function parseInfix(cursor: TokenCursor, left: ExpressionSyntax, least: number): ExpressionSyntax | null {
  const isNegated = cursor.isWord("not") && INFIX.get(operatorText(cursor, 1))?.takesNot === true;
  const entry = INFIX.get(operatorText(cursor, isNegated ? 1 : 0));
  if (entry === undefined || entry.precedence < least) return null;
  if (entry.name === "bit_or" && (!cursor.isInParentheses || isPipeAhead(cursor))) return null;
  if (isNegated) cursor.take();
  const at = cursor.take().span;
  if (entry.name === "in") return parseIn(cursor, left, at, isNegated);
  if (entry.name === "between") return parseBetween(cursor, left, at, isNegated);
  const operands = [left, parseExpression(cursor, entry.precedence + 1)];
  if (REGROUPED.has(entry.name)) return parseChain(cursor, entry, operands, at);
  return operatorOf(entry.name, operands, at, isNegated);
}

/** a AND b AND c …: read flat, given balanced. */
function parseChain(
  cursor: TokenCursor,
  entry: OperatorEntry,
  operands: ExpressionSyntax[],
  at: TextSpan,
): ExpressionSyntax {
  while (INFIX.get(operatorText(cursor)) === entry) {
    cursor.take();
    operands.push(parseExpression(cursor, entry.precedence + 1));
  }
  return balance(entry.name, operands, at);
}

function balance(operator: string, operands: readonly ExpressionSyntax[], at: TextSpan): ExpressionSyntax {
  if (operands.length <= 2) {
    const [only] = operands;
    return operands.length === 1 && only !== undefined ? only : operatorOf(operator, operands, at, false);
  }
  const half = operands.length >> 1;
  const halves = [operands.slice(0, half), operands.slice(half)];
  return operatorOf(
    operator,
    halves.map((part) => balance(operator, part, at)),
    at,
    false,
  );
}

function operatorOf(
  operator: string,
  operands: readonly ExpressionSyntax[],
  at: TextSpan,
  isNegated: boolean,
): OperatorSyntax {
  const first = operands[0]?.span ?? at;
  const span = joinSpans(first, operands.at(-1)?.span ?? at);
  return { kind: "operator", operator, operands, isNegated, at, span };
}

/** IS [NOT] NULL */
function parseIsNull(cursor: TokenCursor, left: ExpressionSyntax, least: number): ExpressionSyntax | null {
  if (!cursor.isWord("is") || least > COMPARISON_PRECEDENCE) return null;
  const at = cursor.take().span;
  const operator = cursor.takeWord("not") ? "is_not_null" : "is_null";
  if (!cursor.takeWord("null")) cursor.reportUnexpected("NULL", 'behind "IS"');
  const span = cursor.spanFrom(left.span);
  return { kind: "operator", operator, operands: [left], isNegated: false, at: cursor.spanFrom(at), span };
}

/** BETWEEN low AND high */
function parseBetween(
  cursor: TokenCursor,
  left: ExpressionSyntax,
  at: TextSpan,
  isNegated: boolean,
): ExpressionSyntax {
  const low = parseExpression(cursor, COMPARISON_PRECEDENCE + 1);
  if (!cursor.takeWord("and")) cursor.reportUnexpected("AND", "between the two ends of BETWEEN");
  const high = parseExpression(cursor, COMPARISON_PRECEDENCE + 1);
  return operatorOf("between", [left, low, high], at, isNegated);
}

/** IN (a, b) | IN (stream) | IN value */
function parseIn(
  cursor: TokenCursor,
  left: ExpressionSyntax,
  at: TextSpan,
  isNegated: boolean,
): ExpressionSyntax {
  if (cursor.isSymbol("(") && isStreamAhead(cursor, 1)) {
    cursor.take();
    const stream = cursor.readStream(cursor);
    cursor.expectSymbol(")", "behind the stream");
    return { kind: "in-stream", operand: left, stream, isNegated, span: cursor.spanFrom(left.span) };
  }
  if (!cursor.isSymbol("(")) {
    const operand = parseExpression(cursor, COMPARISON_PRECEDENCE + 1);
    return operatorOf("in", [left, operand], at, isNegated);
  }
  cursor.take();
  const list = cursor.parenthesised(() => parseList(cursor, ")", () => parseExpression(cursor)));
  const span = cursor.spanFrom(left.span);
  return { kind: "operator", operator: "in", operands: [left, ...list], isNegated, at, span };
}

/** time WITHIN amount unit OF time */
function parseWithin(cursor: TokenCursor, left: ExpressionSyntax): ExpressionSyntax | null {
  if (!cursor.isWord("within") || cursor.isSymbol("(", 1)) return null;
  cursor.take();
  const amount = parseExpression(cursor, COMPARISON_PRECEDENCE + 1);
  const unit = cursor.isWord("of") ? null : cursor.expectName("a unit of time");
  if (unit === null) cursor.reportUnexpected("a unit of time", "such as sec");
  if (!cursor.takeWord("of")) cursor.reportUnexpected("OF", "in front of the other time");
  const right = parseExpression(cursor, COMPARISON_PRECEDENCE + 1);
  const span = joinSpans(left.span, right.span);
  if (unit === null) return { kind: "error", span };
  return { kind: "within", left, amount, unit, right, span };
}

function operatorText(cursor: TokenCursor, ahead = 0): string {
  const token = cursor.peek(ahead);
  return token.kind === "symbol" ? token.text : token.kind === "name" ? token.text.toLowerCase() : "";
}
