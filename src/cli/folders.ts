/** The folders of the user and of the machine where Trawl keeps and finds things. */
import { join } from "node:path";
import type { Surroundings } from "./surroundings.ts";

/** Where data of the user is kept: tables, databases, lists. See the XDG Base Directory Specification. */
export function dataFolder({ environment, workingDirectory }: Surroundings): string {
  const data = environment["XDG_DATA_HOME"] || environment["LOCALAPPDATA"];
  return join(data || join(homeOf(environment) ?? workingDirectory, ".local", "share"), "trawl");
}

/** Where copies are kept that may be dropped at any time. */
export function cacheFolder({ environment, workingDirectory }: Surroundings): string {
  const cache = environment["XDG_CACHE_HOME"] || environment["LOCALAPPDATA"];
  return join(cache || join(homeOf(environment) ?? workingDirectory, ".cache"), "trawl", "objects");
}

/** Where configuration is looked for: the user's, what users of this machine share, the system's. What comes first wins. */
export function configFolders({ environment, workingDirectory }: Surroundings): readonly string[] {
  const own = environment["XDG_CONFIG_HOME"] || environment["APPDATA"];
  const user = join(own || join(homeOf(environment) ?? workingDirectory, ".config"), "trawl");
  const shared = (environment["XDG_CONFIG_DIRS"] || "/etc/xdg").split(":").filter((folder) => folder !== "");
  return [user, ...shared.map((folder) => join(folder, "trawl")), "/etc/trawl"];
}

function homeOf(environment: Surroundings["environment"]): string | undefined {
  return environment["HOME"] || environment["USERPROFILE"];
}
