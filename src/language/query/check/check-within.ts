/** Types `a WITHIN 2 sec OF b`. */
import { typeName } from "../../types.ts";
import type { WithinSyntax } from "../syntax/tree.ts";
import type { Expression } from "../tree.ts";
import { unitMs } from "./calendar.ts";
import { type ExpressionContext, isConstant, unknownAt } from "./context.ts";
import { castTo, reportType } from "./convert.ts";
import { findTimeUnit } from "./time-units.ts";
import { isIntegral, isTime, isUnknown, isVariant, simple } from "./type-rules.ts";

/** As a condition: the two times are at most so far apart. */
export function checkWithin(syntax: WithinSyntax, context: ExpressionContext): Expression {
  const { span } = syntax;
  const [left, right] = timesOf(syntax, context);
  const ms = distanceMs(syntax, context);
  if (left === undefined || right === undefined || ms === null) return unknownAt(span);
  const long = simple("long");
  const difference: Expression = {
    kind: "call",
    function: "subtract",
    arguments: [left, right],
    type: long,
    span,
  };
  const distance: Expression = { kind: "call", function: "abs", arguments: [difference], type: long, span };
  const most: Expression = { kind: "constant", value: BigInt(ms), type: long, span: syntax.amount.span };
  return { kind: "call", function: "less_equal", arguments: [distance, most], type: simple("boolean"), span };
}

/** Both times, or none once reported. */
export function timesOf(syntax: WithinSyntax, context: ExpressionContext): readonly Expression[] {
  const times = [syntax.left, syntax.right].flatMap((side): readonly Expression[] => {
    const time = context.check(side, context);
    if (isUnknown(time.type)) return [];
    if (isTime(time.type) || isVariant(time.type)) return [castTo(context, time, "timestamp")];
    const message = `WITHIN looks at times, but this is of type ${typeName(time.type)}.`;
    reportType(context, side, message, "Convert it: TIMESTAMP(…).");
    return [];
  });
  return times.length === 2 ? times : [];
}

/** How far apart the times may be; null once reported. */
export function distanceMs(syntax: WithinSyntax, context: ExpressionContext): number | null {
  const amount = context.check(syntax.amount, context);
  const unit = findTimeUnit(syntax.unit.text);
  const ofUnit = unit === null ? null : unitMs(unit);
  if (isUnknown(amount.type)) return null;
  const count = isConstant(amount) && isIntegral(amount.type) ? Number(amount.value) : Number.NaN;
  if (ofUnit !== null && Number.isSafeInteger(count * ofUnit) && count >= 0) return count * ofUnit;
  context.session.report({
    code: "constant-wrong",
    span: ofUnit === null ? syntax.unit.span : syntax.amount.span,
    message:
      ofUnit === null
        ? `"${syntax.unit.text}" is no unit of time that is always equally long.`
        : "How far apart the times may be is a whole number that is known before the run.",
    help: "Write WITHIN 2 sec OF: units are ms, sec, min, hour, day and week.",
  });
  return null;
}
