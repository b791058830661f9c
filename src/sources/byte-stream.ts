/** The uncompressed bytes of a source. */
import { Failure, invariant } from "#text";
import { parseAddress } from "./address.ts";
import { readFileChunks, readPipeChunks, readStandardInputChunks } from "./file-chunks.ts";
import { errorCodeOf, LOCAL_FILE_SYSTEM } from "./file-system.ts";
import { gunzip } from "./packed/gzip.ts";
import { isGzip, MAGIC_BYTES } from "./opening.ts";

/** Bytes as they are stored, and whether they can be had again from an offset. */
export interface RawStream {
  readonly uri: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly reopen: ((offset: number) => AsyncIterable<Uint8Array>) | null;
}

/**
 * The bytes of one object, uncompressed, in chunks of at most 1 MiB that the consumer owns (some share a buffer). The address has no
 * wildcards: `*` and `$` are ordinary characters. Works in every thread; leaving the loop closes the source.
 *
 * @throws Failure source-missing, source-unreadable, source-scheme-unknown, cancelled, and compressed-data-broken after all bytes that
 *   could be uncompressed, with the offset where they end
 */
export async function* openByteStream(
  uri: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* unpacked(await openRaw(uri, signal));
  } catch (error) {
    throw asFailure(error, uri);
  }
}

/**
 * The uncompressed bytes of what is stored. Leaving the loop closes it.
 *
 * @throws Failure compressed-data-broken, and those of the stored bytes
 */
export async function* unpacked(raw: RawStream): AsyncGenerator<Uint8Array, void, undefined> {
  const { uri } = raw;
  const chunks = raw.chunks[Symbol.asyncIterator]();
  const start: Uint8Array[] = [];
  try {
    const head = await readHead(chunks, start);
    const rest = { [Symbol.asyncIterator]: () => resume(start, chunks) };
    if (isGzip(head, uri)) yield* gunzip({ uri, chunks: rest, reopen: raw.reopen });
    else yield* rest;
  } finally {
    await chunks.return?.();
  }
}

async function openRaw(uri: string, signal: AbortSignal): Promise<RawStream> {
  const address = parseAddress(uri);
  if (address.kind === "standard-input")
    return { uri, chunks: readStandardInputChunks(signal), reopen: null };
  invariant(address.kind === "path", "what is in a store is opened by the thread that has the stores");
  const { path } = address;
  const { kind } = await LOCAL_FILE_SYSTEM.status(path);
  if (kind === "pipe") return { uri, chunks: readPipeChunks(path, signal), reopen: null };
  if (kind !== "file") {
    const what = kind === "directory" ? "is a directory" : "is neither a file nor a pipe";
    throw new Failure("source-unreadable", `"${uri}" ${what}.`, { place: { uri } });
  }
  const reopen = (offset: number) => readFileChunks(path, offset, signal);
  return { uri, chunks: reopen(0), reopen };
}

/** Reads chunks until the magic number is complete; pipes may give it byte by byte. */
async function readHead(chunks: AsyncIterator<Uint8Array>, start: Uint8Array[]): Promise<Uint8Array> {
  for (let length = 0; length < MAGIC_BYTES; ) {
    const next = await chunks.next();
    if (next.done === true) break;
    start.push(next.value);
    length += next.value.length;
  }
  const [first] = start;
  return start.length === 1 && first !== undefined ? first : Buffer.concat(start);
}

async function* resume(
  start: readonly Uint8Array[],
  chunks: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* start;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}

function asFailure(error: unknown, uri: string): unknown {
  const code = errorCodeOf(error);
  if (error instanceof Failure || code === "") return error;
  const details = { place: { uri }, cause: error };
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new Failure("source-missing", `There is no file "${uri}".`, details);
  }
  const why = error instanceof Error ? error.message : code;
  return new Failure("source-unreadable", `"${uri}" cannot be read: ${why}.`, details);
}

/** The chunks that hold the first bytes, and how the stream ended if it ended early because of broken data. */
export async function readFirst(
  stream: AsyncIterator<Uint8Array, unknown, undefined>,
  minBytes: number,
): Promise<{ readonly chunks: readonly Uint8Array[]; readonly failure: Failure | null }> {
  const chunks: Uint8Array[] = [];
  try {
    for (let length = 0; length < minBytes; ) {
      const next = await stream.next();
      if (next.done === true) break;
      chunks.push(next.value);
      length += next.value.length;
    }
  } catch (error) {
    if (error instanceof Failure && error.code === "compressed-data-broken")
      return { chunks, failure: error };
    throw error;
  }
  return { chunks, failure: null };
}
