/** What completion offers: items and how the lists of the language become items. */
import { type FunctionEntry, printSignature } from "../functions/entry.ts";
import type { ConfigKey, Matcher } from "../pattern/matchers/matcher.ts";
import type { CommandEntry } from "../query/commands.ts";
import { typeName } from "../types.ts";

/** What an item is. */
export type CompletionKind =
  | "field"
  | "function"
  | "command"
  | "stream"
  | "step"
  | "value"
  | "argument"
  | "keyword"
  | "operator"
  | "unit"
  | "type"
  | "matcher"
  | "setting"
  | "subpattern"
  | "file"
  | "folder";

/** Something that could stand at the cursor. */
export interface CompletionItem {
  readonly kind: CompletionKind;
  readonly label: string;
  /** Its type or signature, in one line; may be empty. */
  readonly detail: string;
  /** What it is for, in one sentence; may be empty. */
  readonly documentation: string;
  /** What to write. */
  readonly insert: string;
  /** Where in `insert` the cursor goes. */
  readonly cursor: number;
}

/** An item that is written as it is called. */
export function plainItem(
  kind: CompletionKind,
  label: string,
  detail = "",
  documentation = "",
  insert: string = label,
): CompletionItem {
  return { kind, label, detail, documentation, insert, cursor: insert.length };
}

/** What words look like in the text so far. */
export interface WordStyle {
  /** The typed word is in small letters: what is written is so too. */
  readonly isLower: boolean;
  /** A parenthesis stands behind the word already. */
  readonly hasParenthesis: boolean;
}

/** A word with parentheses, and the cursor between them. */
function callItem(
  item: CompletionItem,
  { isLower, hasParenthesis }: WordStyle,
  takesNothing: boolean,
): CompletionItem {
  const word = isLower ? item.label.toLowerCase() : item.label;
  if (hasParenthesis) return { ...item, insert: word, cursor: word.length };
  return { ...item, insert: `${word}()`, cursor: word.length + (takesNothing ? 2 : 1) };
}

/** A function of the list. */
export function functionItem(entry: FunctionEntry, style: WordStyle): CompletionItem {
  const [spelling = entry.name] = entry.spellings;
  const [signature] = entry.signatures;
  const takesNothing = entry.signatures.every(({ parameters }) => parameters.length === 0);
  return callItem(
    plainItem("function", spelling, functionDetail(entry), firstSentence(entry.description)),
    style,
    signature !== undefined && takesNothing,
  );
}

/** The signatures of a function with its result's type, in one line. */
export function functionDetail(entry: FunctionEntry): string {
  const [spelling = entry.name] = entry.spellings;
  const [signature] = entry.signatures;
  if (signature === undefined) return spelling;
  const { result } = signature;
  const type = result.kind === "fixed" ? ` → ${typeName(result.type)}` : "";
  const more = entry.signatures.length > 1 ? ` (+${entry.signatures.length - 1})` : "";
  return `${printSignature(spelling, signature)}${type}${more}`;
}

/** A command of the list. */
export function commandItem(entry: CommandEntry, style: WordStyle): CompletionItem {
  const takesNothing = entry.example.endsWith("()");
  const item = plainItem("command", entry.name, entry.example, firstSentence(entry.description));
  return callItem(item, style, takesNothing);
}

/** A matcher of the list. */
export function matcherItem(matcher: Matcher): CompletionItem {
  const type = matcher.type === null ? "" : typeName(matcher.type);
  const item = plainItem("matcher", matcher.name, type, firstSentence(matcher.description));
  if (matcher.body !== "required") return item;
  return { ...item, insert: `${matcher.name}{}`, cursor: matcher.name.length + 1 };
}

/** A setting of a matcher. */
export function settingItem(key: ConfigKey): CompletionItem {
  const usual = key.defaultValue === null ? "" : `, usually ${JSON.stringify(key.defaultValue)}`;
  const detail = `${key.value}${usual}`;
  const isQuoted = !["integer", "number", "size", "boolean"].includes(key.value);
  const item = plainItem("setting", key.key, detail, firstSentence(key.description));
  const insert = isQuoted ? `${key.key}=''` : `${key.key}=`;
  return { ...item, insert, cursor: insert.length - (isQuoted ? 1 : 0) };
}

/** The first sentence of a description. */
export function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text;
}
