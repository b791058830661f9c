/** Casts in SQL: what cannot be converted becomes NULL. */
import type { DataType } from "#language";
import { memberName } from "./member-name.ts";
import { quoteText } from "./quote.ts";
import type { RenderContext } from "./render.ts";
import { sqlTypeOf } from "./sql-type.ts";
import { floorDivide, timeText } from "./time.ts";

const BLANKS = "' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13)";

/** An expression of one type as another. `from` and `to` may be any types; those that do not convert give NULL. */
export function castSql(sql: string, from: DataType, to: DataType, context: RenderContext): string {
  if (from.kind === "null" || sql === "NULL") return `CAST(NULL AS ${sqlTypeOf(to)})`;
  if (from.kind === to.kind && from.kind !== "array" && from.kind !== "tuple") return sql;
  switch (to.kind) {
    case "string":
      return textOf(sql, from, context);
    case "integer":
    case "long":
    case "duration":
      return integerOf(sql, from, to);
    case "float":
    case "double":
      return realOf(sql, from, to);
    case "boolean":
      return booleanOf(sql, from);
    case "timestamp":
    case "timestamp-nano":
      return timeOf(sql, from, to, context);
    case "variant":
      return jsonOf(sql, from, context);
    case "array":
    case "tuple":
      return `CAST(${sql} AS ${sqlTypeOf(to)})`;
    default:
      return byFunction(sql, from, to);
  }
}

/** Casts that functions of our own make: `text_to_ip`, `variant_to_mac` and so on. */
function byFunction(sql: string, from: DataType, to: DataType): string {
  const target: Partial<Record<DataType["kind"], string>> = {
    ip: "ip",
    ipnet: "ipnet",
    ipsocket: "socket",
    mac: "mac",
  };
  const name = target[to.kind];
  if (from.kind === "ip" && to.kind === "ipnet") return `ip_network(${sql}, 128)`;
  if (from.kind === "ipnet" && to.kind === "ip") return `network_low(${sql})`;
  if (from.kind === "ipsocket" && to.kind === "ip")
    return `text_to_ip(regexp_extract(${sql}, '^\\[?(.*?)\\]?:[0-9]+$', 1))`;
  if (name !== undefined && from.kind === "string") return `text_to_${name}(${sql})`;
  if (name !== undefined && from.kind === "variant") return `text_to_${name}(variant_text(${sql}))`;
  return nothing(to);
}

function nothing(to: DataType): string {
  return `CAST(NULL AS ${sqlTypeOf(to)})`;
}

function textOf(sql: string, from: DataType, context: RenderContext): string {
  switch (from.kind) {
    case "ipnet":
    case "ipsocket":
    case "object":
    case "unknown":
      return sql;
    case "variant":
      return `variant_text(${sql})`;
    case "ip":
      return `ip_text(${sql})`;
    case "mac":
      return `mac_text(${sql})`;
    case "timestamp":
    case "timestamp-nano":
      return timeText(sql, from, context.zone);
    case "bytes":
      return `TRY(decode(${sql}))`;
    case "array":
    case "tuple":
      return jsonOf(sql, from, context);
    default:
      return `CAST(${sql} AS VARCHAR)`;
  }
}

function integerOf(sql: string, from: DataType, to: DataType): string {
  const type = sqlTypeOf(to);
  switch (from.kind) {
    case "string":
      return `CASE WHEN regexp_full_match(${sql}, '\\s*[+-]?[0-9]{1,19}\\s*') THEN TRY_CAST(trim(${sql}, ${BLANKS}) AS ${type}) END`;
    case "variant": {
      const text = `variant_text(${sql})`;
      return `CASE WHEN regexp_full_match(${text}, '[+-]?[0-9]{1,19}') THEN TRY_CAST(${text} AS ${type}) END`;
    }
    case "float":
    case "double":
      return `TRY_CAST(trunc(${sql}) AS ${type})`;
    case "timestamp-nano":
      return `TRY_CAST(${floorDivide(sql, "1000000")} AS ${type})`;
    case "integer":
    case "long":
    case "duration":
    case "timestamp":
    case "mac":
    case "boolean":
      return `TRY_CAST(${sql} AS ${type})`;
    default:
      return nothing(to);
  }
}

const REAL = "[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?";

function realOf(sql: string, from: DataType, to: DataType): string {
  const type = sqlTypeOf(to);
  switch (from.kind) {
    case "string":
      return `CASE WHEN regexp_full_match(${sql}, '\\s*${REAL}\\s*') THEN TRY_CAST(trim(${sql}, ${BLANKS}) AS ${type}) END`;
    case "variant": {
      const text = `variant_text(${sql})`;
      return `CASE WHEN regexp_full_match(${text}, '${REAL}') THEN TRY_CAST(${text} AS ${type}) END`;
    }
    case "integer":
    case "long":
    case "float":
    case "double":
    case "duration":
    case "timestamp":
    case "boolean":
      return `TRY_CAST(${sql} AS ${type})`;
    default:
      return nothing(to);
  }
}

function booleanOf(sql: string, from: DataType): string {
  switch (from.kind) {
    case "string":
    case "variant": {
      const text = from.kind === "string" ? sql : `variant_text(${sql})`;
      return `CASE lower(${text}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END`;
    }
    case "integer":
    case "long":
    case "float":
    case "double":
      return `(${sql} <> 0)`;
    default:
      return "CAST(NULL AS BOOLEAN)";
  }
}

function timeOf(sql: string, from: DataType, to: DataType, context: RenderContext): string {
  if (to.kind === "timestamp-nano" && (from.kind === "string" || from.kind === "variant")) {
    const text = from.kind === "string" ? sql : `variant_text(${sql})`;
    return `text_to_nanos(${text}, ${quoteText(context.zone.name)})`;
  }
  if (to.kind === "timestamp-nano" && from.kind !== "timestamp-nano") {
    const ms = from.kind === "timestamp" ? sql : timeOf(sql, from, { kind: "timestamp" }, context);
    return `TRY_CAST(CAST(${ms} AS HUGEINT) * 1000000 AS BIGINT)`;
  }
  switch (from.kind) {
    case "string":
      return `text_to_time(${sql}, ${quoteText(context.zone.name)})`;
    case "variant":
      return `variant_to_time(${sql}, ${quoteText(context.zone.name)})`;
    case "timestamp-nano":
      return floorDivide(sql, "1000000");
    default:
      return integerOf(sql, from, to);
  }
}

/** A value as JSON text; NULL for NULL. */
function jsonOf(sql: string, from: DataType, context: RenderContext): string {
  switch (from.kind) {
    case "object":
    case "variant":
      return sql;
    case "integer":
    case "long":
    case "duration":
    case "boolean":
      return `CAST(${sql} AS VARCHAR)`;
    case "float":
    case "double":
      return `CASE WHEN isfinite(${sql}) THEN CAST(${sql} AS VARCHAR) END`;
    case "array": {
      const element = `coalesce(${jsonOf("e", from.element, context)}, 'null')`;
      return `('[' || array_to_string(list_transform(${sql}, lambda e: ${element}), ',') || ']')`;
    }
    case "tuple": {
      const members = from.fields.map((field, index) => {
        const value = jsonOf(`struct_extract(${sql}, '${memberName(index)}')`, field.type, context);
        return `${quoteText(`${index === 0 ? "" : ","}${JSON.stringify(field.name)}:`)} || coalesce(${value}, 'null')`;
      });
      return `CASE WHEN ${sql} IS NOT NULL THEN '{' || ${[...members, "'}'"].join(" || ")} END`;
    }
    default:
      return `CAST(to_json(${textOf(sql, from, context)}) AS VARCHAR)`;
  }
}
