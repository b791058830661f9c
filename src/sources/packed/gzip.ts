/** Gzip (RFC 1952), member after member. */
import { inflateData } from "./deflate.ts";
import {
  brokenData,
  CHECKSUM_DIFFERS,
  ENDS_EARLY,
  OUTPUT_BYTES,
  type PackedInput,
  takeOrFail,
  type Unpacking,
  uint32At,
  unpackParts,
} from "./unpacking.ts";

const FLAG_CHECKSUM = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;
const FLAGS_RESERVED = 0xe0;

/**
 * The uncompressed bytes. What can be inflated of truncated or damaged data is given out before the failure. Zero bytes behind the
 * last member are padding; anything else there is a failure too.
 *
 * @throws Failure compressed-data-broken; its place is the offset in the uncompressed data where it ends
 */
export function gunzip(input: PackedInput): AsyncGenerator<Uint8Array, void, undefined> {
  return unpackParts(input, readMember);
}

async function* readMember(unpacking: Unpacking): AsyncGenerator<Uint8Array, void, undefined> {
  await readHeader(unpacking);
  const { checksum, bytes } = yield* inflateData(unpacking);
  const trailer = await takeOrFail(unpacking, 8);
  const isSound = uint32At(trailer, 0) === checksum && uint32At(trailer, 4) === bytes % 2 ** 32;
  if (!isSound) throw brokenData(unpacking, CHECKSUM_DIFFERS);
}

/** Skips a member's header. */
async function readHeader(unpacking: Unpacking): Promise<void> {
  const fixed = await unpacking.queue.takeExactly(10);
  const isHeader = fixed[0] === 0x1f && fixed[1] === 0x8b && (fixed[2] ?? 8) === 8;
  const flags = fixed[3] ?? 0;
  if (!isHeader || (flags & FLAGS_RESERVED) !== 0)
    throw brokenData(unpacking, "is followed by bytes that are not gzip");
  if (fixed.length < 10) throw brokenData(unpacking, ENDS_EARLY);
  if ((flags & FLAG_EXTRA) !== 0) {
    const [low = 0, high = 0] = await takeOrFail(unpacking, 2);
    await takeOrFail(unpacking, low + 256 * high);
  }
  if ((flags & FLAG_NAME) !== 0) await skipText(unpacking);
  if ((flags & FLAG_COMMENT) !== 0) await skipText(unpacking);
  if ((flags & FLAG_CHECKSUM) !== 0) await takeOrFail(unpacking, 2);
}

/** Skips up to a zero byte and over it. */
async function skipText(unpacking: Unpacking): Promise<void> {
  const { queue } = unpacking;
  for (;;) {
    const piece = await queue.take(OUTPUT_BYTES);
    if (piece === null) throw brokenData(unpacking, ENDS_EARLY);
    const zero = piece.indexOf(0);
    if (zero >= 0) return queue.giveBack(piece.subarray(zero + 1));
  }
}
