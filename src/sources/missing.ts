/** Says why nothing was found: which part of an address stands for nothing, and what is there instead. */
import { Failure, nearestName } from "#text";
import type { FileSystem } from "./file-system.ts";
import type { TreeWalk } from "./tree-walk.ts";

const NAMES_SHOWN = 5;

/** Where to look for names: a file system, and how paths as written become its paths. */
export interface Surroundings {
  readonly fileSystem: FileSystem;
  readonly absolute: (path: string) => string;
}

/** Help for a path that is not there: its first part that is missing, and the nearest name or all that is there instead. */
export async function explainMissing(
  written: string,
  { fileSystem, absolute }: Surroundings,
): Promise<string> {
  const parts = written.split("/");
  const missing = await firstMissing(parts, (path) => fileSystem.status(absolute(path)));
  const directory = parts.slice(0, missing).join("/") || (written.startsWith("/") ? "/" : ".");
  const name = parts[missing] ?? "";
  const names = await namesIn(directory, { fileSystem, absolute });
  if (names === null) return `"${directory}" is not a directory that can be read.`;
  const lead = missing === parts.length - 1 ? "" : `There is no "${name}" in "${directory}". `;
  const nearest = nearestName(name, names);
  if (nearest === null) return lead + describeNames(directory, names);
  return `${lead}Did you mean "${parts.with(missing, nearest).join("/")}"?`;
}

/** Index of the first part whose path cannot be looked at; the last one when all can. */
async function firstMissing(
  parts: readonly string[],
  look: (path: string) => Promise<unknown>,
): Promise<number> {
  for (const [index, part] of parts.entries()) {
    if (part === "") continue;
    try {
      await look(parts.slice(0, index + 1).join("/"));
    } catch {
      return index;
    }
  }
  return parts.length - 1;
}

async function namesIn(
  path: string,
  { fileSystem, absolute }: Surroundings,
): Promise<readonly string[] | null> {
  try {
    return (await fileSystem.readDirectory(absolute(path))).map((entry) => entry.name).sort();
  } catch {
    return null;
  }
}

function describeNames(directory: string, names: readonly string[]): string {
  if (names.length === 0) return `"${directory}" is empty.`;
  const shown = names.slice(0, NAMES_SHOWN).map((name) => `"${name}"`);
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : "";
  return `"${directory}" has ${shown.join(", ")}${more}.`;
}

/** The failure of a wildcard that matches nothing: names the part that no name fits. */
export async function explainNoMatch(walk: TreeWalk): Promise<Failure> {
  const { uri, seen } = walk;
  const directory = seen.deepestDirectory || ".";
  const names = await namesIn(directory, walk);
  const written = walk.segments[seen.deepest]?.written ?? "";
  const what = seen.deepest === walk.segments.length - 1 ? "file" : "directory";
  const help =
    names === null
      ? `There is no directory "${directory}". ${await explainMissing(directory, walk)}`
      : `No ${what} in "${directory}" fits "${written}". ${describeNames(directory, names)}`;
  return new Failure("source-missing", `No file matches "${uri}".`, { help, place: { uri } });
}
