/** Undoes, in decoded lower-case text, what languages ignore and attackers therefore add. Null: nothing to undo. Cost: linear. */
import { type Piece, type Rewritten, replaceMatches, replacePieces } from "./rewritten.ts";

/** SQL comments as blanks; what MySQL runs of a comment that begins with `/*!` and a version is kept. */
export function undoSqlComments(text: string): Rewritten | null {
  return text.includes("/*") || text.includes("\n") ? replacePieces(text, sqlComments(text)) : null;
}

const COMMENT_STARTS = /\/\*|--|#/g;

function* sqlComments(text: string): Generator<Piece> {
  // What nothing closes once is not closed later; a line comment up to the end hides nothing.
  const unclosed = new Set<string>();
  let from = 0;
  for (const { 0: mark, index: start } of text.matchAll(COMMENT_STARTS)) {
    const close = mark === "/*" ? "*/" : "\n";
    if (start < from || unclosed.has(close)) continue;
    const end = text.indexOf(close, start + mark.length);
    if (end < 0) {
      unclosed.add(close);
      continue;
    }
    from = end + close.length;
    if (text.startsWith("/*!", start)) {
      const version = /^[0-9]{0,6}/.exec(text.slice(start + 3, start + 9))?.[0].length ?? 0;
      yield { start, end: start + 3 + version, text: " " };
      yield { start: end, end: from, text: " " };
    } else {
      yield { start, end: from, text: " " };
    }
  }
}

/** Blanks, tabs, line ends in a row as one blank. */
export function undoBlanks(text: string): Rewritten | null {
  if (!/[\s\u0085]{2}|[^\S ]|\u0085/.test(text)) return null;
  return replaceMatches(text, /[\s\u00a0\u0085]+/g, () => " ");
}

/** A path without `\`, `//` and `/./`; `/../` stays, for it is what tells. */
export function undoPathTricks(text: string): Rewritten | null {
  if (!/\\|\/\/|\/\./.test(text)) return null;
  return replaceMatches(text, /[/\\]+(?:\.[/\\]+)*/g, (match, offset) =>
    // The two slashes of an address are none of its path's.
    match.startsWith("//") && text[offset - 1] === ":" ? null : "/",
  );
}

/** Command lines without what shells drop: quotes and backslashes inside words, `^`, `$@`, empty substitutions; `$IFS` as a blank. */
export function undoShellQuotes(text: string): Rewritten | null {
  if (!/[$`'"\\^]/.test(text)) return null;
  return replaceMatches(
    text,
    /\$\{?ifs(?:%\?\?)?\}?(?:\$[0-9])?|\$[@*!]|\$\{[@*!]\}|\$\(\)|``|''|""|\\\n|['"^\\](?=[a-z0-9_])|(?<=[a-z0-9_])['"]/g,
    (match) => (match.startsWith("$ifs") || match.startsWith("${ifs") ? " " : ""),
  );
}
