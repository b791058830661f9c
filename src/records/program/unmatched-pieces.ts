/** Where rows of unmatched bytes end before the next record begins: spans without end would fill the memory, and one thread would have to see them whole. */

/** A span that holds a multiple of so many bytes of the input ends behind the line there; what is left of it is another span. */
export const UNMATCHED_PIECE_BYTES: number = 1 << 16;
const LINE_FEED = 10;

/** The bound of a span that begins at an offset. */
export function pieceBoundBehind(offset: number): number {
  return (Math.floor(offset / UNMATCHED_PIECE_BYTES) + 1) * UNMATCHED_PIECE_BYTES;
}

/**
 * Where a span with this bound ends at the latest: behind the first line feed from the byte before the bound on. Where records are not bound
 * to lines, lines that go on for a piece and more are cut. Null: these bytes do not tell, or no line ends. Indexes of `bytes`.
 */
export function endOfPiece(bytes: Buffer, bound: number, isLineBound: boolean): number | null {
  const from = Math.max(0, bound - 1);
  if (from >= bytes.length) return null;
  const latest = isLineBound ? Number.POSITIVE_INFINITY : bound + UNMATCHED_PIECE_BYTES;
  const found = bytes.subarray(0, latest).indexOf(LINE_FEED, from);
  if (found >= 0) return found + 1;
  return bytes.length >= latest ? latest : null;
}
