/** `select`, `select_replace`, `select_remove`. */
import { nearestName } from "#text";
import { findFunction } from "../../functions/functions.ts";
import type { ArgumentSyntax, CommandSyntax } from "../syntax/tree.ts";
import type { Column } from "../tree.ts";
import { reportArguments } from "./arguments.ts";
import { groupRows } from "./group.ts";
import { findColumn, visibleColumns } from "./row-names.ts";
import { checkItems, hasAggregate, isPlain, type SelectItem } from "./select-items.ts";
import type { Session } from "./session.ts";
import { columnsOf, namesIn, type StreamContext, type StreamState, stateOf } from "./stream-state.ts";
import { isUnknown } from "./type-rules.ts";
import { hoistUnnest } from "./unnest.ts";

/** `select(…)` without a group behind it: with aggregates, one row of all rows. */
export function checkSelect(command: CommandSyntax, state: StreamState, context: StreamContext): StreamState {
  const items = checkItems(command.arguments, state, context);
  if (items.length === 0 && !state.isOpen) {
    reportArguments(
      context.session,
      command.span,
      "Nothing is selected.",
      "Name fields, or write select(*).",
    );
    return state;
  }
  if (items.some((item) => hasAggregate(item.expression))) {
    return groupRows({ items, keys: [], command, state, context });
  }
  const projected = projectItems(items, command, state, context.session);
  const spreadsUnknown =
    items.some((item) => isUnknown(item.expression.type)) && command.arguments.some(mayName);
  return spreadsUnknown ? { ...projected, isOpen: true } : projected;
}

/** Whether an item stands for columns that only what is not known yet could name. */
function mayName({ value }: ArgumentSyntax): boolean {
  if (value.kind !== "expression" || value.expression.kind !== "call") return false;
  const name = findFunction(value.expression.name.text)?.name;
  return name === "spread" || name === "parse";
}

/** The stream with these columns shown and all others hidden. */
export function projectItems(
  written: readonly SelectItem[],
  command: CommandSyntax,
  before: StreamState,
  session: Session,
): StreamState {
  const { items, state } = hoistUnnest(written, before, session);
  const input = state.relation;
  const visible = items.map(
    (item): Column => ({ id: item.column, name: item.name, type: item.expression.type, isHidden: false }),
  );
  const computed = items
    .filter((item) => !isPlain(item))
    .map(({ column, expression }) => ({ column, expression }));
  const columns = columnsOf(visible, input.columns);
  return stateOf({ kind: "project", input, items: computed, columns, span: command.span }, state);
}

/** `select_replace(a:expr)`: the columns in their places, some of them computed anew. */
export function checkSelectReplace(
  command: CommandSyntax,
  state: StreamState,
  context: StreamContext,
): StreamState {
  const items = checkItems(command.arguments, state, context);
  const columns = visibleColumns(state.relation.columns);
  for (const item of items) {
    if (state.isOpen || columns.some((column) => column.name === item.name)) continue;
    const near = nearestName(
      item.name,
      columns.map((column) => column.name),
    );
    const message = `No column "${item.name}" is there to be replaced.`;
    const help =
      near === null ? "A new column is added by select(*, name:value)." : `Did you mean "${near}"?`;
    context.session.report({ code: "field-unknown", span: item.span, message, help });
  }
  const replaced = columns.map(
    (column) => items.find((item) => item.name === column.name) ?? keptItem(column, command),
  );
  return projectItems(replaced, command, state, context.session);
}

function keptItem({ id, name, type }: Column, { span }: CommandSyntax): SelectItem {
  return { column: id, name, span, expression: { kind: "column", column: id, type, span } };
}

/** `select_remove(a, b)`: the columns without these, which stay reachable. */
export function checkSelectRemove(
  command: CommandSyntax,
  state: StreamState,
  context: StreamContext,
): StreamState {
  const removed = new Set(command.arguments.flatMap((argument) => removedColumn(argument, state, context)));
  const kept = visibleColumns(state.relation.columns).filter((column) => !removed.has(column.id));
  if (kept.length === 0 && !state.isOpen) {
    const help = "Leave at least one column.";
    reportArguments(context.session, command.span, "No column is left.", help);
    return state;
  }
  return projectItems(
    kept.map((column) => keptItem(column, command)),
    command,
    state,
    context.session,
  );
}

function removedColumn(
  argument: ArgumentSyntax,
  state: StreamState,
  context: StreamContext,
): readonly number[] {
  const { value } = argument;
  const { session } = context;
  const names = {
    ...namesIn(state),
    parts: [{ qualifiers: [], columns: visibleColumns(state.relation.columns) }],
  };
  if (value.kind === "expression" && value.expression.kind === "field") {
    const column = findColumn(session, names, null, value.expression.name);
    return column === null ? [] : [column.id];
  }
  if (
    value.kind === "expression" &&
    value.expression.kind === "literal" &&
    typeof value.expression.value === "string"
  ) {
    const name = { text: value.expression.value, span: value.expression.span };
    const column = findColumn(session, names, null, name);
    return column === null ? [] : [column.id];
  }
  reportArguments(session, argument.span, "Only columns can be removed.", "Name them: select_remove(a, b).");
  return [];
}
