/** Completion: what could stand at a cursor. */
import { Diagnostics, type TextSource } from "#text";
import type { TextRange } from "../pattern/parse.ts";
import { observeScript, observeStatement } from "../query/check-script.ts";
import { findCommand } from "../query/commands.ts";
import type { CheckEnvironment } from "../query/environment.ts";
import { readTokens } from "../query/syntax/lexer.ts";
import { codeCandidates, PLACEHOLDER } from "./complete-code.ts";
import { type Completions, completePattern } from "./complete-pattern.ts";
import { type CodeCursor, placeAt } from "./cursor.ts";
import { collectFacts } from "./facts.ts";
import { type FilePurpose, fileCandidates, type ListFiles } from "./files.ts";
import { memberNames } from "./member-names.ts";
import { commandOf, isSymbol, isWord, positionOf } from "./position.ts";
import { rankItems } from "./ranking.ts";

/** What completion in a script needs besides the text. */
export interface CompletionWorld {
  readonly environment: CheckEnvironment;
  /** Lists a folder for completion of file names; null: no names are offered. */
  readonly listFiles: ListFiles | null;
}

/** What could stand at `offset` of a script. Cost: the script is read, and the statement at the cursor checked. */
export function completeScript(source: TextSource, offset: number, world: CompletionWorld): Completions {
  const { text } = source;
  const place = placeAt(text, readTokens(source, new Diagnostics()), offset);
  switch (place.kind) {
    case "nothing":
      return { range: { start: offset, end: offset }, items: [] };
    case "here":
      return completePattern(text, place.content, offset);
    case "path":
      return completeFile(text, place.content, offset, world, place.sign === "@" ? "script" : "text");
    case "quoted":
      return completeQuoted(source, place.content, offset, place.code, world);
    case "code":
      return completeCode(source, place.code, world);
  }
}

function completeCode({ name, text }: TextSource, code: CodeCursor, world: CompletionWorld): Completions {
  const { word, sign, typed } = code;
  const patched = {
    name,
    text: `${text.slice(0, word.start)}${sign}${PLACEHOLDER}${text.slice(word.end)}`,
  };
  const { observer, facts } = collectFacts(patched, world.environment);
  // What a stream's columns are is told beside its name; else only the statement at the cursor matters.
  const position = positionOf(code);
  if (sign !== "" || position === "stream" || position === "statement") {
    observeScript(patched, world.environment, observer);
  } else observeStatement(patched, world.environment, observer, word.start);
  const hasParenthesis = /^[ \t]*\(/.test(text.slice(word.end, word.end + 40));
  const isLower = typed !== "" && typed === typed.toLowerCase();
  const context = { code, facts: facts(), style: { isLower, hasParenthesis } };
  return { range: word, items: rankItems(codeCandidates(context), `${sign}${typed}`) };
}

function completeQuoted(
  source: TextSource,
  content: TextRange,
  offset: number,
  code: CodeCursor,
  world: CompletionWorld,
): Completions {
  const { text } = source;
  switch (purposeOf(code)) {
    case "pattern":
      return completePattern(text, content, offset);
    case "script":
      return completeFile(text, content, offset, world, "script");
    case "file":
      return completeFile(text, content, offset, world, "any");
    case "member": {
      const range = { start: content.start, end: content.end };
      const items = memberNames(source, code, world.environment);
      return { range, items: rankItems(items, text.slice(content.start, offset)) };
    }
    default:
      return { range: { start: offset, end: offset }, items: [] };
  }
}

function completeFile(
  text: string,
  content: TextRange,
  offset: number,
  { listFiles }: CompletionWorld,
  purpose: FilePurpose,
): Completions {
  const typed = text.slice(content.start, offset);
  const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
  const range = { start: content.start + folder.length, end: content.end };
  const candidates =
    listFiles === null
      ? []
      : fileCandidates(listFiles(folder, purpose === "any" ? "run" : "script"), purpose);
  return { range, items: rankItems(candidates, typed.slice(folder.length)) };
}

/** What a quoted text is for, judged by what stands around it. */
function purposeOf(code: CodeCursor): "pattern" | "script" | "file" | "member" | "text" {
  const last = code.before.at(-1);
  if (isWord(last, "include")) return "script";
  const bracket = code.enclosing.at(-1);
  if (bracket === undefined) return "text";
  if (
    bracket.symbol === "[" &&
    bracket.tokens.length === 0 &&
    bracket.argument === 0 &&
    bracket.head !== null
  )
    return "member";
  const call = code.enclosing.findLast(({ symbol, head }) => symbol === "(" && head !== null);
  const entry = call === undefined ? null : (commandOf(call) ?? null);
  const isNamed = isSymbol(bracket.tokens[1], ":");
  const name = isNamed ? bracket.tokens[0] : null;
  const isFirst = call?.argument === 0 && !isNamed;
  const head = call?.head?.kind === "name" ? call.head.text : "";
  if (isWord(name, "pattern") || (isFirst && findCommand(head)?.name === "PARSE")) return "pattern";
  if (entry === null || !NAMES_FILE.test(entry.example)) return "text";
  return isFirst || isWord(name, "src") || isWord(name, "uri") || bracket !== call ? "file" : "text";
}

/** A command names files when its example does. */
const NAMES_FILE = /'[^']*\.\w+'/;
