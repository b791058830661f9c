/** The members of an archive, one after the other. */
import type { OpenMember } from "./archive-member.ts";
import type { ArchiveName } from "./packed-formats.ts";
import type { UnpackGuard } from "./unpack-guard.ts";
import type { PackedInput } from "./unpacking.ts";

/**
 * The regular files of an archive. Their bytes are read before the next one is asked for, or skipped. A zip archive is read by its
 * directory where that can be reached, else, and when it has lost its directory, from its start.
 *
 * @throws Failure compressed-data-broken, archive-too-many-members
 */
export async function* readArchive(
  name: ArchiveName,
  input: PackedInput,
  guard: UnpackGuard,
): AsyncGenerator<OpenMember, void, undefined> {
  if (name === "zip" && input.reopen !== null && input.sizeBytes !== undefined) {
    const { uri, reopen, sizeBytes } = input;
    const { readZipDirectory } = await import("./zip-directory.ts");
    const entries = await readZipDirectory({ uri, sizeBytes, reopen }, () => guard.countMember());
    if (entries !== null) {
      const { ZipReader } = await import("./zip.ts");
      const reader = new ZipReader(uri, reopen);
      try {
        for (const entry of entries) yield reader.member(entry);
      } finally {
        await reader.close();
      }
      return;
    }
  }
  const members =
    name === "zip"
      ? (await import("./zip.ts")).readZipStream(input)
      : (await import("./tar.ts")).readTar(input);
  for await (const member of members) {
    guard.countMember();
    yield member;
  }
}
