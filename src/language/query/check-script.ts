/** Checks a whole script. */
import type { TextSource } from "#text";
import { checkExpression } from "./check/check-expression.ts";
import { checkStream } from "./check/check-stream.ts";
import { unknownAt } from "./check/context.ts";
import type { CheckObserver } from "./check/observer.ts";
import type { ScriptScope } from "./check/script-scope.ts";
import { Session } from "./check/session.ts";
import { constantContextOf, type StreamContext, type StreamState } from "./check/stream-state.ts";
import { givenTexts, readScope, setArguments } from "./check/view.ts";
import type { CheckEnvironment, CheckedScript } from "./environment.ts";

/**
 * The typed tree of the script's chosen execution statement, all mistakes of the script, and what must be answered before it can be
 * typed. Never throws on hostile text, never looks at anything but its arguments.
 */
export function checkScript(source: TextSource, environment: CheckEnvironment): CheckedScript {
  const session = new Session(environment);
  return checkInSession(source, session, (check) => session.idle(check));
}

/** As `checkScript`, telling an observer everything; what is not executed asks for answers too. */
export function observeScript(
  source: TextSource,
  environment: CheckEnvironment,
  observer: CheckObserver,
): CheckedScript {
  return checkInSession(source, new Session(environment, observer), (check) => check());
}

/** Tells an observer about the statement at `offset` alone; about the whole script when a use must be found elsewhere. */
export function observeStatement(
  source: TextSource,
  environment: CheckEnvironment,
  observer: CheckObserver,
  offset: number,
): void {
  const session = new Session(environment, observer);
  const statement = session
    .parse(source)
    .statements.find(({ span }) => span.start <= offset && offset <= span.end);
  const stream = statement !== undefined && "stream" in statement ? statement.stream : null;
  if (stream === null) {
    checkInSession(source, session, (check) => check());
    return;
  }
  const scope = readScope(source, 0, { session, checkExpression, checkStream });
  const context: StreamContext = { session, scope, checkExpression, checkStream };
  setArguments(new Map(), { source, start: 0, end: 0 }, context);
  checkUnusedValues(scope, context);
  checkStream(stream, context);
}

function checkInSession(
  source: TextSource,
  session: Session,
  asUnused: (check: () => void) => void,
): CheckedScript {
  const scope = readScope(source, 0, { session, checkExpression, checkStream });
  const context: StreamContext = { session, scope, checkExpression, checkStream };
  setArguments(givenTexts(session.environment.arguments, context), { source, start: 0, end: 0 }, context);
  const { execution: chosen } = session.environment;
  const execution = scope.executions.at(chosen === undefined ? -1 : chosen - 1);
  const state = execution === undefined ? null : checkStream(execution.stream, context);
  asUnused(() => checkUnused(scope, execution, context));
  const { diagnostics, wanted } = session;
  const isComplete = !diagnostics.hasErrors && wanted.length === 0;
  return { relation: isComplete ? relationOf(state) : null, diagnostics: diagnostics.list(), wanted };
}

function relationOf(state: StreamState | null): CheckedScript["relation"] {
  return state === null || state.isOpen ? null : state.relation;
}

/** Declarations that nothing uses can be wrong too. */
function checkUnused(
  scope: ScriptScope,
  run: ScriptScope["executions"][number] | undefined,
  context: StreamContext,
): void {
  checkUnusedValues(scope, context);
  for (const [name, statement] of scope.streams) {
    if (!scope.used.has(`@${name}`)) checkStream(statement.stream, context);
  }
  for (const execution of scope.executions) {
    if (execution !== run) checkStream(execution.stream, context);
  }
  const place = constantContextOf(context);
  for (const { parameters, locals, result } of scope.functions.values()) {
    const unknowns = new Map(parameters.map((parameter) => [parameter.text, unknownAt(parameter.span)]));
    const inside = { ...place, parameters: unknowns, aggregates: "allowed" } as const;
    for (const local of locals) unknowns.set(local.name.text, unknownAt(local.name.span));
    for (const local of locals) checkExpression(local.value, inside);
    checkExpression(result, inside);
  }
}

function checkUnusedValues(scope: ScriptScope, context: StreamContext): void {
  const place = constantContextOf(context);
  for (const statement of scope.values.values()) {
    if (!scope.known.has(statement.name.text))
      checkExpression({ kind: "value", name: statement.name, span: statement.name.span }, place);
  }
}
