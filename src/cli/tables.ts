/** Finds the files of tables that describe themselves, and which columns they have. */
import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Wanted, WantedAnswer } from "#language";
import { describeTable } from "#relations";
import { checkUnmanaged, type ListedObject, listObjects, type Stores } from "#sources";
import { Failure } from "#text";
import type { Invocation } from "./command.ts";
import { storedTableFile } from "./stores.ts";

/** More files than this are no table. */
const MOST_FILES = 10_000;

/** Where tables may be. */
export interface TableReach {
  readonly invocation: Invocation;
  readonly stores: Stores;
  readonly signal: AbortSignal;
}

/** The columns of a table, and its files. Throws the failures of listing and reading. */
export async function answerTable(
  wanted: Wanted & { readonly kind: "table" },
  reach: TableReach,
): Promise<WantedAnswer> {
  const { format, options } = wanted;
  const paths = await filesOf(wanted, reach);
  const columns = await describeTable({ format, paths, options }, reach.signal);
  return { kind: "table", columns, paths };
}

async function filesOf(
  { uris, from, format }: Wanted & { readonly kind: "table" },
  { invocation, stores, signal }: TableReach,
): Promise<readonly string[]> {
  const { workingDirectory } = invocation.surroundings;
  const { timeZone } = invocation.settings;
  const options = { workingDirectory, timeZone, looksInside: false, signal, stores: localOnly(stores) };
  const files: string[] = [];
  for (const uri of uris) {
    const stored = storedTableFile(uri, invocation);
    const isBeside = format === "parquet" && /\.sxt$/i.test(uri) && !HAS_SCHEME.test(uri);
    if (stored !== null) files.push(await tableFile(uri, stored));
    else if (isBeside) {
      checkUnmanaged(stores.fileAccess, uri);
      files.push(await tableFile(uri, resolve(workingDirectory, join(dirname(from), uri))));
    } else for await (const objects of listObjects([uri], options)) files.push(...objects.map(fileOf));
  }
  if (files.length > MOST_FILES) {
    throw new Failure("limit-reached", `The table has more than ${MOST_FILES} files, its limit.`);
  }
  return files;
}

const HAS_SCHEME = /^[a-z][a-z0-9+.-]+:/i;

/** The stores without those on other machines, which are not asked in vain. */
function localOnly(stores: Stores): Stores {
  return {
    fileAccess: stores.fileAccess,
    place: async (address, uri) => {
      if (address.scheme === "file") return await stores.place(address, uri);
      throw new Failure("source-scheme-unknown", `"${uri}" is in a store, and tables are read from files.`, {
        help: "Copy it to a file of this machine, or read it as a log: PARSE(src:'…').",
        place: { uri },
      });
    },
  };
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

/** The file of an object; a table cannot be read from a pipe, nor from within an archive. */
function fileOf({ opening, uri, isOneTime }: ListedObject): string {
  if (opening.kind === "file") return opening.path;
  if (opening.kind === "stream" && opening.member === undefined && !isOneTime) return opening.uri;
  throw new Failure("source-unreadable", `"${uri}" is no file, and tables are read from files.`, {
    place: { uri },
  });
}
