/** Scripts: declarations and execution statements. */
import { type Diagnostics, joinSpans, spanOf, type TextSource, type TextSpan } from "#text";
import { TokenCursor } from "./cursor.ts";
import { readTokens } from "./lexer.ts";
import { parseExpression } from "./parse-expression.ts";
import { parseList } from "./parse-list.ts";
import { parseSteps, parseStream } from "./parse-stream.ts";
import type {
  ExpressionSyntax,
  FunctionStatement,
  NameSyntax,
  ScriptArgumentSyntax,
  ScriptSyntax,
  StatementSyntax,
} from "./tree.ts";

/** The statements of a script. What cannot be read is reported, and reading goes on behind it. */
export function parseScript(source: TextSource, diagnostics: Diagnostics): ScriptSyntax {
  const cursor = new TokenCursor(readTokens(source, diagnostics), diagnostics, parseStream);
  const statements: StatementSyntax[] = [];
  while (cursor.peek().kind !== "end") {
    if (cursor.takeSymbol(";")) continue;
    const before = cursor.position;
    const statement = parseStatement(cursor);
    if (statement !== null) statements.push(statement);
    if (cursor.position === before) cursor.take();
    expectStatementEnd(cursor);
  }
  return { statements };
}

/** The expression that a text is on its own. */
export function parseSingleExpression(source: TextSource, diagnostics: Diagnostics): ExpressionSyntax {
  const cursor = new TokenCursor(readTokens(source, diagnostics), diagnostics, parseStream);
  const expression = parseExpression(cursor);
  if (cursor.peek().kind !== "end") cursor.reportUnexpected("nothing more", "behind the value");
  return expression;
}

function expectStatementEnd(cursor: TokenCursor): void {
  const next = cursor.peek();
  if (next.kind === "end" || cursor.isSymbol(";") || cursor.isBehindHereDocument) return;
  cursor.reportUnexpected('";"', "behind the statement");
  if (cursor.isDeclarationAhead() || (next.kind === "value-name" && cursor.isSymbol("=", 1))) return;
  do {
    if (!cursor.isSymbol(";")) cursor.take();
    cursor.skipTo([]);
  } while (cursor.peek().kind !== "end" && !cursor.isSymbol(";") && !cursor.isDeclarationAhead());
}

function parseStatement(cursor: TokenCursor): StatementSyntax | null {
  const token = cursor.peek();
  switch (token.kind) {
    case "value-name":
      return cursor.isSymbol("(", 1) ? parseFunction(cursor) : parseValue(cursor);
    case "stream-name":
      return cursor.isSymbol("=", 1) ? parseStreamDeclaration(cursor) : parseExecution(cursor);
    case "step-name":
      return parseStepDeclaration(cursor);
    case "name":
      return parseWordStatement(cursor, token.text.toLowerCase());
    default:
      return parseExecution(cursor);
  }
}

function parseWordStatement(cursor: TokenCursor, word: string): StatementSyntax | null {
  if (word === "init" && cursor.isSymbol("(", 1)) return parseInit(cursor);
  if (word === "include" && cursor.peek(1).kind === "literal") return parseInclude(cursor);
  if (word === "create") return refuseFunction(cursor);
  return parseExecution(cursor);
}

/** name '=' expression */
function parseValue(cursor: TokenCursor): StatementSyntax | null {
  const name = takeSigilName(cursor);
  if (!cursor.expectSymbol("=", `behind "$${name.text}"`)) return null;
  const value = parseExpression(cursor);
  return { kind: "value", name, value, span: joinSpans(name.span, value.span) };
}

/** '@' name '=' stream */
function parseStreamDeclaration(cursor: TokenCursor): StatementSyntax {
  const name = takeSigilName(cursor);
  cursor.take();
  const stream = parseStream(cursor);
  return { kind: "stream", name, stream, span: joinSpans(name.span, stream.span) };
}

/** '@@' name '=' steps */
function parseStepDeclaration(cursor: TokenCursor): StatementSyntax | null {
  const name = takeSigilName(cursor);
  if (!cursor.expectSymbol("=", `behind "@@${name.text}"`)) return null;
  const steps = parseSteps(cursor);
  return { kind: "step", name, steps, span: cursor.spanFrom(name.span) };
}

function parseExecution(cursor: TokenCursor): StatementSyntax {
  const stream = parseStream(cursor);
  return { kind: "execution", stream, span: stream.span };
}

/** '$' name '(' parameters ')' ( '=' expression | '{' { '$' name '=' expression ';' } RETURN expression [';'] '}' ) */
function parseFunction(cursor: TokenCursor): FunctionStatement {
  const name = takeSigilName(cursor);
  cursor.take();
  const parameters = parseList(cursor, ")", () => parseParameter(cursor));
  const named = parameters.filter((parameter) => parameter !== null);
  const locals: { name: NameSyntax; value: ExpressionSyntax }[] = [];
  if (!cursor.takeSymbol("{")) {
    cursor.expectSymbol("=", `behind "$${name.text}(…)"`);
    if (cursor.isWord("create") && cursor.isWord("function", 1)) {
      const { span } = cursor.peek();
      refuseFunction(cursor);
      return { kind: "function", name, parameters: named, locals, result: { kind: "error", span }, span };
    }
    const result = parseExpression(cursor);
    return { kind: "function", name, parameters: named, locals, result, span: cursor.spanFrom(name.span) };
  }
  while (cursor.peek().kind === "value-name" && cursor.isSymbol("=", 1)) {
    const local = takeSigilName(cursor);
    cursor.take();
    locals.push({ name: local, value: parseExpression(cursor) });
    if (!cursor.takeSymbol(";")) cursor.reportUnexpected('";"', `behind the value of "$${local.text}"`);
  }
  if (!cursor.takeWord("return")) cursor.reportUnexpected("RETURN", "in the function's body");
  const result = parseExpression(cursor);
  cursor.takeSymbol(";");
  cursor.expectSymbol("}", "at the end of the function's body");
  return { kind: "function", name, parameters: named, locals, result, span: cursor.spanFrom(name.span) };
}

/** parameter = ['$'] name; a type behind `:` or `::` is read over */
function parseParameter(cursor: TokenCursor): NameSyntax | null {
  const token = cursor.peek();
  const name = token.kind === "value-name" ? takeSigilName(cursor) : cursor.expectName("a parameter's name");
  if (cursor.takeSymbol("::") || cursor.takeSymbol(":")) cursor.expectName("a type");
  return name;
}

/** INIT '(' { name ( ':' expression | '::' type [':' expression] ) } ')' */
function parseInit(cursor: TokenCursor): StatementSyntax {
  const start = cursor.take().span;
  cursor.take();
  const values = cursor.parenthesised(() => parseList(cursor, ")", () => parseInitArgument(cursor)));
  const present = values.filter((value) => value !== null);
  return { kind: "arguments", arguments: present, span: cursor.spanFrom(start) };
}

function parseInitArgument(cursor: TokenCursor): ScriptArgumentSyntax | null {
  const start = cursor.peek().span;
  const name =
    cursor.peek().kind === "value-name" ? takeSigilName(cursor) : cursor.expectName("an argument's name");
  if (name === null) return null;
  const typeName = cursor.takeSymbol("::") ? cursor.expectName("a type") : null;
  const hasDefault =
    typeName === null ? cursor.expectSymbol(":", "behind the argument's name") : cursor.takeSymbol(":");
  const defaultValue = hasDefault ? parseExpression(cursor) : null;
  return { name, typeName, defaultValue, span: cursor.spanFrom(start) };
}

/** INCLUDE 'path' */
function parseInclude(cursor: TokenCursor): StatementSyntax | null {
  const start = cursor.take().span;
  const path = cursor.expectName("a path in quotes");
  return path === null ? null : { kind: "include", path: path.text, span: joinSpans(start, path.span) };
}

/** CREATE FUNCTION … : code of other languages; the whole statement is refused and read over. */
function refuseFunction(cursor: TokenCursor): null {
  const { span } = cursor.peek();
  const end = cursor.isWord("function", 1) ? cursor.peek(1).span : span;
  const help = "A script is untrusted text: only declarations such as $f(a) = upper($a); are run.";
  cursor.report("script-refused", joinSpans(span, end), "Functions written in JavaScript are not run.", help);
  skipStatement(cursor);
  return null;
}

function skipStatement(cursor: TokenCursor): void {
  let depth = 0;
  for (;;) {
    const token = cursor.peek();
    if (token.kind === "end" || (depth <= 0 && cursor.isSymbol(";"))) return;
    if (token.kind === "symbol" && "([{".includes(token.text)) depth++;
    if (token.kind === "symbol" && ")]}".includes(token.text)) depth--;
    cursor.take();
  }
}

function takeSigilName(cursor: TokenCursor): NameSyntax {
  const token = cursor.take();
  const span: TextSpan = token.span;
  return token.kind === "value-name" || token.kind === "stream-name" || token.kind === "step-name"
    ? { text: token.text, span }
    : { text: "", span: spanOf(span.source, span.start, span.start) };
}
