/** How values of ours stand in files that other programs can read, and come back. */
import type { DataType, SaveFormat } from "#language";
import { memberName } from "../sql/member-name.ts";
import { quoteText } from "../sql/quote.ts";
import { sqlTypeOf } from "../sql/sql-type.ts";
import { timeText } from "../sql/time.ts";
import { timestampOf, type ZoneSql } from "../sql/zone.ts";

/** What a value is stored for. */
export interface StoreContext {
  readonly format: SaveFormat;
  readonly zone: ZoneSql;
}

/** A value of a type as it is stored. */
export function storedSql(sql: string, type: DataType, context: StoreContext, depth = 0): string {
  switch (type.kind) {
    case "timestamp":
    case "timestamp-nano":
      if (context.format !== "parquet") return timeText(sql, type, context.zone);
      return type.kind === "timestamp" ? timestampOf(sql) : `make_timestamp_ns(${sql})`;
    case "ip":
      return `ip_text(${sql})`;
    case "mac":
      return `mac_text(${sql})`;
    case "object":
    case "variant":
      return context.format === "ndjson" ? `TRY_CAST(${sql} AS JSON)` : sql;
    case "bytes":
      return context.format === "parquet" ? sql : `lower(hex(${sql}))`;
    case "array": {
      const name = `e${depth}`;
      return `list_transform(${sql}, lambda ${name}: ${storedSql(name, type.element, context, depth + 1)})`;
    }
    case "tuple": {
      const names = storedNames(type.fields.map((field) => field.name));
      const members = type.fields.map((field, index) => {
        const member = storedSql(
          `struct_extract(${sql}, '${memberName(index)}')`,
          field.type,
          context,
          depth,
        );
        return `${quoteText(names[index] ?? "")}: ${member}`;
      });
      return `CASE WHEN ${sql} IS NOT NULL THEN {${members.join(", ")}} END`;
    }
    default:
      return sql;
  }
}

/** A value of a type from a Parquet file that `storedSql` wrote. */
export function restoredSql(sql: string, type: DataType, depth = 0): string {
  switch (type.kind) {
    case "timestamp":
      return `epoch_ms(${sql})`;
    case "timestamp-nano":
      return `epoch_ns(${sql})`;
    case "ip":
      return `text_to_ip(${sql})`;
    case "mac":
      return `text_to_mac(${sql})`;
    case "array": {
      const name = `e${depth}`;
      return `list_transform(${sql}, lambda ${name}: ${restoredSql(name, type.element, depth + 1)})`;
    }
    case "tuple": {
      const names = storedNames(type.fields.map((field) => field.name));
      const members = type.fields.map((field, index) => {
        const member = restoredSql(
          `struct_extract(${sql}, ${quoteText(names[index] ?? "")})`,
          field.type,
          depth,
        );
        return `'${memberName(index)}': ${member}`;
      });
      return `CASE WHEN ${sql} IS NOT NULL THEN CAST({${members.join(", ")}} AS ${sqlTypeOf(type)}) END`;
    }
    default:
      return sql;
  }
}

/** Names that differ whatever the case of their letters, as the files want them. */
export function storedNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain = name === "" ? "column" : name.replaceAll("\0", "");
    let free = plain;
    for (let number = 2; taken.has(free.toLowerCase()); number++) free = `${plain}_${number}`;
    taken.add(free.toLowerCase());
    return free;
  });
}
