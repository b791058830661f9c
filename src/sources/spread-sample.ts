/** Samples that are not only the beginning of a file. */
import type { Failure } from "#text";
import { readFileChunks } from "./file-chunks.ts";
import type { ListedObject } from "./listed-object.ts";
import type { ObjectStreams } from "./object-streams.ts";
import type { FilePlace } from "./open-within.ts";

const LINE_FEED = 0x0a;

/** Whole lines of a source. */
export interface SpreadSample {
  /** Lines from the beginning, the middle and the end, one after the other. */
  readonly bytes: Uint8Array;
  /** The sample holds all there is. */
  readonly isWhole: boolean;
  /** There are bytes, but no line ends among those that were read. */
  readonly hasNoLineEnd: boolean;
  /** What ended the bytes before the sample was whole; see `ObjectSample`. */
  readonly damage: Failure | null;
}

/** How much is taken. */
export interface SampleSize {
  readonly maxBytes: number;
  readonly maxLines: number;
}

/**
 * Whole lines of a source: of large plain files a third each from the beginning, the middle and the end, of others the beginning.
 * Throws the failures of reading.
 */
export async function readSpreadSample(
  object: ListedObject,
  { maxBytes, maxLines }: SampleSize,
  streams: ObjectStreams,
  signal: AbortSignal,
): Promise<SpreadSample> {
  const { opening, sizeBytes } = object;
  if (opening.kind !== "file" || object.isOneTime || sizeBytes === null || sizeBytes <= maxBytes) {
    const { bytes, damage } = await streams.readSample(object, maxBytes + 1);
    const isAll = bytes.length <= maxBytes;
    const lines = linesOf(bytes.subarray(0, maxBytes), { isStart: true, isEnd: isAll, maxLines });
    return { ...sampleOf([lines], bytes, isAll), damage };
  }
  const share = Math.floor(maxBytes / 3);
  const starts = [0, Math.floor((sizeBytes - share) / 2), sizeBytes - share];
  const pieces: Uint8Array[] = [];
  for (const [index, start] of starts.entries()) {
    const bytes = await readRange(opening, start, share, signal);
    const place = { isStart: index === 0, isEnd: index === 2, maxLines: Math.ceil(maxLines / 3) };
    pieces.push(linesOf(bytes, place));
  }
  return { ...sampleOf(pieces, pieces[0] ?? new Uint8Array(), false, sizeBytes), damage: null };
}

function sampleOf(
  pieces: readonly Uint8Array[],
  read: Uint8Array,
  isAll: boolean,
  sizeBytes: number = read.length,
): Omit<SpreadSample, "damage"> {
  const bytes = Buffer.concat(pieces);
  return {
    bytes,
    isWhole: isAll && bytes.length === read.length,
    hasNoLineEnd: bytes.length === 0 && sizeBytes > 0,
  };
}

async function readRange(
  place: FilePlace,
  start: number,
  length: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let read = 0;
  for await (const chunk of readFileChunks(place, start, signal)) {
    chunks.push(chunk);
    read += chunk.length;
    if (read >= length) break;
  }
  return Buffer.concat(chunks).subarray(0, length);
}

interface Piece {
  readonly isStart: boolean;
  readonly isEnd: boolean;
  readonly maxLines: number;
}

/** Without the lines that are cut at either side, and at most so many. */
function linesOf(bytes: Uint8Array, { isStart, isEnd, maxLines }: Piece): Uint8Array {
  const feed = isStart ? -1 : bytes.indexOf(LINE_FEED);
  if (!isStart && feed < 0) return bytes.subarray(0, 0);
  const start = feed + 1;
  const end = isEnd ? bytes.length : bytes.lastIndexOf(LINE_FEED) + 1;
  let stop = start;
  for (let line = 0; line < maxLines && stop < end; line++) {
    const next = bytes.indexOf(LINE_FEED, stop);
    stop = next < 0 ? end : next + 1;
  }
  return bytes.subarray(start, Math.max(start, Math.min(stop, end)));
}
