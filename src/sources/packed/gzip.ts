/**
 * Gzip (RFC 1952), member after member. Why not Node's own Gunzip: it drops what it has inflated when data ends early, is damaged or
 * fails its checksum, and these bytes are evidence.
 */
import { crc32 } from "node:zlib";
import { Failure } from "#text";
import { ByteQueue } from "../byte-queue.ts";
import { type Inflated, Inflater } from "./inflater.ts";

/** Gzip data. */
export interface GzipInput {
  readonly uri: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Reads the same data again from an offset; null when it can be read only once. */
  readonly reopen: ((offset: number) => AsyncIterable<Uint8Array>) | null;
}

/** Compressed bytes inflated at once. Bounds the output kept in memory: deflate makes at most 1,032 bytes of one. */
const PIECE_BYTES = 64 * 1024;
/** The same where damaged data cannot be read again: so much can be lost in front of the damage. */
const PIECE_BYTES_READ_ONCE = 4 * 1024;
/** Smaller and smaller pieces with which a damaged one is read again, to get all that is in front of the damage. */
const FINER_PIECES = [512, 1];

const FLAG_CHECKSUM = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;
const FLAGS_RESERVED = 0xe0;

/** Where in the data a member is, and what was made of all members so far. */
interface Progress {
  readonly input: GzipInput;
  readonly queue: ByteQueue;
  outputBytes: number;
}

/**
 * The uncompressed bytes. What can be inflated of truncated or damaged data is given out before the failure. Zero bytes behind the
 * last member are padding; anything else there is a failure too.
 *
 * @throws Failure compressed-data-broken; its place is the offset in the uncompressed data where it ends
 */
export async function* gunzip(input: GzipInput): AsyncGenerator<Uint8Array, void, undefined> {
  const progress: Progress = { input, queue: new ByteQueue(input.chunks), outputBytes: 0 };
  try {
    await readHeader(progress);
    do yield* readMember(progress);
    while (await isMemberNext(progress));
  } finally {
    await progress.queue.close();
  }
}

function broken({ input, outputBytes }: Progress, what: string): Failure {
  const message = `The compressed data of "${input.uri}" ${what}, after ${outputBytes} bytes uncompressed.`;
  return new Failure("compressed-data-broken", message, {
    help: "What could be uncompressed before this place was read.",
    place: { uri: input.uri, offset: outputBytes },
  });
}

const ENDS_EARLY = "ends early";
const IS_DAMAGED = "is damaged";

/** Skips a member's header. */
async function readHeader(progress: Progress): Promise<void> {
  const { queue } = progress;
  const fixed = await queue.takeExactly(10);
  const isHeader = fixed[0] === 0x1f && fixed[1] === 0x8b && (fixed[2] ?? 8) === 8;
  const flags = fixed[3] ?? 0;
  if (!isHeader || (flags & FLAGS_RESERVED) !== 0)
    throw broken(progress, "is followed by bytes that are not gzip");
  if (fixed.length < 10) throw broken(progress, ENDS_EARLY);
  if ((flags & FLAG_EXTRA) !== 0) {
    const [low = 0, high = 0] = await skipExactly(2, progress);
    await skipExactly(low + 256 * high, progress);
  }
  if ((flags & FLAG_NAME) !== 0) await skipText(progress);
  if ((flags & FLAG_COMMENT) !== 0) await skipText(progress);
  if ((flags & FLAG_CHECKSUM) !== 0) await skipExactly(2, progress);
}

async function skipExactly(count: number, progress: Progress): Promise<Uint8Array> {
  const bytes = await progress.queue.takeExactly(count);
  if (bytes.length < count) throw broken(progress, ENDS_EARLY);
  return bytes;
}

/** Skips up to a zero byte and over it. */
async function skipText(progress: Progress): Promise<void> {
  for (;;) {
    const piece = await progress.queue.take(PIECE_BYTES);
    if (piece === null) throw broken(progress, ENDS_EARLY);
    const zero = piece.indexOf(0);
    if (zero >= 0) return progress.queue.giveBack(piece.subarray(zero + 1));
  }
}

/** A piece that is being inflated. */
interface Work {
  readonly piece: Uint8Array;
  /** Offset of the piece in the compressed data. */
  readonly pieceStart: number;
  readonly inflated: Promise<Inflated>;
}

/** Inflates a member whose header was read, and checks it against its trailer. The next piece is inflated while the consumer works on one. */
async function* readMember(progress: Progress): AsyncGenerator<Uint8Array, void, undefined> {
  const { queue, input } = progress;
  const inflater = new Inflater();
  const pieceBytes = input.reopen === null ? PIECE_BYTES_READ_ONCE : PIECE_BYTES;
  const start = queue.taken;
  const before = progress.outputBytes;
  let checksum = 0;
  try {
    for (let work = await startPiece(progress, inflater, pieceBytes); ; ) {
      if (work === null) throw broken(progress, ENDS_EARLY);
      const { piece, pieceStart } = work;
      const { chunks, consumed, error } = await work.inflated;
      const isOpen = error === null && consumed === piece.length;
      if (error === null && !isOpen) queue.giveBack(piece.subarray(consumed));
      const next = isOpen ? await startPiece(progress, inflater, pieceBytes) : null;
      for (const chunk of chunks) {
        checksum = crc32(chunk, checksum);
        progress.outputBytes += chunk.length;
        yield chunk;
      }
      if (error !== null) {
        yield* salvage(progress, { start, pieceStart, skip: progress.outputBytes - before });
        throw broken(progress, IS_DAMAGED);
      }
      if (!isOpen) break;
      work = next;
    }
  } finally {
    inflater.close();
  }
  await checkTrailer(progress, checksum, progress.outputBytes - before);
}

/** Begins to inflate the next piece; null: there is none. */
async function startPiece({ queue }: Progress, inflater: Inflater, pieceBytes: number): Promise<Work | null> {
  const piece = await queue.take(pieceBytes);
  if (piece === null) return null;
  return { piece, pieceStart: queue.taken - piece.length, inflated: inflater.inflate(piece) };
}

async function checkTrailer(progress: Progress, checksum: number, memberBytes: number): Promise<void> {
  const trailer = await skipExactly(8, progress);
  const view = new DataView(trailer.buffer);
  const isSound = view.getUint32(0, true) === checksum && view.getUint32(4, true) === memberBytes % 2 ** 32;
  if (!isSound) throw broken(progress, "does not agree with its checksum");
}

/** Whether another member follows (its header is read then) rather than padding or the end. */
async function isMemberNext(progress: Progress): Promise<boolean> {
  const { queue } = progress;
  for (;;) {
    const piece = await queue.take(PIECE_BYTES);
    if (piece === null) return false;
    const other = piece.findIndex((byte) => byte !== 0);
    if (other < 0) continue;
    queue.giveBack(piece.subarray(other));
    await readHeader(progress);
    return true;
  }
}

/** A damaged member: where its deflate data and the damaged piece start, and how much of its output was given out. */
interface Damage {
  readonly start: number;
  readonly pieceStart: number;
  readonly skip: number;
}

/** Reads a damaged member again in pieces that get smaller towards the damage, and gives out what was lost. */
async function* salvage(progress: Progress, damage: Damage): AsyncGenerator<Uint8Array, void, undefined> {
  const { reopen } = progress.input;
  if (reopen === null) return;
  let { pieceStart, skip } = damage;
  for (const pieceBytes of FINER_PIECES) {
    const queue = new ByteQueue(reopen(damage.start));
    const inflater = new Inflater();
    let at = damage.start;
    let toSkip = skip;
    try {
      for (let isSound = true; isSound; ) {
        const piece = await queue.take(at < pieceStart ? Math.min(PIECE_BYTES, pieceStart - at) : pieceBytes);
        if (piece === null) return;
        const { chunks, error } = await inflater.inflate(piece);
        for (const chunk of chunks) {
          const lost = chunk.subarray(Math.min(toSkip, chunk.length));
          toSkip -= chunk.length - lost.length;
          skip += lost.length;
          progress.outputBytes += lost.length;
          if (lost.length > 0) yield lost;
        }
        isSound = error === null;
        if (isSound) at += piece.length;
      }
    } finally {
      inflater.close();
      await queue.close();
    }
    pieceStart = at;
  }
}
