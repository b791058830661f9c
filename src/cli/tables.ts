/** Finds the files of tables that describe themselves, and which columns they have. */
import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Wanted, WantedAnswer } from "#language";
import { describeTable } from "#relations";
import { type ListedObject, listObjects } from "#sources";
import { Failure } from "#text";
import type { Invocation } from "./command.ts";

import { storedTableFile } from "./stores.ts";

/** More files than this are no table. */
const MOST_FILES = 10_000;

/** The columns of a table, and its files. Throws the failures of listing and reading. */
export async function answerTable(
  wanted: Wanted & { readonly kind: "table" },
  invocation: Invocation,
  signal: AbortSignal,
): Promise<WantedAnswer> {
  const { format, options } = wanted;
  const paths = await filesOf(wanted, invocation, signal);
  const columns = await describeTable({ format, paths, options }, signal);
  return { kind: "table", columns, paths };
}

async function filesOf(
  { uris, from, format }: Wanted & { readonly kind: "table" },
  invocation: Invocation,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { workingDirectory } = invocation.surroundings;
  const files: string[] = [];
  for (const uri of uris) {
    const stored = storedTableFile(uri, invocation);
    const isTable = format === "parquet" && /\.sxt$/i.test(uri);
    if (stored !== null || isTable) {
      files.push(await tableFile(uri, stored ?? resolve(workingDirectory, join(dirname(from), uri))));
      continue;
    }
    const { timeZone } = invocation.settings;
    const lists = listObjects([uri], { workingDirectory, timeZone, looksInside: false, signal });
    for await (const objects of lists) files.push(...objects.map(fileOf));
  }
  if (files.length > MOST_FILES) {
    throw new Failure("limit-reached", `The table has more than ${MOST_FILES} files, its limit.`);
  }
  return files;
}

/** The path of a stored table, when it is there. */
async function tableFile(uri: string, path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (cause) {
    throw new Failure("source-missing", `There is no stored table "${uri}".`, {
      help: `A script stores one: … | save('${uri}').`,
      place: { uri: path },
      cause,
    });
  }
}

/** The file of an object; a table cannot be read from a pipe. */
function fileOf({ opening, uri }: ListedObject): string {
  if (opening.kind === "file") return opening.path;
  if (!/^[a-z][a-z0-9+.-]+:/i.test(opening.uri)) return opening.uri;
  throw new Failure("source-unreadable", `"${uri}" is no file, and tables are read from files.`, {
    place: { uri },
  });
}
