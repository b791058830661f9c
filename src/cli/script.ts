/** Scripts as the command line names them, and the answers that their check needs from the world. */
import { readFile, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import {
  type CheckEnvironment,
  type CheckedScript,
  checkScript,
  OWN_INCLUDE,
  type Wanted,
  type WantedAnswer,
  wantedKey,
} from "#language";
import { checkUnmanaged, type FileAccess } from "#sources";
import { Failure, type TextSource } from "#text";
import { type Arguments, lastValue } from "./arguments.ts";
import { type Option, valueOption } from "./option.ts";
import { isWebAddress } from "./outside.ts";

/** The option that gives a text in place of a file. */
export const TEXT_OPTION: Option = valueOption("text", "TEXT", "The text itself instead of a file.", "e");

/** The option that gives a value to an argument of the script. */
export const ARGUMENT_OPTION: Option = valueOption(
  "arg",
  "NAME=VALUE",
  "A value for an argument that the script declares with INIT; may be repeated.",
);

/** The option that chooses among the statements of a script. */
export const STATEMENT_OPTION: Option = valueOption(
  "statement",
  "N",
  "Run the N-th of the script's streams that stand alone. Default: the last.",
);

/** The statement to run; null: the last. Throws a `usage` failure. */
export function readStatement(parsed: Arguments): number | null {
  const text = lastValue(parsed, STATEMENT_OPTION.name);
  if (text === null) return null;
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text);
  throw new Failure("usage", `--statement takes a whole number from 1 up, not "${text}".`);
}

const LARGEST_TEXT_BYTES = 4 << 20;
/** A script that refers to texts that refer to texts: so many levels are followed. */
const MOST_ROUNDS = 64;
const TYPED_NAME = "command line";

/** Where a text is: typed on the command line, or in a file; both null when the user gave none. */
export interface TextPlace {
  readonly typed: string | null;
  readonly path: string | null;
}

/** The text of a place; `what` is what the user calls it. Throws a `usage` failure when there is none, or two. */
export async function readText(
  place: TextPlace,
  what: string,
  workingDirectory: string,
): Promise<TextSource> {
  const { typed, path } = place;
  if (typed !== null && path !== null) {
    throw new Failure("usage", `There are two ${what}s: "${path}", and the text of -e.`);
  }
  if (typed !== null) return { name: TYPED_NAME, text: typed };
  if (path === null) {
    throw new Failure("usage", `There is no ${what}.`, { help: "Name a file, or give the text: -e 'TEXT'." });
  }
  return { name: path, text: await readTextFile(resolve(workingDirectory, path), path) };
}

/** The script of a command: its first positional argument, or the text of `-e`. */
export function readScript(parsed: Arguments, workingDirectory: string): Promise<TextSource> {
  const place = { typed: lastValue(parsed, TEXT_OPTION.name), path: parsed.positionals[0] ?? null };
  return readText(place, "script", workingDirectory);
}

/** The text of a file of UTF-8, without a byte order mark. Throws `source-missing` or `source-unreadable`. */
async function readTextFile(path: string, shownName: string): Promise<string> {
  const place = { uri: shownName };
  try {
    if ((await stat(path)).size > LARGEST_TEXT_BYTES) {
      throw new Failure("source-unreadable", `"${shownName}" is too large for a script or pattern.`, {
        help: "Texts of at most 4 MiB are read. A log belongs into the script: PARSE(src:'access.log').",
        place,
      });
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw textFailure(shownName, cause);
  }
}

function textFailure(shownName: string, cause: unknown): Failure {
  const details = { place: { uri: shownName }, cause };
  const code = cause instanceof Error && "code" in cause ? cause.code : "";
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new Failure("source-missing", `There is no file "${shownName}".`, details);
  }
  if (code === "EISDIR") return new Failure("source-unreadable", `"${shownName}" is a directory.`, details);
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") {
    return new Failure("source-unreadable", `"${shownName}" is not text in UTF-8.`, details);
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Failure("source-unreadable", `"${shownName}" cannot be read: ${reason}.`, details);
}

/** Values of `--arg NAME=VALUE` by name. */
export function readScriptArguments(parsed: Arguments): Readonly<Record<string, string>> {
  const pairs = (parsed.values.get(ARGUMENT_OPTION.name) ?? []).map((written): [string, string] => {
    const at = written.indexOf("=");
    if (at < 1) throw new Failure("usage", `--arg takes NAME=VALUE, not "${written}".`);
    return [written.slice(0, at), written.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

/** Checks a script, answering what the check wants to know, until it wants no more. */
export async function checkWithAnswers(
  source: TextSource,
  environment: Omit<CheckEnvironment, "answers">,
  answer: (wanted: Wanted) => Promise<WantedAnswer>,
): Promise<CheckedScript> {
  const answers = new Map<string, WantedAnswer>();
  let checked = checkScript(source, { ...environment, answers });
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const open = checked.wanted.filter((wanted) => !answers.has(wantedKey(wanted)));
    if (open.length === 0) return checked;
    for (const wanted of open) answers.set(wantedKey(wanted), await answer(wanted));
    checked = checkScript(source, { ...environment, answers });
  }
  return checked;
}

/** Where texts may come from that scripts refer to. */
export interface TextReach {
  readonly workingDirectory: string;
  /** Scripts name files only where any may be named. The include that they share is found, not named: it is read always. */
  readonly fileAccess: FileAccess;
  readonly fetchText: (url: string) => Promise<string>;
}

/** The text that a script refers to, relative to the file that refers to it. */
export async function answerText(
  wanted: Wanted & { readonly kind: "text" },
  { workingDirectory, fileAccess, fetchText }: TextReach,
): Promise<WantedAnswer> {
  const { path, from } = wanted;
  try {
    if (isWebAddress(path)) return textAnswer(path, await fetchText(path));
    if (path === OWN_INCLUDE) return await ownInclude(from, workingDirectory);
    checkUnmanaged(fileAccess, path);
    if (isAbsolute(path)) return await absoluteText(path, from, workingDirectory);
    const name = join(dirname(from), path);
    return textAnswer(name, await readTextFile(resolve(workingDirectory, name), name));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return {
      kind: "missing",
      message: [error.message, error.help].filter((part) => part !== null).join(" "),
    };
  }
}

function textAnswer(name: string, text: string): WantedAnswer {
  return { kind: "text", source: { name, text } };
}

/**
 * The text at an absolute path: that file, or else the one that a tree of scripts means by it, which begins in the folder of the script
 * that asks or in one above. So `@[/shared/waf.sx]` is found by every script of a tree that has a folder `shared`.
 */
async function absoluteText(path: string, from: string, workingDirectory: string): Promise<WantedAnswer> {
  try {
    return textAnswer(path, await readTextFile(path, path));
  } catch (error) {
    if (!isMissing(error)) throw error;
    const found = await nearestText(dirname(resolve(workingDirectory, from)), path);
    if (found === null) throw error;
    return found;
  }
}

/** The include that scripts share: in the folder of the script, or in the nearest folder above that has one. */
async function ownInclude(from: string, workingDirectory: string): Promise<WantedAnswer> {
  const folder = dirname(resolve(workingDirectory, from));
  const found = await nearestText(folder, OWN_INCLUDE);
  if (found !== null) return found;
  throw new Failure("source-missing", `There is no file "${OWN_INCLUDE}" in "${folder}" or above.`);
}

/** The text of this name in the folder, or in the nearest folder above that has one; null: none has. */
async function nearestText(start: string, path: string): Promise<WantedAnswer | null> {
  let folder = start;
  for (;;) {
    const name = join(folder, path);
    try {
      return textAnswer(name, await readTextFile(name, name));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    if (dirname(folder) === folder) return null;
    folder = dirname(folder);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Failure && error.code === "source-missing";
}
