/** Prints typed trees compactly, for tests and explanations. */
import { printAddress, unreachable } from "#text";
import { OPERATORS } from "../operators.ts";
import { type DataType, typeName, type Value } from "../types.ts";
import { printTime } from "./check/constants.ts";
import type { Column, ComputedColumn, Expression, Relation } from "./tree.ts";

/**
 * The stream as text, the last command first, each input one step further right, and the columns at the end, hidden ones in
 * parentheses (without those that every parsed row has):
 *
 * ```
 * limit 10
 *   filter status#4 = 404
 *     parse access
 *       list 'access.log'
 * → client_ip#1 IPADDR, status#4 INTEGER
 * ```
 */
export function printRelation(relation: Relation): string {
  const names = new Map<number, string>();
  collectNames(relation, names);
  return `${printNode(relation, names, 0)}\n→ ${printColumns(relation, names)}`;
}

type Names = ReadonlyMap<number, string>;

const EVERYWHERE = new Set([
  "_uri",
  "_file_name",
  "_last_modified",
  "path_time",
  "_raw_offset",
  "_raw_text",
  "_raw_bytes",
  "_unmatched",
  "uri",
  "file_name",
  "length",
  "last_modified",
]);

function inputsOf(relation: Relation): readonly Relation[] {
  switch (relation.kind) {
    case "listing":
    case "values":
    case "dual":
    case "table":
      return [];
    case "parse":
      return [relation.listing];
    case "join":
    case "nearest":
      return [relation.left, relation.right];
    case "union":
      return relation.inputs;
    default:
      return [relation.input];
  }
}

function collectNames(relation: Relation, names: Map<number, string>): void {
  for (const input of inputsOf(relation)) collectNames(input, names);
  for (const column of relation.columns) {
    if (!names.has(column.id)) names.set(column.id, column.name);
  }
}

function printColumns(relation: Relation, names: Names): string {
  const shown = relation.columns.filter((column) => !column.isHidden || !EVERYWHERE.has(column.name));
  return shown.map((column) => printColumn(column, names)).join(", ");
}

function printColumn({ id, name, type, isHidden }: Column, names: Names): string {
  const as = names.get(id) === name ? "" : ` as ${name}`;
  const text = `${reference(id, names)}${as}`;
  return isHidden ? `(${text})` : `${text} ${typeName(type)}`;
}

function reference(id: number, names: Names): string {
  return `${names.get(id) ?? ""}#${id}`;
}

function printNode(relation: Relation, names: Names, depth: number): string {
  const lines = [`${"  ".repeat(depth)}${printHead(relation, names)}`];
  for (const input of inputsOf(relation)) lines.push(printNode(input, names, depth + 1));
  return lines.join("\n");
}

function printHead(relation: Relation, names: Names): string {
  const list = (items: readonly ComputedColumn[]) =>
    items.map((item) => printComputed(item, names)).join(", ");
  switch (relation.kind) {
    case "listing": {
      const uris = relation.uris.map((uri) => `'${uri}'`).join(", ");
      return `list ${uris}${relation.timeZone === null ? "" : ` in ${relation.timeZone}`}`;
    }
    case "parse":
      return `parse ${relation.members === null ? "" : `members '${relation.members}' `}${relation.formatName ?? `by pattern (${relation.pattern.fields.map((field) => field.name).join(", ")})`}`;
    case "values":
      return `values ${relation.rows.map((row) => `(${row.map((value) => printIn(value, names)).join(", ")})`).join(" ")}`;
    case "dual":
      return `dual ${relation.rowCount}`;
    case "filter":
      return `filter ${printIn(relation.condition, names)}`;
    case "project":
      return `project ${list(relation.items)}`.trimEnd();
    case "group":
      return `group by [${list(relation.keys)}] ${list(relation.aggregates)}`.trimEnd();
    case "sort":
      return `sort ${relation.keys.map((key) => `${printIn(key.expression, names)}${key.isDescending ? " desc" : ""}`).join(", ")}`;
    case "limit":
      return `limit ${relation.rowCount}`;
    case "distinct":
      return "distinct";
    case "table":
      return `${relation.format} ${relation.uris.map((uri) => `'${uri}'`).join(", ")}`;
    case "unnest":
      return `unnest ${list(relation.items)}`;
    case "tail":
    case "sample":
      return `${relation.kind} ${relation.rowCount}`;
    case "save":
      return `save '${relation.path}' as ${relation.format}${relation.replaces ? ", replacing" : ""}`;
    case "render": {
      const options = Object.entries(relation.rendering.options).map(([name, value]) => `, ${name}:${value}`);
      return `render ${relation.rendering.kind}${options.join("")}`;
    }
    case "nearest": {
      const { leftTime, rightTime, withinMs, isOneToOne } = relation;
      const near = `${printIn(leftTime, names)} within ${withinMs} ms of ${printIn(rightTime, names)}`;
      return `${relation.joinType} join${isOneToOne ? " one to one" : ""} on ${printIn(relation.condition, names)} and ${near}`;
    }
    case "join":
      return `${relation.joinType} join on ${printIn(relation.condition, names)}`;
    case "union":
      return `union ${relation.columnsOf.map((ids) => `(${ids.map((id) => (id === null ? "NULL" : reference(id, names))).join(", ")})`).join(" ")}`;
    default:
      return unreachable(relation);
  }
}

function printComputed({ column, expression }: ComputedColumn, names: Names): string {
  const isSame = expression.kind === "column" && expression.column === column;
  return isSame ? reference(column, names) : `${reference(column, names)} = ${printIn(expression, names)}`;
}

/** An expression with columns as `#id`. */
export function printExpression(expression: Expression): string {
  return printIn(expression, new Map());
}

function printIn(expression: Expression, names: Names): string {
  const inner = (part: Expression) => printIn(part, names);
  switch (expression.kind) {
    case "constant":
      return printValue(expression.value, expression.type);
    case "column":
      return reference(expression.column, names);
    case "call":
      return printCall(expression.function, expression.arguments.map(inner));
    case "aggregate":
      return `${expression.function}(${expression.arguments.map(inner).join(", ") || "*"})`;
    case "window": {
      const partition = expression.partition.map(inner).join(", ");
      const order = expression.order.map(
        (key) => `${inner(key.expression)}${key.isDescending ? " desc" : ""}`,
      );
      const over = [
        ...(partition === "" ? [] : [`partition by ${partition}`]),
        ...(order.length === 0 ? [] : [`order by ${order.join(", ")}`]),
      ];
      return `${expression.function}(${expression.arguments.map(inner).join(", ")}) over (${over.join(" ")})`;
    }
    case "case": {
      const branches = expression.branches.map(
        ({ when, then }) => `when ${inner(when)} then ${inner(then)} `,
      );
      return `case ${branches.join("")}${expression.otherwise === null ? "" : `else ${inner(expression.otherwise)} `}end`;
    }
    case "member":
      return `${inner(expression.object)}[${expression.name}]`;
    case "element":
      return `${inner(expression.array)}[${inner(expression.index)}]`;
    case "tuple": {
      const fields = expression.type.kind === "tuple" ? expression.type.fields : [];
      return `{${expression.members.map((member, index) => `${fields[index]?.name ?? ""}:${inner(member)}`).join(", ")}}`;
    }
    case "array":
      return `[${expression.elements.map(inner).join(", ")}]`;
    case "time-shift":
      return `${inner(expression.time)}[${expression.amount < 0 ? "" : "+"}${expression.amount} ${expression.unit}]`;
    case "time-truncate":
      return `${inner(expression.time)}[${expression.count} ${expression.unit}]`;
    case "in-stream":
      return `${inner(expression.operand)} in {${printNode(expression.stream, streamNames(expression.stream), 0).replaceAll(/\n */g, " ← ")}}`;
    default:
      return unreachable(expression);
  }
}

function streamNames(relation: Relation): Names {
  const names = new Map<number, string>();
  collectNames(relation, names);
  return names;
}

const SIGNS: ReadonlyMap<string, string> = new Map(
  OPERATORS.filter(
    (entry) => entry.position === "infix" && entry.name !== "in" && entry.name !== "between",
  ).map((entry) => [entry.name, entry.spellings[0] ?? entry.name] as const),
);

function printCall(name: string, values: readonly string[]): string {
  const sign = SIGNS.get(name);
  const [left, right] = values;
  return sign !== undefined && values.length === 2
    ? `(${left} ${sign} ${right})`
    : `${name}(${values.join(", ")})`;
}

function printValue(value: Value, type: DataType): string {
  if (value === null) return "NULL";
  switch (type.kind) {
    case "string":
    case "ipnet":
      return type.kind === "string" ? JSON.stringify(value) : String(value);
    case "ip":
      return typeof value === "bigint" ? printAddress(value) : String(value);
    case "timestamp":
      return typeof value === "bigint" ? printTime(value) : String(value);
    case "long":
      return `${String(value)}L`;
    case "array":
      return Array.isArray(value)
        ? `[${value.map((item) => printValue(item, type.element)).join(", ")}]`
        : String(value);
    default:
      return String(value);
  }
}
