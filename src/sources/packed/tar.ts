/** Tar archives (POSIX ustar and pax, GNU): headers and data in blocks of 512 bytes. */
import { Failure } from "#text";
import { ByteQueue } from "../byte-queue.ts";
import { memberName, memberUri, type OpenMember } from "./archive-member.ts";
import {
  beginUnpacking,
  brokenData,
  ENDS_EARLY,
  OUTPUT_BYTES,
  type PackedInput,
  takeOrFail,
  type Unpacking,
} from "./unpacking.ts";

const BLOCK_BYTES = 512;
const CHECKSUM_AT = 148;
/** Names and extended headers are short; longer ones are no tar. */
const MAX_HEADER_BYTES = 1024 * 1024;

/** Times beyond this are none: the year 275760. */
const MAX_SECONDS = 8.64e12;

const REGULAR = new Set(["0", "\0", "7"]);
/** A file with holes, as GNU's tar writes it, and where a header says that more of its map follows. */
const SPARSE = "S";
const [MORE_IN_HEADER_AT, MORE_IN_MAP_AT] = [482, 504];
const SPARSE_KEYS = "GNU.sparse.";
const LONG_NAME = "L";
const EXTENDED = "x";

/** What extended headers say of the next member. */
interface Extension {
  name: Uint8Array | null;
  sizeBytes: number | null;
  lastModifiedMs: bigint | null;
  /** The data begins with a map of its holes. */
  isSparse: boolean;
}

/** Data that is not wanted is jumped over when it is longer and can be. */
const FAR_BYTES = 1024 * 1024;

/** An archive, whose queue begins at a byte of it. */
interface TarArchive extends Unpacking {
  queue: ByteQueue;
  base: number;
}

function placeIn({ base, queue }: TarArchive): number {
  return base + queue.taken;
}

const NO_EXTENSION: Extension = { name: null, sizeBytes: null, lastModifiedMs: null, isSparse: false };

/**
 * The regular files, in order. Links, devices and directories are left out.
 *
 * @throws Failure compressed-data-broken
 */
export async function* readTar(input: PackedInput): AsyncGenerator<OpenMember, void, undefined> {
  const archive: TarArchive = { ...beginUnpacking(input), base: 0 };
  let extension = NO_EXTENSION;
  try {
    for (;;) {
      const header = await readHeader(archive);
      if (header === null) return;
      const kind = String.fromCharCode(header[156] ?? 0);
      const size = extension.sizeBytes ?? numberAt(header, 124, 12);
      const padding = (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
      const isExtension = kind === LONG_NAME || kind === EXTENDED;
      if (isExtension) {
        if (size > MAX_HEADER_BYTES) throw damagedArchive(archive);
        extension = { ...extension, ...extensionOf(kind, await takeOrFail(archive, size)) };
        await takeOrFail(archive, padding);
        continue;
      }
      if (kind === SPARSE) await skipMap(archive, header);
      const data = new MemberData(archive, size);
      const member = REGULAR.has(kind) || kind === SPARSE ? memberOf(header, extension, data) : null;
      if (member !== null) yield kind === SPARSE || extension.isSparse ? withoutBytes(member) : member;
      extension = NO_EXTENSION;
      await data.skip();
      await skip(archive, padding);
    }
  } finally {
    await archive.queue.close();
  }
}

/** Passes over the blocks that go on with the map of a sparse file. */
async function skipMap(archive: TarArchive, header: Uint8Array): Promise<void> {
  let hasMore = header[MORE_IN_HEADER_AT] !== 0;
  while (hasMore) hasMore = (await takeOrFail(archive, BLOCK_BYTES))[MORE_IN_MAP_AT] !== 0;
}

/** A file with holes: what the archive holds of it is not what it holds. */
function withoutBytes(member: OpenMember): OpenMember {
  const { uri } = member.input;
  // biome-ignore lint/correctness/useYield: it fails where its first byte would be.
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    throw new Failure(
      "archive-member-unreadable",
      `"${uri}" is stored as a sparse file, which is not read.`,
      {
        help: "Unpack the archive first.",
        place: { uri },
      },
    );
  }
  return { ...member, input: { uri, chunks: chunks(), reopen: null } };
}

/** The next header, or null at the end. Blocks of zeros end an archive, and another may follow it. */
async function readHeader(archive: TarArchive): Promise<Uint8Array | null> {
  for (;;) {
    const block = await archive.queue.takeExactly(BLOCK_BYTES);
    archive.outputBytes = placeIn(archive);
    if (block.length === 0) return null;
    const isZero = block.every((byte) => byte === 0);
    if (isZero) continue;
    if (block.length < BLOCK_BYTES) throw brokenData(archive, ENDS_EARLY);
    if (!isSoundHeader(block)) throw damagedArchive(archive);
    return block.slice();
  }
}

function damagedArchive(archive: TarArchive): ReturnType<typeof brokenData> {
  return brokenData(archive, "is no sound tar archive any more");
}

function isSoundHeader(block: Uint8Array): boolean {
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK_BYTES; at++) sum += block[at] ?? 0;
  for (let at = CHECKSUM_AT; at < CHECKSUM_AT + 8; at++) sum -= block[at] ?? 0;
  return sum === numberAt(block, CHECKSUM_AT, 8);
}

/** Octal digits, or for large numbers base 256 with the highest bit set. */
function numberAt(block: Uint8Array, at: number, length: number): number {
  const field = block.subarray(at, at + length);
  if (((field[0] ?? 0) & 0x80) !== 0) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, (field[0] ?? 0) & 0x7f);
    return Math.min(value, Number.MAX_SAFE_INTEGER);
  }
  const digits = /^[\0 ]*([0-7]*)/.exec(Buffer.from(field).toString("latin1"))?.[1] ?? "";
  return digits === "" ? 0 : Number.parseInt(digits, 8);
}

function textAt(block: Uint8Array, at: number, length: number): Uint8Array {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
}

function extensionOf(kind: string, data: Uint8Array): Partial<Extension> {
  if (kind === LONG_NAME) return { name: textAt(data, 0, data.length).slice() };
  const extension: Partial<Extension> = {};
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const equals = data.indexOf(0x3d, space);
    if (space < 0 || equals < 0) break;
    const length = Number(Buffer.from(data.subarray(at, space)).toString("latin1"));
    if (!Number.isSafeInteger(length) || length <= space - at) break;
    const key = Buffer.from(data.subarray(space + 1, equals)).toString("latin1");
    const value = data.slice(equals + 1, at + length - 1);
    if (key === "path") extension.name = value;
    if (key === "GNU.sparse.name") extension.name = value;
    if (key.startsWith(SPARSE_KEYS)) extension.isSparse = true;
    const number = Number(Buffer.from(value).toString("latin1"));
    if (key === "size" && Number.isSafeInteger(number) && number >= 0) extension.sizeBytes = number;
    if (key === "mtime" && Math.abs(number) < MAX_SECONDS)
      extension.lastModifiedMs = BigInt(Math.floor(number * 1000));
    at += length;
  }
  return extension;
}

/** The bytes of one member, which are read once. */
class MemberData {
  readonly #archive: TarArchive;
  readonly sizeBytes: number;
  readonly start: number;
  #left: number;

  constructor(archive: TarArchive, sizeBytes: number) {
    this.#archive = archive;
    this.sizeBytes = sizeBytes;
    this.start = placeIn(archive);
    this.#left = sizeBytes;
  }

  get archiveInput(): PackedInput {
    return this.#archive.input;
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    while (this.#left > 0) {
      const piece = await this.#archive.queue.take(Math.min(this.#left, OUTPUT_BYTES));
      if (piece === null) {
        this.#archive.outputBytes = placeIn(this.#archive);
        throw brokenData(this.#archive, ENDS_EARLY);
      }
      this.#left -= piece.length;
      yield piece;
    }
  }

  async skip(): Promise<void> {
    await skip(this.#archive, this.#left);
  }
}

async function skip(archive: TarArchive, count: number): Promise<void> {
  const { reopen, sizeBytes = 0 } = archive.input;
  const target = placeIn(archive) + count;
  if (count > FAR_BYTES && reopen !== null && target < sizeBytes) {
    await archive.queue.close();
    archive.queue = new ByteQueue(reopen(target));
    archive.base = target;
    return;
  }
  for (let left = count; left > 0; ) {
    const piece = await archive.queue.take(left);
    if (piece === null) {
      archive.outputBytes = placeIn(archive);
      throw brokenData(archive, ENDS_EARLY);
    }
    left -= piece.length;
  }
}

function memberOf(header: Uint8Array, extension: Extension, data: MemberData): OpenMember {
  const input = data.archiveInput;
  const { reopen, uri } = input;
  const name = memberName(extension.name ?? nameOf(header));
  const { start } = data;
  return {
    name,
    sizeBytes: data.sizeBytes,
    lastModifiedMs:
      extension.lastModifiedMs ?? BigInt(Math.min(numberAt(header, 136, 12), MAX_SECONDS)) * 1000n,
    start,
    input: {
      uri: memberUri(uri, name),
      chunks: data.read(),
      reopen: reopen === null ? null : (offset) => reopen(start + offset),
    },
  };
}

/** The name, with the front part that ustar keeps elsewhere. GNU has other things at that place. */
function nameOf(header: Uint8Array): Uint8Array {
  const name = textAt(header, 0, 100);
  const isPosix = header[262] === 0;
  const front = isPosix ? textAt(header, 345, 155) : new Uint8Array(0);
  return front.length === 0 ? name : Buffer.concat([front, Buffer.from("/"), name]);
}
