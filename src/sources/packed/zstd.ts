/**
 * Zstandard frames (RFC 8878), one behind the other. Frames and blocks are taken apart here, so that windows have a bound, blocks in
 * front of damage are not lost and checksums are checked; `fzstd` decodes the blocks.
 */
import { Decompress } from "fzstd";
import {
  brokenData,
  CHECKSUM_DIFFERS,
  IS_DAMAGED,
  type PackedInput,
  takeMagic,
  takeOrFail,
  type Unpacking,
  uint32At,
  unpackParts,
} from "./unpacking.ts";
import { XxHash64 } from "./xxhash.ts";

const MAGIC = 0xfd2fb528;
const FLAG_SINGLE_SEGMENT = 0x20;
const FLAG_CHECKSUM = 0x04;
const MAX_BLOCK_BYTES = 128 * 1024;
/** The same as the limit of the zstd program. */
const MAX_WINDOW_BYTES = 128 * 1024 * 1024;
/** Windows are made anew for each frame: many frames that ask for much and give little would only keep the machine busy. */
const FREE_WINDOW_BYTES = 2 ** 30;
const WINDOW_BYTES_PER_OUTPUT = 1000;

/** What a frame says of itself. */
interface Frame {
  /** As it is given to the decoder: without the flag of the checksum. */
  readonly header: Uint8Array;
  readonly hasChecksum: boolean;
  readonly windowBytes: number;
}

/**
 * The unpacked bytes. Blocks in front of damage, or of the end of cut data, are given out before the failure.
 *
 * @throws Failure compressed-data-broken; its place is the offset in the unpacked data where it ends
 */
export function unpackZstd(input: PackedInput): AsyncGenerator<Uint8Array, void, undefined> {
  let windows = 0;
  return unpackParts(input, async function* (unpacking) {
    const frame = await readFrame(unpacking);
    if (frame === null) return;
    windows += frame.windowBytes;
    if (windows > FREE_WINDOW_BYTES + WINDOW_BYTES_PER_OUTPUT * unpacking.outputBytes)
      throw brokenData(unpacking, "asks for much memory and gives little");
    yield* readBlocks(unpacking, frame);
  });
}

/** Reads a frame's header; null: a frame for other programs, which was skipped. */
async function readFrame(unpacking: Unpacking): Promise<Frame | null> {
  const magic = await takeMagic(unpacking);
  if (magic === null) return null;
  if (magic !== MAGIC) throw brokenData(unpacking, "is followed by bytes that are not zstd");
  const [flags = 0] = await unpacking.queue.peek(1);
  const isSingle = (flags & FLAG_SINGLE_SEGMENT) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const head = await takeOrFail(unpacking, 1 + (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes);
  if ((flags & 8) !== 0) throw brokenData(unpacking, IS_DAMAGED);
  const sizeAt = head.length - sizeBytes;
  if (head.subarray(isSingle ? 1 : 2, sizeAt).some((byte) => byte !== 0))
    throw brokenData(unpacking, "needs a dictionary that is not with it");
  const windowBytes = isSingle ? contentSize(head.subarray(sizeAt)) : windowSize(head[1] ?? 0);
  if (windowBytes > MAX_WINDOW_BYTES) throw brokenData(unpacking, `needs a window of ${windowBytes} bytes`);
  const header = new Uint8Array(4 + head.length);
  header.set([0x28, 0xb5, 0x2f, 0xfd, flags & ~FLAG_CHECKSUM]);
  header.set(head.subarray(1), 5);
  return { header, hasChecksum: (flags & FLAG_CHECKSUM) !== 0, windowBytes };
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentSize(field: Uint8Array): number {
  let size = field.length === 2 ? 256 : 0;
  for (const [index, byte] of field.entries()) size += byte * 256 ** index;
  return size;
}

async function* readBlocks(
  unpacking: Unpacking,
  { header, hasChecksum }: Frame,
): AsyncGenerator<Uint8Array, void, undefined> {
  const texts: Uint8Array[] = [];
  const hash = new XxHash64();
  const decoder = new Decompress((text) => texts.push(text));
  decoder.push(header);
  for (let isLast = false; !isLast; ) {
    const [a = 0, b = 0, c = 0] = await unpacking.queue.peek(3);
    const size = (a >> 3) | (b << 5) | (c << 13);
    const kind = (a >> 1) & 3;
    isLast = (a & 1) === 1;
    if (kind === 3 || size > MAX_BLOCK_BYTES) throw brokenData(unpacking, IS_DAMAGED);
    const isSound = decode(decoder, await takeOrFail(unpacking, 3 + (kind === 1 ? 1 : size)), isLast);
    for (const text of texts.splice(0)) {
      if (hasChecksum) hash.update(text);
      unpacking.outputBytes += text.length;
      if (text.length > 0) yield text;
    }
    if (!isSound) throw brokenData(unpacking, IS_DAMAGED);
  }
  if (!hasChecksum) return;
  const checksum = uint32At(await takeOrFail(unpacking, 4), 0);
  if (checksum !== hash.digestLow()) throw brokenData(unpacking, CHECKSUM_DIFFERS);
}

/** Whatever the decoder throws, it is the data's fault. */
function decode(decoder: Decompress, block: Uint8Array, isLast: boolean): boolean {
  try {
    // Why a copy: the decoder keeps what it is given.
    decoder.push(block.slice(), isLast);
    return true;
  } catch {
    return false;
  }
}
