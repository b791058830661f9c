/** Renames names of a text. */
import { LSPErrorCodes, ResponseError, type TextEdit } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { type EditorText, type NameAt, type OutlineEntry, outlineOf } from "#language";
import { rangeOf } from "./shapes.ts";

/** The edits that give a name another one. Throws what the editor shows when that is no name, or taken. */
export function renameEdits(
  name: NameAt,
  typed: string,
  text: EditorText,
  document: TextDocument,
): TextEdit[] {
  const newText = newNameOf(typed, name, text);
  return name.references.map((range) => ({ range: rangeOf(document, range), newText }));
}

/** The new name without its sign. Throws what the editor shows when it is none, or is taken. */
function newNameOf(typed: string, { range }: NameAt, text: EditorText): string {
  const name = typed.replace(/^(?:@@|[@$])/, "");
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) {
    const message = `"${typed}" is no name: names are letters, digits and underscores.`;
    throw new ResponseError(LSPErrorCodes.RequestFailed, message);
  }
  const sign = /(?:@@|[@$])$/.exec(text.source.text.slice(0, range.start))?.[0] ?? "$";
  if (isTaken(`${sign}${name}`, outlineOf(text))) {
    throw new ResponseError(LSPErrorCodes.RequestFailed, `"${sign}${name}" is declared already.`);
  }
  return name;
}

function isTaken(name: string, entries: readonly OutlineEntry[]): boolean {
  return entries.some((entry) => entry.name === name || isTaken(name, entry.children));
}
