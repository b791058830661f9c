/** Lz4 frames, one behind the other. Source: the LZ4 frame and block format descriptions. */
import {
  brokenData,
  CHECKSUM_DIFFERS,
  ENDS_EARLY,
  IS_DAMAGED,
  OUTPUT_BYTES,
  type PackedInput,
  takeMagic,
  takeOrFail,
  type Unpacking,
  uint32At,
  unpackParts,
} from "./unpacking.ts";
import { XxHash32 } from "./xxhash.ts";

const MAGIC = 0x184d2204;
const HISTORY_BYTES = 64 * 1024;

const FLAG_LINKED = 0x20;
const FLAG_BLOCK_CHECKSUM = 0x10;
const FLAG_CONTENT_SIZE = 0x08;
const FLAG_CONTENT_CHECKSUM = 0x04;
const FLAG_DICTIONARY = 0x01;

/** What a frame says of itself. */
interface Frame {
  readonly flags: number;
  readonly maxBlockBytes: number;
}

/**
 * The unpacked bytes. What can be unpacked of a cut or damaged block is given out before the failure.
 *
 * @throws Failure compressed-data-broken; its place is the offset in the unpacked data where it ends
 */
export function unpackLz4(input: PackedInput): AsyncGenerator<Uint8Array, void, undefined> {
  return unpackParts(input, async function* (unpacking) {
    const frame = await readFrame(unpacking);
    if (frame !== null) yield* readBlocks(unpacking, frame);
  });
}

/** Reads a frame's header; null: a frame for other programs, which was skipped. */
async function readFrame(unpacking: Unpacking): Promise<Frame | null> {
  const magic = await takeMagic(unpacking);
  if (magic === null) return null;
  if (magic !== MAGIC) throw brokenData(unpacking, "is followed by bytes that are not lz4");
  const [flags = 0, sizes = 0] = await unpacking.queue.peek(2);
  const length = 2 + ((flags & FLAG_CONTENT_SIZE) !== 0 ? 8 : 0) + ((flags & FLAG_DICTIONARY) !== 0 ? 4 : 0);
  const header = await takeOrFail(unpacking, length);
  const [checksum] = await takeOrFail(unpacking, 1);
  const sizeClass = (sizes >> 4) & 7;
  if (flags >> 6 !== 1 || sizeClass < 4) throw brokenData(unpacking, IS_DAMAGED);
  if (checksum !== ((checksumOf(header) >>> 8) & 255)) throw brokenData(unpacking, CHECKSUM_DIFFERS);
  if ((flags & FLAG_DICTIONARY) !== 0) throw brokenData(unpacking, "needs a dictionary that is not with it");
  return { flags, maxBlockBytes: 1 << (8 + 2 * sizeClass) };
}

function checksumOf(bytes: Uint8Array): number {
  const hash = new XxHash32();
  hash.update(bytes);
  return hash.digest();
}

/** Unpacked bytes: those before `start` are history that matches may repeat. */
interface Window {
  readonly bytes: Uint8Array;
  start: number;
}

async function* readBlocks(
  unpacking: Unpacking,
  { flags, maxBlockBytes }: Frame,
): AsyncGenerator<Uint8Array, void, undefined> {
  const isLinked = (flags & FLAG_LINKED) === 0;
  const window: Window = { bytes: new Uint8Array(HISTORY_BYTES + maxBlockBytes), start: 0 };
  const content = new XxHash32();
  for (;;) {
    const word = uint32At(await takeOrFail(unpacking, 4), 0);
    if (word === 0) break;
    const size = word & 0x7fffffff;
    if (size > maxBlockBytes) throw brokenData(unpacking, IS_DAMAGED);
    const packed = await unpacking.queue.takeExactly(size);
    if (!isLinked) window.start = 0;
    const block =
      word >>> 31 === 1 ? storedBlock(packed, window) : packedBlock(packed, window, maxBlockBytes);
    const text = window.bytes.slice(window.start, block.end);
    for (let at = 0; at < text.length; at += OUTPUT_BYTES) {
      const piece = text.subarray(at, at + OUTPUT_BYTES);
      unpacking.outputBytes += piece.length;
      yield piece;
    }
    if (packed.length < size) throw brokenData(unpacking, ENDS_EARLY);
    if (!block.isSound) throw brokenData(unpacking, IS_DAMAGED);
    if ((flags & FLAG_BLOCK_CHECKSUM) !== 0) {
      const checksum = uint32At(await takeOrFail(unpacking, 4), 0);
      if (checksum !== checksumOf(packed)) throw brokenData(unpacking, CHECKSUM_DIFFERS);
    }
    content.update(text);
    const kept = Math.min(block.end, HISTORY_BYTES);
    window.bytes.copyWithin(0, block.end - kept, block.end);
    window.start = kept;
  }
  if ((flags & FLAG_CONTENT_CHECKSUM) === 0) return;
  const checksum = uint32At(await takeOrFail(unpacking, 4), 0);
  if (checksum !== content.digest()) throw brokenData(unpacking, CHECKSUM_DIFFERS);
}

/** Where a block's text ends in the window, and whether it is all of it. */
interface Unpacked {
  readonly end: number;
  readonly isSound: boolean;
}

function storedBlock(packed: Uint8Array, { bytes, start }: Window): Unpacked {
  bytes.set(packed, start);
  return { end: start + packed.length, isSound: true };
}

/** Sequences of literals and a repetition of earlier text; the last one has only literals. */
function packedBlock(packed: Uint8Array, { bytes, start }: Window, maxBytes: number): Unpacked {
  const limit = start + maxBytes;
  let end = start;
  let at = 0;
  const lengthFrom = (nibble: number): number => {
    let length = nibble;
    if (nibble < 15) return length;
    for (let byte = 255; byte === 255; length += byte) byte = packed[at++] ?? 0;
    return length;
  };
  while (at < packed.length) {
    const token = packed[at++] ?? 0;
    const literals = lengthFrom(token >> 4);
    const taken = Math.min(literals, packed.length - at, limit - end);
    if (taken > 0) bytes.set(packed.subarray(at, at + taken), end);
    end += Math.max(0, taken);
    at += literals;
    if (taken < literals) return { end, isSound: false };
    if (at === packed.length) return { end, isSound: true };
    const distance = (packed[at] ?? 0) | ((packed[at + 1] ?? 0) << 8);
    at += 2;
    const length = lengthFrom(token & 15) + 4;
    if (at > packed.length || distance === 0 || distance > end || length > limit - end) break;
    repeat(bytes, end, distance, length);
    end += length;
  }
  return { end, isSound: false };
}

/** Writes `length` bytes at `end` that repeat those `distance` before. */
function repeat(bytes: Uint8Array, end: number, distance: number, length: number): void {
  if (distance >= length && length > 32) {
    bytes.copyWithin(end, end - distance, end - distance + length);
    return;
  }
  for (let at = end; at < end + length; at++) bytes[at] = bytes[at - distance] ?? 0;
}
