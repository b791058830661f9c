/** What zip archives say of their members: in front of each, and in the directory at the end. */
import { type ArchiveMember, memberName } from "./archive-member.ts";
import { uint32At } from "./unpacking.ts";

/** Bytes of the header in front of a member, without its name. */
export const LOCAL_HEADER_BYTES = 30;
/** Bytes of an entry of the directory, without its name. */
export const DIRECTORY_ENTRY_BYTES = 46;

/** A member of a zip archive. Plain data. */
export interface ZipEntry extends ArchiveMember {
  /** Of its header in the archive. */
  readonly offset: number;
  readonly packedBytes: number;
  readonly checksum: number;
  readonly method: number;
  readonly isEncrypted: boolean;
  /** Sizes and checksum stand behind the data. */
  readonly hasDescriptor: boolean;
  /** No directory and no link. */
  readonly isFile: boolean;
  /** Another member has the same bytes. */
  readonly overlaps: boolean;
}

const FLAG_ENCRYPTED = 1;
const FLAG_DESCRIPTOR = 8;
const UNKNOWN = 0xffffffff;
const EXTRA_LARGE = 1;
const EXTRA_TIME = 0x5455;
const MADE_BY_UNIX = 3;
const LINK_MODE = 0o120000;
const MODE_KIND = 0o170000;

/** A number of two bytes, the lowest first. */
export function uint16At(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

function uint64At(bytes: Uint8Array, at: number): number {
  return uint32At(bytes, at) + uint32At(bytes, at + 4) * 2 ** 32;
}

/** The member that a header in front of it tells of. */
export function localEntryOf(fixed: Uint8Array, name: Uint8Array, extra: Uint8Array): ZipEntry {
  return entryOf({ fixed, name, extra, fieldsAt: 6, offset: 0, isLink: false });
}

/** The member that an entry of the directory tells of. */
export function directoryEntryOf(fixed: Uint8Array, name: Uint8Array, extra: Uint8Array): ZipEntry {
  const mode = uint16At(fixed, 40);
  const isLink = fixed[5] === MADE_BY_UNIX && (mode & MODE_KIND) === LINK_MODE;
  return entryOf({ fixed, name, extra, fieldsAt: 8, offset: uint32At(fixed, 42), isLink });
}

interface RawEntry {
  readonly fixed: Uint8Array;
  readonly name: Uint8Array;
  readonly extra: Uint8Array;
  /** Where the flags are; what follows is the same in both kinds of headers. */
  readonly fieldsAt: number;
  readonly offset: number;
  readonly isLink: boolean;
}

function entryOf({ fixed, name, extra, fieldsAt, offset, isLink }: RawEntry): ZipEntry {
  const flags = uint16At(fixed, fieldsAt);
  const hasDescriptor = (flags & FLAG_DESCRIPTOR) !== 0;
  const shown = memberName(name);
  const large = new LargeNumbers(extraField(extra, EXTRA_LARGE));
  const sizeBytes = large.or(uint32At(fixed, fieldsAt + 16));
  const packedBytes = large.or(uint32At(fixed, fieldsAt + 12));
  return {
    name: shown,
    sizeBytes: hasDescriptor && fieldsAt === 6 ? null : sizeBytes,
    lastModifiedMs: timeOf(fixed, fieldsAt + 4, extraField(extra, EXTRA_TIME)),
    offset: large.or(offset),
    packedBytes,
    checksum: uint32At(fixed, fieldsAt + 8),
    method: uint16At(fixed, fieldsAt + 2),
    isEncrypted: (flags & FLAG_ENCRYPTED) !== 0,
    hasDescriptor,
    isFile: !isLink && !/[\\/]$/.test(shown),
    overlaps: false,
  };
}

/** Numbers too large for their fields stand one behind the other elsewhere. */
class LargeNumbers {
  readonly #field: Uint8Array;
  #at = 0;

  constructor(field: Uint8Array) {
    this.#field = field;
  }

  or(small: number): number {
    if (small !== UNKNOWN || this.#at + 8 > this.#field.length) return small;
    this.#at += 8;
    return Math.min(uint64At(this.#field, this.#at - 8), Number.MAX_SAFE_INTEGER);
  }
}

/** The content of an extra field; empty when there is none. */
function extraField(extra: Uint8Array, kind: number): Uint8Array {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = uint16At(extra, at + 2);
    if (uint16At(extra, at) === kind) return extra.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
  return extra.subarray(0, 0);
}

/** In UTC where it says so; else the archive's clock, whose zone nobody knows, is taken for UTC. */
function timeOf(fixed: Uint8Array, at: number, field: Uint8Array): bigint | null {
  if (field.length >= 5 && ((field[0] ?? 0) & 1) === 1) return BigInt(uint32At(field, 1) | 0) * 1000n;
  const time = uint16At(fixed, at);
  const date = uint16At(fixed, at + 2);
  if (date === 0) return null;
  const day = [1980 + (date >> 9), ((date >> 5) & 15) - 1, date & 31] as const;
  return BigInt(Date.UTC(...day, time >> 11, (time >> 5) & 63, 2 * (time & 31)));
}
