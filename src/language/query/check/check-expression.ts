/** Types expressions: names become columns, values are put in place, constants are worked out. */
import { unreachable } from "#text";
import { type DataType, type Field, typeName } from "../../types.ts";
import type {
  ArraySyntax,
  ExpressionSyntax,
  FieldSyntax,
  InStreamSyntax,
  LiteralSyntax,
  PositionSyntax,
  TupleSyntax,
} from "../syntax/tree.ts";
import type { Expression } from "../tree.ts";
import { checkIndex, checkMember, checkTimeOffset } from "./check-access.ts";
import { checkCall } from "./check-call.ts";
import { checkCase } from "./check-case.ts";
import { checkOperator } from "./check-operator.ts";
import { checkTextFile, checkUserCall, checkValue } from "./check-value.ts";
import { checkWithin } from "./check-within.ts";
import { columnNameOf } from "./column-name.ts";
import { type ExpressionContext, unknownAt } from "./context.ts";
import { comparable, reportType } from "./convert.ts";
import { placeExpression } from "./place.ts";
import { findColumn, visibleColumns } from "./row-names.ts";
import { simple } from "./type-rules.ts";
import { unify } from "./unify.ts";

/** The typed expression; what is wrong in it is reported and of type unknown. */
export function checkExpression(syntax: ExpressionSyntax, context: ExpressionContext): Expression {
  const { session } = context;
  if (!session.spendExpressions(1, syntax.span)) return unknownAt(syntax.span);
  return session.deeper(
    syntax.span,
    () => {
      const typed = checkKind(syntax, context);
      session.observer?.onExpression(syntax, context, typed);
      return typed;
    },
    () => unknownAt(syntax.span),
  );
}

function checkKind(syntax: ExpressionSyntax, context: ExpressionContext): Expression {
  switch (syntax.kind) {
    case "literal":
      return checkLiteral(syntax, context);
    case "field":
      return checkField(syntax, context);
    case "position":
      return checkPosition(syntax, context);
    case "value":
      return checkValue(syntax.name, context);
    case "text-file":
      return checkTextFile(syntax, context);
    case "call":
      return checkCall(syntax, context);
    case "user-call":
      return checkUserCall(syntax, context);
    case "operator":
      return checkOperator(syntax, context);
    case "in-stream":
      return checkInStream(syntax, context);
    case "within":
      return checkWithin(syntax, context);
    case "case":
      return checkCase(syntax, context);
    case "member":
      return checkMember(syntax, context);
    case "index":
      return checkIndex(syntax, context);
    case "time-offset":
      return checkTimeOffset(syntax, context);
    case "tuple":
      return checkTuple(syntax, context);
    case "array":
      return checkArray(syntax, context);
    case "error":
      return unknownAt(syntax.span);
    default:
      return unreachable(syntax);
  }
}

function checkLiteral(syntax: LiteralSyntax, context: ExpressionContext): Expression {
  const { type, value, span } = syntax;
  const constant: Expression = { kind: "constant", type: simple(type), value, span };
  const content = syntax.content ?? quotedContent(syntax);
  if (content !== null) context.session.contents.set(constant, content);
  return constant;
}

/** Where a quoted text stands without its quotes, if escapes did not change it. */
function quotedContent({ type, value, span }: LiteralSyntax): LiteralSyntax["content"] {
  if (type !== "string" || typeof value !== "string") return null;
  const inner = { source: span.source, start: span.start + 1, end: span.end - 1 };
  return span.source.text.slice(inner.start, inner.end) === value ? inner : null;
}

function checkField(syntax: FieldSyntax, context: ExpressionContext): Expression {
  const { session, rows, aliases } = context;
  const { name, qualifier, span } = syntax;
  if (rows === null) {
    session.report({
      code: "constant-needed",
      span,
      message: `"${name.text}" is no constant: fields can only be used in the commands of a stream.`,
      help: `Write text in quotes: '${name.text}'.`,
    });
    return unknownAt(span);
  }
  const alias = qualifier === null ? aliases.get(name.text) : undefined;
  const isInput = rows.parts.some((part) => part.columns.some((column) => column.name === name.text));
  if (alias !== undefined && !isInput) return placeExpression(alias, span, context);
  const column = findColumn(session, rows, qualifier, name);
  if (column === null) return unknownAt(span);
  return { kind: "column", column: column.id, type: column.type, span };
}

function checkPosition(syntax: PositionSyntax, context: ExpressionContext): Expression {
  const { session, rows } = context;
  const { span, position } = syntax;
  const columns = rows === null ? [] : rows.parts.flatMap((part) => visibleColumns(part.columns));
  const column = columns[position - 1];
  if (column !== undefined) return { kind: "column", column: column.id, type: column.type, span };
  if (rows?.isOpen !== true) {
    session.report({
      code: "position-unknown",
      span,
      message: `No column stands at position ${position}.`,
      help: columns.length === 0 ? "There are no columns here." : `Positions go from 1 to ${columns.length}.`,
    });
  }
  return unknownAt(span);
}

function checkInStream(syntax: InStreamSyntax, context: ExpressionContext): Expression {
  const { span } = syntax;
  const operand = context.check(syntax.operand, context);
  const stream = context.checkStream(syntax.stream, context.scope);
  if (stream === null) return unknownAt(span);
  const columns = visibleColumns(stream.columns);
  const [column] = columns;
  if (column === undefined || columns.length !== 1) {
    const help = "Choose one: IN (@stream | select(name)).";
    const message = `The stream behind IN must have one column, this one has ${columns.length}.`;
    reportType(context, syntax.stream, message, help);
    return unknownAt(span);
  }
  const inside: Expression = {
    kind: "column",
    column: column.id,
    type: column.type,
    span: syntax.stream.span,
  };
  const sides = comparable(context, operand, inside);
  if (sides === null || sides[1] !== inside) {
    const message = `${typeName(operand.type)} cannot be looked up among values of type ${typeName(column.type)}.`;
    reportType(context, syntax.operand, message, "Convert one of the two, such as STRING(…).");
    return unknownAt(span);
  }
  const type = simple("boolean");
  const found: Expression = { kind: "in-stream", operand: sides[0], stream, type, span };
  return syntax.isNegated ? { kind: "call", function: "not", arguments: [found], type, span } : found;
}

function checkTuple(syntax: TupleSyntax, context: ExpressionContext): Expression {
  const fields: Field[] = [];
  const members: Expression[] = [];
  for (const part of syntax.members) {
    if (part.value === null) {
      for (const column of context.rows?.parts.flatMap((rows) => visibleColumns(rows.columns)) ?? []) {
        if (fields.some((field) => field.name === column.name)) continue;
        fields.push({ name: column.name, type: column.type });
        members.push({ kind: "column", column: column.id, type: column.type, span: part.span });
      }
      continue;
    }
    const name = part.name?.text ?? columnNameOf(part.value) ?? `expr${members.length + 1}`;
    const member = context.check(part.value, context);
    if (fields.some((field) => field.name === name)) {
      const message = `The tuple has two members "${name}".`;
      context.session.report({
        code: "name-twice",
        span: part.span,
        message,
        help: "Name one of them: {name:value}.",
      });
      continue;
    }
    fields.push({ name, type: member.type });
    members.push(member);
  }
  return { kind: "tuple", members, type: { kind: "tuple", fields }, span: syntax.span };
}

function checkArray(syntax: ArraySyntax, context: ExpressionContext): Expression {
  const { span } = syntax;
  const elements = syntax.elements.map((element) => context.check(element, context));
  const unified = unify(context, elements, "the elements before it");
  if (unified === null) return unknownAt(span);
  const type: DataType = { kind: "array", element: unified.type };
  const isUniform = unified.values.every((value) => value.type.kind === unified.type.kind);
  const constants = unified.values.flatMap((value) => (value.kind === "constant" ? [value.value] : []));
  if (isUniform && constants.length === elements.length)
    return { kind: "constant", value: constants, type, span };
  return { kind: "array", elements: unified.values, type, span };
}
