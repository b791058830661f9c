/** Lists between brackets: separated by commas, a trailing comma allowed, broken elements skipped. */
import type { TokenCursor } from "./cursor.ts";
import { isPipeAhead } from "./stream-ahead.ts";

/** The elements up to `close`, which is taken; the opening symbol was already. */
export function parseList<T>(cursor: TokenCursor, close: string, parseElement: () => T): readonly T[] {
  const elements: T[] = [];
  while (!isAtEnd(cursor, close)) {
    const before = cursor.position;
    elements.push(parseElement());
    if (!cursor.isSymbol(",") && !isAtEnd(cursor, close)) {
      cursor.reportUnexpected(`"," or "${close}"`, "");
      cursor.skipTo([","]);
    }
    if (!cursor.takeSymbol(",") && cursor.position === before) break;
  }
  if (!cursor.takeSymbol(close)) {
    cursor.reportUnexpected(`"${close}"`, "");
    const token = cursor.peek();
    if (token.kind === "symbol" && token.text !== ";" && token.text !== "|") cursor.take();
  }
  return elements;
}

function isAtEnd(cursor: TokenCursor, close: string): boolean {
  return (
    cursor.isSymbol(close) ||
    cursor.isSymbol(";") ||
    cursor.peek().kind === "end" ||
    cursor.isDeclarationAhead() ||
    isPipeAhead(cursor)
  );
}
