/** A stream while its pipeline is being checked. */
import type { TextSpan } from "#text";
import type { ExpressionSyntax, StreamSyntax } from "../syntax/tree.ts";
import type { Column, Expression, Relation } from "../tree.ts";
import type { ExpressionContext } from "./context.ts";
import type { RowNames } from "./row-names.ts";
import type { ScriptScope } from "./script-scope.ts";
import type { Session } from "./session.ts";

/** The rows so far, and what is known about names. */
export interface StreamState {
  readonly relation: Relation;
  readonly lost: RowNames["lost"];
  /** The streams that a join put together, by the words that qualify their columns. */
  readonly joined: RowNames["joined"];
  /** Nothing is known about the rows: every name is accepted, and nothing can be executed. */
  readonly isOpen: boolean;
}

/** What checking a stream needs besides the stream. */
export interface StreamContext {
  readonly session: Session;
  readonly scope: ScriptScope;
  readonly checkExpression: (syntax: ExpressionSyntax, context: ExpressionContext) => Expression;
  readonly checkStream: (stream: StreamSyntax, context: StreamContext) => StreamState;
}

/** A stream nothing is known about; why is already reported, or asked for. */
export function openState(span: TextSpan): StreamState {
  return { relation: { kind: "values", rows: [], columns: [], span }, lost: null, joined: [], isOpen: true };
}

/** The state behind a command that keeps the columns. */
export function stateOf(relation: Relation, before: StreamState): StreamState {
  return { relation, lost: before.lost, joined: before.joined, isOpen: before.isOpen };
}

/** The names that can be used behind a stream. */
export function namesIn({ relation, lost, joined, isOpen }: StreamState): RowNames {
  return { parts: [{ qualifiers: [], columns: relation.columns }], joined, lost, isOpen };
}

/** A new stream. */
export function startOf(relation: Relation): StreamState {
  return { relation, lost: null, joined: [], isOpen: false };
}

/** The place of an expression over the rows of a stream. */
export function rowContext(
  context: StreamContext,
  state: StreamState,
  aggregates: ExpressionContext["aggregates"],
): ExpressionContext {
  return expressionContext(context, namesIn(state), aggregates);
}

/** The place of an expression without rows. */
export function constantContextOf(context: StreamContext): ExpressionContext {
  return expressionContext(context, null, "refused");
}

/** The place of an expression where these names are known. */
export function expressionContext(
  context: StreamContext,
  rows: RowNames | null,
  aggregates: ExpressionContext["aggregates"],
): ExpressionContext {
  return {
    session: context.session,
    scope: context.scope,
    rows,
    aliases: new Map(),
    parameters: new Map(),
    aggregates,
    isItem: false,
    check: context.checkExpression,
    checkStream: (stream, scope) => {
      const state = context.checkStream(stream, { ...context, scope });
      return state.isOpen ? null : state.relation;
    },
  };
}

/** Columns with those hidden that are not shown, and those left out whose names others took. */
export function columnsOf(visible: readonly Column[], candidates: readonly Column[]): readonly Column[] {
  const names = new Set(visible.map((column) => column.name));
  const columns: Column[] = [...visible];
  for (const column of candidates) {
    if (names.has(column.name)) continue;
    names.add(column.name);
    columns.push(column.isHidden ? column : { ...column, isHidden: true });
  }
  return columns;
}
