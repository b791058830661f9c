/**
 * Deflate data (RFC 1951), as gzip and zip hold it. Why not Node's own Gunzip: it drops what it has inflated when data ends early, is
 * damaged or fails its checksum, and these bytes are evidence.
 */
import { crc32 } from "node:zlib";
import { ByteQueue } from "../byte-queue.ts";
import { type Inflated, Inflater } from "./inflater.ts";
import { brokenData, ENDS_EARLY, IS_DAMAGED, type Unpacking } from "./unpacking.ts";

/** Compressed bytes inflated at once. Bounds the output kept in memory: deflate makes at most 1,032 bytes of one. */
const PIECE_BYTES = 64 * 1024;
/** The same where damaged data cannot be read again: so much can be lost in front of the damage. */
const PIECE_BYTES_READ_ONCE = 4 * 1024;
/** Smaller and smaller pieces with which a damaged one is read again, to get all that is in front of the damage. */
const FINER_PIECES = [512, 1];

/** What was inflated, to compare with what the data says of itself. */
export interface InflatedSum {
  readonly checksum: number;
  readonly bytes: number;
}

/** A piece that is being inflated. */
interface Work {
  readonly piece: Uint8Array;
  /** Offset of the piece in the compressed data. */
  readonly pieceStart: number;
  readonly inflated: Promise<Inflated>;
}

/** Inflates up to the end of one stream of deflate data. The next piece is inflated while the consumer works on one. */
export async function* inflateData(unpacking: Unpacking): AsyncGenerator<Uint8Array, InflatedSum, undefined> {
  const { queue, input } = unpacking;
  const inflater = new Inflater();
  const pieceBytes = input.reopen === null ? PIECE_BYTES_READ_ONCE : PIECE_BYTES;
  const start = queue.taken;
  const before = unpacking.outputBytes;
  let checksum = 0;
  try {
    for (let work = await startPiece(unpacking, inflater, pieceBytes); ; ) {
      if (work === null) {
        if (!(await hasEnded(inflater))) throw brokenData(unpacking, ENDS_EARLY);
        return { checksum, bytes: unpacking.outputBytes - before };
      }
      const { piece, pieceStart } = work;
      const { chunks, consumed, error } = await work.inflated;
      const isOpen = error === null && consumed === piece.length;
      if (error === null && !isOpen) queue.giveBack(piece.subarray(consumed));
      const next = isOpen ? await startPiece(unpacking, inflater, pieceBytes) : null;
      for (const chunk of chunks) {
        checksum = crc32(chunk, checksum);
        unpacking.outputBytes += chunk.length;
        yield chunk;
      }
      if (error !== null) {
        yield* salvage(unpacking, { start, pieceStart, skip: unpacking.outputBytes - before });
        throw brokenData(unpacking, IS_DAMAGED);
      }
      if (!isOpen) return { checksum, bytes: unpacking.outputBytes - before };
      work = next;
    }
  } finally {
    inflater.close();
  }
}

/** Whether the data was complete with the last byte: it takes no more then. */
async function hasEnded(inflater: Inflater): Promise<boolean> {
  const { consumed, error } = await inflater.inflate(Uint8Array.of(0));
  return consumed === 0 && error === null;
}

/** Begins to inflate the next piece; null: there is none. */
async function startPiece(
  { queue }: Unpacking,
  inflater: Inflater,
  pieceBytes: number,
): Promise<Work | null> {
  const piece = await queue.take(pieceBytes);
  if (piece === null) return null;
  return { piece, pieceStart: queue.taken - piece.length, inflated: inflater.inflate(piece) };
}

/** Damaged data: where it and the damaged piece start, and how much of its output was given out. */
interface Damage {
  readonly start: number;
  readonly pieceStart: number;
  readonly skip: number;
}

/** Reads damaged data again in pieces that get smaller towards the damage, and gives out what was lost. */
async function* salvage(unpacking: Unpacking, damage: Damage): AsyncGenerator<Uint8Array, void, undefined> {
  const { reopen } = unpacking.input;
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
          unpacking.outputBytes += lost.length;
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
