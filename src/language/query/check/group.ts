/** `group`: one row per key, with the aggregates of the select in front of it, or its own. */
import type { ArgumentSyntax, CommandSyntax, ExpressionSyntax } from "../syntax/tree.ts";
import type { Column, ComputedColumn, Expression } from "../tree.ts";
import { expressionOf } from "./arguments.ts";
import { columnNameOf } from "./column-name.ts";
import { lookUp, visibleColumns } from "./row-names.ts";
import { checkItems, hasAggregate, isPlain, type SelectItem } from "./select-items.ts";
import type { Session } from "./session.ts";
import { rowContext, type StreamContext, type StreamState } from "./stream-state.ts";
import { isUnknown } from "./type-rules.ts";
import { replaceIn, sameText, someIn } from "./walk.ts";

/** What a group is made from. */
export interface GroupParts {
  readonly items: readonly SelectItem[];
  readonly keys: readonly SelectItem[];
  readonly command: CommandSyntax;
  readonly state: StreamState;
  readonly context: StreamContext;
}

/** `select(…) | group(…)` */
export function checkSelectAndGroup(
  select: CommandSyntax,
  command: CommandSyntax,
  state: StreamState,
  context: StreamContext,
): StreamState {
  const items = checkItems(select.arguments, state, context);
  const keys: SelectItem[] = [];
  const own: ArgumentSyntax[] = [];
  for (const argument of command.arguments) {
    const key = checkKey(argument, items, state, context);
    if (key === "aggregate") own.push(argument);
    else if (key !== null) keys.push(key);
  }
  const added = own.length === 0 ? [] : checkItems(own, state, context);
  return groupRows({ items: [...items, ...added], keys, command, state, context });
}

/** `group(…)` alone: with aggregates of its own its keys and these, else a row of the input per key. */
export function checkGroup(command: CommandSyntax, state: StreamState, context: StreamContext): StreamState {
  const written = checkItems(command.arguments, state, context);
  const keys = written.filter((item) => !hasAggregate(item.expression));
  if (keys.length < written.length) return groupRows({ items: written, keys, command, state, context });
  const items = visibleColumns(state.relation.columns).map(({ id, name, type }): SelectItem => {
    const expression: Expression = { kind: "column", column: id, type, span: command.span };
    return { column: id, name, expression, span: command.span };
  });
  return groupRows({ items, keys, command, state, context });
}

/** The key that an argument means: an item by name, position or the same expression, else a value of the input. */
function checkKey(
  argument: ArgumentSyntax,
  items: readonly SelectItem[],
  state: StreamState,
  context: StreamContext,
): SelectItem | "aggregate" | null {
  const { session } = context;
  const syntax = expressionOf(session, argument, "group");
  if (syntax === null) return null;
  const item = itemOf(syntax, items, context);
  if (item === "missing") return null;
  if (item !== null) return keyOf(item, syntax, context);
  const place = rowContext(context, state, "allowed");
  const aliases = new Map(items.map((candidate) => [candidate.name, candidate.expression]));
  const expression = context.checkExpression(syntax, { ...place, aliases });
  if (isUnknown(expression.type)) return null;
  if (hasAggregate(expression)) return "aggregate";
  const text = sameText(expression);
  const same = items.find((candidate) => sameText(candidate.expression) === text);
  if (same !== undefined) return same;
  const name = argument.name?.text ?? columnNameOf(syntax) ?? "key";
  const own =
    expression.kind === "column"
      ? state.relation.columns.find((column) => column.id === expression.column)
      : undefined;
  const column = own === undefined ? session.newColumn() : own.id;
  return { column, name: own?.name ?? name, expression, span: syntax.span };
}

function itemOf(
  syntax: ExpressionSyntax,
  items: readonly SelectItem[],
  { session }: StreamContext,
): SelectItem | "missing" | null {
  if (syntax.kind === "field" && syntax.qualifier === null) {
    return items.find((item) => item.name === syntax.name.text) ?? null;
  }
  if (syntax.kind !== "position") return null;
  const item = items[syntax.position - 1];
  if (item !== undefined) return item;
  session.report({
    code: "position-unknown",
    span: syntax.span,
    message: `No column stands at position ${syntax.position}.`,
    help: `Positions go from 1 to ${items.length}.`,
  });
  return "missing";
}

function keyOf(item: SelectItem, syntax: ExpressionSyntax, { session }: StreamContext): SelectItem | null {
  if (!hasAggregate(item.expression)) return item;
  session.report({
    code: "aggregate-misplaced",
    span: syntax.span,
    message: `"${item.name}" is an aggregate: rows cannot be grouped by what is only known of the groups.`,
    help: "Group by the other columns, then group the result again.",
    notes: [{ span: item.span, message: "computed here" }],
  });
  return null;
}

/** The grouped stream: the items in order, keys that are no items hidden, everything else left behind. */
export function groupRows({ items, keys: written, command, state, context }: GroupParts): StreamState {
  const input = state.relation;
  refuseRowItems([...items, ...written], context.session);
  const keys = written.filter(
    (key, index) => written.findIndex((other) => other.column === key.column) === index,
  );
  const isKey = (item: SelectItem) => keys.some((key) => key.column === item.column);
  const aggregates: ComputedColumn[] = [];
  const visible = items.map((item): Column => {
    const { name } = item;
    if (isKey(item)) return { id: item.column, name, type: item.expression.type, isHidden: false };
    const expression = ofGroup(item.expression, keys);
    const column = isPlain(item) ? context.session.newColumn() : item.column;
    aggregates.push({ column, expression });
    return { id: column, name, type: expression.type, isHidden: false };
  });
  const hidden = keys
    .filter((key) => !items.some((item) => item.column === key.column || item.name === key.name))
    .map((key): Column => ({ id: key.column, name: key.name, type: key.expression.type, isHidden: true }));
  const columns = [...visible, ...hidden];
  const computedKeys = keys.map(({ column, expression }) => ({ column, expression }));
  return {
    relation: { kind: "group", input, keys: computedKeys, aggregates, columns, span: command.span },
    lost: leftBehind({ state, aggregates, columns, command, session: context.session }),
    joined: [],
    isOpen: state.isOpen,
  };
}

/**
 * What can still be named behind a group: any other column of its input, with the value of the group's first row. Published scripts
 * do so. The group gets such a column when it is first named: `aggregates` and `columns` are the relation's own lists.
 */
function leftBehind(group: {
  readonly state: StreamState;
  readonly aggregates: ComputedColumn[];
  readonly columns: Column[];
  readonly command: CommandSyntax;
  readonly session: Session;
}): StreamState["lost"] {
  const { state, aggregates, columns, command, session } = group;
  const { span } = command.name;
  const take = (name: string): Column | null => {
    const known = lookUp(columns, name);
    if (known !== null) return known;
    const column = lookUp(state.relation.columns, name) ?? state.lost?.take?.(name) ?? null;
    if (column === null) return null;
    const { type } = column;
    const inside: Expression = { kind: "column", column: column.id, type, span };
    const taken: Column = { id: session.newColumn(), name, type, isHidden: true };
    aggregates.push({
      column: taken.id,
      expression: { kind: "aggregate", function: "first", arguments: [inside], type, span },
    });
    columns.push(taken);
    return taken;
  };
  return { names: new Set(), command: "group", span, take };
}

function refuseRowItems(items: readonly SelectItem[], session: Session): void {
  for (const { expression, span } of items) {
    if (!someIn(expression, isRowPart)) continue;
    session.report({
      code: "item-misplaced",
      span,
      message: "Rows are grouped here: nothing can look at the rows around one, or make more of them.",
      help: "Put it into a select of its own, in front of the grouped select or behind the group.",
    });
  }
}

function isRowPart(part: Expression): boolean {
  return part.kind === "window" || (part.kind === "call" && part.function === "unnest");
}

/** An expression of a group: what equals a key is the key, any other column takes some value of the group. */
function ofGroup(expression: Expression, keys: readonly SelectItem[]): Expression {
  const texts = keys.map((key) => ({ key, kind: key.expression.kind, text: sameText(key.expression) }));
  return replaceIn(expression, (part) => {
    if (part.kind === "aggregate") return part;
    const { span, type } = part;
    const candidates = texts.filter((candidate) => candidate.kind === part.kind);
    const text = candidates.length === 0 ? "" : sameText(part);
    const key = candidates.find((candidate) => candidate.text === text)?.key;
    if (key !== undefined) return { kind: "column", column: key.column, type, span };
    return part.kind === "column"
      ? { kind: "aggregate", function: "any", arguments: [part], type, span }
      : null;
  });
}
