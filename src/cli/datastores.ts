/** Datastores of this machine's configuration, and the stores of a run. */
import { readdir, readFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { OpenStores, readStoreDefinition, type StoreDefinition, SYSTEM_RETRY_WORLD } from "#sources";
import { Failure } from "#text";
import type { Invocation } from "./command.ts";
import { cacheFolder, configFolders } from "./folders.ts";
import { OFFLINE_OPTION } from "./outside.ts";
import type { Surroundings } from "./surroundings.ts";

/** YAML and JSON, and JSON as SpectX names it. */
const ENDINGS = new Set([".yml", ".yaml", ".json", ".sxds"]);

/** The folders of datastores: the user's, the shared ones, the system's. What comes first wins. */
export function datastoreFolders(surroundings: Surroundings): readonly string[] {
  return configFolders(surroundings).map((folder) => join(folder, "datastores"));
}

/**
 * All definitions, in the order in which they count.
 *
 * @throws Failure store-unknown: a file is no definition, or cannot be read
 */
export async function readDatastores(surroundings: Surroundings): Promise<readonly StoreDefinition[]> {
  const definitions: StoreDefinition[] = [];
  for (const folder of datastoreFolders(surroundings)) {
    for (const name of (await namesIn(folder)).toSorted()) {
      if (!ENDINGS.has(extname(name).toLowerCase())) continue;
      const file = join(folder, name);
      const text = await readFile(file, "utf8").catch((cause) => {
        throw unreadable(file, cause);
      });
      definitions.push(readStoreDefinition(basename(name, extname(name)), text, file));
    }
  }
  return definitions;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : "";
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw unreadable(folder, cause);
  }
}

function unreadable(path: string, cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Failure("store-unknown", `The datastores in "${path}" cannot be read: ${why}.`, {
    place: { uri: path },
    cause,
  });
}

/** The stores of a run. Definitions are read when a store is first asked for. Close them. */
export function storesOf(invocation: Invocation, signal: AbortSignal): OpenStores {
  const { settings, surroundings, messages, arguments: parsed } = invocation;
  const told = new Set<string>();
  return new OpenStores({
    definitions: () => readDatastores(surroundings),
    fileAccess: settings.fileAccess,
    cacheFolder: cacheFolder(surroundings),
    reachesOut: !parsed.values.has(OFFLINE_OPTION.name),
    policy: { allow: settings.outboundAllow, deny: settings.outboundDeny },
    environment: surroundings.environment,
    world: SYSTEM_RETRY_WORLD,
    signal,
    onProblem: ({ message }) => {
      // A run may list a directory more than once.
      if (!told.has(message)) messages.warning(message);
      told.add(message);
    },
  });
}
