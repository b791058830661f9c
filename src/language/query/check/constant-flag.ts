/** Reads options of commands that are true or false. */
import type { ArgumentSyntax } from "../syntax/tree.ts";
import { expressionOf } from "./arguments.ts";
import { isConstant } from "./context.ts";
import { constantContextOf, type StreamContext } from "./stream-state.ts";
import { isUnknown } from "./type-rules.ts";

/** True or false as an option says; null once reported, or when it is not known yet. */
export function constantFlag(argument: ArgumentSyntax, context: StreamContext): boolean | null {
  const { session } = context;
  const syntax = expressionOf(session, argument, "An option");
  if (syntax === null) return null;
  const checked = context.checkExpression(syntax, constantContextOf(context));
  if (isUnknown(checked.type)) return null;
  if (isConstant(checked) && typeof checked.value === "boolean") return checked.value;
  session.report({
    code: "constant-needed",
    span: syntax.span,
    message: "This option is true or false, and known before the run.",
    help: "Write true or false.",
  });
  return null;
}
