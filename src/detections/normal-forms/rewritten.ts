/** A text with pieces of it replaced, and the way back to where they stood. */

/** A piece of a text and what takes its place. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A piece that was replaced: where it stood (`start`, `end`), and where its replacement stands now. UTF-16 units. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly at: number;
  readonly length: number;
}

/** A text after replacing, with its edits in order of their place. */
export interface Rewritten {
  readonly text: string;
  readonly edits: readonly Edit[];
}

/** The text with the pieces replaced, which come in order and do not overlap; null: there are none. Cost: linear. */
export function replacePieces(text: string, pieces: Iterable<Piece>): Rewritten | null {
  const parts: string[] = [];
  const edits: Edit[] = [];
  let taken = 0;
  let at = 0;
  for (const { start, end, text: replacement } of pieces) {
    parts.push(text.slice(taken, start), replacement);
    at += start - taken;
    edits.push({ start, end, at, length: replacement.length });
    at += replacement.length;
    taken = end;
  }
  if (edits.length === 0) return null;
  parts.push(text.slice(taken));
  return { text: parts.join(""), edits };
}

/**
 * The text with all matches replaced; null: none matches, or nothing would change.
 *
 * @param expression  global; each match of bounded length, or of characters that no other match could begin with
 * @param replacement what takes the place of a match; null: it stays
 */
export function replaceMatches(
  text: string,
  expression: RegExp,
  replacement: (match: string, offset: number) => string | null,
): Rewritten | null {
  const pieces: Piece[] = [];
  expression.lastIndex = 0;
  for (let match = expression.exec(text); match !== null; match = expression.exec(text)) {
    const [found] = match;
    const instead = replacement(found, match.index);
    if (found === "") expression.lastIndex++;
    if (instead === null || instead === found) continue;
    pieces.push({ start: match.index, end: match.index + found.length, text: instead });
  }
  return pieces.length === 0 ? null : replacePieces(text, pieces);
}

/** The range of the text before the edits that a range after them came of. */
export function rangeBefore(
  edits: readonly Edit[],
  start: number,
  end: number,
): { readonly start: number; readonly end: number } {
  const from = offsetBefore(edits, start, "start");
  return { start: from, end: Math.max(from, end > start ? offsetBefore(edits, end - 1, "end") : from) };
}

/** Where a unit after the edits begins, or ends, before them: a replaced piece counts as a whole. */
function offsetBefore(edits: readonly Edit[], offset: number, side: "start" | "end"): number {
  let low = 0;
  let high = edits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edits[middle]?.at ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  // Edits that leave nothing stand at the place of the unit behind them; the last one at or before the offset decides.
  const edit = edits[low - 1];
  const past = side === "end" ? 1 : 0;
  if (edit === undefined) return offset + past;
  if (offset < edit.at + edit.length) return side === "start" ? edit.start : edit.end;
  return edit.end + (offset - edit.at - edit.length) + past;
}
