/** Decides by the first bytes of a file how it is opened. */
import { Failure } from "#text";
import { type FileSystem, LOCAL_FILE_SYSTEM } from "./file-system.ts";
import type { ObjectOpening } from "./listed-object.ts";

/** First bytes of packed data. Gzip is undone while reading, the others are refused. */
const MAGIC_NUMBERS: readonly { readonly name: string; readonly bytes: readonly number[] }[] = [
  { name: "gzip", bytes: [0x1f, 0x8b, 0x08] },
  { name: "zstd", bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: "xz", bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { name: "bzip2", bytes: [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59] },
  { name: "zip", bytes: [0x50, 0x4b, 0x03, 0x04] },
  { name: "7z", bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
];

/** As many bytes as `compressionOf` looks at. */
export const MAGIC_BYTES = 10;

/**
 * Whether bytes are compressed with gzip, by their first bytes; names do not matter.
 *
 * @throws Failure source-unreadable: packed in a way that is not read
 */
export function isGzip(start: Uint8Array, uri: string): boolean {
  const found = MAGIC_NUMBERS.find(({ bytes }) => bytes.every((byte, index) => start[index] === byte));
  if (found === undefined || found.name === "gzip") return found !== undefined;
  throw new Failure("source-unreadable", `"${uri}" is packed with ${found.name}, which is not read.`, {
    help: "Unpack it first. Files packed with gzip are read as they are.",
    place: { uri },
  });
}

/**
 * How a regular file is opened: plain ones as `file`, compressed ones as `stream`. Reads its first bytes.
 *
 * @param path  absolute, when the opening is used where the working directory may be another
 * @throws Failure source-unreadable, or the error of the file system
 */
export async function openingOf(
  path: string,
  fileSystem: FileSystem = LOCAL_FILE_SYSTEM,
): Promise<ObjectOpening> {
  const status = await fileSystem.status(path);
  const isPlain = status.kind === "file" && !isGzip(await fileSystem.readStart(path, MAGIC_BYTES), path);
  return isPlain ? { kind: "file", path } : { kind: "stream", uri: path };
}
