/** Files of this machine below a directory, and nothing else: no link and no ".." leads out of it. */
import { realpath } from "node:fs/promises";
import { isAbsolute, relative } from "node:path";
import { Failure } from "#text";
import { type FileSystem, LOCAL_FILE_SYSTEM } from "../file-system.ts";

/**
 * The file system of this machine for paths below a directory. What leads out of it fails with access-denied.
 *
 * @param root  absolute
 */
export function rootedFileSystem(root: string, storeName: string): FileSystem {
  const checked = async (path: string): Promise<string> => {
    const [real, realRoot] = await Promise.all([realpath(path), realpath(root)]);
    const way = relative(realRoot, real);
    if (isAbsolute(way) || way.split(/[\\/]/)[0] === "..") {
      throw new Failure("access-denied", `"${path}" leads out of the datastore "${storeName}".`, {
        help: "A link in it points elsewhere. What lies elsewhere needs a datastore of its own.",
        place: { uri: path },
      });
    }
    return real;
  };
  return {
    readDirectory: async (path) => LOCAL_FILE_SYSTEM.readDirectory(await checked(path)),
    status: async (path) => LOCAL_FILE_SYSTEM.status(await checked(path)),
    readStart: async (path, maxBytes) => LOCAL_FILE_SYSTEM.readStart(await checked(path), maxBytes),
  };
}
