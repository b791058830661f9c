/** What a check found out about the places of a script, kept for an editor's questions. */
import type { TextSource } from "#text";
import type { Pattern } from "../pattern/tree.ts";
import type { CheckObserver, ObservedPlace, ObservedStream } from "../query/check/observer.ts";
import { OWN_INCLUDE } from "../query/check/script-scope.ts";
import { type CheckEnvironment, wantedKey } from "../query/environment.ts";
import type {
  CommandSyntax,
  ExpressionSyntax,
  ScriptSyntax,
  StatementSyntax,
  StreamSyntax,
} from "../query/syntax/tree.ts";
import type { ColumnId, Expression, Relation } from "../query/tree.ts";

/** An expression with what could be named there and what it came to. */
export interface ExpressionFact {
  readonly syntax: ExpressionSyntax;
  readonly place: ObservedPlace;
  readonly typed: Expression;
}

/** A command with the rows in front of it and behind it; null when unknown or none. */
export interface CommandFact {
  readonly syntax: CommandSyntax;
  readonly before: ObservedStream | null;
  after: ObservedStream | null;
  argumentNames: readonly string[];
}

/** Where a column comes from. */
export type ColumnOrigin =
  | {
      readonly kind: "pattern";
      readonly pattern: Pattern;
      readonly name: string;
      readonly formatName: string | null;
    }
  | { readonly kind: "system" }
  | { readonly kind: "listing" }
  | { readonly kind: "rows"; readonly span: Expression["span"] }
  | { readonly kind: "computed"; readonly expression: Expression };

/** Everything a check told about one source; of other sources only where columns come from. */
export interface ScriptFacts {
  readonly script: ScriptSyntax;
  /** Declarations of other scripts that were read along. */
  readonly included: readonly StatementSyntax[];
  /** The names of the arguments that other scripts take, by the path that names them here. */
  readonly viewArguments: (path: string) => readonly string[];
  readonly expressions: readonly ExpressionFact[];
  /** The last fact about each expression. */
  readonly factOf: ReadonlyMap<ExpressionSyntax, ExpressionFact>;
  readonly commands: ReadonlyMap<CommandSyntax, CommandFact>;
  readonly streams: ReadonlyMap<StreamSyntax, ObservedStream>;
  readonly origins: ReadonlyMap<ColumnId, ColumnOrigin>;
}

/** A script may be told so much about; what a hostile one has beyond stays unknown. */
const MOST_EXPRESSIONS = 100_000;

/** An observer that keeps what it hears about `source`, and the facts as they grow. */
export function collectFacts(
  source: TextSource,
  environment: CheckEnvironment,
): {
  readonly observer: CheckObserver;
  readonly facts: () => ScriptFacts;
} {
  const scripts = new Map<TextSource, ScriptSyntax>();
  const expressions: ExpressionFact[] = [];
  const factOf = new Map<ExpressionSyntax, ExpressionFact>();
  const commands = new Map<CommandSyntax, CommandFact>();
  const streams = new Map<StreamSyntax, ObservedStream>();
  const origins = new Map<ColumnId, ColumnOrigin>();
  const seen = new Set<Relation>();
  const isOwn = (syntax: { readonly span: Expression["span"] }) => syntax.span.source === source;
  const observer: CheckObserver = {
    onScript: (parsed, syntax) => {
      scripts.set(parsed, syntax);
    },
    onExpression: (syntax, place, typed) => {
      if (!isOwn(syntax) || expressions.length >= MOST_EXPRESSIONS) return;
      const fact = { syntax, place, typed };
      expressions.push(fact);
      factOf.set(syntax, fact);
    },
    onCommand: (syntax, before) => {
      if (isOwn(syntax)) commands.set(syntax, { syntax, before, after: null, argumentNames: [] });
    },
    onRows: (syntax, after) => {
      noteOrigins(after.relation, origins, seen);
      if (!isOwn(syntax)) return;
      if ("source" in syntax) {
        streams.set(syntax, after);
        return;
      }
      const command = commands.get(syntax);
      if (command !== undefined) command.after = after;
    },
    onArgumentNames: (syntax, names) => {
      const command = commands.get(syntax);
      if (command !== undefined) command.argumentNames = names;
    },
  };
  const facts = (): ScriptFacts => ({
    script: scripts.get(source) ?? { statements: [] },
    included: includedBy(source, scripts, environment),
    viewArguments: (path) => {
      const answer = environment.answers.get(wantedKey({ kind: "text", path, from: source.name }));
      const statements = answer?.kind === "text" ? scripts.get(answer.source)?.statements : undefined;
      return (statements ?? []).flatMap((each) =>
        each.kind === "arguments" ? each.arguments.map(({ name }) => name.text) : [],
      );
    },
    expressions,
    factOf,
    commands,
    streams,
    origins,
  });
  return { observer, facts };
}

/** The statements of the scripts that `source` includes, and of those that they include. Paths resolve from `source`. */
function includedBy(
  source: TextSource,
  scripts: ReadonlyMap<TextSource, ScriptSyntax>,
  { answers }: CheckEnvironment,
): readonly StatementSyntax[] {
  const included = new Set<TextSource>();
  const paths = [OWN_INCLUDE];
  const take = (script: ScriptSyntax | undefined) => {
    for (const statement of script?.statements ?? [])
      if (statement.kind === "include") paths.push(statement.path);
  };
  take(scripts.get(source));
  for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
    const answer = answers.get(wantedKey({ kind: "text", path, from: source.name }));
    if (answer?.kind !== "text" || included.has(answer.source)) continue;
    included.add(answer.source);
    take(scripts.get(answer.source));
  }
  return [...included].flatMap((each) => scripts.get(each)?.statements ?? []);
}

/** Walks down from a relation to those already seen. */
function noteOrigins(relation: Relation, origins: Map<ColumnId, ColumnOrigin>, seen: Set<Relation>): void {
  const open: Relation[] = [relation];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...inputsOf(next));
    for (const [column, origin] of originsIn(next)) if (!origins.has(column)) origins.set(column, origin);
  }
}

function inputsOf(relation: Relation): readonly Relation[] {
  if ("input" in relation) return [relation.input];
  if (relation.kind === "parse") return [relation.listing];
  if (relation.kind === "join") return [relation.left, relation.right];
  return relation.kind === "union" ? relation.inputs : [];
}

function originsIn(relation: Relation): readonly (readonly [ColumnId, ColumnOrigin])[] {
  const { span } = relation;
  switch (relation.kind) {
    case "listing":
      return relation.fields.map(({ column }) => [column, { kind: "listing" }]);
    case "parse": {
      const { pattern, formatName } = relation;
      return [
        ...relation.fields.map(
          ({ column, name }) => [column, { kind: "pattern", pattern, name, formatName }] as const,
        ),
        ...relation.systemFields.map(({ column }) => [column, { kind: "system" }] as const),
      ];
    }
    case "values":
    case "dual":
      return relation.columns.map(({ id }) => [id, { kind: "rows", span }]);
    case "project":
      return relation.items.map(({ column, expression }) => [column, { kind: "computed", expression }]);
    case "group":
      return [...relation.keys, ...relation.aggregates].map(({ column, expression }) => [
        column,
        { kind: "computed", expression },
      ]);
    case "union":
      return relation.columns.flatMap(({ id, type }, index) => {
        const column = relation.columnsOf.map((columns) => columns[index]).find((each) => each != null);
        const expression: Expression = { kind: "column", column: column ?? id, type, span };
        return column == null || column === id ? [] : [[id, { kind: "computed", expression }] as const];
      });
    default:
      return [];
  }
}

/** Where a column comes from, followed through columns that only rename others; null when unknown. */
export function originOf(facts: ScriptFacts, column: ColumnId): ColumnOrigin | null {
  let origin = facts.origins.get(column) ?? null;
  for (let steps = 0; steps < 100; steps++) {
    if (origin?.kind !== "computed" || origin.expression.kind !== "column") return origin;
    const before = facts.origins.get(origin.expression.column);
    if (before === undefined || before === origin) return origin;
    origin = before;
  }
  return origin;
}
