/** Xz: streams one behind the other, each of blocks of LZMA2 and an index. Source: the .xz file format, version 1.2. */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { Crc64 } from "./crc64.ts";
import { Lzma2Decoder } from "./lzma2.ts";
import {
  brokenData,
  CHECKSUM_DIFFERS,
  ENDS_EARLY,
  IS_DAMAGED,
  OUTPUT_BYTES,
  type PackedInput,
  takeOrFail,
  type Unpacking,
  uint32At,
  unpackParts,
} from "./unpacking.ts";

const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const LZMA2_FILTER = 0x21;
const MAX_WINDOW_BYTES = 512 * 1024 * 1024;

/** A checksum of the text of a block: `isSound` compares it with what is stored. */
interface Check {
  readonly storedBytes: number;
  update(text: Uint8Array): void;
  isSound(stored: Uint8Array): boolean;
}

/**
 * The unpacked bytes. What can be unpacked of a cut or damaged block is given out before the failure.
 *
 * @throws Failure compressed-data-broken; its place is the offset in the unpacked data where it ends
 */
export function unpackXz(input: PackedInput): AsyncGenerator<Uint8Array, void, undefined> {
  return unpackParts(input, readStream);
}

async function* readStream(unpacking: Unpacking): AsyncGenerator<Uint8Array, void, undefined> {
  const header = await unpacking.queue.takeExactly(12);
  if (!MAGIC.every((byte, index) => (header[index] ?? byte) === byte))
    throw brokenData(unpacking, "is followed by bytes that are not xz");
  if (header.length < 12) throw brokenData(unpacking, ENDS_EARLY);
  const flags = header.slice(6, 8);
  if (crc32(flags) !== uint32At(header, 8)) throw brokenData(unpacking, CHECKSUM_DIFFERS);
  for (let blocks = 0; ; blocks++) {
    const [size] = await takeOrFail(unpacking, 1);
    if (size === undefined || size === 0) return await readIndex(unpacking, blocks, flags);
    const windowBytes = await readBlockHeader(unpacking, size);
    const check = checkOf(flags[1] ?? 0);
    if (flags[0] !== 0 || check === null) throw brokenData(unpacking, "uses a checksum that is not known");
    const before = unpacking.queue.taken;
    yield* readBlock(unpacking, windowBytes, check);
    const padding = (4 - ((unpacking.queue.taken - before) & 3)) & 3;
    await takeOrFail(unpacking, padding);
    const stored = await takeOrFail(unpacking, check.storedBytes);
    if (!check.isSound(stored)) throw brokenData(unpacking, CHECKSUM_DIFFERS);
  }
}

/** The size of the window that a block asks for. */
async function readBlockHeader(unpacking: Unpacking, size: number): Promise<number> {
  const rest = await takeOrFail(unpacking, size * 4 + 3);
  const header = Uint8Array.of(size, ...rest.subarray(0, -4));
  if (crc32(header) !== uint32At(rest, rest.length - 4)) throw brokenData(unpacking, CHECKSUM_DIFFERS);
  const flags = header[1] ?? 0;
  let at = 2;
  const number = () => {
    let value = 0;
    for (let place = 0; place < 9; place++) {
      const byte = header[at++] ?? 0;
      value += (byte & 127) * 128 ** place;
      if (byte < 128) break;
    }
    return value;
  };
  if ((flags & 0x3c) !== 0) throw brokenData(unpacking, IS_DAMAGED);
  if ((flags & 0x40) !== 0) number();
  if ((flags & 0x80) !== 0) number();
  const filter = number();
  const propertyBytes = number();
  const property = header[at] ?? 0;
  if ((flags & 3) !== 0 || filter !== LZMA2_FILTER || propertyBytes !== 1)
    throw brokenData(unpacking, "uses filters for programs, which are not undone");
  if (property > 40) throw brokenData(unpacking, IS_DAMAGED);
  const windowBytes = property === 40 ? 2 ** 32 : (2 | (property & 1)) * 2 ** ((property >> 1) + 11);
  if (windowBytes > MAX_WINDOW_BYTES) throw brokenData(unpacking, `needs a window of ${windowBytes} bytes`);
  return windowBytes;
}

async function* readBlock(
  unpacking: Unpacking,
  windowBytes: number,
  check: Check,
): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = new Lzma2Decoder(windowBytes);
  const { queue } = unpacking;
  for (let isFirst = true; ; isFirst = false) {
    const [control = 0] = await takeOrFail(unpacking, 1);
    if (control === 0) return;
    const isStored = control < 0x80;
    if (isStored ? control > 2 : false) throw brokenData(unpacking, IS_DAMAGED);
    const resetsWindow = isStored ? control === 1 : control >= 0xe0;
    if (isFirst && !resetsWindow) throw brokenData(unpacking, IS_DAMAGED);
    if (resetsWindow) decoder.resetWindow();
    const [a = 0, b = 0, c = 0, d = 0] = await takeOrFail(unpacking, isStored ? 2 : 4);
    const packedBytes = isStored ? 256 * a + b + 1 : 256 * c + d + 1;
    if (control >= 0xa0) {
      const properties = control >= 0xc0 ? ((await takeOrFail(unpacking, 1))[0] ?? 0) : null;
      if (!decoder.resetModel(properties)) throw brokenData(unpacking, IS_DAMAGED);
    }
    const packed = await queue.takeExactly(packedBytes);
    const chunk = isStored
      ? decoder.store(packed)
      : decoder.decode(packed, ((control & 31) << 16) + 256 * a + b + 1);
    check.update(chunk.text);
    for (let at = 0; at < chunk.text.length; at += OUTPUT_BYTES) {
      const piece = chunk.text.subarray(at, at + OUTPUT_BYTES);
      unpacking.outputBytes += piece.length;
      yield piece;
    }
    if (packed.length < packedBytes) throw brokenData(unpacking, ENDS_EARLY);
    if (!chunk.isSound) throw brokenData(unpacking, IS_DAMAGED);
  }
}

/** Reads the index, whose first byte was read, and the footer behind it. */
async function readIndex(unpacking: Unpacking, blocks: number, flags: Uint8Array): Promise<void> {
  let checksum = crc32(Uint8Array.of(0));
  let length = 1;
  const next = async () => {
    const bytes = await takeOrFail(unpacking, 1);
    checksum = crc32(bytes, checksum);
    length++;
    return bytes[0] ?? 0;
  };
  const number = async () => {
    let value = 0;
    for (let place = 0; place < 9; place++) {
      const byte = await next();
      value += (byte & 127) * 128 ** place;
      if (byte < 128) break;
    }
    return value;
  };
  if ((await number()) !== blocks) throw brokenData(unpacking, IS_DAMAGED);
  for (let left = 2 * blocks; left > 0; left--) await number();
  while ((length & 3) !== 0) await next();
  if (checksum !== uint32At(await takeOrFail(unpacking, 4), 0)) throw brokenData(unpacking, CHECKSUM_DIFFERS);
  const footer = await takeOrFail(unpacking, 12);
  const isSound =
    crc32(footer.slice(4, 10)) === uint32At(footer, 0) &&
    footer[8] === flags[0] &&
    footer[9] === flags[1] &&
    footer[10] === 0x59 &&
    footer[11] === 0x5a;
  if (!isSound) throw brokenData(unpacking, IS_DAMAGED);
}

/** The checksum by its number; null: none that is known. */
function checkOf(kind: number): Check | null {
  if (kind === 0) return { storedBytes: 0, update: () => {}, isSound: () => true };
  if (kind === 1) {
    let checksum = 0;
    return {
      storedBytes: 4,
      update: (text) => {
        checksum = crc32(text, checksum);
      },
      isSound: (stored) => uint32At(stored, 0) === checksum,
    };
  }
  if (kind === 4) {
    const checksum = new Crc64();
    return {
      storedBytes: 8,
      update: (text) => checksum.update(text),
      isSound: (stored) => {
        const [low, high] = checksum.digest();
        return uint32At(stored, 0) === low && uint32At(stored, 4) === high;
      },
    };
  }
  if (kind !== 10) return null;
  const hash = createHash("sha256");
  return {
    storedBytes: 32,
    update: (text) => void hash.update(text),
    isSound: (stored) => hash.digest().equals(stored),
  };
}
