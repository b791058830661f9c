/** Joins. */
import { joinSpans } from "#text";
import { typeName } from "../../types.ts";
import type { CommandSyntax, ExpressionSyntax, FieldSyntax } from "../syntax/tree.ts";
import type { Column, Expression, JoinType } from "../tree.ts";
import { reportArguments, streamOf } from "./arguments.ts";
import { unknownAt } from "./context.ts";
import { comparable, reportType } from "./convert.ts";
import { findColumn, namesOf, type RowNames } from "./row-names.ts";
import { expressionContext, type StreamContext, type StreamState } from "./stream-state.ts";
import { simple } from "./type-rules.ts";
import { checkCondition } from "./unify.ts";

/** `join(@s [AS x] ON condition)` and its kinds. */
export function checkJoin(
  command: CommandSyntax,
  joinType: JoinType,
  state: StreamState,
  context: StreamContext,
): StreamState {
  const { session } = context;
  const [argument] = command.arguments;
  const stream = argument === undefined ? null : streamOf(argument);
  const word = command.name.text;
  if (argument === undefined || stream === null) {
    const help = `Write ${word}(@other ON left.a = right.b).`;
    reportArguments(session, argument?.span ?? command.span, `"${word}" needs a stream.`, help);
    return { ...state, isOpen: true };
  }
  const right = context.checkStream(stream, context);
  const alias = argument.name?.text ?? null;
  const condition = checkOn(command, alias, state, right, context);
  const isOpen = state.isOpen || right.isOpen;
  const onlyLeft = joinType === "semi" || joinType === "anti";
  const columns = onlyLeft ? state.relation.columns : joinedColumns(state, right, alias ?? "right");
  return {
    relation: {
      kind: "join",
      joinType,
      left: state.relation,
      right: right.relation,
      condition,
      columns,
      span: command.span,
    },
    lost: state.lost,
    isOpen,
  };
}

/** Clashing columns of the right stream get the alias in front; its hidden ones stay hidden. */
function joinedColumns(left: StreamState, right: StreamState, prefix: string): readonly Column[] {
  const columns = [...left.relation.columns];
  const taken = new Set(columns.filter((column) => !column.isHidden).map((column) => column.name));
  const hidden = new Set(columns.map((column) => column.name));
  for (const column of right.relation.columns) {
    const clashes = column.isHidden
      ? hidden.has(column.name) || taken.has(column.name)
      : taken.has(column.name);
    let name = clashes ? `${prefix}_${column.name}` : column.name;
    while (taken.has(name)) name = `${name}_2`;
    (column.isHidden ? hidden : taken).add(name);
    columns.push({ ...column, name });
  }
  return columns;
}

function checkOn(
  command: CommandSyntax,
  alias: string | null,
  left: StreamState,
  right: StreamState,
  context: StreamContext,
): Expression {
  const { session } = context;
  if (command.on === null || command.on.length === 0) {
    const help = "Say which rows belong together: ON left.a = right.b, or ON name when both have it.";
    reportArguments(session, command.name.span, `"${command.name.text}" needs a condition behind ON.`, help);
    return unknownAt(command.span);
  }
  const qualifiers = alias === null ? ["right"] : ["right", alias];
  const rows: RowNames = {
    parts: [
      { qualifiers: ["left"], columns: left.relation.columns },
      { qualifiers, columns: right.relation.columns },
    ],
    lost: left.lost,
    isOpen: left.isOpen || right.isOpen,
  };
  const place = expressionContext(context, rows, "refused");
  const checkPart = (syntax: ExpressionSyntax) =>
    syntax.kind === "field" && syntax.qualifier === null
      ? sameName(syntax, left, right, context, rows)
      : checkCondition(syntax, place, "A join's condition");
  return command.on.map(checkPart).reduce((all, part) => ({
    kind: "call",
    function: "and",
    arguments: [all, part],
    type: simple("boolean"),
    span: joinSpans(all.span, part.span),
  }));
}

/** `ON name`: equal in both streams. */
function sameName(
  { name, span }: FieldSyntax,
  left: StreamState,
  right: StreamState,
  context: StreamContext,
  rows: RowNames,
): Expression {
  const { session } = context;
  const [a, b] = [left, right].map((state) =>
    findColumn(session, namesOf(state.relation.columns, state.lost, state.isOpen), null, name),
  );
  if (a === undefined || b === undefined || a === null || b === null) return unknownAt(span);
  const sides = comparable(
    expressionContext(context, rows, "refused"),
    { kind: "column", column: a.id, type: a.type, span },
    { kind: "column", column: b.id, type: b.type, span },
  );
  if (sides !== null)
    return { kind: "call", function: "equal", arguments: sides, type: simple("boolean"), span };
  const message = `"${name.text}" is of type ${typeName(a.type)} on the left, but ${typeName(b.type)} on the right.`;
  const help = `Convert one: ON left.${name.text} = ${typeName(a.type)}(right.${name.text}).`;
  reportType(expressionContext(context, rows, "refused"), { span }, message, help);
  return unknownAt(span);
}
