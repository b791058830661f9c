/** The items of select: what they compute, what they are called, what `*` stands for. */
import type { TextSpan } from "#text";
import { findFunction } from "../../functions/functions.ts";
import type { ArgumentSyntax, ExpressionSyntax } from "../syntax/tree.ts";
import type { Column, ColumnId, Expression } from "../tree.ts";
import { columnNameOf } from "./column-name.ts";
import { unknownAt } from "./context.ts";
import { visibleColumns } from "./row-names.ts";
import type { Session } from "./session.ts";
import { rowContext, type StreamContext, type StreamState } from "./stream-state.ts";
import { someIn } from "./walk.ts";

/** A column of a select. A column of the input under its own name keeps its id. */
export interface SelectItem {
  readonly column: ColumnId;
  readonly name: string;
  readonly expression: Expression;
  readonly span: TextSpan;
}

interface DraftItem {
  readonly name: string;
  readonly isNamed: boolean;
  readonly expression: Expression;
  readonly span: TextSpan;
}

/** The items, with `*` as all visible columns whose names no item has. */
export function checkItems(
  items: readonly ArgumentSyntax[],
  state: StreamState,
  context: StreamContext,
): readonly SelectItem[] {
  const drafts = draftItems(items, state, context);
  const columns = visibleColumns(state.relation.columns);
  const taken = new Set(drafts.flatMap((draft) => ("name" in draft ? [draft.name] : [])));
  const expanded = drafts.flatMap((draft): readonly DraftItem[] => {
    if ("name" in draft) return [draft];
    const rest = columns.filter((column) => !taken.has(column.name));
    for (const column of rest) taken.add(column.name);
    return rest.map((column) => plainItem(column, draft.star));
  });
  return nameItems(expanded, state, context.session);
}

function plainItem(column: Column, span: TextSpan): DraftItem {
  const { id, name, type } = column;
  return { name, isNamed: true, expression: { kind: "column", column: id, type, span }, span };
}

function draftItems(
  items: readonly ArgumentSyntax[],
  state: StreamState,
  context: StreamContext,
): readonly (DraftItem | { readonly star: TextSpan })[] {
  const aliases = new Map<string, Expression>();
  const place = { ...rowContext(context, state, "allowed"), aliases, isItem: true };
  return items.flatMap((item, index): readonly (DraftItem | { readonly star: TextSpan })[] => {
    const { value, span } = item;
    if (value.kind === "star") return [{ star: span }];
    if (value.kind === "stream") {
      const help = "Streams are joined with join(…) or put behind one another with union(…).";
      const message = "A stream cannot be a column.";
      context.session.report({ code: "command-arguments", span, message, help });
      const name = item.name?.text ?? `expr${index + 1}`;
      return [{ name, isNamed: false, expression: unknownAt(span), span }];
    }
    const expression = context.checkExpression(value.expression, place);
    if (isSpread(value.expression)) return spread(expression, span);
    const own = ownName(expression, state) ?? context.session.names.get(expression) ?? null;
    const name =
      item.name?.text ??
      (expression.kind === "call" && expression.function === "parse" ? own : null) ??
      columnNameOf(value.expression) ??
      own ??
      `expr${index + 1}`;
    aliases.set(name, expression);
    return [{ name, isNamed: item.name !== null, expression, span }];
  });
}

/** Whether an item is SPREAD(…). */
export function isSpread(syntax: ExpressionSyntax): boolean {
  return syntax.kind === "call" && findFunction(syntax.name.text)?.name === "spread";
}

/** A column per member of a tuple. */
function spread(tuple: Expression, span: TextSpan): readonly DraftItem[] {
  if (tuple.type.kind !== "tuple") return [{ name: "spread", isNamed: false, expression: tuple, span }];
  return tuple.type.fields.map(({ name, type }, index) => {
    const given = tuple.kind === "tuple" ? tuple.members[index] : undefined;
    const expression: Expression = given ?? { kind: "member", object: tuple, name, type, span };
    return { name, isNamed: false, expression, span };
  });
}

/** `@2` is called like the column it means. */
function ownName(expression: Expression, state: StreamState): string | null {
  if (expression.kind !== "column") return null;
  return state.relation.columns.find((column) => column.id === expression.column)?.name ?? null;
}

function nameItems(
  drafts: readonly DraftItem[],
  state: StreamState,
  session: Session,
): readonly SelectItem[] {
  const spans = new Map<string, TextSpan>();
  const ids = new Set<ColumnId>();
  return drafts.map(({ name: wanted, isNamed, expression, span }) => {
    const earlier = spans.get(wanted);
    if (earlier !== undefined && isNamed) {
      session.report({
        code: "name-twice",
        span,
        message: `Two columns are called "${wanted}".`,
        help: "Give one of them another name.",
        notes: [{ span: earlier, message: "the first one" }],
      });
    }
    const name = freeName(wanted, spans);
    spans.set(name, span);
    const isKept =
      expression.kind === "column" && ownName(expression, state) === name && !ids.has(expression.column);
    const column = isKept ? expression.column : session.newColumn();
    ids.add(column);
    return { column, name, expression, span };
  });
}

function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}_${number}`)) number++;
  return `${name}_${number}`;
}

/** Whether an expression needs the rows of a group. */
export function hasAggregate(expression: Expression): boolean {
  return someIn(expression, (part) => part.kind === "aggregate");
}

/** Whether an item is a column of the input as it is. */
export function isPlain(item: SelectItem): boolean {
  return item.expression.kind === "column" && item.expression.column === item.column;
}
