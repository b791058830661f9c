/** Looks tokens up by their place. */
import type { Token } from "../query/syntax/token.ts";

/** The token an offset is in or at the end of; a word rather than what touches it. Null: none. */
export function tokenAt(tokens: readonly Token[], offset: number): Token | null {
  const touching = tokens.filter(
    ({ kind, span }) => kind !== "end" && span.start <= offset && offset <= span.end,
  );
  return touching.find(({ kind }) => kind !== "symbol") ?? touching[0] ?? null;
}
