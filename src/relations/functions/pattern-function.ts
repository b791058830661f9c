/**
 * PARSE inside a row. DuckDB's functions have one result type, so values go through it as text: a simple value as its digits or its
 * text, arrays and tuples as JSON arrays of such texts. `sql/pattern-values.ts` makes values of them again.
 */
import { type DataType, type Field, parsePattern, type Value } from "#language";
import { compileProgram, type MatchProgram, matchText, type Slot } from "#records";
import { invariant } from "#text";
import type { ScalarFunction } from "../engine/scalar-function.ts";

const TEXT: DataType = { kind: "string" };
/** Patterns of a statement that are kept compiled. */
const MOST_PATTERNS = 256;

interface Compiled {
  readonly program: MatchProgram;
  readonly fields: readonly Field[];
}

/** `match_pattern(pattern, zone, now, text)`: the fields as text; NULL when the pattern does not fit. */
export function patternFunction(): ScalarFunction {
  const compiled = new Map<string, Compiled>();
  const utf8 = new TextEncoder();
  const compiledOf = (pattern: string, zone: string): Compiled => {
    const key = `${zone}\n${pattern}`;
    const known = compiled.get(key);
    if (known !== undefined) return known;
    if (compiled.size >= MOST_PATTERNS) compiled.clear();
    const made = compile(pattern, zone);
    compiled.set(key, made);
    return made;
  };
  return {
    name: "match_pattern",
    parameters: [TEXT, TEXT, { kind: "long" }, TEXT],
    result: TEXT,
    compute: ([pattern, zone, now, text]) => {
      invariant(
        typeof pattern === "string" &&
          typeof zone === "string" &&
          typeof text === "string" &&
          typeof now === "bigint",
        "PARSE gets a pattern, a zone, a time and a text",
      );
      const { program, fields } = compiledOf(pattern, zone);
      const values = matchText(program, utf8.encode(text), now);
      return values === null ? null : written(fields, values);
    },
  };
}

function compile(text: string, timeZone: string): Compiled {
  const { pattern } = parsePattern({ name: "pattern", text });
  invariant(pattern !== null, "patterns are checked before the run");
  const slots = pattern.fields.flatMap(({ name, type }) => slotsOf([name], type));
  return { program: compileProgram(pattern, slots, { timeZone }), fields: pattern.fields };
}

function slotsOf(path: readonly string[], type: DataType): readonly Slot[] {
  if (type.kind !== "tuple") return [{ path, type }];
  return type.fields.flatMap((field) => slotsOf([...path, field.name], field.type));
}

function written(fields: readonly Field[], values: readonly Value[]): string | null {
  const left = [...values];
  const texts = fields.map((field) => textOf(nested(left, field.type), field.type));
  return fields.length === 1 ? (texts[0] ?? null) : JSON.stringify(texts);
}

/** Takes the values of a type's slots off the list; a tuple is NULL when all of its members are. */
function nested(values: Value[], type: DataType): Value {
  if (type.kind !== "tuple") return values.shift() ?? null;
  const members = type.fields.map((field) => nested(values, field.type));
  return members.every((member) => member === null) ? null : members;
}

function textOf(value: Value, type: DataType): string | null {
  if (value === null) return null;
  if (type.kind === "tuple" && Array.isArray(value)) {
    return JSON.stringify(type.fields.map((field, index) => textOf(memberOf(value, index), field.type)));
  }
  if (type.kind === "array" && Array.isArray(value)) {
    return JSON.stringify(value.map((item: Value) => textOf(item, type.element)));
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return String(value);
}

function memberOf(values: readonly Value[], index: number): Value {
  return values[index] ?? null;
}
