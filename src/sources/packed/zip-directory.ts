/** The directory at the end of a zip archive, for archives that can be read from any offset. */
import { ByteQueue } from "../byte-queue.ts";
import { uint32At } from "./unpacking.ts";
import {
  DIRECTORY_ENTRY_BYTES,
  directoryEntryOf,
  LOCAL_HEADER_BYTES,
  uint16At,
  type ZipEntry,
} from "./zip-entry.ts";

const ENTRY_MAGIC = 0x02014b50;
const END_MAGIC = 0x06054b50;
const LARGE_END_MAGIC = 0x06064b50;
const LARGE_PLACE_MAGIC = 0x07064b50;
const UNKNOWN = 0xffffffff;
const END_BYTES = 22;
const LARGE_PLACE_BYTES = 20;
const LARGE_END_BYTES = 56;
const MAX_COMMENT_BYTES = 65_535;

/** An archive that can be read from any offset. */
export interface ZipFile {
  readonly uri: string;
  readonly sizeBytes: number;
  readonly reopen: (offset: number) => AsyncIterable<Uint8Array>;
}

/** Where the directory is. `shift`: how many bytes stand in front of the archive that it does not know of. */
interface DirectoryPlace {
  readonly start: number;
  readonly sizeBytes: number;
  readonly shift: number;
}

/**
 * The members in the order of the directory, links and directories left out; null: there is no sound directory, as in an archive that
 * was cut.
 *
 * @param countMember  told of each entry; throws when they are too many
 */
export async function readZipDirectory(
  file: ZipFile,
  countMember: () => void,
): Promise<readonly ZipEntry[] | null> {
  const place = await findDirectory(file);
  if (place === null) return null;
  const queue = new ByteQueue(file.reopen(place.start));
  const entries: ZipEntry[] = [];
  try {
    while (queue.taken < place.sizeBytes) {
      const fixed = (await queue.takeExactly(DIRECTORY_ENTRY_BYTES)).slice();
      if (fixed.length < DIRECTORY_ENTRY_BYTES || uint32At(fixed, 0) !== ENTRY_MAGIC) return null;
      const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((at) => uint16At(fixed, at));
      const name = (await queue.takeExactly(nameBytes ?? 0)).slice();
      const extra = (await queue.takeExactly(extraBytes ?? 0)).slice();
      await queue.takeExactly(commentBytes ?? 0);
      countMember();
      const entry = directoryEntryOf(fixed, name, extra);
      entries.push(place.shift === 0 ? entry : { ...entry, offset: entry.offset + place.shift });
    }
  } finally {
    await queue.close();
  }
  return withOverlaps(entries).filter(({ isFile }) => isFile);
}

/** Members whose bytes belong to another too: a small archive can so claim to hold very much. The first of them keeps them. */
function withOverlaps(entries: readonly ZipEntry[]): readonly ZipEntry[] {
  let end = 0;
  const overlapping = new Set<ZipEntry>();
  for (const entry of entries.toSorted((a, b) => a.offset - b.offset)) {
    if (entry.offset < end) overlapping.add(entry);
    end = Math.max(end, entry.offset + LOCAL_HEADER_BYTES + entry.packedBytes);
  }
  return overlapping.size === 0
    ? entries
    : entries.map((entry) => (overlapping.has(entry) ? { ...entry, overlaps: true } : entry));
}

async function findDirectory(file: ZipFile): Promise<DirectoryPlace | null> {
  const tailStart = Math.max(0, file.sizeBytes - END_BYTES - MAX_COMMENT_BYTES - LARGE_PLACE_BYTES);
  const tail = await readAt(file, tailStart, file.sizeBytes - tailStart);
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail[at] !== 0x50 || uint32At(tail, at) !== END_MAGIC) continue;
    if (at + END_BYTES + uint16At(tail, at + 20) > tail.length) continue;
    const large = await findLarge(file, tail, at - LARGE_PLACE_BYTES);
    if (large !== null) return large;
    const sizeBytes = uint32At(tail, at + 12);
    const start = tailStart + at - sizeBytes;
    const written = uint32At(tail, at + 16);
    // Archives with large numbers that were written to a pipe do not say where.
    if (start >= 0) return { start, sizeBytes, shift: written === UNKNOWN ? 0 : start - written };
  }
  return null;
}

/** Archives too large for the fields of the end have another in front of it. */
async function findLarge(file: ZipFile, tail: Uint8Array, at: number): Promise<DirectoryPlace | null> {
  if (at < 0 || uint32At(tail, at) !== LARGE_PLACE_MAGIC) return null;
  const endStart = uint32At(tail, at + 8) + uint32At(tail, at + 12) * 2 ** 32;
  if (endStart > file.sizeBytes) return null;
  const end = await readAt(file, endStart, LARGE_END_BYTES);
  if (end.length < LARGE_END_BYTES || uint32At(end, 0) !== LARGE_END_MAGIC) return null;
  const sizeBytes = uint32At(end, 40) + uint32At(end, 44) * 2 ** 32;
  const start = uint32At(end, 48) + uint32At(end, 52) * 2 ** 32;
  return { start, sizeBytes, shift: 0 };
}

async function readAt(file: ZipFile, offset: number, count: number): Promise<Uint8Array> {
  const queue = new ByteQueue(file.reopen(offset));
  try {
    return (await queue.takeExactly(count)).slice();
  } finally {
    await queue.close();
  }
}
