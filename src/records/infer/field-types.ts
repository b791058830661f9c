/** How fields are written after they had to be made wider. */
import type { FieldSketch, JsonMemberSketch, ValueType } from "./sketch.ts";

/** How often pieces were made wider, because they did not match what they were learned from. */
export type Widening = ReadonlyMap<object, number>;

/** The type of a field: first text instead of a value, then whatever there is. */
export function typeOfField(field: FieldSketch, widening: Widening): ValueType {
  const steps = widening.get(field) ?? 0;
  if (steps === 0) return field.type;
  return steps === 1 && field.type.kind !== "text" ? { kind: "text" } : { kind: "free" };
}

const NUMBERS: ReadonlySet<string> = new Set(["INT", "LONG"]);

/** The matcher of a JSON member that is no object of its own. */
export function matcherOfMember(text: string, member: JsonMemberSketch, widening: Widening): string {
  const steps = widening.get(member) ?? 0;
  if (steps === 0) return text;
  if (steps > 1 || text === "STRING") return "JSON_VALUE";
  if (NUMBERS.has(text)) return "DOUBLE";
  return text === "DOUBLE" || text === "BOOLEAN" || text.startsWith("JSON") ? "JSON_VALUE" : "STRING";
}

/** What a value is, for names: fields of one name have one kind. */
export function dataKind(type: ValueType): string {
  switch (type.kind) {
    case "time":
      return "timestamp";
    case "matcher":
      return DATA_KINDS[type.matcher] ?? type.matcher;
    default:
      return "string";
  }
}

const DATA_KINDS: Readonly<Record<string, string>> = {
  INT: "integer",
  LONG: "long",
  DOUBLE: "double",
  ISO8601: "timestamp",
  HTTPDATE: "timestamp",
  IPV4: "ip",
  IPV6: "ip",
  IPADDR: "ip",
  IPV4SOCKET: "ipsocket",
  IPSOCKET: "ipsocket",
  UUID: "string",
  URI: "string",
};
