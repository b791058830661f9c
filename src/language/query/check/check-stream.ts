/** Checks streams: the source, then one command behind the other. */
import { nearestName } from "#text";
import { COMMANDS, type CommandEntry, FOREIGN_COMMANDS, findCommand } from "../commands.ts";
import type {
  CommandSyntax,
  NameSyntax,
  StepSyntax,
  StreamSourceSyntax,
  StreamSyntax,
} from "../syntax/tree.ts";
import type { JoinType } from "../tree.ts";
import { namedArguments, reportArguments, streamOf } from "./arguments.ts";
import { checkDocuments } from "./document-input.ts";
import { checkGroup, checkSelectAndGroup } from "./group.ts";
import { checkDual, checkList, checkParse } from "./input.ts";
import { checkJoin } from "./join.ts";
import {
  checkCount,
  checkDistinct,
  checkFilter,
  checkFilterOut,
  checkLimit,
  checkSample,
  checkSort,
  checkTail,
  checkTop,
} from "./rows.ts";
import { reportUndeclared } from "./script-scope.ts";
import { checkSelect, checkSelectRemove, checkSelectReplace } from "./select.ts";
import { checkRender, checkSave } from "./store.ts";
import { openState, type StreamContext, type StreamState } from "./stream-state.ts";
import { checkLines, checkTable } from "./table-input.ts";
import { checkUnion } from "./union.ts";
import { checkValues } from "./values-rows.ts";
import { checkView } from "./view.ts";

const JOIN_TYPES: Readonly<Record<string, JoinType>> = {
  join: "inner",
  leftjoin: "left",
  rightjoin: "right",
  fulljoin: "full",
  semijoin: "semi",
  antijoin: "anti",
};

/** The rows a stream gives, with all mistakes in it reported. */
export function checkStream(stream: StreamSyntax, context: StreamContext): StreamState {
  const { session } = context;
  return session.deeper(
    stream.span,
    () => {
      const start = checkSource(stream.source, context);
      const state = checkCommands(flatten(stream.steps, context), start, context);
      session.observer?.onRows(stream, state);
      return state;
    },
    () => openState(stream.span),
  );
}

function checkCommands(
  commands: readonly CommandSyntax[],
  start: StreamState,
  context: StreamContext,
): StreamState {
  let state = start;
  for (let index = 0; index < commands.length; index++) {
    const command = commands[index];
    const next = commands[index + 1];
    if (command === undefined) break;
    if (!context.session.spendRelation(command.span)) return openState(command.span);
    const isGrouped =
      findCommand(command.name.text)?.name === "select" &&
      findCommand(next?.name.text ?? "")?.name === "group";
    context.session.observer?.onCommand(command, state);
    if (isGrouped && next !== undefined) {
      context.session.observer?.onCommand(next, state);
      state = checkSelectAndGroup(command, next, state, context);
      context.session.observer?.onRows(next, state);
      index++;
    } else {
      state = checkStep(command, state, context);
      context.session.observer?.onRows(command, state);
    }
  }
  return state;
}

function checkSource(source: StreamSourceSyntax, context: StreamContext): StreamState {
  if (!context.session.spendRelation(source.span)) return openState(source.span);
  switch (source.kind) {
    case "named":
      return checkNamed(source.name, context);
    case "view":
      return checkView(source.path, source.arguments, source.span, context);
    case "nested":
      return checkStream(source.stream, context);
    case "command":
      return checkInput(source.command, context);
    case "error":
      return openState(source.span);
  }
}

/** `@name`: every use is a stream of its own. */
function checkNamed(name: NameSyntax, context: StreamContext): StreamState {
  const { scope, session } = context;
  const statement = scope.streams.get(name.text);
  if (statement === undefined) {
    reportUndeclared(session, scope, name, { sign: "@", code: "stream-unknown" }, scope.streams.keys());
    return openState(name.span);
  }
  const key = `@${name.text}`;
  if (scope.open.has(key)) {
    const message = `The stream "${key}" refers to itself.`;
    session.report({ code: "declaration-cycle", span: name.span, message, help: "Break the circle." });
    return openState(name.span);
  }
  scope.open.add(key);
  scope.used.add(key);
  const state = checkStream(statement.stream, context);
  scope.open.delete(key);
  return state;
}

/** The commands of steps, with those of declared steps in their place. */
function flatten(steps: readonly StepSyntax[], context: StreamContext): readonly CommandSyntax[] {
  return steps.flatMap((step) => (step.kind === "command" ? [step.command] : commandsOf(step.name, context)));
}

function commandsOf(name: NameSyntax, context: StreamContext): readonly CommandSyntax[] {
  const { scope, session } = context;
  const statement = scope.steps.get(name.text);
  if (statement === undefined) {
    reportUndeclared(session, scope, name, { sign: "@@", code: "step-unknown" }, scope.steps.keys());
    return [];
  }
  const key = `@@${name.text}`;
  if (scope.open.has(key)) {
    const message = `The step "${key}" refers to itself.`;
    session.report({ code: "declaration-cycle", span: name.span, message, help: "Break the circle." });
    return [];
  }
  if (!session.spendRelation(name.span)) return [];
  scope.open.add(key);
  const commands = session.deeper(
    name.span,
    () => flatten(statement.steps, context),
    () => [],
  );
  scope.open.delete(key);
  return commands;
}

function checkInput(command: CommandSyntax, context: StreamContext): StreamState {
  const { observer } = context.session;
  observer?.onCommand(command, null);
  const state = checkKnownInput(command, context);
  observer?.onRows(command, state);
  return state;
}

function checkKnownInput(command: CommandSyntax, context: StreamContext): StreamState {
  const entry = findKnown(command, true, context);
  switch (entry?.name) {
    case "LIST":
      return checkList(command, context);
    case "PARSE":
      return checkParse(command, null, context);
    case "VALUES":
      return checkValues(command, context);
    case "DUAL":
      return checkDual(command, context);
    case "CSV":
      return checkTable(command, "csv", context);
    case "JSON":
      return checkTable(command, "json", context);
    case "PARQUET":
      return checkTable(command, "parquet", context);
    case "LINES":
      return checkLines(command, context);
    case "ES":
      return checkDocuments(command, context);
    case "CACHE_V1":
      return checkCache(command, context);
    default:
      return openState(command.span);
  }
}

/** `CACHE_V1(path:'…', trigger:@t, stream:@s)`: the stream, computed anew. */
function checkCache(command: CommandSyntax, context: StreamContext): StreamState {
  const { session } = context;
  const { named } = namedArguments(session, command, ["path", "trigger", "stream"]);
  const stream = named.get("stream");
  const syntax = stream === undefined ? null : streamOf(stream);
  const trigger = named.get("trigger");
  const condition = trigger === undefined ? null : streamOf(trigger);
  if (condition !== null) session.idle(() => context.checkStream(condition, context));
  if (syntax !== null) return context.checkStream(syntax, context);
  reportArguments(session, command.span, "CACHE_V1 needs a stream.", "Write CACHE_V1(path:'…', stream:@s).");
  return openState(command.span);
}

function checkStep(command: CommandSyntax, state: StreamState, context: StreamContext): StreamState {
  const entry = findKnown(command, false, context);
  const joinType = JOIN_TYPES[entry?.name ?? ""];
  if (joinType !== undefined) return checkJoin(command, joinType, state, context);
  const check = STEPS[entry?.name ?? ""];
  return check === undefined ? { ...state, isOpen: true } : check(command, state, context);
}

type StepChecker = (command: CommandSyntax, state: StreamState, context: StreamContext) => StreamState;

const STEPS: Readonly<Record<string, StepChecker>> = {
  select: checkSelect,
  select_replace: checkSelectReplace,
  select_remove: checkSelectRemove,
  filter: checkFilter,
  filter_out: checkFilterOut,
  group: checkGroup,
  sort: checkSort,
  limit: checkLimit,
  distinct: checkDistinct,
  top: checkTop,
  count: checkCount,
  tail: checkTail,
  sample: checkSample,
  union: checkUnion,
  save: checkSave,
  render: checkRender,
  PARSE: checkParse,
};

/** What may have been meant by a name that no command has. */
function commandHelp(name: string, fitting: readonly CommandEntry[]): string {
  const foreign = FOREIGN_COMMANDS.get(name.toLowerCase());
  if (foreign !== undefined) return `Here it is ${foreign}.`;
  const near = nearestName(
    name,
    fitting.flatMap((candidate) => candidate.spellings),
  );
  if (near !== null) return `Did you mean "${near}"?`;
  const names = fitting.filter(({ unavailable }) => unavailable === null).map((candidate) => candidate.name);
  return `Commands here: ${names.join(", ")}.`;
}

/** The command's entry; reports and gives null when there is none, or when it does not run or not stand here. */
function findKnown(
  command: CommandSyntax,
  isSource: boolean,
  { session }: StreamContext,
): CommandEntry | null {
  const { name } = command;
  if (name.text === "") return null;
  const entry = findCommand(name.text);
  const fitting = COMMANDS.filter((candidate) => (isSource ? candidate.givesRows : candidate.takesRows));
  if (entry === null) {
    const message = `No command "${name.text}".`;
    session.report({
      code: "command-unknown",
      span: name.span,
      message,
      help: commandHelp(name.text, fitting),
    });
    return null;
  }
  if (entry.unavailable !== null) {
    const message = `The command "${name.text}" ${entry.unavailable.claim}.`;
    session.report({
      code: "not-available",
      span: name.span,
      message,
      help: entry.unavailable.instead,
    });
    return null;
  }
  if (fitting.includes(entry)) return entry;
  const help = isSource
    ? `Put a stream in front of it: LIST('…') | ${entry.example}.`
    : `It starts a stream: ${entry.example}.`;
  const message = isSource
    ? `"${name.text}" cannot start a stream.`
    : `"${name.text}" cannot stand behind a stream.`;
  session.report({ code: "command-arguments", span: name.span, message, help });
  return null;
}
