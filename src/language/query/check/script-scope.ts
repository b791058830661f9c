/** The declarations of a script: what `$x`, `@x`, `@@x` and `$f(…)` mean in it. */
import { nearestName, type TextSource, type TextSpan } from "#text";
import type {
  ExecutionStatement,
  FunctionStatement,
  NameSyntax,
  ScriptArgumentSyntax,
  StatementSyntax,
  StepStatement,
  StreamStatement,
  ValueStatement,
} from "../syntax/tree.ts";
import type { Expression } from "../tree.ts";
import type { Session } from "./session.ts";

/** The name of the file that is included by itself. */
export const OWN_INCLUDE = "_include.sx";

/** The declarations of a script and of what it includes. Paths are resolved from `source`. */
export interface ScriptScope {
  readonly source: TextSource;
  readonly values: Map<string, ValueStatement>;
  readonly functions: Map<string, FunctionStatement>;
  readonly streams: Map<string, StreamStatement>;
  readonly steps: Map<string, StepStatement>;
  readonly argumentList: ScriptArgumentSyntax[];
  readonly executions: ExecutionStatement[];
  /** Values of arguments and of declarations that were already needed. */
  readonly known: Map<string, Expression>;
  /** Declarations being worked out, to find those that refer to themselves. */
  readonly open: Set<string>;
  /** Streams that were looked at. */
  readonly used: Set<string>;
  /** Paths of includes that cannot be had: what is not declared may be declared there. */
  readonly misses: string[];
  /** How many scripts this one is inside of. */
  readonly depth: number;
}

/** A scope without declarations. */
export function emptyScope(source: TextSource, depth: number): ScriptScope {
  return {
    source,
    values: new Map(),
    functions: new Map(),
    streams: new Map(),
    steps: new Map(),
    argumentList: [],
    executions: [],
    known: new Map(),
    open: new Set(),
    used: new Set(),
    misses: [],
    depth,
  };
}

/** Takes the statements of a script, or of an included one, into a scope. Those included are not executed, and give way to own ones. */
export function addStatements(
  session: Session,
  scope: ScriptScope,
  statements: readonly StatementSyntax[],
  isIncluded: boolean,
): void {
  for (const statement of statements) {
    switch (statement.kind) {
      case "value":
        declare(session, scope.values, "$", statement, isIncluded);
        break;
      case "function":
        declare(session, scope.functions, "$", statement, isIncluded);
        break;
      case "stream":
        declare(session, scope.streams, "@", statement, isIncluded);
        break;
      case "step":
        declare(session, scope.steps, "@@", statement, isIncluded);
        break;
      case "arguments":
        if (!isIncluded) scope.argumentList.push(...statement.arguments);
        break;
      case "execution":
        if (!isIncluded) scope.executions.push(statement);
        break;
      case "include":
        break;
    }
  }
}

interface Declaration {
  readonly name: NameSyntax;
  readonly span: TextSpan;
}

function declare<T extends Declaration>(
  session: Session,
  names: Map<string, T>,
  sign: string,
  statement: T,
  isIncluded: boolean,
): void {
  const { text, span } = statement.name;
  const earlier = names.get(text);
  if (earlier === undefined) {
    names.set(text, statement);
    return;
  }
  if (isIncluded || earlier.span.source !== span.source) return;
  session.report({
    code: "declared-twice",
    span,
    message: `"${sign}${text}" is declared twice.`,
    help: "Give one of the two another name.",
    notes: [{ span: earlier.name.span, message: "declared here first" }],
  });
}

/** Whether a name may be declared in an include that cannot be had, or that is not looked at yet. */
export function mayBeIncluded(scope: ScriptScope, session: Session): boolean {
  const include = { kind: "text", path: OWN_INCLUDE, from: scope.source.name } as const;
  return scope.misses.length > 0 || (session.ask(include) === null && session.awaits(include));
}

/** Reports a name that is not declared; asks for the folder's own include first, which may declare it. */
export function reportUndeclared(
  session: Session,
  scope: ScriptScope,
  name: NameSyntax,
  kind: {
    readonly sign: "$" | "@" | "@@";
    readonly code: "value-unknown" | "stream-unknown" | "step-unknown";
  },
  declared: Iterable<string>,
): void {
  if (mayBeIncluded(scope, session)) return;
  const words = { "value-unknown": "value", "stream-unknown": "stream", "step-unknown": "pipeline step" };
  const names = [...declared];
  const near = nearestName(name.text, names);
  const example = `${kind.sign}${name.text} = …;`;
  session.report({
    code: kind.code,
    span: name.span,
    message: `No ${words[kind.code]} "${kind.sign}${name.text}" is declared.`,
    help: near === null ? `Declare it: ${example}` : `Did you mean "${kind.sign}${near}"?`,
  });
}
