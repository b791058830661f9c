/** Formats files: writes the text, changes the files, or tells which would change. */
import { chmod, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { type Formatted, formatPattern, formatScript } from "#language";
import { countOf, Failure, type TextSource } from "#text";
import type { Invocation } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { readText } from "./script.ts";

const STANDARD_INPUT = "-";

/** What to do with files that are not formatted; when neither, the text is written. `isCheck` wins. */
export interface FormatWish {
  readonly isCheck: boolean;
  readonly isWrite: boolean;
}

/** Formats the files of an invocation; gives the exit code. */
export async function formatFiles(invocation: Invocation, wish: FormatWish): Promise<number> {
  const { arguments: parsed, messages } = invocation;
  const { isCheck, isWrite } = wish;
  if (!isCheck && !isWrite && parsed.positionals.length > 1) {
    throw new Failure("usage", "The text of one file is written, but there are several.", {
      help: "With --write the files are changed, with --check only those are told that are not formatted.",
    });
  }
  let [wrong, unreadable] = [0, 0];
  let changed = 0;
  for (const path of parsed.positionals) {
    const outcome = await formatFile(path, invocation, wish);
    if (outcome === "unreadable") unreadable++;
    if (outcome === "wrong") wrong++;
    if (outcome === "changed") changed++;
  }
  if (isCheck || isWrite) {
    const verb = isCheck ? "not formatted" : "changed";
    messages.note(`${countOf(parsed.positionals.length, "file")}, ${changed} ${verb}`);
  }
  if (unreadable > 0) return EXIT.unreachable.code;
  return wrong > 0 || (isCheck && changed > 0) ? EXIT.wrongText.code : EXIT.done.code;
}

type Outcome = "same" | "changed" | "wrong" | "unreadable";

async function formatFile(path: string, invocation: Invocation, wish: FormatWish): Promise<Outcome> {
  const { messages, surroundings } = invocation;
  try {
    const source = await readSource(path, surroundings.workingDirectory);
    const { text, diagnostics } = formatted(source);
    messages.diagnostics(diagnostics);
    if (diagnostics.length > 0) {
      if (!wish.isCheck && !wish.isWrite) surroundings.stdout.write(source.text);
      return "wrong";
    }
    const isSame = text === source.text;
    if (!wish.isCheck && !wish.isWrite) surroundings.stdout.write(text);
    else if (!isSame) {
      messages.note(path);
      if (!wish.isCheck) await replaceFile(resolve(surroundings.workingDirectory, path), path, text);
    }
    return isSame ? "same" : "changed";
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    messages.failure(error);
    return "unreadable";
  }
}

async function readSource(path: string, workingDirectory: string): Promise<TextSource> {
  if (path !== STANDARD_INPUT) return readText({ typed: null, path }, "file", workingDirectory);
  return { name: "standard input", text: await readAll(process.stdin) };
}

function formatted(source: TextSource): Formatted {
  return source.name.endsWith(".sxp") ? formatPattern(source) : formatScript(source);
}

/** Puts a text in a file's place at once: who reads meanwhile finds the old one or the new one. */
async function replaceFile(path: string, shownName: string, text: string): Promise<void> {
  if (shownName === STANDARD_INPUT) {
    throw new Failure("usage", "Standard input cannot be changed.", {
      help: "Leave --write out: trawl fmt - writes the text.",
    });
  }
  const place = { uri: shownName };
  try {
    const target = await realpath(path);
    const fresh = `${target}.${process.pid}.tmp`;
    try {
      await writeFile(fresh, text, { flag: "wx" });
      await chmod(fresh, (await stat(target)).mode & 0o7777);
      await rename(fresh, target);
    } catch (error) {
      await rm(fresh, { force: true });
      throw error;
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("output-unwritable", `"${shownName}" cannot be written: ${reason}.`, { place, cause });
  }
}
