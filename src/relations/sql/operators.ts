/** Operators in SQL, by their name in the language's list. */
import { type DataType, readNetwork } from "#language";
import { castSql } from "./casts.ts";
import { quoteValue } from "./quote.ts";
import { type Argument, at, type Render, type RenderContext } from "./render.ts";
import { sqlTypeOf } from "./sql-type.ts";

/** How each operator is printed. */
export const OPERATOR_RENDERINGS: Readonly<Record<string, Render>> = {
  or: joined("OR"),
  and: joined("AND"),
  not: (parts) => `(NOT ${at(parts, 0).sql})`,
  equal: comparison("="),
  not_equal: comparison("<>"),
  less: comparison("<"),
  less_equal: comparison("<="),
  greater: comparison(">"),
  greater_equal: comparison(">="),
  like: (parts) => `(${at(parts, 0).sql} LIKE ${at(parts, 1).sql})`,
  ilike: (parts) => `(${at(parts, 0).sql} ILIKE ${at(parts, 1).sql})`,
  contains: (parts) => `contains(${at(parts, 0).sql}, ${at(parts, 1).sql})`,
  matches: (parts, _call, context) => regexCall("regexp_matches", parts, [], context),
  between: (parts, _call, context) => {
    const [value, low, high] = alike([at(parts, 0), at(parts, 1), at(parts, 2)], context);
    return `(${value} BETWEEN ${low} AND ${high})`;
  },
  in: (parts, _call, context) => membership(parts, context),
  is_null: (parts) => `(${at(parts, 0).sql} IS NULL)`,
  is_not_null: (parts) => `(${at(parts, 0).sql} IS NOT NULL)`,
  bit_or: (parts, call) => bits("|", parts, call.type),
  bit_and: (parts, call) => bits("&", parts, call.type),
  concat: (parts, _call, context) =>
    `concat(${parts.map((part) => castSql(part.sql, part.type, { kind: "string" }, context)).join(", ")})`,
  add: (parts, call, context) => {
    if (call.type.kind !== "string") return arithmetic("+", parts, call.type);
    const texts = parts.map((part) => castSql(part.sql, part.type, { kind: "string" }, context));
    return `(${texts.join(" || ")})`;
  },
  subtract: (parts, call, context) => {
    const [left, right] = [at(parts, 0), at(parts, 1)];
    const isDistance = left.type.kind.startsWith("timestamp") && right.type.kind.startsWith("timestamp");
    if (!isDistance) return arithmetic("-", parts, call.type);
    const millis = [left, right].map((part) => castSql(part.sql, part.type, { kind: "timestamp" }, context));
    return `TRY_CAST(CAST(${millis[0]} AS HUGEINT) - CAST(${millis[1]} AS HUGEINT) AS BIGINT)`;
  },
  multiply: (parts, call) => arithmetic("*", parts, call.type),
  divide: (parts) => `(CAST(${at(parts, 0).sql} AS DOUBLE) / nullif(CAST(${at(parts, 1).sql} AS DOUBLE), 0))`,
  modulo: (parts, call) => {
    const [left, right] = [at(parts, 0), at(parts, 1)];
    return arithmetic("%", [left, { ...right, sql: `nullif(${right.sql}, 0)` }], call.type);
  },
  negate: (parts, call) => arithmetic("-", [{ ...at(parts, 0), sql: "0" }, at(parts, 0)], call.type),
};

function joined(word: string): Render {
  return (parts) => `(${parts.map((part) => part.sql).join(` ${word} `)})`;
}

function comparison(operator: string): Render {
  return (parts, _call, context) => `(${alike([at(parts, 0), at(parts, 1)], context).join(` ${operator} `)})`;
}

/** Operands that are compared: times of different precision are brought to the finer one. */
function alike(parts: readonly Argument[], context: RenderContext): string[] {
  const kinds = new Set(parts.map((part) => part.type.kind));
  const isMixed = kinds.has("timestamp") && kinds.has("timestamp-nano");
  if (!isMixed) return parts.map((part) => part.sql);
  return parts.map((part) => castSql(part.sql, part.type, { kind: "timestamp-nano" }, context));
}

/** A call with a regular expression. One that is not constant and wrong gives NULL; a constant one fails the statement. */
export function regexCall(
  name: string,
  parts: readonly Argument[],
  more: readonly string[],
  context: RenderContext,
): string {
  const [text, expression] = [at(parts, 0), at(parts, 1)];
  const call = `${name}(${[text.sql, expression.sql, ...more].join(", ")})`;
  const { scalar } = expression;
  if (scalar.kind !== "constant") return `TRY(${call})`;
  const message = "The regular expression is not well formed.";
  context.fragments.push({ span: scalar.span, message, expression: String(scalar.value) });
  return call;
}

/** `x IN (…)`: values, networks and arrays. */
export function membership(parts: readonly Argument[], context: RenderContext): string {
  const operand = at(parts, 0);
  const values: Argument[] = [];
  const tests: string[] = [];
  for (const other of parts.slice(1)) {
    if (other.type.kind === "ipnet" && operand.type.kind === "ip") tests.push(inNetwork(operand, other));
    else if (other.type.kind === "array" && operand.type.kind !== "array") {
      tests.push(`list_contains(${other.sql}, ${operand.sql})`);
    } else values.push(other);
  }
  if (values.length > 0) {
    const [left, ...listed] = alike([operand, ...values], context);
    tests.unshift(`(${left} IN (${listed.join(", ")}))`);
  }
  if (tests.length === 0) return "FALSE";
  return tests.length === 1 ? tests.join("") : `(${tests.join(" OR ")})`;
}

function inNetwork(address: Argument, network: Argument): string {
  const { scalar } = network;
  const fixed =
    scalar.kind === "constant" && typeof scalar.value === "string" ? readNetwork(scalar.value) : null;
  if (fixed === null) {
    return `(${address.sql} BETWEEN network_low(${network.sql}) AND network_high(${network.sql}))`;
  }
  const last = fixed.base + (1n << BigInt(128 - fixed.prefixLength)) - 1n;
  const quote = (value: bigint) => quoteValue(value, { kind: "ip" });
  return `(${address.sql} BETWEEN ${quote(fixed.base)} AND ${quote(last)})`;
}

/** Sums and the like of whole numbers are computed wider than their result, so that what does not fit becomes NULL. */
function arithmetic(operator: string, parts: readonly Argument[], type: DataType): string {
  const [left, right] = [at(parts, 0), at(parts, 1)];
  const compute = (wide: string) =>
    `(CAST(${left.sql} AS ${wide}) ${operator} CAST(${right.sql} AS ${wide}))`;
  switch (type.kind) {
    case "double":
      return compute("DOUBLE");
    case "float":
      return `CAST(${compute("DOUBLE")} AS FLOAT)`;
    case "integer":
      return `TRY_CAST(${compute("BIGINT")} AS INTEGER)`;
    default: {
      const isNarrow = [left, right].every((part) => part.type.kind === "integer");
      return isNarrow ? compute("BIGINT") : `TRY_CAST(${compute("HUGEINT")} AS ${sqlTypeOf(type)})`;
    }
  }
}

function bits(operator: string, parts: readonly Argument[], type: DataType): string {
  const sides = parts.map((part) => `CAST(${part.sql} AS ${sqlTypeOf(type)})`);
  return `(${sides.join(` ${operator} `)})`;
}
