/** Types what `$` stands for: declared values, arguments, functions of the script, texts of files. */
import { nearestName } from "#text";
import type { FunctionStatement, NameSyntax, TextFileSyntax, UserCallSyntax } from "../syntax/tree.ts";
import type { ConstantExpression, Expression } from "../tree.ts";
import { type ExpressionContext, unknownAt } from "./context.ts";
import { placeExpression } from "./place.ts";
import { mayBeIncluded, reportUndeclared } from "./script-scope.ts";
import { simple } from "./type-rules.ts";

/** `$x`: a parameter, an argument of the script, or a declared value. */
export function checkValue(name: NameSyntax, context: ExpressionContext): Expression {
  const { parameters, scope, session } = context;
  const known = parameters.get(name.text) ?? scope.known.get(name.text);
  if (known !== undefined) return placeExpression(known, name.span, context);
  const statement = scope.values.get(name.text);
  if (statement === undefined) {
    const names = [...parameters.keys(), ...scope.known.keys(), ...scope.values.keys()];
    reportUndeclared(session, scope, name, { sign: "$", code: "value-unknown" }, names);
    return unknownAt(name.span);
  }
  if (!open(name, `$${name.text}`, context)) return unknownAt(name.span);
  const value = context.check(statement.value, constantContext(context));
  scope.open.delete(`$${name.text}`);
  scope.known.set(name.text, value);
  return placeExpression(value, name.span, context);
}

/** The place of a value that cannot name columns. */
export function constantContext(context: ExpressionContext): ExpressionContext {
  return {
    ...context,
    rows: null,
    aliases: new Map(),
    parameters: new Map(),
    aggregates: "refused",
    isItem: false,
  };
}

/** Marks a declaration as being worked out; false, once reported, when it already is. */
function open(name: NameSyntax, key: string, { scope, session }: ExpressionContext): boolean {
  if (!scope.open.has(key)) {
    scope.open.add(key);
    return true;
  }
  const message = `"${key}" refers to itself.`;
  session.report({ code: "declaration-cycle", span: name.span, message, help: "Break the circle." });
  return false;
}

/** `$f(a, b)`: the function's result with the arguments in place of its parameters. */
export function checkUserCall(syntax: UserCallSyntax, context: ExpressionContext): Expression {
  const { scope, session } = context;
  const { name, span } = syntax;
  const values = syntax.arguments.map((value) => context.check(value, context));
  const declared = scope.functions.get(name.text);
  if (declared === undefined && mayBeIncluded(scope, session)) return unknownAt(span);
  if (declared === undefined) {
    const near = nearestName(name.text, scope.functions.keys());
    const help = near === null ? `Declare it: $${name.text}(a) = …;` : `Did you mean "$${near}(…)"?`;
    const message = `No function "$${name.text}" is declared.`;
    session.report({ code: "function-unknown", span: name.span, message, help });
    return unknownAt(span);
  }
  if (declared.parameters.length !== values.length) {
    reportCount(syntax, declared, context);
    return unknownAt(span);
  }
  const key = `$${name.text}()`;
  if (!open(name, key, context)) return unknownAt(span);
  const parameters = new Map(
    declared.parameters.map((parameter, index) => [parameter.text, values[index] ?? unknownAt(span)]),
  );
  const inside: ExpressionContext = { ...context, rows: null, aliases: new Map(), parameters };
  for (const local of declared.locals) parameters.set(local.name.text, context.check(local.value, inside));
  const result = context.check(declared.result, inside);
  scope.open.delete(key);
  return { ...result, span };
}

function reportCount(
  syntax: UserCallSyntax,
  declared: FunctionStatement,
  { session }: ExpressionContext,
): void {
  const parameters = declared.parameters.map((parameter) => parameter.text).join(", ");
  const count = declared.parameters.length;
  session.report({
    code: "function-arguments",
    span: syntax.span,
    message: `"$${syntax.name.text}" takes ${count} argument${count === 1 ? "" : "s"}, not ${syntax.arguments.length}.`,
    help: `It is declared as $${syntax.name.text}(${parameters}).`,
    notes: [{ span: declared.name.span, message: "declared here" }],
  });
}

/** `$[path]`: the text of a file, a constant. */
export function checkTextFile(syntax: TextFileSyntax, context: ExpressionContext): Expression {
  return textAt(syntax, context);
}

/** The text at a path or URL, a constant. */
export function textAt(
  { path, span }: Pick<TextFileSyntax, "path" | "span">,
  { scope, session }: ExpressionContext,
): Expression {
  const wanted = { kind: "text", path, from: scope.source.name } as const;
  const answer = session.ask(wanted);
  if (answer?.kind === "text") {
    const { source } = answer;
    const constant: ConstantExpression = {
      kind: "constant",
      value: source.text,
      type: simple("string"),
      span,
    };
    session.contents.set(constant, { source, start: 0, end: source.text.length });
    return constant;
  }
  if (answer === null && session.awaits(wanted)) return unknownAt(span);
  const reason = answer?.kind === "missing" ? ` ${answer.message}` : "";
  session.report({
    code: "text-missing",
    severity: session.environment.isOffline ? "warning" : "error",
    span,
    message: `The text of "${path}" cannot be had.${reason}`,
    help: /^https?:/i.test(path)
      ? "Texts come from the web only in runs that may fetch."
      : "Paths are relative to the script they stand in.",
  });
  return unknownAt(span);
}
