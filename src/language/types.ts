/** Types of values, the same words in patterns, queries, plans and results. Plain data. */

/** Types that carry nothing else. */
export type SimpleTypeKind =
  | "integer" // 32 bits, signed
  | "long" // 64 bits, signed
  | "float" // 32 bits IEEE 754
  | "double" // 64 bits IEEE 754
  | "boolean"
  | "string"
  | "timestamp" // milliseconds since 1970-01-01T00:00:00Z
  | "timestamp-nano" // nanoseconds since 1970-01-01T00:00:00Z
  | "duration" // milliseconds
  | "ip" // 128 bits; IPv4 as ::ffff:a.b.c.d
  | "ipnet" // address and prefix length
  | "ipsocket" // address and port
  | "mac" // 48 bits
  | "bytes"
  | "object" // a JSON object or key-value pairs, kept as JSON text
  | "variant" // any JSON value, kept as JSON text
  | "null" // the type of a bare NULL
  | "unknown"; // the type of what is already reported as wrong, or of a source that cannot be looked at

/** The type of a value. */
export type DataType = SimpleType | ArrayType | TupleType;
export interface SimpleType {
  readonly kind: SimpleTypeKind;
}
export interface ArrayType {
  readonly kind: "array";
  readonly element: DataType;
}
export interface TupleType {
  readonly kind: "tuple";
  readonly fields: readonly Field[];
}

/** A named, typed member of a record or tuple. */
export interface Field {
  readonly name: string;
  readonly type: DataType;
}

/**
 * A value at the edges of the system (constants, results). By type:
 * integer, float, double → number · long, timestamp, timestamp-nano, duration, mac → bigint · ip → bigint of 128 bits ·
 * ipnet, ipsocket → string in canonical text · string → string · object, variant → string of JSON text ·
 * bytes → Uint8Array · array → Value[] · tuple → Value[] in the order of its fields.
 */
export type Value = null | boolean | number | bigint | string | Uint8Array | readonly Value[];

/** The word users write and read for a type, such as `LONG` or `ARRAY(STRING)`. */
export function typeName(type: DataType): string {
  switch (type.kind) {
    case "array":
      return `ARRAY(${typeName(type.element)})`;
    case "tuple":
      return `TUPLE(${type.fields.map((field) => `${field.name} ${typeName(field.type)}`).join(", ")})`;
    case "ip":
      return "IPADDR";
    case "mac":
      return "MACADDR";
    default:
      return type.kind.toUpperCase().replace("-", "_");
  }
}
