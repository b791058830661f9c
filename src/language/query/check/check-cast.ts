/** Types casts, and times made of their parts. */
import type { TextSpan } from "#text";
import type { FunctionEntry } from "../../functions/entry.ts";
import { type DataType, type SimpleTypeKind, typeName } from "../../types.ts";
import type { CallSyntax } from "../syntax/tree.ts";
import type { Expression } from "../tree.ts";
import { calendarToMs } from "./calendar.ts";
import { castValue } from "./constants.ts";
import { type ExpressionContext, isConstant, unknownAt } from "./context.ts";
import { castTo, readConstant, reportType } from "./convert.ts";
import { isIntegral, isNumber, isTime, isVariant, simple } from "./type-rules.ts";

/** `IPADDR(x)`: a constant is read at once, and must be one. */
export function checkCast(
  entry: FunctionEntry,
  value: Expression,
  { name, span }: CallSyntax,
  context: ExpressionContext,
): Expression {
  const kind = castKind(entry);
  // TRY_INT('x') is NULL where INT('x') is a mistake.
  const isTried = /^try_/i.test(name.text);
  if (value.type.kind === kind) return { ...value, span };
  if (!canCast(value.type, kind)) {
    const message = `A value of type ${typeName(value.type)} cannot become ${typeName(simple(kind))}.`;
    reportType(context, value, message, "Only text, VARIANT and related types can be converted.");
    return { ...unknownAt(span), type: simple("unknown") };
  }
  const isText =
    isConstant(value) && value.type.kind === "string" && kind !== "variant" && kind !== "duration";
  const cast =
    isText && isTried
      ? tried(value, kind, context)
      : isText
        ? readConstant(context, value, kind)
        : castTo(context, value, kind);
  return cast === null ? unknownAt(span) : { ...cast, span };
}

function tried(
  value: Expression & { readonly kind: "constant" },
  kind: SimpleTypeKind,
  { session }: ExpressionContext,
): Expression {
  const { timeZone } = session.environment;
  const read = castValue(value.value, value.type.kind, kind, timeZone);
  return { kind: "constant", value: read ?? null, type: simple(kind), span: value.span };
}

function castKind(entry: FunctionEntry): SimpleTypeKind {
  const result = entry.signatures[0]?.result;
  const type = result?.kind === "fixed" ? result.type : simple("unknown");
  return type.kind === "array" || type.kind === "tuple" ? "unknown" : type.kind;
}

function canCast(from: DataType, to: SimpleTypeKind): boolean {
  if (
    to === "string" ||
    to === "variant" ||
    from.kind === "string" ||
    from.kind === "null" ||
    isVariant(from)
  )
    return true;
  const target = simple(to);
  if (isNumber(from)) return isNumber(target) || to === "timestamp" || to === "duration" || to === "boolean";
  if (isTime(from)) return isTime(target) || to === "long";
  switch (from.kind) {
    case "duration":
      return isNumber(target);
    case "boolean":
      return isIntegral(target);
    case "ip":
    case "ipnet":
    case "ipsocket":
      return to === "ip" || to === "ipnet";
    default:
      return false;
  }
}

/** `T(2005, 4, 7)` in the query's time zone. */
export function timeOfParts(
  values: readonly Expression[],
  span: TextSpan,
  context: ExpressionContext,
): Expression {
  const numbers = values.map((value) => (isConstant(value) ? Number(value.value) : Number.NaN));
  const [year, month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0] = numbers;
  const type = simple("timestamp");
  const call: Expression = { kind: "call", function: "timestamp", arguments: values, type, span };
  if (year === undefined || !numbers.every((part) => Number.isSafeInteger(part))) return call;
  const time = { year, month, day, hour, minute, second, millisecond };
  const isReal =
    month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (!isReal || hour > 23 || minute > 59 || second > 59 || Math.min(hour, minute, second, millisecond) < 0) {
    const message = "No such time is in the calendar.";
    const help = "Write T(year, month, day, hour, minute, second).";
    context.session.report({ code: "constant-wrong", span, message, help });
    return unknownAt(span);
  }
  const ms = calendarToMs(time, context.session.environment.timeZone);
  return ms === null ? call : { kind: "constant", value: BigInt(ms), type, span };
}
