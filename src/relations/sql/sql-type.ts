/** Types in SQL. Times are BIGINT milliseconds: exact, and arithmetic on them needs no calendar. */

import type { LeafType } from "../engine/messages.ts";
import { memberName } from "./member-name.ts";

/** The SQL type that holds values of a type. */
export function sqlTypeOf(type: LeafType): string {
  switch (type.kind) {
    case "integer":
    case "null":
      return "INTEGER";
    case "long":
    case "timestamp":
    case "timestamp-nano":
    case "duration":
    case "mac":
      return "BIGINT";
    case "float":
      return "FLOAT";
    case "double":
      return "DOUBLE";
    case "boolean":
      return "BOOLEAN";
    case "ip":
      return "UHUGEINT";
    case "huge":
      return "HUGEINT";
    case "bytes":
      return "BLOB";
    case "array":
      return `${sqlTypeOf(type.element)}[]`;
    case "tuple": {
      const members = type.fields.map((field, index) => `${memberName(index)} ${sqlTypeOf(field.type)}`);
      return `STRUCT(${members.join(", ")})`;
    }
    default:
      return "VARCHAR";
  }
}
