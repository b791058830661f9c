/** Listings of stores that have keys rather than directories: pages of keys become names of one directory. */
import { Failure } from "#text";
import { isWalkable, toldOddKeys } from "./object-keys.ts";
import { DIRECTORY } from "./object-status.ts";
import type { RemoteEntry } from "./remote-store.ts";

/** An object, as a store lists it. */
export interface ListedKey {
  readonly key: string;
  readonly sizeBytes: number | null;
  readonly lastModifiedMs: bigint | null;
  readonly version: string | null;
}

/** A page of keys, as a store gives it. */
export interface KeyPage {
  readonly objects: readonly ListedKey[];
  /** What further keys begin with, a slash at their end. */
  readonly prefixes: readonly string[];
  /** Null: the last page. */
  readonly nextToken: string | null;
}

/** How a directory is listed. */
export interface Paging {
  /** What all keys begin with: empty, or with a slash at its end. */
  readonly directory: string;
  /** For messages. */
  readonly uri: string;
  /** Gives the page behind a token; null: the first. */
  readonly ask: (token: string | null) => Promise<KeyPage>;
  /** Told, once, of keys that no path leads to. */
  readonly onProblem: (problem: Failure) => void;
}

/**
 * The names directly below a directory. An empty object whose key is the directory's, with a slash at its end, is left out: consoles make
 * such for directories.
 *
 * @throws Failure source-unreadable: the store lists in circles; and what `ask` throws
 */
export async function* entriesOf(paging: Paging): AsyncGenerator<readonly RemoteEntry[], void, undefined> {
  const { directory, uri, ask, onProblem } = paging;
  const odd: string[] = [];
  for (let token: string | null = null; ; ) {
    const page: KeyPage = await ask(token);
    const entries = [
      ...page.prefixes.flatMap((prefix) => directoryIn(prefix, directory, odd)),
      ...page.objects.flatMap((object) => fileIn(object, directory, odd)),
    ];
    if (entries.length > 0) yield entries;
    if (page.nextToken === null) break;
    if (page.nextToken === token) {
      throw new Failure("source-unreadable", `The store lists "${uri}" in circles.`, { place: { uri } });
    }
    token = page.nextToken;
  }
  toldOddKeys(odd, uri, onProblem);
}

/** Whether a first page says that nothing is there, not even a directory's marker. */
export function isEmptyPage({ objects, prefixes, nextToken }: KeyPage): boolean {
  return objects.length === 0 && prefixes.length === 0 && nextToken === null;
}

function directoryIn(prefix: string, directory: string, odd: string[]): readonly RemoteEntry[] {
  const name = nameWithin(prefix.replace(/\/$/, ""), directory);
  if (name !== null) return [{ name, ...DIRECTORY }];
  odd.push(prefix);
  return [];
}

function fileIn({ key, ...told }: ListedKey, directory: string, odd: string[]): readonly RemoteEntry[] {
  const name = nameWithin(key, directory);
  if (name !== null) return [{ name, kind: "file", ...told }];
  if (key !== directory || told.sizeBytes !== 0) odd.push(key);
  return [];
}

/** The name of a key directly below a directory; null when no path leads to it. */
function nameWithin(key: string, directory: string): string | null {
  if (!key.startsWith(directory)) return null;
  const name = key.slice(directory.length);
  return !name.includes("/") && isWalkable(name) ? name : null;
}
