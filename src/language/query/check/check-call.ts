/** Types calls of the functions of the list. */
import { nearestName } from "#text";
import {
  type FunctionEntry,
  type FunctionParameter,
  type FunctionSignature,
  printSignature,
} from "../../functions/entry.ts";
import { FUNCTIONS, findFunction } from "../../functions/functions.ts";
import { type DataType, typeName } from "../../types.ts";
import { findCommand } from "../commands.ts";
import type { CallSyntax } from "../syntax/tree.ts";
import type { Expression } from "../tree.ts";
import { caseOf } from "./check-case.ts";
import { checkCast, timeOfParts } from "./check-cast.ts";
import { checkDistance, checkMembers, checkSpread, placeOf } from "./check-members.ts";
import { checkRowPattern } from "./check-parse.ts";
import { textAt } from "./check-value.ts";
import { isWindowCall, mayHaveWindow, windowOf } from "./check-window.ts";
import { type ExpressionContext, isConstant, unknownAt } from "./context.ts";
import { castTo, readConstant } from "./convert.ts";
import { foldCall } from "./fold.ts";
import { findColumn } from "./row-names.ts";
import {
  fitsParameter,
  isIntegral,
  isUnknown,
  isVariant,
  parameterType,
  simple,
  widest,
} from "./type-rules.ts";
import { unify } from "./unify.ts";
import { checkUnnest } from "./unnest.ts";
import { branchOf } from "./walk.ts";

/** `f(a, b)` */
export function checkCall(syntax: CallSyntax, context: ExpressionContext): Expression {
  const { session } = context;
  const { name, span } = syntax;
  if (name.text.toLowerCase() === "column") return checkColumn(syntax, context);
  const entry = findEntry(syntax, context);
  const isWindow = isWindowCall(syntax, entry);
  const inner = innerContext(syntax, entry, context);
  const values = syntax.arguments.map((argument) => context.check(argument, inner));
  if (entry === null) return unknownAt(span);
  if (isWindow && !mayHaveWindow(syntax, entry, context)) return unknownAt(span);
  if (entry.isAggregate && !isWindow && !mayAggregate(syntax, context)) return unknownAt(span);
  if ((entry.name === "unnest" || entry.name === "spread") && !context.isItem) {
    reportMisplaced(syntax, context);
    return unknownAt(span);
  }
  if (syntax.isStar && entry.name !== "count") {
    const message = `Only count can be asked about all rows, not "${name.text}".`;
    session.report({ code: "function-arguments", span, message, help: `Write ${entry.example}.` });
    return unknownAt(span);
  }
  return checkArguments(syntax, entry, values, context);
}

function findEntry(syntax: CallSyntax, { session }: ExpressionContext): FunctionEntry | null {
  const { name } = syntax;
  const entry = findFunction(name.text);
  if (entry === null) {
    const near = nearestName(
      name.text,
      FUNCTIONS.flatMap((candidate) => candidate.spellings),
    );
    const command = findCommand(name.text);
    const help =
      command?.takesRows === true
        ? `It is a command: write "| ${command.name}(…)" behind a stream.`
        : near === null
          ? "Functions of the script start with $; all others are in the manual."
          : `Did you mean "${near}"?`;
    session.report({
      code: "function-unknown",
      span: name.span,
      message: `No function "${name.text}".`,
      help,
    });
    return null;
  }
  if (!syntax.isDistinct) return entry;
  if (entry.name === "count") return findFunction("count_distinct");
  const help = "Different values can be counted: count(DISTINCT x).";
  session.report({
    code: "function-arguments",
    span: syntax.span,
    message: `"${name.text}" takes no DISTINCT.`,
    help,
  });
  return null;
}

/** `COLUMN('odd name')` */
function checkColumn(syntax: CallSyntax, context: ExpressionContext): Expression {
  const { span } = syntax;
  const [argument] = syntax.arguments;
  const text = argument === undefined ? null : context.check(argument, { ...context, rows: null });
  if (text === null || !isConstant(text) || typeof text.value !== "string" || context.rows === null) {
    const message = "COLUMN takes the name of a column as text.";
    context.session.report({ code: "function-arguments", span, message, help: "Write COLUMN('odd name')." });
    return unknownAt(span);
  }
  const alias = context.aliases.get(text.value);
  if (alias !== undefined) return { ...alias, span };
  const column = findColumn(context.session, context.rows, null, { text: text.value, span: text.span });
  return column === null ? unknownAt(span) : { kind: "column", column: column.id, type: column.type, span };
}

/** What stands inside an aggregate, a window or UNNEST cannot be one of these again. */
function innerContext(
  syntax: CallSyntax,
  entry: FunctionEntry | null,
  context: ExpressionContext,
): ExpressionContext {
  if (isWindowCall(syntax, entry)) return { ...context, aggregates: "refused", isItem: false };
  if (entry?.isAggregate === true) return { ...context, aggregates: "inside", isItem: false };
  return entry?.name === "unnest" ? { ...context, isItem: false } : context;
}

function reportMisplaced({ name, span }: CallSyntax, { session }: ExpressionContext): void {
  const word = name.text.toUpperCase();
  session.report({
    code: "item-misplaced",
    span,
    message: `"${word}" can only be an item of a select.`,
    help: `Write it there first: select(x:${word}(…)), then use x.`,
  });
}

function mayAggregate({ name }: CallSyntax, { session, aggregates }: ExpressionContext): boolean {
  if (aggregates === "allowed") return true;
  const isNested = aggregates === "inside";
  session.report({
    code: "aggregate-misplaced",
    span: name.span,
    message: isNested
      ? `"${name.text}" cannot stand inside another aggregate.`
      : `"${name.text}" needs the rows of a group, but here is one row at a time.`,
    help: isNested
      ? "Group twice: the inner aggregate in a first select and group, the outer one behind it."
      : "Put it into a select, followed by group(…) for a value per group.",
  });
  return false;
}

function checkArguments(
  syntax: CallSyntax,
  entry: FunctionEntry,
  values: readonly Expression[],
  context: ExpressionContext,
): Expression {
  const { span } = syntax;
  if (values.some((value) => isUnknown(value.type))) {
    return { ...unknownAt(span), type: knownType(entry) };
  }
  const matched = matchSignature(entry, values, context);
  if (matched === null) {
    reportArguments(syntax, entry, values, context);
    return { ...unknownAt(span), type: knownType(entry) };
  }
  return resultOf(syntax, entry, matched, context);
}

/** The type that a call has whatever stands in it. */
function knownType(entry: FunctionEntry): DataType {
  const [first, second] = entry.signatures;
  const isFixed = first?.result.kind === "fixed" && (second === undefined || entry.category === "cast");
  return isFixed && first.result.kind === "fixed" ? first.result.type : simple("unknown");
}

interface Matched {
  readonly signature: FunctionSignature;
  readonly values: readonly Expression[];
}

function matchSignature(
  entry: FunctionEntry,
  values: readonly Expression[],
  context: ExpressionContext,
): Matched | null {
  for (const signature of entry.signatures) {
    const parameters = parametersFor(signature, values.length);
    if (parameters === null) continue;
    const converted = values.map((value, index) => {
      const parameter = parameters[index];
      return parameter === undefined ? null : asParameter(parameter, value, context);
    });
    const fitting = converted.filter((value) => value !== null);
    if (fitting.length === values.length) return { signature, values: fitting };
  }
  return null;
}

/** One parameter per argument, or null when their number does not fit. */
function parametersFor(signature: FunctionSignature, count: number): readonly FunctionParameter[] | null {
  const { parameters } = signature;
  const last = parameters.at(-1);
  const least = parameters.filter((parameter) => parameter.presence !== "optional").length;
  if (count < least) return null;
  if (count <= parameters.length) return parameters.slice(0, count);
  if (last?.presence !== "repeated") return null;
  return [...parameters, ...Array.from({ length: count - parameters.length }, () => last)];
}

/** The argument as its parameter wants it, or null when it does not fit. */
function asParameter(
  parameter: FunctionParameter,
  value: Expression,
  context: ExpressionContext,
): Expression | null {
  if (fitsParameter(parameter.kind, value.type)) return value;
  const wanted = parameterType(parameter.kind);
  if (wanted === null) return null;
  if (isVariant(value.type)) return castTo(context, value, wanted);
  const isText = isConstant(value) && value.type.kind === "string";
  return isText && (wanted === "ip" || wanted === "timestamp") ? readConstant(context, value, wanted) : null;
}

function reportArguments(
  syntax: CallSyntax,
  entry: FunctionEntry,
  values: readonly Expression[],
  { session }: ExpressionContext,
): void {
  const word = syntax.name.text.toUpperCase();
  const types = values.map((value) => typeName(value.type)).join(", ");
  const known = entry.signatures.map((signature) => printSignature(word, signature));
  session.report({
    code: "function-arguments",
    span: syntax.span,
    message: `${word}(${types}) does not fit.`,
    help: `It takes ${known.join(" or ")}.`,
  });
}

function resultOf(
  syntax: CallSyntax,
  entry: FunctionEntry,
  { signature, values }: Matched,
  context: ExpressionContext,
): Expression {
  const { span } = syntax;
  const [first, second, third] = values;
  const special = specialResult(syntax, entry, values, context);
  if (special !== null) return special;
  if (entry.category === "cast" && values.length === 1 && first !== undefined)
    return checkCast(entry, first, syntax, context);
  if (entry.name === "now") {
    return { kind: "constant", value: context.session.nowMs, type: simple("timestamp"), span };
  }
  if (entry.name === "if" && first !== undefined && second !== undefined) {
    return caseOf([branchOf(first, second)], third ?? null, span, context);
  }
  if (entry.name === "timestamp") return timeOfParts(values, span, context);
  const isText = entry.name === "concat";
  const unified = signature.result.kind === "widest" ? unify(context, values, "the values before it") : null;
  if (signature.result.kind === "widest" && unified === null) return unknownAt(span);
  const given = isText
    ? values.map((value) => castTo(context, value, "string"))
    : (unified?.values ?? values);
  const type = unified?.type ?? resultType(signature, given);
  if (isWindowCall(syntax, entry)) return windowOf(syntax, entry, { arguments: given, type }, context);
  if (entry.isAggregate) return { kind: "aggregate", function: entry.name, arguments: given, type, span };
  return foldCall({ kind: "call", function: entry.name, arguments: given, type, span });
}

/** Functions whose result is more than a call of their name; null for all others. */
function specialResult(
  syntax: CallSyntax,
  entry: FunctionEntry,
  values: readonly Expression[],
  context: ExpressionContext,
): Expression | null {
  const { span } = syntax;
  const [first, second] = values;
  if (first === undefined) return null;
  switch (entry.name) {
    case "unnest":
      return checkUnnest(syntax, first, context);
    case "spread":
      return checkSpread(first, span, context);
    case "parse":
      return second === undefined ? null : checkRowPattern(first, second, span, context);
    case "geo":
      return second === undefined ? null : placeOf(first, second, span, context);
    case "keys":
    case "values":
      return checkMembers(entry.name, first, span, context);
    case "distance":
      return second === undefined ? null : checkDistance([first, second], span, context);
    case "fetch":
      return isConstant(first) && typeof first.value === "string"
        ? textAt({ path: first.value, span }, context)
        : null;
    default:
      return null;
  }
}

function resultType({ result }: FunctionSignature, values: readonly Expression[]): DataType {
  switch (result.kind) {
    case "fixed":
      return result.type;
    case "widest":
      return values.reduce<DataType>((type, value) => widest(type, value.type) ?? type, simple("null"));
    default: {
      const type = values[result.of]?.type ?? simple("unknown");
      if (result.kind === "same") return type;
      if (result.kind === "array-of") return { kind: "array", element: type };
      if (result.kind === "sum") return simple(isIntegral(type) ? "long" : "double");
      return type.kind === "array" ? type.element : simple("unknown");
    }
  }
}
