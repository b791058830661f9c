/** Comments of a script: they stand between tokens. */
import type { Token } from "../query/syntax/token.ts";

/** A comment with its marks. */
export interface Comment {
  readonly start: number;
  readonly end: number;
  readonly isLine: boolean;
}

/** All comments, in order. `tokens` are those of the text, the end token included. */
export function readComments(text: string, tokens: readonly Token[]): readonly Comment[] {
  const comments: Comment[] = [];
  let from = 0;
  for (const { span } of tokens) {
    if (span.start > from) readGap(text, from, span.start, comments);
    from = Math.max(from, span.end);
  }
  return comments;
}

function readGap(text: string, start: number, end: number, comments: Comment[]): void {
  for (let at = start; at < end; ) {
    const isLine = text.startsWith("//", at);
    if (!isLine && !text.startsWith("/*", at)) {
      at++;
      continue;
    }
    const close = text.indexOf(isLine ? "\n" : "*/", at + 2);
    const next = close < 0 ? end : Math.min(end, close + (isLine ? 0 : 2));
    const length = text.slice(at, next).trimEnd().length;
    comments.push({ start: at, end: at + length, isLine });
    at = next;
  }
}
