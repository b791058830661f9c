/** Commands that keep, order or leave out rows: filter, sort, limit, distinct, top, count. */

import { typeName } from "../../types.ts";
import type { ArgumentSyntax, CommandSyntax } from "../syntax/tree.ts";
import type { ConstantExpression, Expression, SortKey } from "../tree.ts";
import { constantCount, expressionOf, reportArguments } from "./arguments.ts";
import { reportType } from "./convert.ts";
import { groupRows } from "./group.ts";
import { visibleColumns } from "./row-names.ts";
import { checkSelect } from "./select.ts";
import { rowContext, type StreamContext, type StreamState, stateOf } from "./stream-state.ts";
import { isOrdered, isUnknown, simple } from "./type-rules.ts";
import { checkCondition } from "./unify.ts";

/** `filter(c)`; several conditions must all be true. */
export function checkFilter(command: CommandSyntax, state: StreamState, context: StreamContext): StreamState {
  return eachCondition(command, state, context, (condition) => condition);
}

/** `filter_out(c)`: rows for which the condition is false or NULL stay. */
export function checkFilterOut(
  command: CommandSyntax,
  state: StreamState,
  context: StreamContext,
): StreamState {
  return eachCondition(command, state, context, (condition) => {
    const { span } = condition;
    const type = simple("boolean");
    const no: ConstantExpression = { kind: "constant", value: false, type, span };
    const known: Expression = { kind: "call", function: "coalesce", arguments: [condition, no], type, span };
    return { kind: "call", function: "not", arguments: [known], type, span };
  });
}

function eachCondition(
  command: CommandSyntax,
  state: StreamState,
  context: StreamContext,
  turn: (condition: Expression) => Expression,
): StreamState {
  const word = command.name.text;
  if (command.arguments.length === 0) {
    const help = `Write ${word}(status = 404).`;
    reportArguments(context.session, command.span, `"${word}" needs a condition.`, help);
  }
  return command.arguments.reduce((before, argument) => {
    const syntax = expressionOf(context.session, argument, word);
    if (syntax === null) return before;
    const condition = checkCondition(syntax, rowContext(context, before, "refused"), "A filter's condition");
    const input = before.relation;
    const { columns } = input;
    const span = argument.span;
    return stateOf({ kind: "filter", input, condition: turn(condition), columns, span }, before);
  }, state);
}

/** `sort(k desc, …)` */
export function checkSort(command: CommandSyntax, state: StreamState, context: StreamContext): StreamState {
  if (command.arguments.length === 0) {
    reportArguments(context.session, command.span, '"sort" needs a key.', "Write sort(n desc).");
    return state;
  }
  return sorted(command.arguments, "ascending", command, state, context);
}

function sorted(
  keys: readonly ArgumentSyntax[],
  usual: "ascending" | "descending",
  command: CommandSyntax,
  state: StreamState,
  context: StreamContext,
): StreamState {
  const place = rowContext(context, state, "refused");
  const checked = keys.flatMap((key): readonly SortKey[] => {
    const syntax = expressionOf(context.session, key, command.name.text);
    if (syntax === null) return [];
    const expression = context.checkExpression(syntax, place);
    if (isUnknown(expression.type)) return [];
    if (!isOrdered(expression.type)) {
      const message = `Values of type ${typeName(expression.type)} have no order.`;
      reportType(place, syntax, message, "Sort by one of its members.");
      return [];
    }
    return [{ expression, isDescending: (key.direction ?? usual) === "descending" }];
  });
  const input = state.relation;
  return stateOf({ kind: "sort", input, keys: checked, columns: input.columns, span: command.span }, state);
}

/** `limit(n)` */
export function checkLimit(command: CommandSyntax, state: StreamState, context: StreamContext): StreamState {
  const [argument, second] = command.arguments;
  if (argument === undefined || second !== undefined) {
    const message = `"${command.name.text}" takes one number.`;
    reportArguments(context.session, command.span, message, `Write ${command.name.text}(10).`);
    return state;
  }
  return limited(argument, command, state, context);
}

/** `tail(n)` */
export function checkTail(command: CommandSyntax, state: StreamState, context: StreamContext): StreamState {
  return chosen("tail", command, state, context);
}

/** `sample(n)` */
export function checkSample(command: CommandSyntax, state: StreamState, context: StreamContext): StreamState {
  return chosen("sample", command, state, context);
}

function chosen(
  kind: "tail" | "sample",
  command: CommandSyntax,
  state: StreamState,
  context: StreamContext,
): StreamState {
  const [argument, second] = command.arguments;
  if (argument === undefined || second !== undefined) {
    const message = `"${command.name.text}" takes one number.`;
    reportArguments(context.session, command.span, message, `Write ${command.name.text}(10).`);
    return state;
  }
  const rowCount = constantCount(context, argument, command.name.text);
  if (rowCount === null) return state;
  const input = state.relation;
  return stateOf({ kind, input, rowCount, columns: input.columns, span: command.span }, state);
}

function limited(
  argument: ArgumentSyntax,
  command: CommandSyntax,
  state: StreamState,
  context: StreamContext,
): StreamState {
  const rowCount = constantCount(context, argument, command.name.text);
  if (rowCount === null) return state;
  const input = state.relation;
  return stateOf({ kind: "limit", input, rowCount, columns: input.columns, span: command.span }, state);
}

/** `top(n, k, …)`: the greatest first, unless a key says `asc`. */
export function checkTop(command: CommandSyntax, state: StreamState, context: StreamContext): StreamState {
  const [count, ...keys] = command.arguments;
  if (count === undefined || keys.length === 0) {
    reportArguments(context.session, command.span, '"top" takes a number and keys.', "Write top(10, n).");
    return state;
  }
  return limited(count, command, sorted(keys, "descending", command, state, context), context);
}

/** `distinct(…)`: of the named columns, or of all that are shown. What is hidden ends here. */
export function checkDistinct(
  command: CommandSyntax,
  state: StreamState,
  context: StreamContext,
): StreamState {
  const chosen = command.arguments.length === 0 ? state : checkSelect(command, state, context);
  const input = chosen.relation;
  const columns = visibleColumns(input.columns);
  const names = new Set(input.columns.filter((column) => column.isHidden).map((column) => column.name));
  return {
    relation: { kind: "distinct", input, columns, span: command.span },
    lost: { names, command: "distinct", span: command.name.span, take: null },
    joined: [],
    isOpen: chosen.isOpen,
  };
}

/** `count()`: one row with the number of rows. */
export function checkCount(command: CommandSyntax, state: StreamState, context: StreamContext): StreamState {
  const { span } = command;
  const [argument] = command.arguments;
  if (argument !== undefined) {
    reportArguments(
      context.session,
      argument.span,
      '"count" takes nothing as a command.',
      "Write select(count(…)).",
    );
  }
  const type = simple("long");
  const expression: Expression = { kind: "aggregate", function: "count", arguments: [], type, span };
  const item = { column: context.session.newColumn(), name: "count", expression, span };
  return groupRows({ items: [item], keys: [], command, state, context });
}
