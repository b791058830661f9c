/** Types functions about the members of tuples and objects, and places on the earth. */
import { GEOPOINT } from "../../functions/outside.ts";
import { type DataType, type Field, typeName } from "../../types.ts";
import type { Expression } from "../tree.ts";
import { type ExpressionContext, unknownAt } from "./context.ts";
import { castTo, reportType } from "./convert.ts";
import { isNumber, isUnknown, simple } from "./type-rules.ts";

/** `SPREAD(tuple)`: the tuple itself; the select makes columns of its members. */
export function checkSpread(
  value: Expression,
  span: Expression["span"],
  context: ExpressionContext,
): Expression {
  if (value.type.kind === "tuple") return value;
  if (!isUnknown(value.type)) {
    const message = `Only the members of a tuple are known before the run, not those of ${typeName(value.type)}.`;
    reportType(context, value, message, "Name the members you want: a:STRING(o[a]).");
  }
  return unknownAt(span);
}

/** `KEYS(x)` and `VALUES(x)`. */
export function checkMembers(
  name: "keys" | "values",
  value: Expression,
  span: Expression["span"],
  context: ExpressionContext,
): Expression {
  const { type } = value;
  const element = simple(name === "keys" ? "string" : "variant");
  const result: DataType = { kind: "array", element };
  if (type.kind === "tuple") return membersOf(name, value, type.fields, context);
  if (type.kind === "object" || type.kind === "variant")
    return { kind: "call", function: name, arguments: [value], type: result, span };
  reportType(
    context,
    value,
    `A value of type ${typeName(type)} has no members.`,
    "Only tuples and objects have.",
  );
  return unknownAt(span);
}

function membersOf(
  name: "keys" | "values",
  tuple: Expression,
  fields: readonly Field[],
  context: ExpressionContext,
): Expression {
  const { span } = tuple;
  const element = simple(name === "keys" ? "string" : "variant");
  const elements = fields.map((field, index): Expression => {
    if (name === "keys") return { kind: "constant", value: field.name, type: element, span };
    const given = tuple.kind === "tuple" ? tuple.members[index] : undefined;
    const member: Expression = given ?? {
      kind: "member",
      object: tuple,
      name: field.name,
      type: field.type,
      span,
    };
    return castTo(context, member, "variant");
  });
  return { kind: "array", elements, type: { kind: "array", element }, span };
}

/** `GEO(latitude, longitude)`. */
export function placeOf(
  latitude: Expression,
  longitude: Expression,
  span: Expression["span"],
  context: ExpressionContext,
): Expression {
  const members = [latitude, longitude].map((number) => castTo(context, number, "double"));
  return { kind: "tuple", members, type: GEOPOINT, span };
}

/** `DISTANCE(from, to)`: both have a latitude and a longitude. */
export function checkDistance(
  places: readonly Expression[],
  span: Expression["span"],
  context: ExpressionContext,
): Expression {
  const numbers = places.flatMap((place): readonly Expression[] => {
    const members = ["latitude", "longitude"].flatMap((name) => degreesOf(place, name, context) ?? []);
    if (members.length === 2) return members;
    const message = `A place has a latitude and a longitude, but this is of type ${typeName(place.type)}.`;
    reportType(context, place, message, "Make one: GEO(latitude, longitude).");
    return [];
  });
  if (numbers.length < 2 * places.length) return unknownAt(span);
  return { kind: "call", function: "distance", arguments: numbers, type: simple("double"), span };
}

function degreesOf(place: Expression, name: string, context: ExpressionContext): Expression | null {
  const { type, span } = place;
  if (type.kind === "variant" || type.kind === "object") {
    return castTo(context, { kind: "member", object: place, name, type: simple("variant"), span }, "double");
  }
  const field = type.kind === "tuple" ? type.fields.find((each) => each.name === name) : undefined;
  if (field === undefined || !isNumber(field.type)) return null;
  return { kind: "member", object: place, name, type: field.type, span };
}
