/** What can stand at a cursor in code, judged by the tokens in front of it. */
import { findFunction } from "../functions/functions.ts";
import { OPERATORS } from "../operators.ts";
import { type CommandEntry, findCommand } from "../query/commands.ts";
import type { Token } from "../query/syntax/token.ts";
import type { CodeCursor, Enclosing } from "./cursor.ts";

/** What the language lets stand at a place. */
export type Position =
  | "statement" // the start of a statement
  | "body" // the start of a statement in a function's body
  | "stream" // a stream
  | "step" // a command behind a pipe
  | "value" // the start of an expression
  | "behind" // behind a value: operators
  | "negated" // behind a value and NOT
  | "behind-stream"
  | "qualified" // behind `left.`
  | "member" // in `x[`
  | "unit" // behind a number in `[`
  | "type" // behind `::`
  | "null" // behind IS
  | "by" // behind GROUP and ORDER
  | "nothing"; // a new name

const WORDS_BEFORE_VALUE = new Set([
  ...OPERATORS.flatMap(({ spellings }) => spellings),
  ...[
    "case",
    "when",
    "then",
    "else",
    "by",
    "on",
    "where",
    "having",
    "select",
    "distinct",
    "return",
    "limit",
    "of",
  ],
]);
const WORDS_BEFORE_STREAM = new Set(["from", "join"]);

/** The position of a cursor. */
export function positionOf(code: CodeCursor): Position {
  const last = code.before.at(-1);
  switch (last?.kind) {
    case undefined:
      return "statement";
    case "symbol":
      return behindSymbol(code, last.text);
    case "name":
      return behindWord(code, last.text.toLowerCase());
    case "stream-name":
    case "stream-path":
    case "step-name":
      return "behind-stream";
    case "literal":
      return isUnitPlace(code, last) ? "unit" : "behind";
    case "value-name":
      return isUnitPlace(code, last) ? "unit" : "behind";
    default:
      return "behind";
  }
}

function isUnitPlace({ enclosing }: CodeCursor, last: Token): boolean {
  const bracket = enclosing.at(-1);
  if (bracket?.symbol !== "[" || bracket.argument > 0) return false;
  const isNumber = last.kind === "value-name" || (last.kind === "literal" && typeof last.value === "number");
  const [first] = bracket.tokens;
  const isSigned = isSymbol(first, "-") || isSymbol(first, "+");
  return isNumber && bracket.tokens.length === (isSigned ? 2 : 1);
}

function behindWord(code: CodeCursor, word: string): Position {
  if (word === "is" || (word === "not" && isWord(code.before.at(-2), "is"))) return "null";
  if (word === "not" && endsValue(code.before.at(-2))) return "negated";
  if (word === "as" || word === "include" || word === "create") return "nothing";
  const isAlone = code.before.length === 1;
  if (WORDS_BEFORE_STREAM.has(word)) return "stream";
  if ((word === "group" || word === "order") && selectsBefore(code)) return "by";
  const isCommand = word === "limit" && !selectsBefore(code);
  if (WORDS_BEFORE_VALUE.has(word) && !isCommand) return "value";
  return isAlone && findCommand(word) !== null ? "nothing" : "behind";
}

/** Whether the cursor is in a SELECT statement: no bracket opens behind its SELECT. */
export function selectsBefore(code: CodeCursor): boolean {
  const bracket = code.enclosing.at(-1);
  const tokens = bracket === undefined ? code.before : bracket.tokens;
  return tokens.some((token, index) => {
    if (!isWord(token, "select") || isSymbol(tokens[index + 1], "(")) return false;
    return !isSymbol(tokens[index - 1], "|") && !isSymbol(tokens[index - 1], ".");
  });
}

function behindSymbol(code: CodeCursor, symbol: string): Position {
  const { before } = code;
  const earlier = before.at(-2);
  switch (symbol) {
    case "|":
      return isPipe(code) ? "step" : "value";
    case ".":
      return earlier?.kind === "name" ? "qualified" : earlier?.kind === "literal" ? "nothing" : "step";
    case "=":
      return behindEquals(before);
    case "]":
    case ")":
      return endsStream(code) ? "behind-stream" : "behind";
    case "}":
      return "behind";
    case "[":
      return endsValue(earlier) ? "member" : "value";
    case "{":
      return code.enclosing.length === 1 && isSymbol(earlier, ")") ? "body" : "value";
    case "::":
      return "type";
    case ";":
      return "body";
    default:
      return "value";
  }
}

function behindEquals(before: readonly Token[]): Position {
  const [first] = before;
  if (before.length !== 2) return "value";
  return first?.kind === "stream-name" ? "stream" : first?.kind === "step-name" ? "step" : "value";
}

function endsValue(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === "symbol") return token.text === ")" || token.text === "]" || token.text === "}";
  return token.kind !== "name" || !WORDS_BEFORE_VALUE.has(token.text.toLowerCase());
}

/** Whether a `|` here is followed by a command, and is no operator between numbers. */
function isPipe(code: CodeCursor): boolean {
  const bracket = code.enclosing.at(-1);
  return bracket === undefined || beginsStream(bracket.tokens);
}

/** Whether what ends here is a stream's source or command rather than a value. */
function endsStream(code: CodeCursor): boolean {
  const { before } = code;
  const bracket = code.enclosing.at(-1);
  if (bracket !== undefined) return beginsStream(bracket.tokens);
  if (selectsBefore(code)) return false;
  const [first] = before;
  return first?.kind !== "value-name";
}

function beginsStream(tokens: readonly Token[]): boolean {
  let at = tokens[0]?.kind === "name" && isSymbol(tokens[1], ":") ? 2 : 0;
  while (isSymbol(tokens[at], "(")) at++;
  const first = tokens[at];
  if (first?.kind === "stream-name" || first?.kind === "stream-path") return true;
  if (first?.kind !== "name") return false;
  return findCommand(first.text)?.givesRows === true && findFunction(first.text) === null;
}

/** The command whose parentheses these are, or null. */
export function commandOf({ symbol, head, beforeHead }: Enclosing): CommandEntry | null {
  if (symbol !== "(" || head?.kind !== "name") return null;
  const entry = findCommand(head.text);
  if (entry === null) return null;
  const isBehindPipe = isSymbol(beforeHead, "|") || isSymbol(beforeHead, ".") || isSymbol(beforeHead, "=");
  if (isBehindPipe || beforeHead === null || isSymbol(beforeHead, ";")) return entry;
  return findFunction(head.text) === null ? entry : null;
}

/** Whether a token is this symbol. */
export function isSymbol(token: Token | null | undefined, text: string): boolean {
  return token?.kind === "symbol" && token.text === text;
}

/** Whether a token is this word, given in small letters. */
export function isWord(token: Token | null | undefined, word: string): boolean {
  return token?.kind === "name" && token.text.toLowerCase() === word;
}
