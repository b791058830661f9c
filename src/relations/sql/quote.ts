/** The one place where values become SQL text. */
import type { DataType, Value } from "#language";
import { invariant } from "#text";
import { memberName } from "./member-name.ts";
import { sqlTypeOf } from "./sql-type.ts";

/** A text as a literal of SQL. NUL, which would end the statement, is spliced in by its number. */
export function quoteText(text: string): string {
  const parts = text.replace(/\p{Surrogate}/gu, "\ufffd").split("\0");
  const quoted = parts.map((part) => `'${part.replaceAll("'", "''")}'`);
  return quoted.length === 1 ? (quoted[0] ?? "''") : `(${quoted.join(" || chr(0) || ")})`;
}

/** A value of a type as SQL. */
export function quoteValue(value: Value, type: DataType): string {
  if (value === null || type.kind === "null") return "NULL";
  switch (type.kind) {
    case "boolean":
      return value === true ? "TRUE" : "FALSE";
    case "float":
    case "double":
      return `${quoteText(String(value))}::${sqlTypeOf(type)}`;
    case "integer":
    case "long":
    case "timestamp":
    case "timestamp-nano":
    case "duration":
    case "mac":
    case "ip":
      return quoteInteger(value, type);
    case "bytes":
      invariant(value instanceof Uint8Array, "bytes are bytes");
      return `unhex('${Buffer.from(value).toString("hex")}')`;
    case "array":
      return `CAST([${membersOf(value)
        .map((item) => quoteValue(item, type.element))
        .join(", ")}] AS ${sqlTypeOf(type)})`;
    case "tuple": {
      const values = membersOf(value);
      const members = type.fields.map(
        (field, index) => `'${memberName(index)}': ${quoteTyped(values[index] ?? null, field.type)}`,
      );
      return `{${members.join(", ")}}`;
    }
    default:
      return quoteText(String(value));
  }
}

/** A value as SQL that carries its type also where it is NULL. */
export function quoteTyped(value: Value, type: DataType): string {
  return value === null ? `CAST(NULL AS ${sqlTypeOf(type)})` : quoteValue(value, type);
}

function quoteInteger(value: Value, type: DataType): string {
  invariant(typeof value === "bigint" || Number.isSafeInteger(value), "whole numbers are whole");
  const digits = String(value);
  if (type.kind === "integer" && !digits.startsWith("-")) return digits;
  return `${digits.startsWith("-") ? `(${digits})` : digits}::${sqlTypeOf(type)}`;
}

function membersOf(value: Value): readonly Value[] {
  invariant(isList(value), "arrays and tuples have lists as values");
  return value;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
