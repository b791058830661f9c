/** Zip archives. Source: APPNOTE.TXT 6.3. */
import { crc32, inflateRawSync } from "node:zlib";
import { Failure } from "#text";
import { ByteQueue } from "../byte-queue.ts";
import { memberUri, type OpenMember } from "./archive-member.ts";
import { inflateData } from "./deflate.ts";
import {
  beginUnpacking,
  brokenData,
  CHECKSUM_DIFFERS,
  ENDS_EARLY,
  IS_DAMAGED,
  OUTPUT_BYTES,
  type PackedInput,
  takeOrFail,
  type Unpacker,
  type Unpacking,
  uint32At,
} from "./unpacking.ts";
import { LOCAL_HEADER_BYTES, localEntryOf, uint16At, type ZipEntry } from "./zip-entry.ts";

const LOCAL_MAGIC = 0x04034b50;
const DESCRIPTOR_MAGIC = 0x08074b50;
/** What begins behind the last member: the directory, its signature, its ends. */
const BEHIND_MEMBERS: ReadonlySet<number> = new Set([0x02014b50, 0x08064b50, 0x06064b50, 0x06054b50]);
/** Members so near are reached by reading what is between. */
const NEAR_BYTES = 1024 * 1024;
/** Members that are inflated at once. */
const SMALL_BYTES = 16 * 1024;
const MAX_SMALL_TEXT_BYTES = 1024 * 1024;
const STORED = 0;
const DEFLATED = 8;

/** Methods that are formats of their own. */
const FORMATS: Readonly<Record<number, () => Promise<Unpacker>>> = {
  12: async () => (await import("./bzip2.ts")).bunzip2,
  93: async () => (await import("./zstd.ts")).unpackZstd,
  95: async () => (await import("./xz.ts")).unpackXz,
};
const METHOD_NAMES: Readonly<Record<number, string>> = { 9: "deflate64", 14: "lzma", 98: "ppmd", 99: "aes" };

/** An archive that is read from any offset: goes on where it is when the next member is near. */
export class ZipReader {
  readonly #uri: string;
  readonly #reopen: (offset: number, expectedBytes?: number) => AsyncIterable<Uint8Array>;
  #queue: ByteQueue | null = null;
  /** Where the queue began. */
  #start = 0;

  constructor(uri: string, reopen: (offset: number, expectedBytes?: number) => AsyncIterable<Uint8Array>) {
    this.#uri = uri;
    this.#reopen = reopen;
  }

  /** A member of the directory. One is read at a time. */
  member(entry: ZipEntry): OpenMember {
    const uri = memberUri(this.#uri, entry.name);
    return { ...entry, input: { uri, chunks: this.#read(entry, uri), reopen: null } };
  }

  async *#read(entry: ZipEntry, uri: string): AsyncGenerator<Uint8Array, void, undefined> {
    const queue = await this.#queueAt(entry.offset);
    const before = this.#start;
    const member: Unpacking = {
      input: { uri, chunks: queue.rest(), reopen: (offset) => this.#reopen(before + offset) },
      queue,
      outputBytes: 0,
    };
    if (entry.overlaps) throw brokenData(member, "shares its bytes with another member");
    const header = (await takeOrFail(member, LOCAL_HEADER_BYTES)).slice();
    if (uint32At(header, 0) !== LOCAL_MAGIC) throw brokenData(member, "is not where the directory says");
    await takeOrFail(member, uint16At(header, 26) + uint16At(header, 28));
    yield* checked(member, entry, readData(member, entry));
  }

  async #queueAt(offset: number): Promise<ByteQueue> {
    const gap = offset - this.#start - (this.#queue?.taken ?? 0);
    if (this.#queue !== null && gap >= 0 && gap <= NEAR_BYTES) {
      for await (const _skipped of this.#queue.rest(gap));
      return this.#queue;
    }
    await this.close();
    this.#start = offset;
    this.#queue = new ByteQueue(this.#reopen(offset));
    return this.#queue;
  }

  async close(): Promise<void> {
    await this.#queue?.close();
    this.#queue = null;
  }
}

/** The data of a member with known sizes. */
async function* readData(member: Unpacking, entry: ZipEntry): AsyncGenerator<Uint8Array, void, undefined> {
  const { uri } = member.input;
  refuse(entry, uri);
  if (entry.method === DEFLATED && entry.packedBytes <= SMALL_BYTES) {
    yield* inflateSmall(member, entry);
    return;
  }
  if (entry.method === DEFLATED) {
    yield* inflateData(member);
    return;
  }
  const packed = limited(member, entry.packedBytes);
  const load = FORMATS[entry.method];
  if (load === undefined) {
    yield* counted(member, packed);
    return;
  }
  const unpackFormat = await load();
  yield* counted(member, unpackFormat({ uri, chunks: packed, reopen: null }));
}

/** Fast path: archives of very many members have small ones. Damaged data goes the usual way. */
async function* inflateSmall(
  member: Unpacking,
  { packedBytes }: ZipEntry,
): AsyncGenerator<Uint8Array, void, undefined> {
  const packed = (await member.queue.takeExactly(packedBytes)).slice();
  let text: Uint8Array | null = null;
  try {
    text = inflateRawSync(packed, { maxOutputLength: MAX_SMALL_TEXT_BYTES });
  } catch {}
  if (text !== null) {
    member.outputBytes += text.length;
    yield text;
    return;
  }
  const again = async function* (offset: number): AsyncGenerator<Uint8Array, void, undefined> {
    yield packed.subarray(offset);
  };
  const inner = beginUnpacking({ uri: member.input.uri, chunks: again(0), reopen: again });
  yield* counted(member, inflateData(inner));
}

function refuse({ isEncrypted, method }: ZipEntry, uri: string): void {
  const isKnown = method === STORED || method === DEFLATED || FORMATS[method] !== undefined;
  if (!isEncrypted && isKnown) return;
  const what = isEncrypted
    ? "is encrypted"
    : `is packed with method ${method}${METHOD_NAMES[method] === undefined ? "" : ` (${METHOD_NAMES[method]})`}, which is not read`;
  throw new Failure("archive-member-unreadable", `"${uri}" ${what}.`, {
    help: "Unpack the archive first.",
    place: { uri },
  });
}

async function* limited(member: Unpacking, count: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let left = count; left > 0; ) {
    const piece = await member.queue.take(Math.min(left, OUTPUT_BYTES));
    if (piece === null) throw brokenData(member, ENDS_EARLY);
    left -= piece.length;
    yield piece;
  }
}

async function* counted(
  member: Unpacking,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    member.outputBytes += chunk.length;
    yield chunk;
  }
}

/** The same bytes; fails behind them when they are not those that the entry tells of. */
async function* checked(
  member: Unpacking,
  entry: { readonly checksum: number; readonly sizeBytes: number | null },
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let checksum = 0;
  for await (const chunk of chunks) {
    checksum = crc32(chunk, checksum);
    yield chunk;
  }
  const isSound =
    checksum === entry.checksum && (entry.sizeBytes ?? member.outputBytes) === member.outputBytes;
  if (!isSound) throw brokenData(member, CHECKSUM_DIFFERS);
}

/**
 * The members of an archive that can be read only from its start, by the headers in front of them.
 *
 * @throws Failure compressed-data-broken, archive-member-unreadable: what follows a member cannot be found
 */
export async function* readZipStream(input: PackedInput): AsyncGenerator<OpenMember, void, undefined> {
  const archive = beginUnpacking(input);
  try {
    for (;;) {
      archive.outputBytes = archive.queue.taken;
      const magic = await archive.queue.peek(4);
      if (magic.length < 4) throw brokenData(archive, ENDS_EARLY);
      if (BEHIND_MEMBERS.has(uint32At(magic, 0))) break;
      if (uint32At(magic, 0) !== LOCAL_MAGIC) throw brokenData(archive, IS_DAMAGED);
      const entry = await readLocalEntry(archive);
      const uri = memberUri(input.uri, entry.name);
      const member: Unpacking = {
        input: { uri, chunks: input.chunks, reopen: null },
        queue: archive.queue,
        outputBytes: 0,
      };
      const data = entry.hasDescriptor ? readUnsized(member, entry) : readSized(member, entry);
      if (entry.isFile) yield { ...entry, input: { uri, chunks: keepOpen(data), reopen: null } };
      for await (const _left of data);
    }
    // The directory follows, which says nothing new; it is read so that what is around the archive is checked to its end.
    for await (const _rest of archive.queue.rest());
  } finally {
    await archive.queue.close();
  }
}

async function readLocalEntry(archive: Unpacking): Promise<ZipEntry> {
  const fixed = (await takeOrFail(archive, LOCAL_HEADER_BYTES)).slice();
  const name = (await takeOrFail(archive, uint16At(fixed, 26))).slice();
  const extra = await takeOrFail(archive, uint16At(fixed, 28));
  return localEntryOf(fixed, name, extra);
}

/** Why: a consumer that leaves must not end the data, whose rest is skipped. */
async function* keepOpen(
  data: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let next = await data.next(); next.done !== true; next = await data.next()) yield next.value;
}

async function* readSized(member: Unpacking, entry: ZipEntry): AsyncGenerator<Uint8Array, void, undefined> {
  const packed = limited(member, entry.packedBytes);
  // Why its own queue: damaged data inside must not reach over its end.
  const inner = beginUnpacking({ uri: member.input.uri, chunks: packed, reopen: null });
  let failure: unknown = null;
  try {
    yield* checked(inner, entry, readData(inner, entry));
  } catch (error) {
    failure = error;
  }
  for await (const _left of inner.queue.rest());
  if (failure !== null) throw failure;
}

/** Data whose sizes stand behind it: only deflate knows its own end. */
async function* readUnsized(member: Unpacking, entry: ZipEntry): AsyncGenerator<Uint8Array, void, undefined> {
  refuse(entry, member.input.uri);
  if (entry.method !== DEFLATED) {
    throw new Failure(
      "archive-member-unreadable",
      `Where "${member.input.uri}" ends stands only in the archive's directory, which cannot be reached.`,
      {
        help: "Save the archive as a file of this machine, and read that.",
        place: { uri: member.input.uri },
      },
    );
  }
  const { checksum } = yield* inflateData(member);
  const { queue } = member;
  const ahead = (await queue.peek(26)).slice();
  const at = uint32At(ahead, 0) === DESCRIPTOR_MAGIC ? 4 : 0;
  const isShort = ahead[at + 12] === 0x50 && ahead[at + 13] === 0x4b;
  const stored = await takeOrFail(member, at + (isShort ? 12 : 20));
  if (uint32At(stored, at) !== checksum) throw brokenData(member, CHECKSUM_DIFFERS);
}
