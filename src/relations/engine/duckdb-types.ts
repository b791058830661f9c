/** Types of this system as DuckDB's, and values between the two. */
import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DOUBLE,
  DuckDBBlobValue,
  DuckDBListValue,
  DuckDBStructValue,
  type DuckDBType,
  type DuckDBValue,
  FLOAT,
  HUGEINT,
  INTEGER,
  LIST,
  STRUCT,
  UHUGEINT,
  VARCHAR,
} from "@duckdb/node-api";
import type { DataType, Value } from "#language";
import { invariant } from "#text";
import { memberName } from "../sql/member-name.ts";
import type { LeafType } from "./messages.ts";

/** The type of DuckDB that holds values of a type. */
export function duckdbTypeOf(type: LeafType): DuckDBType {
  switch (type.kind) {
    case "integer":
    case "null":
      return INTEGER;
    case "long":
    case "timestamp":
    case "timestamp-nano":
    case "duration":
    case "mac":
      return BIGINT;
    case "float":
      return FLOAT;
    case "double":
      return DOUBLE;
    case "boolean":
      return BOOLEAN;
    case "ip":
      return UHUGEINT;
    case "huge":
      return HUGEINT;
    case "bytes":
      return BLOB;
    case "array":
      return LIST(duckdbTypeOf(type.element));
    case "tuple":
      return STRUCT(
        Object.fromEntries(type.fields.map((field, index) => [memberName(index), duckdbTypeOf(field.type)])),
      );
    default:
      return VARCHAR;
  }
}

/** A value as DuckDB's bindings take it. */
export function toDuckdbValue(value: Value, type: LeafType): DuckDBValue {
  if (value === null) return null;
  if (type.kind === "array") {
    invariant(isArray(value), "an array's value is an array");
    return new DuckDBListValue(value.map((item) => toDuckdbValue(item, type.element)));
  }
  if (type.kind === "tuple") {
    invariant(isArray(value), "a tuple's value is an array");
    const entries = type.fields.map((field, index): [string, DuckDBValue] => [
      memberName(index),
      toDuckdbValue(value[index] ?? null, field.type),
    ]);
    return new DuckDBStructValue(Object.fromEntries(entries));
  }
  if (value instanceof Uint8Array) return new DuckDBBlobValue(value);
  invariant(!isArray(value), "only arrays and tuples have arrays as values");
  return value;
}

/** A value as this system has it, from what the bindings give. */
export function fromDuckdbValue(value: DuckDBValue, type: DataType): Value {
  if (value === null) return null;
  if (type.kind === "array") {
    invariant(value instanceof DuckDBListValue, "an array comes as a list");
    return value.items.map((item) => fromDuckdbValue(item, type.element));
  }
  if (type.kind === "tuple") {
    invariant(value instanceof DuckDBStructValue, "a tuple comes as a struct");
    const { entries } = value;
    return type.fields.map((field, index) => fromDuckdbValue(entries[memberName(index)] ?? null, field.type));
  }
  if (value instanceof DuckDBBlobValue) return new Uint8Array(value.bytes);
  if (typeof value === "object")
    throw new Error(`Internal error: DuckDB gave ${String(value)} for a ${type.kind}`);
  return value;
}

function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
