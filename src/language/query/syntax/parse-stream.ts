/** Streams: a source of rows and the commands behind it. */
import { spanOf, type TextSpan } from "#text";
import { findCommand } from "../commands.ts";
import { KEYWORDS } from "../keywords.ts";
import { LONGEST_CHAIN, type TokenCursor } from "./cursor.ts";
import { parseExpression } from "./parse-expression.ts";
import { parseList } from "./parse-list.ts";
import { parseSelectStatement } from "./parse-select-statement.ts";
import { isStreamAhead } from "./stream-ahead.ts";
import type {
  ArgumentSyntax,
  ArgumentValue,
  CommandSyntax,
  ExpressionSyntax,
  NameSyntax,
  StepSyntax,
  StreamSourceSyntax,
  StreamSyntax,
} from "./tree.ts";

/** stream = source { ('|' | '.') step } */
export function parseStream(cursor: TokenCursor): StreamSyntax {
  const start = cursor.peek().span;
  const source = cursor.nested<StreamSourceSyntax>(
    () => parseSource(cursor),
    () => ({ kind: "error", span: start }),
  );
  const steps = parsePipes(cursor);
  return { source, steps, span: cursor.spanFrom(start) };
}

/** steps = step { ('|' | '.') step }, for a declared pipeline step */
export function parseSteps(cursor: TokenCursor): readonly StepSyntax[] {
  if (!cursor.takeSymbol("|")) cursor.takeSymbol(".");
  return [parseStep(cursor), ...parsePipes(cursor)];
}

function parsePipes(cursor: TokenCursor): readonly StepSyntax[] {
  const steps: StepSyntax[] = [];
  while (cursor.isSymbol("|") || cursor.isSymbol(".")) {
    cursor.take();
    if (steps.length >= LONGEST_CHAIN) {
      cursor.reportTooDeep();
      cursor.skipTo([";"]);
      return steps;
    }
    steps.push(parseStep(cursor));
  }
  return steps;
}

/** step = '@@' name | command */
function parseStep(cursor: TokenCursor): StepSyntax {
  const token = cursor.peek();
  if (token.kind === "step-name") {
    cursor.take();
    return { kind: "step", name: { text: token.text, span: token.span }, span: token.span };
  }
  if (token.kind === "name") {
    const command = parseCommand(cursor, { text: token.text, span: token.span });
    const isBare = command.span === command.name.span && isOperandAhead(cursor);
    return isBare ? refuseBareStep(cursor, command) : { kind: "command", command, span: command.span };
  }
  cursor.reportUnexpected("a command", 'behind the "|"');
  cursor.skipTo(["|", "."]);
  return emptyStep(token.span);
}

/** `filter n > 5`: an unknown command is told when it is checked. */
function refuseBareStep(cursor: TokenCursor, { name }: CommandSyntax): StepSyntax {
  const isKnown = findCommand(name.text) !== null;
  const help = `What a command works on stands in parentheses: ${name.text}(…).`;
  if (isKnown) cursor.reportUnexpected('"("', `behind "${name.text}"`, help);
  cursor.skipTo(["|"]);
  return isKnown ? emptyStep(name.span) : commandStep({ name, arguments: [], on: null, span: name.span });
}

/** Words that may follow a command without parentheses. */
const FOLLOWING: ReadonlySet<string> = new Set(
  KEYWORDS.filter(({ place }) => place !== "value" && place !== "case").flatMap(({ word }) =>
    word.toLowerCase().split(" "),
  ),
);

function isOperandAhead(cursor: TokenCursor): boolean {
  const token = cursor.peek();
  if (token.kind === "name") return !FOLLOWING.has(token.text.toLowerCase());
  return token.kind === "literal" || token.kind === "value-name";
}

function commandStep(command: CommandSyntax): StepSyntax {
  return { kind: "command", command, span: command.span };
}

/** A step that was told to be wrong. */
function emptyStep(span: TextSpan): StepSyntax {
  return commandStep({ name: { text: "", span }, arguments: [], on: null, span });
}

function parseSource(cursor: TokenCursor): StreamSourceSyntax {
  const token = cursor.peek();
  switch (token.kind) {
    case "stream-name":
      cursor.take();
      return { kind: "named", name: { text: token.text, span: token.span }, span: token.span };
    case "stream-path": {
      cursor.take();
      const values = cursor.takeSymbol("(") ? parseArguments(cursor) : [];
      return { kind: "view", path: token.path, arguments: values, span: cursor.spanFrom(token.span) };
    }
    case "name": {
      if (isSelectStatement(cursor)) {
        const stream = parseSelectStatement(cursor, { parseExpression, parseStream });
        return { kind: "nested", stream, span: stream.span };
      }
      const command = parseCommand(cursor, { text: token.text, span: token.span });
      return { kind: "command", command, span: command.span };
    }
    case "symbol":
      return parseSymbolSource(cursor);
    default:
      cursor.reportUnexpected("a stream", "");
      return { kind: "error", span: token.span };
  }
}

function isSelectStatement(cursor: TokenCursor): boolean {
  return cursor.isWord("select") && !cursor.isSymbol(":", 1);
}

/** '(' stream ')' | tuple { ',' tuple } | '[' tuple { ',' tuple } ']' */
function parseSymbolSource(cursor: TokenCursor): StreamSourceSyntax {
  const { span } = cursor.peek();
  if (cursor.isSymbol("(")) {
    cursor.take();
    const stream = parseStream(cursor);
    cursor.expectSymbol(")", "behind the stream");
    return { kind: "nested", stream, span: cursor.spanFrom(span) };
  }
  if (!cursor.isSymbol("{") && !cursor.isSymbol("[")) {
    cursor.reportUnexpected("a stream", "");
    cursor.skipTo(["|"]);
    return { kind: "error", span: spanOf(span.source, span.start, span.start) };
  }
  const rows: ArgumentSyntax[] = [];
  do {
    if (!cursor.isSymbol("{") && !cursor.isSymbol("[")) break;
    const expression = parseExpression(cursor);
    const value: ArgumentValue = { kind: "expression", expression };
    rows.push({ name: null, value, direction: null, span: expression.span });
  } while (cursor.takeSymbol(","));
  const all = cursor.spanFrom(span);
  const name: NameSyntax = { text: "values", span };
  return { kind: "command", command: { name, arguments: rows, on: null, span: all }, span: all };
}

/** command = name [ '(' arguments ')' ] */
function parseCommand(cursor: TokenCursor, name: NameSyntax): CommandSyntax {
  cursor.take();
  if (!cursor.takeSymbol("(")) return { name, arguments: [], on: null, span: name.span };
  let on: readonly ExpressionSyntax[] | null = null;
  const takesStreams = TAKES_STREAMS.test(name.text);
  const readOn = () => {
    on = parseOn(cursor);
  };
  const values = parseArguments(cursor, { takesStreams, readOn });
  return { name, arguments: values, on, span: cursor.spanFrom(name.span) };
}

/** ON condition | ON name { ',' name } */
function parseOn(cursor: TokenCursor): readonly ExpressionSyntax[] {
  const conditions = [cursor.parenthesised(() => parseExpression(cursor))];
  while (cursor.isSymbol(",") && !cursor.isSymbol(")", 1)) {
    cursor.take();
    conditions.push(cursor.parenthesised(() => parseExpression(cursor)));
  }
  return conditions;
}

/** arguments = { argument [ON …] ',' } ')' */
function parseArguments(cursor: TokenCursor, options: ArgumentOptions = {}): readonly ArgumentSyntax[] {
  const { takesStreams = false, readOn } = options;
  return cursor.parenthesised(() =>
    parseList(cursor, ")", () => {
      const argument = parseArgument(cursor, takesStreams);
      if (readOn !== undefined && cursor.takeWord("on")) readOn();
      return argument;
    }),
  );
}

interface ArgumentOptions {
  /** Whether a call is a command that gives rows rather than a function. */
  readonly takesStreams?: boolean;
  readonly readOn?: () => void;
}

const TAKES_STREAMS = /join$|^union$/i;

/** argument = [name ':'] ( '*' | stream | expression ) [AS name] [ASC | DESC] */
function parseArgument(cursor: TokenCursor, takesStreams: boolean): ArgumentSyntax {
  const start = cursor.peek().span;
  const before = cursor.isSymbol(":", 1) ? cursor.expectName("a name") : null;
  if (before !== null) cursor.take();
  const value = parseArgumentValue(cursor, takesStreams);
  const behind = cursor.takeWord("as")
    ? cursor.expectName('a name behind "AS"')
    : parseStreamAlias(cursor, value);
  const direction = cursor.takeWord("desc") ? "descending" : cursor.takeWord("asc") ? "ascending" : null;
  return { name: before ?? behind, value, direction, span: cursor.spanFrom(start) };
}

/** `join(@s x ON …)`: the AS may be left out in front of ON. */
function parseStreamAlias(cursor: TokenCursor, value: ArgumentValue): NameSyntax | null {
  const isAlias = value.kind === "stream" && !cursor.isWord("on") && cursor.isWord("on", 1);
  return isAlias ? cursor.expectName("a name") : null;
}

function parseArgumentValue(cursor: TokenCursor, takesStreams: boolean): ArgumentValue {
  const { span } = cursor.peek();
  const isStar = cursor.isSymbol("*") && (cursor.isSymbol(",", 1) || cursor.isSymbol(")", 1));
  if (isStar) {
    cursor.take();
    return { kind: "star", span };
  }
  const isCommand = takesStreams && cursor.peek().kind === "name" && cursor.isSymbol("(", 1);
  if (isCommand || isStreamAhead(cursor) || isCommandAhead(cursor))
    return { kind: "stream", stream: parseStream(cursor) };
  return { kind: "expression", expression: parseExpression(cursor) };
}

/** `join(PARSE(pattern:$p, src:'x') ON …)`: a call with named arguments is a command. */
function isCommandAhead(cursor: TokenCursor): boolean {
  return cursor.peek().kind === "name" && cursor.isSymbol("(", 1) && cursor.isSymbol(":", 3);
}
