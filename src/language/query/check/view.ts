/** Other scripts as streams, included declarations, and the arguments of scripts. */
import { nearestName, type TextSource, type TextSpan } from "#text";
import { findFunction } from "../../functions/functions.ts";
import { type DataType, type SimpleTypeKind, typeName } from "../../types.ts";
import { parseSingleExpression } from "../syntax/parse-script.ts";
import type { ArgumentSyntax, ScriptArgumentSyntax, StatementSyntax } from "../syntax/tree.ts";
import type { Expression } from "../tree.ts";
import { expressionOf } from "./arguments.ts";
import { valueOfText } from "./constants.ts";
import { isConstant, unknownAt } from "./context.ts";
import { castTo } from "./convert.ts";
import { addStatements, emptyScope, OWN_INCLUDE, type ScriptScope } from "./script-scope.ts";
import { constantContextOf, openState, type StreamContext, type StreamState } from "./stream-state.ts";
import { checkStoredTable } from "./table-input.ts";
import { isUnknown, simple } from "./type-rules.ts";

/** How deep scripts may use one another. */
const DEEPEST_VIEW = 20;

/** The scope of a script: its declarations, those it includes, and those of its folder's own include. */
export function readScope(
  source: TextSource,
  depth: number,
  context: Omit<StreamContext, "scope">,
): ScriptScope {
  const { session } = context;
  const scope = emptyScope(source, depth);
  const { statements } = session.parse(source);
  addStatements(session, scope, statements, false);
  const visited = new Set<string>();
  include(statements, scope, visited, context);
  const own = session.environment.answers.size === 0 ? null : knownInclude(source, context);
  if (own !== null) {
    const included = session.parse(own).statements;
    addStatements(session, scope, included, true);
    include(included, scope, visited, context);
  }
  return scope;
}

function knownInclude(source: TextSource, { session }: Omit<StreamContext, "scope">): TextSource | null {
  const answer = session.knows({ kind: "text", path: OWN_INCLUDE, from: source.name });
  return answer?.kind === "text" ? answer.source : null;
}

/** Adds what INCLUDE statements name; paths resolve from the running script. */
function include(
  statements: readonly StatementSyntax[],
  scope: ScriptScope,
  visited: Set<string>,
  context: Omit<StreamContext, "scope">,
): void {
  for (const statement of statements) {
    if (statement.kind !== "include" || visited.has(statement.path)) continue;
    visited.add(statement.path);
    const source = askText(statement.path, statement.span, scope, context);
    if (source === null) {
      scope.misses.push(statement.path);
      continue;
    }
    const included = context.session.parse(source).statements;
    addStatements(context.session, scope, included, true);
    include(included, scope, visited, context);
  }
}

function askText(
  path: string,
  span: TextSpan,
  scope: ScriptScope,
  { session }: Omit<StreamContext, "scope">,
): TextSource | null {
  const wanted = { kind: "text", path, from: scope.source.name } as const;
  const answer = session.ask(wanted);
  if (answer?.kind === "text") return answer.source;
  if (answer === null && session.awaits(wanted)) return null;
  const reason = answer?.kind === "missing" ? ` ${answer.message}` : "";
  session.report({
    code: "text-missing",
    severity: session.environment.isOffline ? "warning" : "error",
    span,
    message: `The script "${path}" cannot be had.${reason}`,
    help: "Paths are relative to the running script, or absolute.",
  });
  return null;
}

/** `@[path](name:value)`: what the script there gives. */
export function checkView(
  path: string,
  given: readonly ArgumentSyntax[],
  span: TextSpan,
  context: StreamContext,
): StreamState {
  const { session, scope } = context;
  const values = viewArguments(given, context);
  if (/\.sxt$/i.test(path)) return checkStoredTable(path, span, context);
  if (/^[a-z]+:\/\//i.test(path)) {
    const message = `Results that other programs keep, such as "${path}", cannot be read.`;
    session.report({
      code: "not-available",
      span,
      message,
      help: "Use the script that makes the table, or a table that save('/user/name.sxt') stored.",
    });
    return openState(span);
  }
  const source = askText(path, span, scope, context);
  if (source === null) return openState(span);
  if (scope.depth >= DEEPEST_VIEW) {
    const message = "Scripts use one another too deep; perhaps one of them uses itself.";
    session.report({
      code: "declaration-cycle",
      span,
      message,
      help: `At most ${DEEPEST_VIEW} levels are followed.`,
    });
    return openState(span);
  }
  const inner = readScope(source, scope.depth + 1, context);
  const inside: StreamContext = { ...context, scope: inner };
  setArguments(values, span, inside);
  const execution = inner.executions.at(-1);
  if (execution !== undefined) return context.checkStream(execution.stream, inside);
  const message = `The script "${path}" gives no stream.`;
  session.report({
    code: "stream-unknown",
    span,
    message,
    help: "Write a stream at its end, or INCLUDE it for its declarations.",
  });
  return openState(span);
}

function viewArguments(
  given: readonly ArgumentSyntax[],
  context: StreamContext,
): ReadonlyMap<string, GivenArgument> {
  const values = new Map<string, GivenArgument>();
  for (const argument of given) {
    if (argument.name === null) {
      const message = "Arguments of a script are given by name.";
      context.session.report({
        code: "argument-unknown",
        span: argument.span,
        message,
        help: "Write name:value.",
      });
      continue;
    }
    const syntax = expressionOf(context.session, argument, "a script");
    if (syntax === null) continue;
    const value = context.checkExpression(syntax, constantContextOf(context));
    values.set(argument.name.text, { value, span: argument.name.span });
  }
  return values;
}

/** A value for an argument, and where it was given. */
export interface GivenArgument {
  readonly value: Expression;
  readonly span: TextSpan;
}

/** The arguments of the main script, from text: `10`, `2020-07-16`, or an expression such as `now()[-1 day]`. */
export function givenTexts(
  texts: Readonly<Record<string, string>>,
  context: StreamContext,
): ReadonlyMap<string, GivenArgument> {
  const { scope } = context;
  const span = { source: scope.source, start: 0, end: 0 };
  const declared = new Map(scope.argumentList.map((argument) => [argument.name.text, argument]));
  const read = ([name, text]: readonly [string, string]) => {
    const argument = declared.get(name);
    const type = argument === undefined ? simple("string") : argumentType(argument, context);
    return [name, { value: readArgument(name, text, type, context), span: argument?.span ?? span }] as const;
  };
  return new Map(Object.entries(texts).map(read));
}

function readArgument(name: string, text: string, type: DataType, context: StreamContext): Expression {
  const { session } = context;
  const source: TextSource = { name: `argument ${name}`, text };
  const span = { source, start: 0, end: text.length };
  const { kind } = type;
  const isSimple = kind !== "array" && kind !== "tuple" && kind !== "unknown";
  const value = isSimple ? valueOfText(text, kind, session.environment.timeZone) : undefined;
  if (value !== undefined) return { kind: "constant", value, type, span };
  return context.checkExpression(
    parseSingleExpression(source, session.diagnostics),
    constantContextOf(context),
  );
}

function argumentType(
  { typeName: word, defaultValue }: ScriptArgumentSyntax,
  context: StreamContext,
): DataType {
  if (word !== null) return simple(kindOfWord(word.text) ?? "unknown");
  return defaultValue === null
    ? simple("unknown")
    : context.checkExpression(defaultValue, constantContextOf(context)).type;
}

/** The type that a word in any case names: those of the casts. */
function kindOfWord(word: string): SimpleTypeKind | null {
  const entry = findFunction(word);
  const result = entry?.category === "cast" ? entry.signatures[0]?.result : undefined;
  if (result?.kind !== "fixed") return null;
  return result.type.kind === "array" || result.type.kind === "tuple" ? null : result.type.kind;
}

/** Gives the arguments of INIT their values: those given, else their defaults. `_query.now` sets the clock. */
export function setArguments(
  given: ReadonlyMap<string, GivenArgument>,
  span: TextSpan,
  context: StreamContext,
): void {
  const { scope, session } = context;
  const names = scope.argumentList.map((argument) => argument.name.text);
  for (const argument of scope.argumentList) {
    const value = argumentValue(argument, given.get(argument.name.text), span, context);
    scope.known.set(argument.name.text, value);
    const isClock = argument.name.text === "_query.now" && scope.depth === 0;
    if (isClock && isConstant(value) && typeof value.value === "bigint") session.setClock(value.value);
  }
  for (const [name, argument] of given) {
    if (names.includes(name)) continue;
    const near = nearestName(name, names);
    const listed = names.length === 0 ? "It takes no arguments." : `It takes ${names.join(", ")}.`;
    session.report({
      code: "argument-unknown",
      span: argument.span,
      message: `The script has no argument "${name}".`,
      help: near === null ? listed : `Did you mean "${near}"?`,
    });
  }
}

function argumentValue(
  argument: ScriptArgumentSyntax,
  given: GivenArgument | undefined,
  span: TextSpan,
  context: StreamContext,
): Expression {
  const { session } = context;
  const { name, typeName: word, defaultValue } = argument;
  const place = constantContextOf(context);
  const value = given?.value ?? (defaultValue === null ? null : context.checkExpression(defaultValue, place));
  const kind = word === null ? null : kindOfWord(word.text);
  if (word !== null && kind === null) {
    const help = "Types: STRING, INT, LONG, DOUBLE, BOOLEAN, TIMESTAMP, IPADDR, IPNET.";
    session.report({ code: "type-mismatch", span: word.span, message: `"${word.text}" is no type.`, help });
  }
  if (value !== null) return convertArgument(argument, value, kind, context);
  if (!session.environment.isOffline) {
    session.report({
      code: "argument-missing",
      span: given?.span ?? (span.start === span.end ? name.span : span),
      message: `The argument "${name.text}" has no value.`,
      help: `Give it one: ${name.text}:value${kind === null ? "" : ` of type ${typeName(simple(kind))}`}.`,
    });
  }
  return unknownAt(name.span);
}

function convertArgument(
  { name }: ScriptArgumentSyntax,
  value: Expression,
  kind: SimpleTypeKind | null,
  context: StreamContext,
): Expression {
  if (kind === null || isUnknown(value.type) || value.type.kind === kind) return value;
  const cast = castTo(constantContextOf(context), value, kind);
  if (isConstant(cast)) return cast;
  const message = `The argument "${name.text}" must be of type ${typeName(simple(kind))}, not ${typeName(value.type)}.`;
  context.session.report({
    code: "type-mismatch",
    span: value.span,
    message,
    help: `Write ${typeName(simple(kind))}(…).`,
  });
  return unknownAt(value.span);
}
