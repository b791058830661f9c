/** Joins. */
import { joinSpans } from "#text";
import { typeName } from "../../types.ts";
import type { CommandSyntax, ExpressionSyntax, FieldSyntax } from "../syntax/tree.ts";
import type { Column, Expression, JoinType, Relation } from "../tree.ts";
import { reportArguments, streamOf } from "./arguments.ts";
import { constantFlag } from "./constant-flag.ts";
import { unknownAt } from "./context.ts";
import { comparable, reportType } from "./convert.ts";
import { type Nearness, nearestRelation, nearnessOf } from "./nearest.ts";
import { findColumn, type RowNames } from "./row-names.ts";
import { expressionContext, namesIn, type StreamContext, type StreamState } from "./stream-state.ts";
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
  const isOpen = state.isOpen || right.isOpen;
  const onlyLeft = joinType === "semi" || joinType === "anti";
  const columns = onlyLeft ? state.relation.columns : joinedColumns(state, right, alias ?? "right");
  const streams = joinedStreams(state, right, alias);
  const renamed = columns.filter(({ id, name }) =>
    right.relation.columns.some((column) => column.id === id && column.name !== name),
  );
  const named: RowNames["parts"] = [...streams, { qualifiers: [], columns: renamed }];
  const { condition, nearness } = checkOn(command, named, state, right, context);
  const isOneToOne = checkOptions(command, nearness !== null, context);
  const join = {
    joinType,
    left: state.relation,
    right: right.relation,
    condition,
    columns,
    span: command.span,
  };
  const relation: Relation =
    nearness === null
      ? { kind: "join", ...join }
      : nearestRelation({ ...join, isOneToOne }, nearness, command, session);
  return { relation, lost: state.lost, joined: onlyLeft ? [] : streams, isOpen };
}

/** The streams by the words that qualify their columns; those of earlier joins by their own names. */
function joinedStreams(left: StreamState, right: StreamState, alias: string | null): RowNames["parts"] {
  const earlier = left.joined.flatMap(({ qualifiers, columns }) => {
    const own = qualifiers.filter((word) => word !== "left" && word !== "right" && word !== alias);
    return own.length === 0 ? [] : [{ qualifiers: own, columns }];
  });
  return [
    { qualifiers: ["left"], columns: left.relation.columns },
    { qualifiers: alias === null ? ["right"] : ["right", alias], columns: right.relation.columns },
    ...earlier,
  ];
}

function checkOptions(command: CommandSyntax, isNearest: boolean, context: StreamContext): boolean {
  let isOneToOne = false;
  for (const option of command.arguments.slice(1)) {
    const isKnown = option.name?.text.toLowerCase() === "one_to_one" && isNearest;
    if (isKnown) isOneToOne = constantFlag(option, context) ?? false;
    else {
      const help = isNearest
        ? "It takes one_to_one:true."
        : "Only a join by nearness in time (WITHIN) takes one_to_one:true.";
      reportArguments(context.session, option.span, `"${command.name.text}" does not take this.`, help);
    }
  }
  return isOneToOne;
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

interface CheckedOn {
  readonly condition: Expression;
  readonly nearness: Nearness | null;
}

function checkOn(
  command: CommandSyntax,
  parts: RowNames["parts"],
  left: StreamState,
  right: StreamState,
  context: StreamContext,
): CheckedOn {
  const { session } = context;
  if (command.on === null || command.on.length === 0) {
    const help = "Say which rows belong together: ON left.a = right.b, or ON name when both have it.";
    reportArguments(session, command.name.span, `"${command.name.text}" needs a condition behind ON.`, help);
    return { condition: unknownAt(command.span), nearness: null };
  }
  const isOpen = left.isOpen || right.isOpen;
  // Columns of the right stream can be named as they are called behind the join.
  const rows: RowNames = {
    parts: parts.filter((part, index) => index < 2 || part.qualifiers.length === 0),
    joined: parts.slice(2),
    lost: left.lost,
    isOpen,
  };
  const place = expressionContext(context, rows, "refused");
  const written = command.on.flatMap(conjuncts);
  const within = written.filter((syntax) => syntax.kind === "within");
  const nearness = nearnessOf(within, { left, right }, place);
  const checkPart = (syntax: ExpressionSyntax) =>
    syntax.kind === "field" && syntax.qualifier === null
      ? sameName(syntax, left, right, context, rows)
      : checkCondition(syntax, place, "A join's condition");
  const [first, ...more] = written.filter((syntax) => syntax.kind !== "within").map(checkPart);
  if (first === undefined) {
    const type = simple("boolean");
    return { condition: { kind: "constant", value: true, type, span: command.span }, nearness };
  }
  const condition = more.reduce<Expression>(
    (all, part) => ({
      kind: "call",
      function: "and",
      arguments: [all, part],
      type: simple("boolean"),
      span: joinSpans(all.span, part.span),
    }),
    first,
  );
  return { condition, nearness };
}

/** The conditions that must all be true. */
function conjuncts(syntax: ExpressionSyntax): readonly ExpressionSyntax[] {
  if (syntax.kind !== "operator" || syntax.operator !== "and") return [syntax];
  return syntax.operands.flatMap(conjuncts);
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
  const [a, b] = [left, right].map((state) => findColumn(session, namesIn(state), null, name));
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
