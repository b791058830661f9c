/** Types PARSE inside a row: its pattern says what it gives. */
import type { TextSpan } from "#text";
import type { Pattern } from "../../pattern/tree.ts";
import { typeName } from "../../types.ts";
import type { Expression } from "../tree.ts";
import { type ExpressionContext, isConstant, unknownAt } from "./context.ts";
import type { Session } from "./session.ts";
import { isUnknown } from "./type-rules.ts";

/** The pattern that a constant text is; null once reported, or when it is not known yet. */
export function patternOf(constant: Expression, session: Session): Pattern | null {
  const content = contentOf(constant, session);
  return content === null ? null : session.parsePattern(content);
}

/** Where the text of a pattern stands; null once reported, or when it is not known yet. */
function contentOf(constant: Expression, session: Session): TextSpan | null {
  if (isUnknown(constant.type)) return null;
  if (!isConstant(constant) || typeof constant.value !== "string") {
    const message = `A pattern must be text that is known before the run, not ${typeName(constant.type)}.`;
    const help = "Write it as a here-document: $p = <<<PATTERN … PATTERN;";
    session.report({ code: "constant-needed", span: constant.span, message, help });
    return null;
  }
  const { value: text, span } = constant;
  if (/^\s*(pcap|evtx)\s*$/i.test(text)) {
    const message = `${text.trim().toUpperCase()} files are not available yet.`;
    const help = "Turn the file into text first, such as JSON, and read that.";
    session.report({ code: "not-available", span, message, help });
    return null;
  }
  const own = { source: { name: `pattern in ${span.source.name}`, text }, start: 0, end: text.length };
  return session.contents.get(constant) ?? own;
}

/** `PARSE('pattern', text)`: the value of the one field, or a tuple of several. */
export function checkRowPattern(
  pattern: Expression,
  text: Expression,
  span: Expression["span"],
  { session }: ExpressionContext,
): Expression {
  const content = contentOf(pattern, session);
  const parsed = content === null ? null : session.parseRowPattern(content);
  if (parsed === null || isUnknown(text.type)) return unknownAt(span);
  const { fields } = parsed.pattern;
  const [first, second] = fields;
  if (first === undefined) {
    session.report({
      code: "function-arguments",
      span: pattern.span,
      message: "The pattern has no field, so there is nothing to give.",
      help: "Name what you want: PARSE('INT:number', text).",
    });
    return unknownAt(span);
  }
  const type = second === undefined ? first.type : ({ kind: "tuple", fields } as const);
  const own: Expression = {
    kind: "constant",
    value: parsed.text,
    type: { kind: "string" },
    span: pattern.span,
  };
  const call: Expression = { kind: "call", function: "parse", arguments: [own, text], type, span };
  session.names.set(call, second === undefined ? first.name : "parse");
  return call;
}
