/** Texts cut into the parts that are learned one by one: cells between blanks, and what marks separate inside of a cell. */
import { type Token, tokensOf } from "./tokens.ts";

/** How often each text occurs. */
export type Counts = ReadonlyMap<string, number>;

/** The texts with how often they occur, in the order of their first occurrence. */
export function countsOf(texts: Iterable<string>): Counts {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** A text cut at blanks outside of quotes and brackets. `gaps[i]` stands before `cells[i]`; one more gap stands at the end. */
export interface CellText {
  readonly cells: readonly string[];
  readonly gaps: readonly string[];
  /** Where each cell starts in the text. */
  readonly starts: readonly number[];
}

/** Texts longer than this are not looked into. */
export const LONGEST_LOOKED_INTO = 8192;
/** Cells behind this many are not told apart. */
const MOST_CELLS = 100;

/** The cells of a text. Cost: linear. */
export function cellsOf(text: string): CellText {
  const cells: string[] = [];
  const gaps: string[] = [];
  const starts: number[] = [];
  let gap = "";
  let start = -1;
  let depth = 0;
  const close = (end: number) => {
    if (start < 0) return;
    cells.push(text.slice(start, end));
    start = -1;
  };
  for (const token of tokensOf(text)) {
    if (token.kind === "blank" && depth === 0 && cells.length < MOST_CELLS) {
      close(token.start);
      gap += text.slice(token.start, token.end);
      continue;
    }
    if (token.kind === "open") depth++;
    if (token.kind === "close") depth--;
    if (start >= 0) continue;
    gaps.push(gap);
    gap = "";
    start = token.start;
    starts.push(start);
  }
  close(text.length);
  return { cells, gaps: [...gaps, gap], starts };
}

/** A part of a cell. `key` is the same for parts that can stand for each other. */
export interface Part {
  readonly key: string;
  readonly text: string;
}

/** The key of parts that are values. */
export const VALUE_KEY = "v";

/** The parts of a cell: values, delimiters by themselves, and the contents of brackets and quotes as one value each. */
export function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let depth = 0;
  let start = -1;
  const close = (end: number) => {
    if (start >= 0) parts.push({ key: VALUE_KEY, text: text.slice(start, end) });
    start = -1;
  };
  for (const token of tokensOf(text)) {
    const kind = kindAt(token, depth);
    if (kind === "inside" || kind === "value") {
      if (start < 0) start = token.start;
    } else {
      close(token.start);
      parts.push({ key: text.slice(token.start, token.end), text: text.slice(token.start, token.end) });
    }
    if (token.kind === "open") depth++;
    if (token.kind === "close") depth--;
    if (token.kind === "open" && depth === 1) start = token.end;
  }
  close(text.length);
  return parts;
}

function kindAt({ kind }: Token, depth: number): "inside" | "value" | "mark" {
  if (depth > 1 || (depth === 1 && kind !== "close")) return "inside";
  return kind === "time" || kind === "value" || kind === "word" ? "value" : "mark";
}

/** What tells texts of different structure apart. */
export function signatureOf(parts: readonly Part[]): string {
  return parts.map(({ key }) => key).join("\u0000");
}
