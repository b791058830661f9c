/** Formats scripts. */
import { type Diagnostic, Diagnostics, invariant, type TextSource } from "#text";
import { readTokens } from "../query/syntax/lexer.ts";
import { parseScript } from "../query/syntax/parse-script.ts";
import type { Token } from "../query/syntax/token.ts";
import { readAtoms } from "./format-atoms.ts";
import { renderLayout } from "./format-doc.ts";
import { layoutScript } from "./format-layout.ts";

/** A formatted text; the text as it was, with what is wrong, when it cannot be read. */
export interface Formatted {
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** No line is longer when it can be broken. */
const WIDEST_LINE = 100;

/**
 * The script with canonical blanks and line breaks: a pipeline that does not fit into a line, or was not in one, has a command per
 * line. Comments and here-documents stay as they are, letter by letter; what the script means stays too. Formatting twice changes
 * nothing more. A script with mistakes of syntax is left as it is.
 */
export function formatScript(source: TextSource): Formatted {
  const diagnostics = new Diagnostics();
  parseScript(source, diagnostics);
  const reported = diagnostics.list().filter(({ code }) => code !== "not-available");
  if (reported.length > 0) return { text: source.text, diagnostics: reported };
  const isMarked = source.text.startsWith("\uFEFF");
  const text = source.text.slice(isMarked ? 1 : 0);
  return { text: `${isMarked ? "\uFEFF" : ""}${formatText(text)}`, diagnostics: [] };
}

function formatText(text: string): string {
  const tokens = tokensOf(text);
  const atoms = readAtoms(text, tokens);
  const feed = text.includes("\r\n") ? "\r\n" : "\n";
  for (const isWide of [false, true]) {
    const body = renderLayout(layoutScript(atoms, isWide), WIDEST_LINE, feed);
    const formatted = body === "" ? "" : `${body}${feed}`;
    // Words that touch can become another one, such as an address: then blanks stand between all of them.
    if (isSame(tokens, tokensOf(formatted))) return formatted;
  }
  invariant(false, "a formatted script has the words it had before");
}

function tokensOf(text: string): readonly Token[] {
  return readTokens({ name: "", text }, new Diagnostics());
}

function isSame(before: readonly Token[], after: readonly Token[]): boolean {
  return (
    before.length === after.length && before.every((token, index) => keyOf(token) === keyOf(after[index]))
  );
}

function keyOf(token: Token | undefined): string {
  if (token === undefined || token.kind === "end") return "end";
  return `${token.kind} ${token.span.source.text.slice(token.span.start, token.span.end)}`;
}
