/** Finds the files that come with the package. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The URL of the package's folder, which holds `package.json`: the same from `src` and from `dist`. */
export function packageFolder(): URL {
  let folder = new URL("./", import.meta.url);
  while (!existsSync(fileURLToPath(new URL("package.json", folder))) && folder.pathname !== "/") {
    folder = new URL("../", folder);
  }
  return folder;
}
