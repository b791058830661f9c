/** UNNEST in the items of a select: a node of its own below the select makes the rows. */
import type { Field } from "../../types.ts";
import type { CallSyntax } from "../syntax/tree.ts";
import type { Column, ComputedColumn, Expression } from "../tree.ts";
import { type ExpressionContext, unknownAt } from "./context.ts";
import { castTo, reportType } from "./convert.ts";
import type { SelectItem } from "./select-items.ts";
import type { Session } from "./session.ts";
import type { StreamState } from "./stream-state.ts";
import { isUnknown, simple, widest } from "./type-rules.ts";
import { replaceIn } from "./walk.ts";

/** `UNNEST(x)`: an element of the array; of an object or a tuple one of its members, as `key` and `value`. */
export function checkUnnest({ span }: CallSyntax, value: Expression, context: ExpressionContext): Expression {
  const array = arrayOf(value, context);
  if (array === null) return unknownAt(span);
  const type = array.type.kind === "array" ? array.type.element : simple("unknown");
  return { kind: "call", function: "unnest", arguments: [array], type, span };
}

function arrayOf(value: Expression, context: ExpressionContext): Expression | null {
  const { type, span } = value;
  switch (type.kind) {
    case "array":
      return value;
    case "variant": {
      const elements = { kind: "array", element: simple("variant") } as const;
      return { kind: "call", function: "variant_array", arguments: [value], type: elements, span };
    }
    case "object": {
      const element = memberType({ kind: "variant" });
      return {
        kind: "call",
        function: "entries",
        arguments: [value],
        type: { kind: "array", element },
        span,
      };
    }
    case "tuple":
      return entriesOf(value, type.fields, context);
    default:
      if (isUnknown(type) || type.kind === "null") return null;
      reportType(
        context,
        value,
        "Only arrays, tuples and objects have elements.",
        "Put it in brackets: [x].",
      );
      return null;
  }
}

function memberType(value: Field["type"]): Field["type"] {
  return {
    kind: "tuple",
    fields: [
      { name: "key", type: simple("string") },
      { name: "value", type: value },
    ],
  };
}

/** The members of a tuple; values of different types become VARIANT. */
function entriesOf(tuple: Expression, fields: readonly Field[], context: ExpressionContext): Expression {
  const { span } = tuple;
  const common = fields.reduce<Field["type"] | null>(
    (type, field) => (type === null ? null : widest(type, field.type)),
    simple("null"),
  );
  const element = memberType(common ?? simple("variant"));
  const elements = fields.map(({ name, type }, index): Expression => {
    const given = tuple.kind === "tuple" ? tuple.members[index] : undefined;
    const member: Expression = given ?? { kind: "member", object: tuple, name, type, span };
    const value = common === null ? castTo(context, member, "variant") : member;
    const key: Expression = { kind: "constant", value: name, type: simple("string"), span };
    return { kind: "tuple", members: [key, value], type: element, span };
  });
  return { kind: "array", elements, type: { kind: "array", element }, span };
}

/** The items with columns in the place of UNNEST, and the stream that gives these. */
export function hoistUnnest(
  items: readonly SelectItem[],
  state: StreamState,
  session: Session,
): { readonly items: readonly SelectItem[]; readonly state: StreamState } {
  const arrays: ComputedColumn[] = [];
  const columns: Column[] = [];
  const replaced = items.map((item) => ({
    ...item,
    expression: replaceIn(item.expression, (part) => {
      const [array] = part.kind === "call" && part.function === "unnest" ? part.arguments : [];
      if (array === undefined) return null;
      const { type, span } = part;
      const column = session.newColumn();
      arrays.push({ column, expression: array });
      columns.push({ id: column, name: item.name, type, isHidden: true });
      return { kind: "column", column, type, span };
    }),
  }));
  const [first] = arrays;
  if (first === undefined) return { items, state };
  const input = state.relation;
  const { span } = first.expression;
  const relation = {
    kind: "unnest",
    input,
    items: arrays,
    columns: [...input.columns, ...columns],
    span,
  } as const;
  return { items: replaced, state: { ...state, relation } };
}
