/** `VALUES`: rows written in the script. */
import type { CommandSyntax, ExpressionSyntax } from "../syntax/tree.ts";
import type { Column, Expression } from "../tree.ts";
import { expressionOf, reportArguments } from "./arguments.ts";
import {
  constantContextOf,
  openState,
  type StreamContext,
  type StreamState,
  startOf,
} from "./stream-state.ts";
import { simple } from "./type-rules.ts";
import { unify } from "./unify.ts";

interface Row {
  readonly span: Expression["span"];
  readonly values: ReadonlyMap<string, Expression>;
}

/** `VALUES([{a:1}, …])`, `VALUES({a:1}, …)`, `VALUE(a:1, b:'x')` */
export function checkValues(command: CommandSyntax, context: StreamContext): StreamState {
  const { session } = context;
  const rows = readRows(command, context);
  if (rows === null) return openState(command.span);
  if (rows.length === 0) {
    reportArguments(
      session,
      command.span,
      "VALUES needs rows.",
      "Write VALUES([{a:1, b:'x'}, {a:2, b:'y'}]).",
    );
    return openState(command.span);
  }
  const names = [...new Set(rows.flatMap((row) => [...row.values.keys()]))];
  const place = constantContextOf(context);
  const byColumn = names.map((name) => {
    const written = rows.map((row): Expression => row.values.get(name) ?? nullAt(row.span));
    return unify(place, written, "the values above");
  });
  const columns = names.map((name, index): Column => {
    const type = byColumn[index]?.type ?? simple("unknown");
    return { id: session.newColumn(), name, type, isHidden: false };
  });
  const table = rows.map((row, index) => byColumn.map((column) => column?.values[index] ?? nullAt(row.span)));
  return startOf({ kind: "values", rows: table, columns, span: command.span });
}

function nullAt(span: Expression["span"]): Expression {
  return { kind: "constant", value: null, type: simple("null"), span };
}

function readRows(command: CommandSyntax, context: StreamContext): readonly Row[] | null {
  const { session } = context;
  const written = command.arguments;
  if (written.length > 0 && written.every((argument) => argument.name !== null)) {
    const values = new Map<string, Expression>();
    for (const argument of written) {
      const syntax = expressionOf(session, argument, "VALUES");
      if (syntax === null) return null;
      values.set(argument.name?.text ?? "", context.checkExpression(syntax, constantContextOf(context)));
    }
    return [{ span: command.span, values }];
  }
  const rows: Row[] = [];
  for (const argument of written) {
    const syntax = expressionOf(session, argument, "VALUES");
    if (syntax === null) return null;
    const elements: readonly ExpressionSyntax[] = syntax.kind === "array" ? syntax.elements : [syntax];
    rows.push(...elements.map((element) => readRow(element, context)));
  }
  return rows;
}

function readRow(syntax: ExpressionSyntax, context: StreamContext): Row {
  const { span } = syntax;
  const place = constantContextOf(context);
  const checked = context.checkExpression(syntax, place);
  if (checked.kind !== "tuple" || checked.type.kind !== "tuple")
    return { span, values: new Map([["value", checked]]) };
  const { members } = checked;
  const names = checked.type.fields.map((field) => field.name);
  return {
    span,
    values: new Map(names.map((name, index) => [name, members[index] ?? nullAt(span)] as const)),
  };
}
