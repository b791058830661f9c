/** What a column is called that nobody named. */
import { findFunction } from "../../functions/functions.ts";
import type { CallSyntax, ExpressionSyntax } from "../syntax/tree.ts";

/** The name an expression gives its column; null when it gives none. */
export function columnNameOf(syntax: ExpressionSyntax): string | null {
  let inner = syntax;
  while (inner.kind === "time-offset" || inner.kind === "index") inner = inner.object;
  switch (inner.kind) {
    case "field":
    case "member":
    case "value":
    case "user-call":
      return inner.name.text;
    case "call":
      return nameOfCall(inner);
    default:
      return null;
  }
}

/** `count`; other aggregates carry their column: `min_bytes`, and take the last key: `max(o[time])` is `time`. */
function nameOfCall(call: CallSyntax): string | null {
  const [argument] = call.arguments;
  const word = call.name.text.toLowerCase();
  if (word === "column" && argument?.kind === "literal") return String(argument.value);
  const entry = findFunction(word);
  if (entry?.isAggregate !== true || entry.name === "count" || argument === undefined) return word;
  if (argument.kind === "field") return `${word}_${argument.name.text.replace(/^_+/, "")}`;
  if (argument.kind === "member") return argument.name.text;
  return word;
}
