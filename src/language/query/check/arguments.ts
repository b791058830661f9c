/** Reads the arguments of commands. */
import { nearestName, type TextSpan } from "#text";
import type { ArgumentSyntax, CommandSyntax, ExpressionSyntax, StreamSyntax } from "../syntax/tree.ts";
import { isConstant } from "./context.ts";
import type { Session } from "./session.ts";
import { constantContextOf, type StreamContext } from "./stream-state.ts";
import { isUnknown } from "./type-rules.ts";

/** Reports that a command does not take what it is given. */
export function reportArguments(session: Session, span: TextSpan, message: string, help: string): void {
  session.report({ code: "command-arguments", span, message, help });
}

/** The expression of an argument; reports and gives null for `*` and streams. */
export function expressionOf(
  session: Session,
  argument: ArgumentSyntax,
  command: string,
): ExpressionSyntax | null {
  const { value } = argument;
  if (value.kind === "expression") return value.expression;
  const what = value.kind === "star" ? '"*"' : "a stream";
  const help = `Give it a value or a field.`;
  reportArguments(session, argument.span, `"${command}" cannot take ${what}.`, help);
  return null;
}

/** The stream of an argument, or null. */
export function streamOf(argument: ArgumentSyntax): StreamSyntax | null {
  return argument.value.kind === "stream" ? argument.value.stream : null;
}

/** Named arguments by name, and the others in order. Names not in `known` are reported. */
export function namedArguments(
  session: Session,
  command: CommandSyntax,
  known: readonly string[],
): { readonly named: ReadonlyMap<string, ArgumentSyntax>; readonly others: readonly ArgumentSyntax[] } {
  session.observer?.onArgumentNames(command, known);
  const named = new Map<string, ArgumentSyntax>();
  const others: ArgumentSyntax[] = [];
  for (const argument of command.arguments) {
    if (argument.name === null) {
      others.push(argument);
      continue;
    }
    const name = argument.name.text.toLowerCase().replace(/^_/, "");
    if (known.includes(name)) {
      named.set(name, argument);
      continue;
    }
    const near = nearestName(name, known);
    const help = near === null ? `It takes ${known.join(", ")}.` : `Did you mean "${near}"?`;
    const word = command.name.text.toUpperCase();
    reportArguments(session, argument.name.span, `${word} has no argument "${argument.name.text}".`, help);
  }
  return { named, others };
}

/** The texts of a constant or of an array of constants; null once reported or not known yet. */
export function constantTexts(
  context: StreamContext,
  argument: ArgumentSyntax,
  what: string,
): readonly string[] | null {
  const { session } = context;
  const syntax = expressionOf(session, argument, what);
  if (syntax === null) return null;
  const checked = context.checkExpression(syntax, constantContextOf(context));
  if (isUnknown(checked.type)) return null;
  const value = isConstant(checked) ? checked.value : null;
  if (typeof value === "string" && checked.type.kind === "string") return [value];
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string"))
    return value;
  session.report({
    code: "constant-needed",
    span: syntax.span,
    message: `${what} must be text that is known before the run.`,
    help: "Write it in quotes, or put it together from constants with +.",
  });
  return null;
}

/** A whole number, not negative, that is known before the run; null once reported. */
export function constantCount(context: StreamContext, argument: ArgumentSyntax, what: string): number | null {
  const { session } = context;
  const syntax = expressionOf(session, argument, what);
  if (syntax === null) return null;
  const checked = context.checkExpression(syntax, constantContextOf(context));
  if (isUnknown(checked.type)) return null;
  const value = isConstant(checked) ? checked.value : null;
  const count = typeof value === "number" || typeof value === "bigint" ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(count) && count >= 0 && checked.type.kind !== "timestamp") return count;
  session.report({
    code: "constant-needed",
    span: syntax.span,
    message: `"${what}" needs a whole number of 0 or more that is known before the run.`,
    help: `Write ${what}(10).`,
  });
  return null;
}
