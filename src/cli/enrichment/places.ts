/** Where databases and lists of this installation are, and which lists are defined. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import {
  type Geo,
  type ListDefinition,
  type Lists,
  openGeo,
  openLists,
  readListDefinition,
  SHIPPED_LISTS,
} from "#enrichment";
import { Failure } from "#text";
import { configFolders, dataFolder } from "../folders.ts";
import type { Surroundings } from "../surroundings.ts";

/** A definition and where it stands; null: it comes with Trawl. */
export interface PlacedDefinition {
  readonly definition: ListDefinition;
  readonly path: string | null;
}

/** Definitions are small; what is larger is something else. */
const LARGEST_DEFINITION = 64 << 10;

/** Where databases are installed. */
export function geoFolder(surroundings: Surroundings): string {
  return join(dataFolder(surroundings), "geo");
}

/** The databases of places and networks, as they are now. */
export function geoOf(surroundings: Surroundings): Geo {
  return openGeo({ folder: geoFolder(surroundings) });
}

/** Where snapshots of lists are kept. */
export function listFolder(surroundings: Surroundings): string {
  return join(dataFolder(surroundings), "lists");
}

/** Where the user's own definitions of lists lie. */
export function ownDefinitionFolder(surroundings: Surroundings): string {
  return join(configFolders(surroundings)[0] ?? "", "lists");
}

/** All lists that are known by name, as they are now. Throws `list-definition`. */
export function knownLists(surroundings: Surroundings): Lists {
  const definitions = listDefinitions(surroundings).map(({ definition }) => definition);
  return openLists({ folder: listFolder(surroundings), definitions });
}

/** All definitions by name: the user's win over the shared ones, these over the system's, these over those that come with Trawl. */
export function listDefinitions(surroundings: Surroundings): readonly PlacedDefinition[] {
  const byName = new Map<string, PlacedDefinition>();
  for (const folder of configFolders(surroundings)) {
    for (const path of definitionFiles(join(folder, "lists"))) {
      const definition = readDefinitionFile(path);
      if (!byName.has(definition.name)) byName.set(definition.name, { definition, path });
    }
  }
  for (const definition of SHIPPED_LISTS)
    if (!byName.has(definition.name)) byName.set(definition.name, { definition, path: null });
  return [...byName.values()].sort((left, right) => (left.definition.name < right.definition.name ? -1 : 1));
}

/** The definition in a file of YAML or JSON. Throws `list-definition` or `source-missing`. */
export function readDefinitionFile(path: string): ListDefinition {
  let content: unknown;
  try {
    const text = readFileSync(path, "utf8");
    if (text.length > LARGEST_DEFINITION) throw new Error("the file is too large");
    content = parse(text, { maxAliasCount: 0, prettyErrors: false });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n", 1)[0] : String(cause);
    throw new Failure("list-definition", `The definition of a list in "${path}" cannot be read: ${reason}.`, {
      place: { uri: path },
      cause,
    });
  }
  return readListDefinition(content, path);
}

function definitionFiles(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder).filter((name) => /\.(ya?ml|json)$/i.test(name));
    return names.sort().map((name) => join(folder, name));
  } catch {
    return [];
  }
}
