/** Where scripts may write, and where the tables are that they stored. */
import { realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import type { SavePlaces } from "#relations";
import { Failure } from "#text";
import { lastValue } from "./arguments.ts";
import type { Invocation } from "./command.ts";
import { dataFolder } from "./folders.ts";
import { type Option, valueOption } from "./option.ts";

/** The option that opens a folder to scripts. */
export const WRITE_OPTION: Option = valueOption(
  "write",
  "DIR",
  "Let save('out.parquet') and the like write files below this directory. Without it scripts store tables only.",
);

/** Stored tables: `/user/…` and `/shared/…`. */
const STORED = /^\/(user|shared)\/(.+)$/s;

/** The file of a stored table; null for a path that names none. */
export function storedTableFile(path: string, invocation: Invocation): string | null {
  const [, store = "", name = ""] = STORED.exec(path) ?? [];
  if (store === "" || name.split("/").some((part) => part === ".." || part === "" || part.includes("\0")))
    return null;
  return join(tablesFolder(invocation), store, ...name.split("/"));
}

function tablesFolder({ settings, surroundings }: Invocation): string {
  if (settings.tables !== null) return resolve(surroundings.workingDirectory, settings.tables);
  return join(dataFolder(surroundings), "tables");
}

/** What the scripts of this run may write: stored tables, and files below the folder that the user opened. */
export function savePlaces(invocation: Invocation): SavePlaces {
  const opened = lastValue(invocation.arguments, WRITE_OPTION.name);
  return {
    fileFor: async (path) => {
      const stored = storedTableFile(path, invocation);
      if (stored !== null) return stored;
      if (opened === null) {
        throw new Failure(
          "save-refused",
          `The script wants to write "${path}", and no directory is open to it.`,
          {
            help: "Open one: --write DIR. Tables are stored without that: save('/user/name.sxt').",
          },
        );
      }
      const folder = resolve(invocation.surroundings.workingDirectory, opened);
      const file = resolve(folder, path);
      if (!(await isInside(file, folder))) {
        throw new Failure(
          "save-refused",
          `"${path}" is not below "${opened}", the only place scripts may write to.`,
        );
      }
      return file;
    },
  };
}

/** Whether a file lies below a folder when all links are followed. */
async function isInside(file: string, folder: string): Promise<boolean> {
  const way = relative(await followed(folder), await followed(file));
  return way !== "" && !isAbsolute(way) && way.split(/[\\/]/)[0] !== "..";
}

/** The path with links followed, of the part of it that exists. */
async function followed(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(await followed(above), basename(path));
  }
}
