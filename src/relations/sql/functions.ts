/** Functions in SQL, by their name in the language's list, and the plan's own calls. */

import type { DataType } from "#language";
import { PRIVATE_NETWORKS, RESERVED_NETWORKS } from "#text";
import { constantText } from "../plan/scalar.ts";
import type { Scalar } from "../plan/tree.ts";
import { castSql } from "./casts.ts";
import { memberName } from "./member-name.ts";
import { membership, regexCall } from "./operators.ts";
import { valueOfText } from "./pattern-values.ts";
import { quoteText, quoteValue } from "./quote.ts";
import { type Argument, at, type Render, type RenderContext } from "./render.ts";
import { sqlTypeOf } from "./sql-type.ts";
import { millisOf, shiftTime, timePart, truncateTime } from "./time.ts";
import { zoneSql } from "./zone.ts";

/** Places and lengths beyond this are as good as this. */
const LARGEST_PLACE = 2147483646;
const BLANKS = "' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13)";
/** Of a sphere with the mean radius of the earth. */
const EARTH_DIAMETER_KM = 2 * 6371.0088;

const CASTS: Readonly<Record<string, Render>> = Object.fromEntries(
  ["string", "integer", "long", "float", "double", "boolean", "ip", "variant", "duration"].map((name) => [
    name,
    cast,
  ]),
);

const CAST_RENDERINGS: Readonly<Record<string, Render>> = {
  ...CASTS,
  ipnet: (parts, call, context) =>
    parts.length === 1
      ? cast(parts, call, context)
      : `ip_network(${at(parts, 0).sql}, ${integer(at(parts, 1))})`,
  mac: cast,
  ipsocket: cast,
  timestamp: (parts, call, context) =>
    parts.length === 1 ? cast(parts, call, context) : timeOfParts(parts, context),
  "timestamp-nano": cast,
  /** `_raw_bytes`. */
  bytes_of_text: (parts) => `encode(${at(parts, 0).sql})`,
};

const TIME_RENDERINGS: Readonly<Record<string, Render>> = {
  now: (_parts, call, context) => quoteValue(context.nowMs, call.type),
  year: part("year"),
  month: part("month"),
  day: part("day"),
  hour: part("hour"),
  minute: part("minute"),
  second: part("second"),
  day_of_week: part("isodow"),
  str_to_time: (parts, _call, context) => {
    const format = parts[1]?.sql ?? "''";
    return `time_of_text(${at(parts, 0).sql}, ${format}, ${parts[2]?.sql ?? quoteText(context.zone.name)})`;
  },
  time_to_str: (parts, _call, context) => {
    const time = at(parts, 0);
    const ms = millisOf(time.sql, time.type);
    const zone = parts[2] === undefined ? context.zone.name : constantText(parts[2].scalar);
    const format = parts[1]?.sql ?? "''";
    if (zone === null) return `time_text_in(${ms}, ${format}, ${parts[2]?.sql ?? "NULL"})`;
    return `time_text(${zoneSql(zone).toLocal(ms)}, ${ms}, ${format})`;
  },
  time_shift: (parts, _call, context) => {
    const time = at(parts, 0);
    const by = { amount: count(at(parts, 1)), unit: constantText(at(parts, 2).scalar) ?? "" };
    return shiftTime(time.sql, time.type, by, context.zone);
  },
  time_truncate: (parts, _call, context) => {
    const time = at(parts, 0);
    const to = { count: count(at(parts, 1)), unit: constantText(at(parts, 2).scalar) ?? "" };
    return truncateTime(time.sql, time.type, to, context.zone);
  },
};

const TEXT_RENDERINGS: Readonly<Record<string, Render>> = {
  lower: plain("lower"),
  upper: plain("upper"),
  trim: (parts) => `trim(${at(parts, 0).sql}, ${BLANKS})`,
  urldecode: plain("url_text"),
  base64_decode: plain("base64_text"),
  md5: plain("md5"),
  sha256: plain("sha256"),
  hex: (parts) => `lower(hex(${at(parts, 0).sql}))`,
  strlen: plain("length"),
  substr: (parts) => {
    const place = (part: Argument) => `CAST(least(greatest(${part.sql}, 0), ${LARGEST_PLACE}) AS BIGINT)`;
    const length = parts[2] === undefined ? "" : `, ${place(parts[2])}`;
    return `substring(${at(parts, 0).sql}, ${place(at(parts, 1))} + 1${length})`;
  },
  replace: plain("replace"),
  replaceall: (parts, _call, context) =>
    regexCall("regexp_replace", parts, [at(parts, 2).sql, "'g'"], context),
  split: plain("string_split"),
  punct: (parts) => {
    const max = parts[1] === undefined ? `${LARGEST_PLACE}` : `greatest(CAST(${parts[1].sql} AS BIGINT), 0)`;
    return `punctuation(${at(parts, 0).sql}, ${max}, ${parts[2]?.sql ?? "FALSE"})`;
  },
  parseuri: plain("uri_parts"),
  entropy: plain("text_entropy"),
  levenshtein: (parts) => `CAST(text_edits(${at(parts, 0).sql}, ${at(parts, 1).sql}) AS BIGINT)`,
  parse: (parts, call, context) => {
    const [pattern, text] = [at(parts, 0), at(parts, 1)];
    const matched = `match_pattern(${pattern.sql}, ${quoteText(context.zone.name)}, ${context.nowMs}::BIGINT, ${text.sql})`;
    return valueOfText(matched, call.type);
  },
  startswith: plain("starts_with"),
  endswith: plain("ends_with"),
  regex_extract: (parts, _call, context) => {
    const group = parts[2] === undefined ? "0" : integer(parts[2]);
    const isFixed = parts[2] === undefined || parts[2].scalar.kind === "constant";
    const matches = regexCall("regexp_matches", parts, [], context);
    const extract = (index: string) => regexCall("regexp_extract", parts, [index], context);
    const arms = Array.from({ length: 10 }, (_, index) => `WHEN ${index} THEN ${extract(String(index))}`);
    return `CASE WHEN ${matches} THEN ${isFixed ? extract(group) : `CASE ${group} ${arms.join(" ")} END`} END`;
  },
};

const ADDRESS_RENDERINGS: Readonly<Record<string, Render>> = {
  ip_trunc: (parts) => {
    const address = at(parts, 0).sql;
    const v4 = integer(at(parts, 1));
    const v6 = parts[2] === undefined ? "64" : integer(parts[2]);
    const rest = (width: number, bits: string) => `CAST(${width} - least(${bits}, ${width}) AS UHUGEINT)`;
    const cut = (width: number, bits: string) =>
      `CASE WHEN ${bits} <= 0 THEN ${width === 32 ? "281470681743360::UHUGEINT" : "0::UHUGEINT"} ` +
      `ELSE (${address} >> ${rest(width, bits)}) << ${rest(width, bits)} END`;
    return `CASE WHEN ${address} >> 32::UHUGEINT = 65535::UHUGEINT THEN ${cut(32, v4)} ELSE ${cut(128, v6)} END`;
  },
  is_private: among(PRIVATE_NETWORKS),
  is_bogon: among([...PRIVATE_NETWORKS, ...RESERVED_NETWORKS]),
  port: (parts) => `CAST(regexp_extract(${at(parts, 0).sql}, ':([0-9]+)$', 1) AS INTEGER)`,
  distance: (parts) => {
    const [fromLatitude, fromLongitude, toLatitude, toLongitude] = [0, 1, 2, 3].map(
      (index) => `radians(CAST(${at(parts, index).sql} AS DOUBLE))`,
    );
    const half = (a: string | undefined, b: string | undefined) => `pow(sin((${b} - ${a}) / 2), 2)`;
    const chord = `${half(fromLatitude, toLatitude)} + cos(${fromLatitude}) * cos(${toLatitude}) * ${half(fromLongitude, toLongitude)}`;
    return `(${EARTH_DIAMETER_KM} * asin(CASE WHEN ${chord} > 1 THEN 1.0 ELSE sqrt(${chord}) END))`;
  },
};

function among(networks: readonly string[]): Render {
  return (parts, call, context) => {
    const others = networks.map((value): Argument => {
      const scalar: Scalar = { kind: "constant", value, type: { kind: "ipnet" }, span: call.span };
      return { sql: quoteText(value), type: scalar.type, scalar };
    });
    return membership([at(parts, 0), ...others], context);
  };
}

const ARRAY_RENDERINGS: Readonly<Record<string, Render>> = {
  array_len: plain("len"),
  array_last: (parts) => `list_extract(${at(parts, 0).sql}, -1)`,
  array_uniq: (parts) => {
    const numbered = `SELECT unnest(l) AS e, generate_subscripts(l, 1) AS p FROM (SELECT ${at(parts, 0).sql} AS l)`;
    return `(SELECT list(e ORDER BY p) FROM (SELECT e, min(p) AS p FROM (${numbered}) GROUP BY e))`;
  },
  array_sort: (parts) => `list_sort(${at(parts, 0).sql}, 'ASC', 'NULLS LAST')`,
  array_remove_nulls: (parts) => `list_filter(${at(parts, 0).sql}, lambda e: e IS NOT NULL)`,
  keys: plain("json_names"),
  values: plain("json_member_values"),
  entries: plain("json_entries"),
  variant_array: (parts, _call, context) => `json_elements(${jsonText(at(parts, 0), context)})`,
  variant_object: (parts, _call, context) => `json_object_text(${jsonText(at(parts, 0), context)})`,
  json: plain("json_checked"),
  array: (parts, call, context) => {
    if (call.type.kind !== "array") throw new Error("Internal error: an array's type is an array");
    const { element } = call.type;
    const elements = parts.map((item) => castSql(item.sql, item.type, element, context));
    return `CAST([${elements.join(", ")}] AS ${sqlTypeOf(call.type)})`;
  },
  tuple: (parts, call, context) => tuple(parts, call.type, context),
  tuple_or_null: (parts, call, context) => {
    const areNull = parts.map((item) => `${item.sql} IS NULL`).join(" AND ");
    return `CASE WHEN NOT (${areNull}) THEN ${tuple(parts, call.type, context)} END`;
  },
  member: (parts) => {
    const object = at(parts, 0);
    const name = constantText(at(parts, 1).scalar) ?? "";
    if (object.type.kind !== "tuple") return `json_member(${object.sql}, ${quoteText(name)})`;
    const index = object.type.fields.findIndex((field) => field.name === name);
    return `struct_extract(${object.sql}, '${memberName(index)}')`;
  },
  element: (parts) => {
    const [array, index] = [at(parts, 0), at(parts, 1)];
    const place = `CAST(${index.sql} AS BIGINT)`;
    if (array.type.kind !== "array") return `json_element(${array.sql}, ${place})`;
    return `list_extract(${array.sql}, CASE WHEN ${place} >= 0 THEN ${place} + 1 ELSE ${place} END)`;
  },
};

const MATHS_RENDERINGS: Readonly<Record<string, Render>> = {
  round: (parts) => `round(${real(at(parts, 0))}, ${parts[1] === undefined ? "0" : integer(parts[1])})`,
  abs: (parts, call) => {
    const isReal = call.type.kind === "double" || call.type.kind === "float";
    const number = at(parts, 0).sql;
    return isReal ? `abs(${number})` : `TRY_CAST(abs(CAST(${number} AS HUGEINT)) AS ${sqlTypeOf(call.type)})`;
  },
  floor: (parts) => `floor(${real(at(parts, 0))})`,
  ceil: (parts) => `ceil(${real(at(parts, 0))})`,
  sqrt: (parts) => `CASE WHEN ${real(at(parts, 0))} >= 0 THEN sqrt(${real(at(parts, 0))}) END`,
  ln: (parts) => `CASE WHEN ${real(at(parts, 0))} > 0 THEN ln(${real(at(parts, 0))}) END`,
  log: (parts) => `CASE WHEN ${real(at(parts, 0))} > 0 THEN log10(${real(at(parts, 0))}) END`,
  sin: (parts) => `CASE WHEN isfinite(${real(at(parts, 0))}) THEN sin(${real(at(parts, 0))}) END`,
  cos: (parts) => `CASE WHEN isfinite(${real(at(parts, 0))}) THEN cos(${real(at(parts, 0))}) END`,
  random: () => "random()",
  radians: (parts) => `radians(${real(at(parts, 0))})`,
  pow: (parts) => `pow(${real(at(parts, 0))}, ${real(at(parts, 1))})`,
  greatest: widest("greatest"),
  least: widest("least"),
};

const CONDITION_RENDERINGS: Readonly<Record<string, Render>> = {
  coalesce: widest("coalesce"),
  if: (parts, call, context) => {
    const [condition, yes, no] = [at(parts, 0), at(parts, 1), parts[2]];
    const otherwise = no === undefined ? "" : ` ELSE ${castSql(no.sql, no.type, call.type, context)}`;
    return `CASE WHEN ${condition.sql} THEN ${castSql(yes.sql, yes.type, call.type, context)}${otherwise} END`;
  },
  case: (parts, call, context) => {
    const arms: string[] = [];
    for (let index = 0; index + 1 < parts.length; index += 2) {
      const value = at(parts, index + 1);
      arms.push(`WHEN ${at(parts, index).sql} THEN ${castSql(value.sql, value.type, call.type, context)}`);
    }
    const last = parts.length % 2 === 1 ? parts.at(-1) : undefined;
    if (last !== undefined) arms.push(`ELSE ${castSql(last.sql, last.type, call.type, context)}`);
    return `CASE ${arms.join(" ")} END`;
  },
};

/** How each function is printed. */
export const FUNCTION_RENDERINGS: Readonly<Record<string, Render>> = {
  ...CAST_RENDERINGS,
  ...TIME_RENDERINGS,
  ...TEXT_RENDERINGS,
  ...ADDRESS_RENDERINGS,
  ...ARRAY_RENDERINGS,
  ...MATHS_RENDERINGS,
  ...CONDITION_RENDERINGS,
};

function cast(parts: readonly Argument[], call: { readonly type: DataType }, context: RenderContext): string {
  const operand = at(parts, 0);
  return castSql(operand.sql, operand.type, call.type, context);
}

function plain(name: string): Render {
  return (parts) => `${name}(${parts.map((item) => item.sql).join(", ")})`;
}

function part(name: string): Render {
  return (parts, _call, context) => timePart(name, at(parts, 0).sql, at(parts, 0).type, context.zone);
}

function widest(name: string): Render {
  return (parts, call, context) =>
    `${name}(${parts.map((item) => castSql(item.sql, item.type, call.type, context)).join(", ")})`;
}

function tuple(parts: readonly Argument[], type: DataType, context: RenderContext): string {
  if (type.kind !== "tuple") throw new Error("Internal error: a tuple's type is a tuple");
  const members = parts.map(
    (item, index) =>
      `'${memberName(index)}': ${castSql(item.sql, item.type, type.fields[index]?.type ?? item.type, context)}`,
  );
  return `{${members.join(", ")}}`;
}

function timeOfParts(parts: readonly Argument[], context: RenderContext): string {
  const [year, month, day, hour, minute, second, ms] = Array.from({ length: 7 }, (_, index) => {
    const given = parts[index];
    return given === undefined ? (index < 3 ? "1" : "0") : `CAST(${given.sql} AS BIGINT)`;
  });
  const local = `TRY(epoch_ms(make_timestamp(${year}, ${month}, ${day}, ${hour}, ${minute}, ${second})))`;
  return `(${context.zone.fromLocal(local)} + ${ms})`;
}

/** A value as JSON; a text is taken for JSON when it is such. */
function jsonText(item: Argument, context: RenderContext): string {
  if (item.type.kind === "string") return `json_checked(${item.sql})`;
  return castSql(item.sql, item.type, { kind: "variant" }, context);
}

function real(item: Argument): string {
  return `CAST(${item.sql} AS DOUBLE)`;
}

function integer(item: Argument): string {
  const { scalar } = item;
  if (scalar.kind === "constant" && typeof scalar.value === "number") return String(Math.trunc(scalar.value));
  return `TRY_CAST(${item.sql} AS INTEGER)`;
}

function count(item: Argument): number {
  const { scalar } = item;
  if (scalar.kind !== "constant" || typeof scalar.value !== "number")
    throw new Error("Internal error: units are counted by constants");
  return scalar.value;
}
