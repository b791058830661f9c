/** The tokens of a script as the formatter sees them: with their text, the comments around them, and what they are. */
import { OPERATORS } from "../operators.ts";
import { findCommand } from "../query/commands.ts";
import { KEYWORDS } from "../query/keywords.ts";
import type { Token } from "../query/syntax/token.ts";
import { readComments } from "./comments.ts";

/** A comment as it is kept. */
export interface KeptComment {
  readonly text: string;
  readonly isLine: boolean;
  /** An empty line stands in front of it. */
  readonly isAfterBlank: boolean;
}

/** A piece of text that is never broken. */
export interface Atom {
  readonly kind: "word" | "name" | "constant" | "here" | "symbol" | "end";
  readonly text: string;
  /** Comments on lines of their own in front of it. */
  readonly before: readonly KeptComment[];
  /** Comments behind it on its line. */
  readonly behind: readonly KeptComment[];
  /** A line break stands in front of it, comments aside. */
  readonly isOnNewLine: boolean;
  /** An empty line stands right in front of it. */
  readonly isAfterBlank: boolean;
  /** A value can end with it. */
  readonly endsValue: boolean;
}

const ENDS_OR_CALLS = new Set(["NULL", "TRUE", "FALSE", "END", "INIT", "OVER"]);

/** Words that a value cannot end with, in small letters. */
const OPERATOR_WORDS: ReadonlySet<string> = new Set([
  ...OPERATORS.flatMap(({ spellings }) => spellings),
  ...KEYWORDS.filter(({ place, word }) => place !== "select" && !ENDS_OR_CALLS.has(word)).map(({ word }) =>
    word.toLowerCase(),
  ),
  ...["from", "where", "having", "by", "join"],
]);

/** The atoms of a text, the end included; the comments of the text are all in them. */
export function readAtoms(text: string, tokens: readonly Token[]): readonly Atom[] {
  const comments = readComments(text, tokens);
  const pieces = joinBareNames(text, tokens);
  const atoms: Atom[] = [];
  let next = 0;
  let end = 0;
  for (const [index, piece] of pieces.entries()) {
    const before: KeptComment[] = [];
    for (; (comments[next]?.end ?? Number.POSITIVE_INFINITY) <= piece.start; next++) {
      const comment = comments[next];
      if (comment === undefined) break;
      const gap = text.slice(end, comment.start);
      const kept = {
        text: text.slice(comment.start, comment.end),
        isLine: comment.isLine,
        isAfterBlank: isBlank(gap),
      };
      const last = atoms.at(-1);
      const isBehind = !gap.includes("\n") && last !== undefined && before.length === 0;
      if (isBehind) atoms[atoms.length - 1] = { ...last, behind: [...last.behind, kept] };
      else before.push(kept);
      end = comment.end;
    }
    const gap = text.slice(end, piece.start);
    atoms.push({
      kind: piece.kind,
      text: text.slice(piece.start, piece.end),
      before,
      behind: [],
      isOnNewLine: gap.includes("\n"),
      isAfterBlank: isBlank(gap),
      endsValue: endsValue(piece.kind, text.slice(piece.start, piece.end), pieces[index - 1], text),
    });
    end = piece.end;
  }
  return atoms;
}

function isBlank(gap: string): boolean {
  return /\n[^\S\n]*\n/.test(gap);
}

interface Piece {
  readonly kind: Atom["kind"];
  readonly start: number;
  readonly end: number;
}

function endsValue(kind: Atom["kind"], text: string, previous: Piece | undefined, whole: string): boolean {
  if (kind === "symbol") return text === ")" || text === "]" || text === "}";
  if (kind !== "word") return kind !== "end";
  const before = previous === undefined ? "" : whole.slice(previous.start, previous.end);
  // `| where(…)` is a command, `left.in` a field.
  const isCommand = before === "=" && findCommand(text) !== null;
  return before === "|" || before === "." || isCommand || !OPERATOR_WORDS.has(text.toLowerCase());
}

/** Tokens as pieces; the words of a bare name in brackets (`o[odd name]`) are one, as blanks between them count. */
function joinBareNames(text: string, tokens: readonly Token[]): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    const length = isOpenBracket(tokens[index - 1]) ? bareNameLength(tokens, index) : 0;
    const last = tokens[index + Math.max(0, length - 1)] ?? token;
    pieces.push({ kind: length > 1 ? "name" : kindOf(token), start: token.span.start, end: last.span.end });
    if (length > 1) index += length - 1;
    if (token.kind === "end") break;
  }
  return pieces.map((piece) =>
    piece.kind === "end" ? { ...piece, start: text.length, end: text.length } : piece,
  );
}

function isOpenBracket(token: Token | undefined): boolean {
  return token?.kind === "symbol" && token.text === "[";
}

function bareNameLength(tokens: readonly Token[], start: number): number {
  if (tokens[start]?.kind !== "name") return 0;
  for (let length = 1; ; length++) {
    const token = tokens[start + length];
    if (token?.kind === "symbol" && token.text === "]") return length;
    const isPart =
      token?.kind === "name" ||
      (token?.kind === "literal" && token.type === "integer") ||
      (token?.kind === "symbol" && ["-", ".", ":", "/", "&", "+"].includes(token.text));
    if (!isPart) return 0;
  }
}

function kindOf(token: Token): Atom["kind"] {
  switch (token.kind) {
    case "end":
    case "symbol":
      return token.kind;
    case "name":
      return "word";
    case "literal":
      return token.content === null ? "constant" : "here";
    default:
      return "name";
  }
}
