/** Tells streams from values where both may stand. */
import { findFunction } from "../../functions/functions.ts";
import { findCommand } from "../commands.ts";
import type { TokenCursor } from "./cursor.ts";

/** Whether a stream starts `ahead` tokens on: `@s`, `@[path]`, `LIST(…)`, `SELECT …`, or one of these in parentheses. */
export function isStreamAhead(cursor: TokenCursor, ahead = 0): boolean {
  let at = ahead;
  while (cursor.isSymbol("(", at)) at++;
  const token = cursor.peek(at);
  if (token.kind === "stream-name" || token.kind === "stream-path") return true;
  if (token.kind !== "name") return false;
  const isCommand = findCommand(token.text)?.givesRows === true && findFunction(token.text) === null;
  if (isCommand && cursor.isSymbol("(", at + 1)) return true;
  if (areRowsAhead(cursor, at)) return true;
  return cursor.isWord("select", at) && !cursor.isSymbol(":", at + 1) && !cursor.isSymbol(")", at + 1);
}

/** `VALUES([{…}])`: of a list of tuples the members cannot be asked for, so that it is the command and not the function. */
function areRowsAhead(cursor: TokenCursor, at: number): boolean {
  return cursor.isWord("values", at) && cursor.isSymbol("(", at + 1) && cursor.isSymbol("[", at + 2);
}

/** Whether a `|` with a command behind it comes next: inside parentheses, somebody forgot to close them. */
export function isPipeAhead(cursor: TokenCursor): boolean {
  const word = cursor.peek(1);
  if (!cursor.isSymbol("|") || word.kind !== "name" || !cursor.isSymbol("(", 2)) return false;
  return findCommand(word.text)?.takesRows === true && findFunction(word.text) === null;
}
