/** Decides by the first bytes of a file how it is opened. */
import { type FileSystem, LOCAL_FILE_SYSTEM } from "./file-system.ts";
import type { ObjectOpening } from "./listed-object.ts";
import { HEAD_BYTES, packedFormatOf } from "./packed/packed-formats.ts";

/**
 * How a regular file is opened: plain ones as `file`, packed ones as `stream`. Reads its first bytes.
 *
 * @param path  absolute, when the opening is used where the working directory may be another
 * @throws the error of the file system
 */
export async function openingOf(
  path: string,
  fileSystem: FileSystem = LOCAL_FILE_SYSTEM,
): Promise<ObjectOpening> {
  const status = await fileSystem.status(path);
  const isPlain =
    status.kind === "file" && packedFormatOf(await fileSystem.readStart(path, HEAD_BYTES)) === null;
  return isPlain ? { kind: "file", path } : { kind: "stream", uri: path };
}
