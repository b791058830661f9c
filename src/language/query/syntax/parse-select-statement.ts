/** SQL statements over streams, read as the pipeline they mean. */
import type { TextSpan } from "#text";
import type { TokenCursor } from "./cursor.ts";
import type {
  ArgumentSyntax,
  ArgumentValue,
  CommandSyntax,
  ExpressionSyntax,
  NameSyntax,
  StepSyntax,
  StreamSyntax,
} from "./tree.ts";

/** The readers of what a statement holds; given in because they hold statements. */
export interface InnerReaders {
  readonly parseExpression: (cursor: TokenCursor) => ExpressionSyntax;
  readonly parseStream: (cursor: TokenCursor) => StreamSyntax;
}

const JOINS: Readonly<Record<string, string>> = {
  inner: "join",
  left: "leftjoin",
  right: "rightjoin",
  full: "fulljoin",
  semi: "semijoin",
  anti: "antijoin",
};

/**
 * SELECT [DISTINCT] item { ',' item } FROM stream { [kind] JOIN stream [[AS] name] (ON condition | USING (names)) } [WHERE condition]
 * [GROUP BY key { ',' key }] [HAVING condition] [ORDER BY key { ',' key }] [LIMIT n]
 */
export function parseSelectStatement(cursor: TokenCursor, readers: InnerReaders): StreamSyntax {
  const start = cursor.take().span;
  const isDistinct = cursor.takeWord("distinct");
  const items = parseItems(cursor, readers);
  const select = commandOf("select", items, cursor.spanFrom(start));
  const steps: StepSyntax[] = [];
  const from = parseFrom(cursor, readers, steps);
  addCondition(cursor, readers, steps, "where");
  steps.push(select);
  if (cursor.isWord("group")) {
    const at = cursor.take().span;
    if (!cursor.takeWord("by")) cursor.reportUnexpected("BY", 'behind "GROUP"');
    steps.push(commandOf("group", parseItems(cursor, readers), cursor.spanFrom(at)));
  }
  addCondition(cursor, readers, steps, "having");
  if (isDistinct) steps.push(commandOf("distinct", [], start));
  if (cursor.isWord("order")) {
    const at = cursor.take().span;
    if (!cursor.takeWord("by")) cursor.reportUnexpected("BY", 'behind "ORDER"');
    steps.push(commandOf("sort", parseItems(cursor, readers), cursor.spanFrom(at)));
  }
  if (cursor.isWord("limit")) {
    const at = cursor.take().span;
    const value = expressionArgument(readers.parseExpression(cursor));
    steps.push(commandOf("limit", [value], cursor.spanFrom(at)));
  }
  return { source: { kind: "nested", stream: from, span: from.span }, steps, span: cursor.spanFrom(start) };
}

function parseFrom(cursor: TokenCursor, readers: InnerReaders, steps: StepSyntax[]): StreamSyntax {
  const at = cursor.peek().span;
  if (!cursor.takeWord("from")) {
    cursor.reportUnexpected("FROM", "behind the columns of SELECT");
    return { source: { kind: "error", span: at }, steps: [], span: at };
  }
  const stream = readers.parseStream(cursor);
  refuseName(cursor);
  for (;;) {
    const join = parseJoin(cursor, readers);
    if (join === null) return stream;
    steps.push(join);
  }
}

/** FROM @s AS a: only a joined stream has a name. */
function refuseName(cursor: TokenCursor): void {
  if (!cursor.isWord("as")) return;
  const help = "Its fields are named without one; in a join they are left.name.";
  cursor.report("query-syntax", cursor.peek().span, "The stream behind FROM takes no name.", help);
  cursor.take();
  if (cursor.peek().kind === "name") cursor.take();
}

function parseJoin(cursor: TokenCursor, readers: InnerReaders): StepSyntax | null {
  const word = cursor.peek();
  const kind = word.kind === "name" ? (JOINS[word.text.toLowerCase()] ?? null) : null;
  if (!cursor.isWord("join") && (kind === null || !(cursor.isWord("join", 1) || cursor.isWord("outer", 1)))) {
    return null;
  }
  const start = word.span;
  if (kind !== null) cursor.take();
  cursor.takeWord("outer");
  cursor.takeWord("join");
  const stream = readers.parseStream(cursor);
  const isNamed = cursor.takeWord("as") || cursor.isWord("on", 1) || cursor.isWord("using", 1);
  const name = isNamed ? cursor.expectName("a name of the joined stream") : null;
  const on = parseJoinCondition(cursor, readers);
  const value: ArgumentValue = { kind: "stream", stream };
  const argument: ArgumentSyntax = { name, value, direction: null, span: stream.span };
  const command: CommandSyntax = {
    name: { text: kind ?? "join", span: start },
    arguments: [argument],
    on,
    span: cursor.spanFrom(start),
  };
  return { kind: "command", command, span: command.span };
}

/** ON condition | USING '(' name { ',' name } ')' */
function parseJoinCondition(cursor: TokenCursor, readers: InnerReaders): readonly ExpressionSyntax[] | null {
  if (cursor.takeWord("on")) return [readers.parseExpression(cursor)];
  if (!cursor.takeWord("using") || !cursor.expectSymbol("(", 'behind "USING"')) return null;
  const names: ExpressionSyntax[] = [];
  do {
    names.push(readers.parseExpression(cursor));
  } while (cursor.takeSymbol(","));
  cursor.expectSymbol(")", 'behind the names of "USING"');
  return names;
}

function addCondition(
  cursor: TokenCursor,
  readers: InnerReaders,
  steps: StepSyntax[],
  word: "where" | "having",
): void {
  if (!cursor.isWord(word)) return;
  const at = cursor.take().span;
  const value = expressionArgument(readers.parseExpression(cursor));
  steps.push(commandOf("filter", [value], cursor.spanFrom(at)));
}

/** item = '*' | expression [[AS] name] [ASC | DESC] */
function parseItems(cursor: TokenCursor, readers: InnerReaders): readonly ArgumentSyntax[] {
  const items: ArgumentSyntax[] = [];
  do {
    const { span } = cursor.peek();
    if (cursor.takeSymbol("*")) {
      items.push({ name: null, value: { kind: "star", span }, direction: null, span });
      continue;
    }
    const expression = readers.parseExpression(cursor);
    const name = cursor.takeWord("as") ? cursor.expectName('a name behind "AS"') : null;
    const direction = cursor.takeWord("desc") ? "descending" : cursor.takeWord("asc") ? "ascending" : null;
    items.push({ ...expressionArgument(expression), name, direction, span: cursor.spanFrom(span) });
  } while (cursor.takeSymbol(","));
  return items;
}

function expressionArgument(expression: ExpressionSyntax): ArgumentSyntax {
  return { name: null, value: { kind: "expression", expression }, direction: null, span: expression.span };
}

function commandOf(text: string, values: readonly ArgumentSyntax[], span: TextSpan): StepSyntax {
  const name: NameSyntax = { text, span };
  return { kind: "command", command: { name, arguments: values, on: null, span }, span };
}
