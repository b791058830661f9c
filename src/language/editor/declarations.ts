/** The names a script declares, as completion and hover show them. */
import type { StatementSyntax } from "../query/syntax/tree.ts";
import type { Column } from "../query/tree.ts";
import { typeName, type Value } from "../types.ts";
import type { ScriptFacts } from "./facts.ts";

/** A declared name. `label` is with its sign. */
export interface DeclaredName {
  readonly kind: "value" | "function" | "stream" | "step";
  readonly label: string;
  readonly detail: string;
  readonly documentation: string;
}

/** The names that can be used at an offset: those of the script and those of the function's body around it. */
export function declarationsOf(facts: ScriptFacts, offset: number): readonly DeclaredName[] {
  const own = facts.script.statements.filter(
    ({ kind, span }) => kind === "function" || offset < span.start || span.end < offset,
  );
  return [...own, ...facts.included].flatMap((statement) => namesIn(statement, facts, offset));
}

function namesIn(statement: StatementSyntax, facts: ScriptFacts, offset: number): readonly DeclaredName[] {
  switch (statement.kind) {
    case "value":
      return [named("value", `$${statement.name.text}`, valueDetail(statement, facts))];
    case "function": {
      const { name, parameters, locals, span } = statement;
      const signature = `$${name.text}(${parameters.map(({ text }) => text).join(", ")})`;
      const isInside = span.start <= offset && offset <= span.end;
      const inner = isInside ? [...parameters, ...locals.map((local) => local.name)] : [];
      return [
        named("function", `$${name.text}`, signature),
        ...inner.map(({ text }) => named("value", `$${text}`, `in $${name.text}`)),
      ];
    }
    case "stream": {
      const rows = facts.streams.get(statement.stream);
      return [
        named(
          "stream",
          `@${statement.name.text}`,
          rows === undefined ? "" : columnList(rows.relation.columns),
        ),
      ];
    }
    case "step":
      return [named("step", `@@${statement.name.text}`, "pipeline step")];
    case "arguments":
      return statement.arguments.map(({ name, typeName: type }) =>
        named("value", `$${name.text}`, type === null ? "argument of the script" : `argument ${type.text}`),
      );
    default:
      return [];
  }
}

function named(kind: DeclaredName["kind"], label: string, detail: string): DeclaredName {
  return { kind, label, detail, documentation: "" };
}

function valueDetail(statement: StatementSyntax & { readonly kind: "value" }, facts: ScriptFacts): string {
  const fact = facts.factOf.get(statement.value);
  if (fact === undefined) return "";
  const { typed } = fact;
  const type = typeName(typed.type);
  return typed.kind === "constant" && typed.type.kind !== "unknown"
    ? `${type} ${printValue(typed.value)}`
    : type;
}

const LONGEST_VALUE = 60;

/** A value in one short line. */
export function printValue(value: Value): string {
  const text =
    typeof value === "string"
      ? `'${value}'`
      : Array.isArray(value)
        ? `[${value.slice(0, 10).map(printValue).join(", ")}${value.length > 10 ? ", …" : ""}]`
        : value === null
          ? "NULL"
          : String(value);
  const line = text.replace(/\s+/g, " ");
  return line.length > LONGEST_VALUE ? `${line.slice(0, LONGEST_VALUE)}…` : line;
}

const MOST_COLUMNS = 8;

/** The shown columns of a stream in one line. */
export function columnList(columns: readonly Column[]): string {
  const names = columns.filter((column) => !column.isHidden).map((column) => column.name);
  const rest = names.length - MOST_COLUMNS;
  return rest > 0 ? `${names.slice(0, MOST_COLUMNS).join(", ")}, … (+${rest})` : names.join(", ");
}
