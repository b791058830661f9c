/** Files of this machine below a directory, and nothing else: no link and no ".." leads out of it. */
import { realpath } from "node:fs/promises";
import { type FileSystem, LOCAL_FILE_SYSTEM, readStartOf } from "../file-system.ts";
import { leadsOut, liesIn } from "../open-within.ts";

/**
 * The file system of this machine for paths below a directory. What leads out of it fails with access-denied.
 *
 * @param root  absolute
 */
export function rootedFileSystem(root: string, storeName: string): FileSystem {
  const checked = async (path: string): Promise<string> => {
    const [real, realRoot] = await Promise.all([realpath(path), realpath(root)]);
    if (!liesIn(real, realRoot)) throw leadsOut(path, `the datastore "${storeName}"`);
    return real;
  };
  return {
    readDirectory: async (path) => LOCAL_FILE_SYSTEM.readDirectory(await checked(path)),
    status: async (path) => LOCAL_FILE_SYSTEM.status(await checked(path)),
    readStart: (path, maxBytes) => readStartOf({ path, root }, maxBytes),
  };
}
