/** Members of archives, as archives tell of them. */
import type { PackedInput } from "./unpacking.ts";

/** A regular file in an archive. */
export interface ArchiveMember {
  /** As the archive has it, for people to read: it never names a place in a file system. */
  readonly name: string;
  /** As the archive says; null when it does not. Not trusted. */
  readonly sizeBytes: number | null;
  /** Milliseconds since 1970 UTC; null when the archive does not say. */
  readonly lastModifiedMs: bigint | null;
}

/** A member whose bytes can be read now, once, before the next member is asked for. What is left of them is skipped. */
export interface OpenMember extends ArchiveMember {
  readonly input: PackedInput;
  /** Where its bytes begin in the archive, if they stand there as they are. */
  readonly start?: number;
}

/** Between an archive's address and a member's name. */
export const MEMBER_MARK = "!/";

/** The address of a member. */
export function memberUri(archiveUri: string, name: string): string {
  return archiveUri + MEMBER_MARK + name;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/**
 * A name of UTF-8, or of Latin-1 where it is none. `./` in front is left out, control characters become U+FFFD; anything else stays,
 * `..` and backslashes too.
 */
export function memberName(bytes: Uint8Array): string {
  let name: string;
  try {
    name = UTF8.decode(bytes);
  } catch {
    name = Buffer.from(bytes).toString("latin1");
  }
  return name.replace(/^(?:\.\/)+/, "").replace(/\p{Cc}/gu, "\ufffd");
}
