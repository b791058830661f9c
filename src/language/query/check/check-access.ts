/** Types what `[…]` behind a value means: a member, an element, a moved or truncated time. */
import { nearestName } from "#text";
import { type DataType, typeName } from "../../types.ts";
import type { IndexSyntax, MemberSyntax, NameSyntax, TimeOffsetSyntax } from "../syntax/tree.ts";
import type { Expression } from "../tree.ts";
import { shiftTime, truncateTime } from "./calendar.ts";
import { type ExpressionContext, isConstant, unknownAt } from "./context.ts";
import { castTo, reportType } from "./convert.ts";
import { findTimeUnit, nearestTimeUnit } from "./time-units.ts";
import { isIntegral, isTime, isUnknown, simple } from "./type-rules.ts";

/** `o[name]` */
export function checkMember(syntax: MemberSyntax, context: ExpressionContext): Expression {
  return memberOf(context.check(syntax.object, context), syntax.name, syntax, context);
}

function memberOf(
  object: Expression,
  name: NameSyntax,
  { span }: { readonly span: Expression["span"] },
  context: ExpressionContext,
): Expression {
  const { type } = object;
  switch (type.kind) {
    case "object":
    case "variant":
      return { kind: "member", object, name: name.text, type: simple("variant"), span };
    case "tuple": {
      const field = type.fields.find((candidate) => candidate.name === name.text);
      if (field !== undefined) return { kind: "member", object, name: name.text, type: field.type, span };
      const names = type.fields.map((candidate) => candidate.name);
      const near = nearestName(name.text, names);
      const help = near === null ? `Members: ${names.join(", ")}.` : `Did you mean "${near}"?`;
      context.session.report({
        code: "field-unknown",
        span: name.span,
        message: `No member "${name.text}" here.`,
        help,
      });
      return unknownAt(span);
    }
    default:
      if (!isUnknown(type) && type.kind !== "null") reportNoMembers(type, name, context);
      return unknownAt(span);
  }
}

function reportNoMembers(type: DataType, name: NameSyntax, context: ExpressionContext): void {
  const isUnit = isTime(type) && findTimeUnit(name.text) !== null;
  const help = isUnit
    ? `Write [1 ${name.text}] for the start of the ${name.text}, [-1 ${name.text}] to go back.`
    : type.kind === "array"
      ? "Elements are counted from 0: [0]."
      : "Only tuples and objects have members.";
  reportType(context, name, `A value of type ${typeName(type)} has no members.`, help);
}

/** `a[0]`, `o['name']` by an expression */
export function checkIndex(syntax: IndexSyntax, context: ExpressionContext): Expression {
  const { span } = syntax;
  const object = context.check(syntax.object, context);
  const index = context.check(syntax.index, context);
  if (isUnknown(object.type) || isUnknown(index.type)) return unknownAt(span);
  if (isConstant(index) && typeof index.value === "string" && index.type.kind === "string") {
    return memberOf(object, { text: index.value, span: index.span }, syntax, context);
  }
  const { type } = object;
  const isArray = type.kind === "array" || type.kind === "variant" || type.kind === "object";
  if (isArray && isIntegral(index.type)) {
    const element = type.kind === "array" ? type.element : simple("variant");
    return { kind: "element", array: object, index, type: element, span };
  }
  const help = isTime(type)
    ? "Give the unit too: [1 hour] for its start, [-5 min] to go back."
    : "Elements of arrays are counted by whole numbers from 0.";
  reportType(
    context,
    syntax.index,
    `[${typeName(index.type)}] does not fit a value of type ${typeName(type)}.`,
    help,
  );
  return unknownAt(span);
}

/** `t[-5 min]` moves, `t[1 hour]` truncates. */
export function checkTimeOffset(syntax: TimeOffsetSyntax, context: ExpressionContext): Expression {
  const { span, unit: word, sign } = syntax;
  const given = context.check(syntax.object, context);
  const time = given.type.kind === "variant" ? castTo(context, given, "timestamp") : given;
  const amount = amountOf(syntax, context);
  const unit = findTimeUnit(word.text);
  if (unit === null) {
    const near = nearestTimeUnit(word.text);
    const help =
      near === null ? "Units: ms, sec, min, hour, day, week, month, year." : `Did you mean "${near}"?`;
    context.session.report({
      code: "constant-wrong",
      span: word.span,
      message: `"${word.text}" is no unit of time.`,
      help,
    });
  }
  if (isUnknown(time.type) || unit === null || amount === null) return unknownAt(span);
  if (!isTime(time.type)) {
    const message = `Only times can be moved or truncated, not ${typeName(time.type)}.`;
    reportType(context, syntax.object, message, "Convert it: TIMESTAMP(…).");
    return unknownAt(span);
  }
  const { timeZone } = context.session.environment;
  const isFolded = isConstant(time) && time.type.kind === "timestamp" && typeof time.value === "bigint";
  if (isFolded) {
    const from = Number(time.value);
    const moved =
      sign === null ? truncateTime(from, amount, unit, timeZone) : shiftTime(from, amount, unit, timeZone);
    if (moved !== null && Number.isSafeInteger(moved)) {
      return { kind: "constant", value: BigInt(moved), type: time.type, span };
    }
  }
  if (sign === null) return { kind: "time-truncate", time, count: amount, unit, type: time.type, span };
  return { kind: "time-shift", time, amount, unit, type: time.type, span };
}

function amountOf(syntax: TimeOffsetSyntax, context: ExpressionContext): number | null {
  const amount = context.check(syntax.amount, context);
  if (isUnknown(amount.type)) return null;
  const value = isConstant(amount) && isIntegral(amount.type) ? Number(amount.value) : Number.NaN;
  const isTruncation = syntax.sign === null;
  if (Number.isSafeInteger(value) && (!isTruncation || value > 0))
    return syntax.sign === "-" ? -value : value;
  context.session.report({
    code: "constant-needed",
    span: syntax.amount.span,
    message: "How many units of time must be a whole number that is known before the run.",
    help: "Write [1 hour] for the start of the hour, [-5 min] to go back, [+1 day] to go on.",
  });
  return null;
}
