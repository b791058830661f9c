/** The members of an archive, one after the other. */
import type { OpenMember } from "./archive-member.ts";
import type { ArchiveName } from "./packed-formats.ts";
import type { UnpackGuard } from "./unpack-guard.ts";
import type { PackedInput } from "./unpacking.ts";
import type { ZipEntry } from "./zip-entry.ts";

/**
 * How to get at one member again. `zip`, `range`: without those in front of it. `nth`: only past them, as in an archive that is
 * compressed as a whole. Plain data.
 */
export type MemberPlace = (
  | { readonly kind: "zip"; readonly entry: ZipEntry }
  | { readonly kind: "range"; readonly name: string; readonly start: number; readonly sizeBytes: number }
  | { readonly kind: "nth"; readonly name: string; readonly index: number }
) & { readonly lastModifiedMs: bigint | null };

/** A member that can be read now, and how it is found again. */
export interface PlacedMember extends OpenMember {
  readonly place: MemberPlace;
}

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
): AsyncGenerator<PlacedMember, void, undefined> {
  const entries = name === "zip" ? await directoryOf(input, guard) : null;
  if (entries !== null && input.reopen !== null) {
    const { ZipReader } = await import("./zip.ts");
    const reader = new ZipReader(input.uri, input.reopen);
    try {
      for (const entry of entries) {
        const { lastModifiedMs } = entry;
        yield { ...reader.member(entry), place: { kind: "zip", entry, lastModifiedMs } };
      }
    } finally {
      await reader.close();
    }
    return;
  }
  const members =
    name === "zip"
      ? (await import("./zip.ts")).readZipStream(input)
      : (await import("./tar.ts")).readTar(input);
  let index = 0;
  for await (const member of members) {
    guard.countMember();
    yield { ...member, place: placeOf(member, index++, input.reopen !== null) };
  }
}

async function directoryOf(
  { uri, reopen, sizeBytes }: PackedInput,
  guard: UnpackGuard,
): Promise<readonly ZipEntry[] | null> {
  if (reopen === null || sizeBytes === undefined) return null;
  const { readZipDirectory } = await import("./zip-directory.ts");
  return await readZipDirectory({ uri, sizeBytes, reopen }, () => guard.countMember());
}

function placeOf(
  { name, start, sizeBytes, lastModifiedMs }: OpenMember,
  index: number,
  isRanged: boolean,
): MemberPlace {
  return isRanged && start !== undefined && sizeBytes !== null
    ? { kind: "range", name, start, sizeBytes, lastModifiedMs }
    : { kind: "nth", name, index, lastModifiedMs };
}
