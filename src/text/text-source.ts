/** Where text that a user wrote comes from, and how to point into it. */

/** A piece of text a user wrote: a script, a pattern, a rule. `name` is what messages call it. */
export interface TextSource {
  readonly name: string;
  readonly text: string;
}

/** A half-open range `[start, end)` in UTF-16 units of one source's text. */
export interface TextSpan {
  readonly source: TextSource;
  readonly start: number;
  readonly end: number;
}

/** A place as people count: both numbers start at 1; columns count UTF-16 units. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

/** Makes a span of `source`. */
export function spanOf(source: TextSource, start: number, end: number): TextSpan {
  return { source, start, end };
}

/** The smallest span that holds both. Both must be of the same source, otherwise `first` is given back. */
export function joinSpans(first: TextSpan, second: TextSpan): TextSpan {
  if (first.source !== second.source) return first;
  const start = Math.min(first.start, second.start);
  return { source: first.source, start, end: Math.max(first.end, second.end) };
}

/** The text inside a span. */
export function textOf(span: TextSpan): string {
  return span.source.text.slice(span.start, span.end);
}

/** Line and column of an offset. Cost: linear in the offset. */
export function lineColumnAt(text: string, offset: number): LineColumn {
  let line = 1;
  let lineStart = 0;
  for (let next = text.indexOf("\n"); next >= 0 && next < offset; next = text.indexOf("\n", next + 1)) {
    line++;
    lineStart = next + 1;
  }
  return { line, column: offset - lineStart + 1 };
}
