/** The uncompressed bytes of a source. */
import { damageCodeOf, Failure, invariant } from "#text";
import { parseAddress } from "./address.ts";
import { throwIfCancelled } from "./cancel.ts";
import { readFileChunks, readPipeChunks, readStandardInputChunks } from "./file-chunks.ts";
import { errorCodeOf, LOCAL_FILE_SYSTEM } from "./file-system.ts";
import type { StreamOpening } from "./listed-object.ts";
import { MemberStreams } from "./packed/member-streams.ts";
import { unpack } from "./packed/unpack.ts";
import type { PackedInput } from "./packed/unpacking.ts";

/**
 * The bytes of one object, uncompressed, in chunks of at most 1 MiB that the consumer owns (some share a buffer). The address has no
 * wildcards: `*` and `$` are ordinary characters. Works in every thread; leaving the loop closes the source.
 *
 * @param root  as of `FilePlace`
 * @throws Failure source-missing, source-unreadable, source-scheme-unknown, cancelled, and those of `unpack`: damage after all bytes
 *   that could be uncompressed, with the offset where they end
 */
export async function* openByteStream(
  uri: string,
  signal: AbortSignal,
  root?: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* unpack(await openRaw(root === undefined ? { uri } : { uri, root }, signal));
  } catch (error) {
    throw asFailure(error, uri);
  }
}

/**
 * Opens streams one after the other, as `openByteStream` does, and members of archives. Keeps an archive open whose members can be
 * reached only past those in front of them; whoever makes it closes it.
 */
export class ByteStreams {
  readonly #members: MemberStreams = new MemberStreams();
  /** Of the archive that is kept open: it outlives the reading of one member. */
  readonly #stop: AbortController = new AbortController();

  async *open(
    { uri, member, root }: StreamOpening,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    if (member === undefined) {
      yield* openByteStream(uri, signal, root);
      return;
    }
    try {
      const stop = member.kind === "nth" ? this.#stop.signal : signal;
      for await (const chunk of this.#members.open(uri, member, () =>
        openRaw(root === undefined ? { uri } : { uri, root }, stop),
      )) {
        throwIfCancelled(signal);
        yield chunk;
      }
    } catch (error) {
      throw asFailure(error, uri);
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#members.close();
  }
}

/** The bytes of a file, a pipe or standard input as they are stored. */
export async function openRaw(
  { uri, root }: Pick<StreamOpening, "uri" | "root">,
  signal: AbortSignal,
): Promise<PackedInput> {
  const address = parseAddress(uri);
  if (address.kind === "standard-input")
    return { uri, chunks: readStandardInputChunks(signal), reopen: null };
  invariant(address.kind === "path", "what is in a store is opened by the thread that has the stores");
  const { path } = address;
  const place = root === undefined ? { path } : { path, root };
  const { kind, sizeBytes } = await LOCAL_FILE_SYSTEM.status(path);
  if (kind === "pipe") return { uri, chunks: readPipeChunks(place, signal), reopen: null };
  if (kind !== "file") {
    const what = kind === "directory" ? "is a directory" : "is neither a file nor a pipe";
    throw new Failure("source-unreadable", `"${uri}" ${what}.`, { place: { uri } });
  }
  const reopen = (offset: number, expectedBytes?: number) =>
    readFileChunks(place, offset, signal, expectedBytes);
  return { uri, chunks: reopen(0), reopen, ...(sizeBytes === null ? {} : { sizeBytes }) };
}

/** An error of `node:fs` as a failure that names the source; all else as it is. */
export function asFailure(error: unknown, uri: string): unknown {
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
    if (error instanceof Failure && damageCodeOf(error) !== null) return { chunks, failure: error };
    throw error;
  }
  return { chunks, failure: null };
}
