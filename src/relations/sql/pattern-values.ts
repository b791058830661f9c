/** SQL that makes values of what `match_pattern` gives as text. */
import type { DataType } from "#language";
import { memberName } from "./member-name.ts";
import { sqlTypeOf } from "./sql-type.ts";

/** A value of a type from its text; `depth` keeps the names of nested parts apart. */
export function valueOfText(sql: string, type: DataType, depth = 0): string {
  const part = `v${depth}`;
  const texts = `from_json(${sql}, '["VARCHAR"]')`;
  switch (type.kind) {
    case "tuple": {
      const members = type.fields.map(
        (field, index) =>
          `'${memberName(index)}': ${valueOfText(`list_extract(${part}, ${index + 1})`, field.type, depth + 1)}`,
      );
      const made = `list_transform([${texts}], lambda ${part}: CASE WHEN ${part} IS NOT NULL THEN {${members.join(", ")}} END)`;
      return `list_extract(${made}, 1)`;
    }
    case "array":
      return `list_transform(${texts}, lambda ${part}: ${valueOfText(part, type.element, depth + 1)})`;
    case "bytes":
      return `unhex(${sql})`;
    default: {
      const sqlType = sqlTypeOf(type);
      return sqlType === "VARCHAR" ? sql : `CAST(${sql} AS ${sqlType})`;
    }
  }
}
