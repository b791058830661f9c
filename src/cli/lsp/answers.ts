/** What the check of a text in an editor wants to know of the world. */
import { dirname, isAbsolute, join, resolve } from "node:path";
import { Writable } from "node:stream";
import type { Wanted, WantedAnswer } from "#language";
import { type ListedObject, listObjects, ObjectStreams } from "#sources";
import { Failure } from "#text";
import { answerFormat } from "../detection.ts";
import { openMessages } from "../messages.ts";
import { answerText } from "../script.ts";
import { isAllowed, isWrittenInside } from "./allowed-files.ts";

/** What looking needs. */
export interface LookOptions {
  /** The file of the text, absolute. */
  readonly path: string;
  /** Folders whose files may be read. */
  readonly folders: readonly string[];
  /** Where addresses of sources start. */
  readonly workingDirectory: string;
  readonly timeZone: string;
  /** The text of a file that is open in the editor, or null. */
  readonly openText: (path: string) => string | null;
  readonly signal: AbortSignal;
}

const MOST_FILES_SAMPLED = 20;

/** The answer; null when nobody may look there: the question stays open, and is no mistake. */
export async function answerInEditor(wanted: Wanted, options: LookOptions): Promise<WantedAnswer | null> {
  try {
    if (wanted.kind === "text") return await lookForText(wanted, options);
    // Tables are looked at when a script runs: that takes a database.
    return wanted.kind === "format" ? await lookForFormat(wanted, options) : null;
  } catch (error) {
    if (options.signal.aborted || !(error instanceof Failure)) throw error;
    return { kind: "missing", message: error.message };
  }
}

async function lookForText(
  wanted: Wanted & { readonly kind: "text" },
  { folders, workingDirectory, openText }: LookOptions,
): Promise<WantedAnswer | null> {
  const name = isAbsolute(wanted.path) ? wanted.path : join(dirname(wanted.from), wanted.path);
  const open = openText(name);
  if (open !== null) return { kind: "text", source: { name, text: open } };
  if (!isWrittenInside(name, folders)) return null;
  const answer = await answerText(wanted, {
    workingDirectory,
    // The folders of the editor are what it may look at.
    fileAccess: "unmanaged",
    fetchText: () =>
      Promise.reject(new Failure("lookup-unavailable", "Nothing is fetched while a script is written.")),
  });
  // What is there must lie inside once links are followed; what is not there is told as missing.
  return answer.kind === "text" && !(await isAllowed(answer.source.name, folders)) ? null : answer;
}

/** Only plain files inside the folders are looked at: no pipes, no standard input, which is the editor's. */
async function lookForFormat(
  wanted: Wanted & { readonly kind: "format" },
  { folders, workingDirectory, timeZone, signal }: LookOptions,
): Promise<WantedAnswer | null> {
  const paths = wanted.uris.map((uri) => pathOf(uri, workingDirectory));
  if (paths.some((path) => path === null || !isWrittenInside(fixedPart(path), folders))) return null;
  const allowed: string[] = [];
  const listing = listObjects(wanted.uris, { workingDirectory, timeZone, looksInside: false, signal });
  for await (const objects of listing) {
    for (const object of objects)
      if (await mayRead(object, folders, workingDirectory)) allowed.push(object.uri);
    if (allowed.length >= MOST_FILES_SAMPLED) break;
  }
  if (allowed.length === 0) return null;
  const streams = new ObjectStreams({ signal });
  try {
    const messages = openMessages(new Writable({ write: (_chunk, _encoding, done) => done() }), false);
    const uris = allowed.slice(0, MOST_FILES_SAMPLED);
    return await answerFormat(
      { kind: "format", uris, members: wanted.members },
      { workingDirectory, timeZone, streams, signal, messages },
    );
  } finally {
    await streams.close();
  }
}

async function mayRead(
  object: ListedObject,
  folders: readonly string[],
  workingDirectory: string,
): Promise<boolean> {
  if (object.isOneTime || /[*$]/.test(object.uri)) return false;
  const path = pathOf(object.uri, workingDirectory);
  return path !== null && (await isAllowed(path, folders));
}

/** The local path that an address means, wildcards in it; null when it is none. */
function pathOf(uri: string, workingDirectory: string): string | null {
  if (uri === "-" || uri.includes("\0")) return null;
  if (/^file:/i.test(uri)) return decodePath(uri.replace(/^file:(?:\/\/)?/i, ""));
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(uri) ? null : resolve(workingDirectory, uri);
}

function decodePath(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

/** The folders of a path in front of the first wildcard or time part. */
function fixedPart(path: string): string {
  const at = path.search(/[*$]/);
  return at < 0 ? path : path.slice(0, path.lastIndexOf("/", at) + 1);
}
