/** What all decoders work on, and how they fail. */
import { Failure } from "#text";
import { ByteQueue } from "../byte-queue.ts";

/** Packed data. */
export interface PackedInput {
  readonly uri: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /**
   * Reads the same data again from an offset; null when it can be read only once. `expectedBytes`: so much is wanted at first, more
   * may be.
   */
  readonly reopen: ((offset: number, expectedBytes?: number) => AsyncIterable<Uint8Array>) | null;
  /** How long the data is, where it can be read from an offset and this is known: for directories that stand at the end. */
  readonly sizeBytes?: number;
}

/** Where in the packed data a decoder is, and how much it has given out. */
export interface Unpacking {
  readonly input: PackedInput;
  readonly queue: ByteQueue;
  outputBytes: number;
}

/** Undoes one format: gives out all that can be unpacked, then fails if that is not all. */
export type Unpacker = (input: PackedInput) => AsyncGenerator<Uint8Array, void, undefined>;

/** Most bytes per chunk that decoders give out. */
export const OUTPUT_BYTES: number = 512 * 1024;

export const ENDS_EARLY = "ends early";
export const IS_DAMAGED = "is damaged";
export const CHECKSUM_DIFFERS = "does not agree with its checksum";

/** Begins to read packed data. Whoever begins closes the queue. */
export function beginUnpacking(input: PackedInput): Unpacking {
  return { input, queue: new ByteQueue(input.chunks), outputBytes: 0 };
}

/** The bytes of parts (streams, frames, members) that stand one behind the other; zero bytes between and behind them are padding. */
export async function* unpackParts(
  input: PackedInput,
  unpackPart: (unpacking: Unpacking) => AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const unpacking = beginUnpacking(input);
  try {
    do yield* unpackPart(unpacking);
    while (await skipZeros(unpacking));
  } finally {
    await unpacking.queue.close();
  }
}

/** The failure of data that cannot be unpacked any further; its place is the offset in the unpacked data where it ends. */
export function brokenData({ input, outputBytes }: Unpacking, what: string): Failure {
  const message = `The compressed data of "${input.uri}" ${what}, after ${outputBytes} bytes uncompressed.`;
  return new Failure("compressed-data-broken", message, {
    help: "What could be uncompressed before this place was read.",
    place: { uri: input.uri, offset: outputBytes },
  });
}

/** Exactly so many bytes, or the failure that the data ends early. */
export async function takeOrFail(unpacking: Unpacking, count: number): Promise<Uint8Array> {
  const bytes = await unpacking.queue.takeExactly(count);
  if (bytes.length < count) throw brokenData(unpacking, ENDS_EARLY);
  return bytes;
}

/** A number of four bytes, the lowest first. */
export function uint32At(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}

/** Frames that lz4 and zstd have in common, for other programs: sixteen magic numbers. */
const FOREIGN_MAGIC = 0x184d2a50;

/** The magic number that the next frame begins with; null: it was a frame for other programs, which is skipped. */
export async function takeMagic(unpacking: Unpacking): Promise<number | null> {
  const magic = uint32At(await takeOrFail(unpacking, 4), 0);
  if ((magic & ~15) >>> 0 !== FOREIGN_MAGIC) return magic;
  const length = uint32At(await takeOrFail(unpacking, 4), 0);
  for (let left = length; left > 0; ) {
    const piece = await unpacking.queue.take(left);
    if (piece === null) throw brokenData(unpacking, ENDS_EARLY);
    left -= piece.length;
  }
  return null;
}

/** Skips zero bytes; false: nothing follows them. */
export async function skipZeros({ queue }: Unpacking): Promise<boolean> {
  for (;;) {
    const piece = await queue.take(OUTPUT_BYTES);
    if (piece === null) return false;
    const other = piece.findIndex((byte) => byte !== 0);
    if (other < 0) continue;
    queue.giveBack(piece.subarray(other));
    return true;
  }
}
