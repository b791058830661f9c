/** Reads the names of DuckDB's types, as DESCRIBE writes them, and says how their values become ours. */
import type { DataType, Field } from "#language";
import { memberName } from "../sql/member-name.ts";
import { sqlTypeOf } from "../sql/sql-type.ts";
import { quoteName } from "./quote-name.ts";

/** A type of ours, and the SQL that makes a value of it. */
export interface ForeignType {
  readonly type: DataType;
  readonly convert: (sql: string) => string;
}

const WHOLE: ReadonlySet<string> = new Set(["BIGINT", "UINTEGER"]);
const NARROW: ReadonlySet<string> = new Set(["INTEGER", "SMALLINT", "TINYINT", "USMALLINT", "UTINYINT"]);
const WIDE: ReadonlySet<string> = new Set(["HUGEINT", "UBIGINT", "UHUGEINT"]);
const TIMES: ReadonlySet<string> = new Set([
  "DATE",
  "TIMESTAMP",
  "TIMESTAMP_S",
  "TIMESTAMP_MS",
  "TIMESTAMP WITH TIME ZONE",
]);
/** Types nest so deep at most. */
const DEEPEST = 32;

const asIs = (sql: string) => sql;

/** The type of ours that holds values of one of DuckDB's. */
export function foreignType(text: string, depth = 0): ForeignType {
  if (depth > DEEPEST) return asJson();
  if (text.endsWith("[]")) return arrayOf(foreignType(text.slice(0, -2), depth + 1), depth);
  if (text.startsWith("STRUCT(") && text.endsWith(")")) return tupleOf(text.slice(7, -1), depth);
  if (NARROW.has(text)) return { type: { kind: "integer" }, convert: (sql) => `CAST(${sql} AS INTEGER)` };
  if (WHOLE.has(text)) return { type: { kind: "long" }, convert: (sql) => `CAST(${sql} AS BIGINT)` };
  if (WIDE.has(text)) return { type: { kind: "long" }, convert: (sql) => `TRY_CAST(${sql} AS BIGINT)` };
  if (text === "DOUBLE" || text.startsWith("DECIMAL"))
    return { type: { kind: "double" }, convert: (sql) => `CAST(${sql} AS DOUBLE)` };
  if (text === "FLOAT") return { type: { kind: "float" }, convert: asIs };
  if (text === "BOOLEAN") return { type: { kind: "boolean" }, convert: asIs };
  if (text === "BLOB") return { type: { kind: "bytes" }, convert: asIs };
  if (TIMES.has(text))
    return { type: { kind: "timestamp" }, convert: (sql) => `TRY(epoch_ms(CAST(${sql} AS TIMESTAMP)))` };
  if (text === "TIMESTAMP_NS")
    return { type: { kind: "timestamp-nano" }, convert: (sql) => `TRY(epoch_ns(${sql}))` };
  if (text === "JSON" || text.startsWith("MAP(")) return asJson();
  return { type: { kind: "string" }, convert: (sql) => `CAST(${sql} AS VARCHAR)` };
}

function asJson(): ForeignType {
  return { type: { kind: "variant" }, convert: (sql) => `CAST(to_json(${sql}) AS VARCHAR)` };
}

function arrayOf(element: ForeignType, depth: number): ForeignType {
  const name = `e${depth}`;
  return {
    type: { kind: "array", element: element.type },
    convert: (sql) => `list_transform(${sql}, lambda ${name}: ${element.convert(name)})`,
  };
}

function tupleOf(inside: string, depth: number): ForeignType {
  const members = splitMembers(inside).map(([name, text]) => ({
    name,
    foreign: foreignType(text, depth + 1),
  }));
  const fields: readonly Field[] = members.map(({ name, foreign }) => ({ name, type: foreign.type }));
  const type: DataType = { kind: "tuple", fields };
  return {
    type,
    convert: (sql) => {
      const parts = members.map(
        ({ name, foreign }, index) =>
          `'${memberName(index)}': ${foreign.convert(`(${sql}).${quoteName(name)}`)}`,
      );
      return `CASE WHEN ${sql} IS NOT NULL THEN CAST({${parts.join(", ")}} AS ${sqlTypeOf(type)}) END`;
    },
  };
}

/** `a INTEGER, "odd, name" STRUCT(b VARCHAR)` */
function splitMembers(text: string): readonly (readonly [string, string])[] {
  const members: (readonly [string, string])[] = [];
  let depth = 0;
  let isQuoted = false;
  let start = 0;
  const add = (end: number) => {
    const part = text.slice(start, end).trim();
    const quoted = /^"((?:[^"]|"")*)" (.+)$/s.exec(part);
    const plain = /^(\S+) (.+)$/s.exec(part);
    if (quoted !== null) members.push([(quoted[1] ?? "").replaceAll('""', '"'), quoted[2] ?? ""]);
    else if (plain !== null) members.push([plain[1] ?? "", plain[2] ?? ""]);
    start = end + 1;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (character === "," && depth === 0) add(at);
  }
  if (text.trim() !== "") add(text.length);
  return members;
}
