/** What JSON objects have in common: their members and types. */
import type { JsonMemberSketch, JsonSketch } from "./sketch.ts";
import { epochFormat, TIME_KEY, typeOfValues } from "./value-types.ts";

/** Members named at most; the rest is collected. */
const MOST_MEMBERS = 48;
/** Objects inside of objects are taken apart so deep. */
const MOST_DEPTH = 2;
/** Members named of an inner object. */
const MOST_INNER_MEMBERS = 16;
/** In fewer objects, a member that is in all of them may be missing elsewhere. */
const SURE_OBJECTS = 10;
/** Longest object that is looked into. */
const LONGEST_OBJECT = 1 << 20;
/** As the pattern language has it when nothing is said. */
const DEFAULT_MAX_BYTES = 128_000;

/** The members of the objects, all of which must be JSON objects; null when one is none. */
export function learnJson(texts: readonly string[]): JsonSketch | null {
  const objects: object[] = [];
  let longest = 0;
  for (const text of texts) {
    const object = text.length <= LONGEST_OBJECT ? readObject(text) : null;
    if (object === null) return null;
    objects.push(object);
    longest = Math.max(longest, text.length);
  }
  const maxBytes = 4 * longest > DEFAULT_MAX_BYTES ? 1 << (32 - Math.clz32(4 * longest)) : DEFAULT_MAX_BYTES;
  return { ...learnObject(objects, 0), isFlat: true, maxBytes };
}

/** The object that a text of one character per byte is, or null. */
export function readObject(text: string): object | null {
  if (!text.startsWith("{")) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "latin1").toString("utf8"));
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

function learnObject(objects: readonly object[], depth: number): JsonSketch {
  const members = new Map<string, unknown[]>();
  for (const object of objects) {
    for (const [name, value] of Object.entries(object)) {
      const values = members.get(name);
      if (values === undefined) members.set(name, [value]);
      else values.push(value);
    }
  }
  const names = [...members.keys()];
  const byFrequency = [...names].sort(
    (a, b) => (members.get(b)?.length ?? 0) - (members.get(a)?.length ?? 0),
  );
  const kept = new Set(byFrequency.slice(0, MOST_MEMBERS));
  return {
    kind: "json",
    isFlat: false,
    hint: null,
    hasMore: kept.size < names.length,
    maxBytes: DEFAULT_MAX_BYTES,
    members: names
      .filter((name) => kept.has(name) && name !== "")
      .map((name) => learnMember(name, members.get(name) ?? [], objects.length, depth)),
  };
}

function learnMember(
  name: string,
  values: readonly unknown[],
  objects: number,
  depth: number,
): JsonMemberSketch {
  const given = values.filter((value) => value !== null);
  const isMandatory = values.length === objects && objects >= SURE_OBJECTS && given.length === values.length;
  return { name, isMandatory, shape: shapeOf(name, given, depth) };
}

function shapeOf(name: string, values: readonly unknown[], depth: number): JsonMemberSketch["shape"] {
  const [first] = values;
  const matcher = (text: string) => ({ kind: "matcher", text }) as const;
  if (first === undefined) return matcher("JSON_VALUE");
  if (values.every((value) => typeof value === "string")) return matcher(textMatcher(values));
  if (values.every((value) => typeof value === "number")) return matcher(numberMatcher(name, values));
  if (values.every((value) => typeof value === "boolean")) return matcher("BOOLEAN");
  if (values.every(Array.isArray)) return matcher("JSON_ARRAY");
  if (!values.every(isObject)) return matcher("JSON_VALUE");
  const names = new Set(values.flatMap((value) => Object.keys(value)));
  const isRecord =
    depth < MOST_DEPTH && names.size > 0 && names.size <= MOST_INNER_MEMBERS && isRegular(values, names);
  return isRecord ? learnObject(values, depth + 1) : matcher("JSON");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether the objects share their names, rather than have names that are data. */
function isRegular(objects: readonly object[], names: ReadonlySet<string>): boolean {
  const total = objects.reduce((sum, object) => sum + Object.keys(object).length, 0);
  return (
    total >= 0.2 * names.size * objects.length && [...names].every((name) => /^[\w.@ -]{1,64}$/.test(name))
  );
}

/** Long digits in quotes are names, not numbers. */
const LONGEST_QUOTED_NUMBER = 9;

function textMatcher(values: readonly string[]): string {
  const type = values.includes("") ? null : typeOfValues(values);
  if (type === null) return "STRING";
  if (type.kind === "time") {
    const [format = "", second] = type.formats;
    return second === undefined ? `TIMESTAMP('${format.replaceAll("'", "\\'")}')` : "STRING";
  }
  if (type.kind !== "matcher" || type.matcher === "URI" || type.matcher === "HEXLONG") return "STRING";
  const isNumber = type.matcher === "INT" || type.matcher === "LONG";
  return isNumber && values.some(({ length }) => length > LONGEST_QUOTED_NUMBER) ? "STRING" : type.matcher;
}

function numberMatcher(name: string, values: readonly number[]): string {
  const texts = values.map(String);
  const epoch = TIME_KEY.test(name) ? epochFormat(texts) : null;
  if (epoch !== null) return `TIMESTAMP('${epoch}')`;
  if (!values.every(Number.isSafeInteger)) return "DOUBLE";
  return values.every((value) => Math.abs(value) < 2 ** 30) ? "INT" : "LONG";
}
