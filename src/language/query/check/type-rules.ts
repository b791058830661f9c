/** Which types fit together. */
import type { ArgumentKind } from "../../functions/entry.ts";
import type { DataType, Field, SimpleType, SimpleTypeKind } from "../../types.ts";

/** A type that carries nothing else. */
export function simple(kind: SimpleTypeKind): SimpleType {
  return { kind };
}

/** Numbers from narrow to wide. */
const NUMBERS: readonly string[] = ["integer", "long", "float", "double"];

export function isNumber(type: DataType): boolean {
  return NUMBERS.includes(type.kind);
}

export function isIntegral(type: DataType): boolean {
  return type.kind === "integer" || type.kind === "long";
}

export function isTime(type: DataType): boolean {
  return type.kind === "timestamp" || type.kind === "timestamp-nano";
}

/** Whether nothing can be said about values of the type: it is already reported, or nobody could look. */
export function isUnknown(type: DataType): boolean {
  return type.kind === "unknown";
}

/** Whether values carry their type themselves. */
export function isVariant(type: DataType): boolean {
  return type.kind === "variant";
}

/** Whether two types are the same. */
export function isSameType(a: DataType, b: DataType): boolean {
  if (a.kind === "array" && b.kind === "array") return isSameType(a.element, b.element);
  if (a.kind === "tuple" && b.kind === "tuple") {
    const { fields } = b;
    return (
      a.fields.length === fields.length &&
      a.fields.every((field, index) => {
        const other = fields[index];
        return other !== undefined && other.name === field.name && isSameType(field.type, other.type);
      })
    );
  }
  return a.kind === b.kind;
}

/** The type that values of both fit into, or null. */
export function widest(a: DataType, b: DataType): DataType | null {
  if (isSameType(a, b) || b.kind === "null" || isUnknown(a)) return a;
  if (a.kind === "null" || isUnknown(b)) return b;
  if (isNumber(a) && isNumber(b)) return widestNumber(a, b);
  if (isTime(a) && isTime(b)) return simple("timestamp-nano");
  const kinds = new Set([a.kind, b.kind]);
  if (kinds.has("variant") && (kinds.has("object") || kinds.size === 1)) return simple("variant");
  if (kinds.has("duration") && (isIntegral(a) || isIntegral(b))) return simple("long");
  if (a.kind === "array" && b.kind === "array") {
    const element = widest(a.element, b.element);
    return element === null ? null : { kind: "array", element };
  }
  if (a.kind === "tuple" && b.kind === "tuple") return widestTuple(a.fields, b.fields);
  return null;
}

function widestNumber(a: DataType, b: DataType): DataType {
  const wide = NUMBERS.indexOf(a.kind) < NUMBERS.indexOf(b.kind) ? b : a;
  return wide.kind === "float" && a.kind !== b.kind ? simple("double") : wide;
}

/** By name; a member that one of them lacks is NULL there. */
function widestTuple(a: readonly Field[], b: readonly Field[]): DataType | null {
  const fields: Field[] = [];
  for (const field of a) {
    const other = b.find((candidate) => candidate.name === field.name);
    const type = other === undefined ? field.type : widest(field.type, other.type);
    if (type === null) return null;
    fields.push({ name: field.name, type });
  }
  fields.push(...b.filter((field) => !a.some((other) => other.name === field.name)));
  return { kind: "tuple", fields };
}

/** Whether rows can be put in the order of such values. */
export function isOrdered(type: DataType): boolean {
  return type.kind !== "tuple" && type.kind !== "object";
}

/** Whether a value of the type can stand for a parameter as it is. */
export function fitsParameter(kind: ArgumentKind, type: DataType): boolean {
  if (isUnknown(type) || type.kind === "null") return true;
  switch (kind) {
    case "any":
      return true;
    case "number":
      return isNumber(type);
    case "integral":
      return isIntegral(type);
    case "time":
      return isTime(type);
    case "address":
      return type.kind === "ip" || type.kind === "ipnet" || type.kind === "ipsocket";
    case "ordered":
      return isOrdered(type);
    default:
      return (
        type.kind === kind ||
        (isNumber(type) && isNumber(simpleOf(kind)) && widestNumber(type, simpleOf(kind)).kind === kind)
      );
  }
}

function simpleOf(kind: ArgumentKind): SimpleType {
  return simple(
    NUMBERS.includes(kind)
      ? kind === "long" || kind === "float" || kind === "double"
        ? kind
        : "integer"
      : "unknown",
  );
}

/** The type that a text constant or a VARIANT is converted to when it stands for a parameter; null: none. */
export function parameterType(kind: ArgumentKind): SimpleTypeKind | null {
  switch (kind) {
    case "any":
    case "ordered":
    case "array":
      return null;
    case "number":
      return "double";
    case "integral":
      return "long";
    case "time":
      return "timestamp";
    case "address":
      return "ip";
    default:
      return kind;
  }
}
