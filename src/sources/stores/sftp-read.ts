/** The bytes of an opened file over SFTP: many reads under way, given out in order. */
import { setMaxListeners } from "node:events";
import { Failure } from "#text";
import type { SftpClient } from "./sftp-client.ts";

/** What every server gives at once, by the draft. */
const READ_BYTES = 32 << 10;
/** Reads under way for one file: two megabytes hide some 20 ms of way at 100 MB/s. */
const MOST_READS = 64;
/** Reads under way for all files of a connection. */
const MOST_READS_TOGETHER = 256;
/** For files whose end is not known: reads behind the end are in vain. */
const READS_OF_ENDLESS = 4;

/** An opened file and what is wanted of it. */
export interface OpenedRead {
  readonly client: SftpClient;
  readonly handle: Uint8Array;
  readonly startByte: number;
  /** Null: up to where the server says that it ends. */
  readonly endByte: number | null;
  readonly uri: string;
  readonly signal: AbortSignal;
}

interface Piece {
  readonly offset: number;
  readonly length: number;
  readonly answer: Promise<Uint8Array | null>;
}

/**
 * The bytes, in chunks that are the consumer's own.
 *
 * @throws Failure source-changed: the file ends before its end; cancelled; BrokenConnection; SftpRefusal
 */
export async function* readOpened(read: OpenedRead): AsyncGenerator<Uint8Array, void, undefined> {
  const { client, endByte, signal } = read;
  const pieces: Piece[] = [];
  let next = read.startByte;
  client.openReads++;
  try {
    for (;;) {
      while (pieces.length < readsAtOnce(read) && (endByte === null || next < endByte)) {
        const length = endByte === null ? READ_BYTES : Math.min(READ_BYTES, endByte - next);
        pieces.push(pieceAt(read, next, length));
        next += length;
      }
      const piece = pieces.shift();
      if (piece === undefined) return;
      const bytes = await unlessAborted(piece.answer, signal);
      if (bytes === null && endByte !== null) throw becameShorter(read.uri);
      if (bytes === null) return;
      const missing = piece.length - bytes.length;
      if (missing > 0) pieces.unshift(pieceAt(read, piece.offset + bytes.length, missing));
      yield bytes;
    }
  } finally {
    client.openReads--;
  }
}

function readsAtOnce({ client, endByte }: OpenedRead): number {
  const share = Math.floor(MOST_READS_TOGETHER / client.openReads);
  return Math.max(1, Math.min(endByte === null ? READS_OF_ENDLESS : MOST_READS, share));
}

function pieceAt({ client, handle }: OpenedRead, offset: number, length: number): Piece {
  const answer = client.read(handle, offset, length);
  // Why: nobody may be left to hear of pieces behind one that failed.
  answer.catch(() => {});
  return { offset, length, answer };
}

function becameShorter(uri: string): Failure {
  return new Failure("source-changed", `"${uri}" became shorter while it was read.`, {
    help: "It was cut or written anew, as when logs are rotated. Run the query again.",
    place: { uri },
  });
}

/** What a promise gives, unless the signal is aborted before: then `cancelled` is thrown. */
export async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  // Why: many wait for one signal, and that is no leak.
  setMaxListeners(0, signal);
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () =>
      reject(new Failure("cancelled", "Reading was stopped before its end.", { cause: signal.reason }));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
    promise.catch(() => {});
  }
}
