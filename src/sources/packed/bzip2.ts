/** Bzip2: streams one behind the other, each of blocks that begin at any bit. */
import { type Bzip2Block, blockText, decodeBlock } from "./bzip2-block.ts";
import {
  beginUnpacking,
  brokenData,
  CHECKSUM_DIFFERS,
  ENDS_EARLY,
  IS_DAMAGED,
  type PackedInput,
  skipZeros,
  type Unpacking,
} from "./unpacking.ts";

/** Packed bytes at hand when a block is decoded; more are got when it is longer, which real packers never make it. */
const BLOCK_BYTES = 1024 * 1024;

const BLOCK_MAGIC = [0x314159, 0x265359];
const END_MAGIC = [0x177245, 0x385090];

/** Packed bytes at hand, and the bit in them that is next. */
interface Bits {
  readonly unpacking: Unpacking;
  bytes: Uint8Array;
  at: number;
  /** For the block at hand: made once, as a stream of small blocks would ask for all of it with each. */
  links: Uint32Array;
}

/**
 * The unpacked bytes. A block is given out when it agrees with its checksum; a damaged or cut one ends the data.
 *
 * @throws Failure compressed-data-broken; its place is the offset in the unpacked data where it ends
 */
export async function* bunzip2(input: PackedInput): AsyncGenerator<Uint8Array, void, undefined> {
  const unpacking = beginUnpacking(input);
  const bits: Bits = { unpacking, bytes: new Uint8Array(0), at: 0, links: new Uint32Array(0) };
  try {
    do yield* readStream(bits);
    while (await isStreamNext(bits));
  } finally {
    await unpacking.queue.close();
  }
}

async function* readStream(bits: Bits): AsyncGenerator<Uint8Array, void, undefined> {
  const { unpacking } = bits;
  await fill(bits, 4);
  const [b, z, h, level] = [8, 8, 8, 8].map((count) => take(bits, count));
  const isHeader =
    b === 0x42 && z === 0x5a && h === 0x68 && level !== undefined && level > 0x30 && level < 0x3a;
  if (!isHeader) {
    const isShort = bits.bytes.length < 4 && unpacking.outputBytes === 0;
    throw brokenData(unpacking, isShort ? ENDS_EARLY : "is followed by bytes that are not bzip2");
  }
  for (let combined = 0; ; ) {
    await fill(bits, 10);
    const magic = [take(bits, 24), take(bits, 24)];
    const checksum = ((take(bits, 16) << 16) | take(bits, 16)) >>> 0;
    if (bits.at > bits.bytes.length * 8) throw brokenData(unpacking, ENDS_EARLY);
    if (magic[0] === END_MAGIC[0] && magic[1] === END_MAGIC[1]) {
      if (checksum !== combined) throw brokenData(unpacking, CHECKSUM_DIFFERS);
      return;
    }
    if (magic[0] !== BLOCK_MAGIC[0] || magic[1] !== BLOCK_MAGIC[1]) throw brokenData(unpacking, IS_DAMAGED);
    const text = blockText(await readBlock(bits, (level - 0x30) * 100_000));
    if (text.checksum !== checksum) throw brokenData(unpacking, IS_DAMAGED);
    combined = (((combined << 1) | (combined >>> 31)) ^ checksum) >>> 0;
    for (const piece of text.pieces) {
      unpacking.outputBytes += piece.length;
      yield piece;
    }
  }
}

async function readBlock(bits: Bits, maxBytes: number): Promise<Bzip2Block> {
  if (bits.links.length < maxBytes) bits.links = new Uint32Array(maxBytes);
  const links = bits.links.subarray(0, maxBytes);
  for (let wanted = BLOCK_BYTES; ; wanted *= 2) {
    const isAll = await fill(bits, wanted);
    const block = decodeBlock(bits.bytes, bits.at, links);
    if (block === "damaged" || (block === "short" && isAll))
      throw brokenData(bits.unpacking, block === "short" ? ENDS_EARLY : IS_DAMAGED);
    if (block === "short") continue;
    bits.at = block.endBit;
    return block;
  }
}

/** Gets packed bytes until so many are at hand, or all that are left: true. */
async function fill(bits: Bits, count: number): Promise<boolean> {
  const from = bits.at >> 3;
  const kept = bits.bytes.length - from;
  if (kept >= count) return false;
  // Why twice as many: what is left is moved with each filling, which must not be with each of many small blocks.
  const more = await bits.unpacking.queue.takeExactly(2 * Math.max(count, BLOCK_BYTES) - kept);
  const bytes = new Uint8Array(kept + more.length);
  bytes.set(bits.bytes.subarray(from));
  bytes.set(more, kept);
  bits.bytes = bytes;
  bits.at &= 7;
  return bytes.length < count;
}

/** The next bits as a number, at most 24; zeros behind the end. */
function take(bits: Bits, count: number): number {
  let value = 0;
  for (let left = count; left > 0; ) {
    const byte = bits.bytes[bits.at >> 3] ?? 0;
    const usable = 8 - (bits.at & 7);
    const used = Math.min(usable, left);
    value = (value << used) | ((byte >> (usable - used)) & ((1 << used) - 1));
    bits.at += used;
    left -= used;
  }
  return value;
}

/** Whether another stream follows, at the next whole byte, rather than padding or the end. */
async function isStreamNext(bits: Bits): Promise<boolean> {
  for (let at = (bits.at + 7) >> 3; at < bits.bytes.length; at++) {
    if (bits.bytes[at] === 0) continue;
    bits.at = at * 8;
    return true;
  }
  bits.bytes = new Uint8Array(0);
  bits.at = 0;
  return await skipZeros(bits.unpacking);
}
