/** Packed data of any kind, unpacked. */
import { Failure } from "#text";
import { ByteQueue } from "../byte-queue.ts";
import { readArchive } from "./archive.ts";
import {
  type ArchiveName,
  type CompressionName,
  HEAD_BYTES,
  isDecided,
  packedFormatOf,
} from "./packed-formats.ts";
import { UnpackGuard, type UnpackLimits } from "./unpack-guard.ts";
import type { PackedInput, Unpacker } from "./unpacking.ts";

/** Each is loaded when data needs it. */
const UNPACKERS: Readonly<Record<CompressionName, () => Promise<Unpacker>>> = {
  gzip: async () => (await import("./gzip.ts")).gunzip,
  zstd: async () => (await import("./zstd.ts")).unpackZstd,
  bzip2: async () => (await import("./bzip2.ts")).bunzip2,
  xz: async () => (await import("./xz.ts")).unpackXz,
  lz4: async () => (await import("./lz4.ts")).unpackLz4,
};

/** How to unpack. */
export interface UnpackOptions {
  /** Which members of an archive are read, by their names; all when absent. Archives inside others are read whole. */
  readonly wants?: (name: string) => boolean;
  readonly limits?: UnpackLimits;
}

/** Where in packed data a layer is. */
export interface UnpackContext {
  readonly guard: UnpackGuard;
  /** Layers around it. */
  readonly depth: number;
  readonly wants: ((name: string) => boolean) | null;
}

/**
 * The bytes of data that may be packed, known by its first bytes: gzip, zstd, bzip2, xz and lz4 are undone, also inside each other. Of
 * tar and zip the members are given one after the other, each unpacked in the same way; a member that does not end with a line feed
 * gets one when another follows. Data that is not packed is given as it is. Works in every thread; chunks have at most 1 MiB.
 *
 * @throws Failure compressed-data-broken, archive-member-unreadable, packed-too-deep after all bytes that could be unpacked, those of
 *   later members too; unpacked-too-large, archive-too-many-members where that is found; source-unreadable: packed in a way that is
 *   not read
 */
export async function* unpack(
  input: PackedInput,
  { wants, limits }: UnpackOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const guard = new UnpackGuard(input.uri, limits);
  yield* unpackLayer(guard.countPacked(input), { guard, depth: 0, wants: wants ?? null });
}

/** One layer and all inside it. */
export async function* unpackLayer(
  input: PackedInput,
  context: UnpackContext,
): AsyncGenerator<Uint8Array, void, undefined> {
  const layer = await openLayer(input, context);
  try {
    if (layer.kind === "plain") yield* layer.queue.rest();
    else if (layer.kind === "compressed")
      yield* unpackLayer(layer.inside, { ...context, depth: context.depth + 1 });
    else yield* unpackMembers(layer.name, layer.input, context);
  } finally {
    await layer.queue.close();
  }
}

/** A layer that was looked at. Whoever opens it closes the queue. */
export type Layer =
  | { readonly kind: "plain"; readonly queue: ByteQueue }
  | { readonly kind: "compressed"; readonly queue: ByteQueue; readonly inside: PackedInput }
  | {
      readonly kind: "archive";
      readonly queue: ByteQueue;
      readonly name: ArchiveName;
      readonly input: PackedInput;
    };

/** Looks at the first bytes of a layer. */
export async function openLayer(input: PackedInput, { guard, depth }: UnpackContext): Promise<Layer> {
  const queue = new ByteQueue(input.chunks);
  try {
    const format = packedFormatOf(await queue.peek(HEAD_BYTES, isDecided));
    if (format === null) return { kind: "plain", queue };
    if (format.kind === "refused") throw refused(input.uri, format.name);
    guard.enter(input.uri, depth);
    const started = { ...input, chunks: queue.rest() };
    if (format.kind === "archive") return { kind: "archive", queue, name: format.name, input: started };
    const unpackFormat = await UNPACKERS[format.name]();
    const chunks = guard.countUnpacked(unpackFormat(started), depth);
    return { kind: "compressed", queue, inside: { uri: input.uri, chunks, reopen: null } };
  } catch (error) {
    await queue.close();
    throw error;
  }
}

function refused(uri: string, name: string): Failure {
  return new Failure("source-unreadable", `"${uri}" is packed with ${name}, which is not read.`, {
    help: "Unpack it first. gzip, zstd, bzip2, xz, lz4, tar and zip are read as they are.",
    place: { uri },
  });
}

const LINE_FEED = 0x0a;
/** What one member has and the others need not have. */
const MEMBER_CODES: ReadonlySet<string> = new Set([
  "compressed-data-broken",
  "archive-member-unreadable",
  "packed-too-deep",
  "source-unreadable",
]);

/** All members that are wanted. What fails in one does not keep the others from being read; the first failure is told at the end. */
async function* unpackMembers(
  name: ArchiveName,
  input: PackedInput,
  context: UnpackContext,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { guard, wants, depth } = context;
  let first: Failure | null = null;
  let outputBytes = 0;
  let last = LINE_FEED;
  const keep = (error: unknown) => {
    if (!(error instanceof Failure) || !MEMBER_CODES.has(error.code)) throw error;
    first ??= failureAt(error, input.uri, outputBytes);
  };
  try {
    for await (const member of readArchive(name, input, guard)) {
      if (wants !== null && !wants(member.name)) continue;
      let isStart = true;
      try {
        const chunks = guard.countUnpacked(member.input.chunks, depth);
        const inside = { guard, depth: depth + 1, wants: null };
        for await (const chunk of unpackLayer({ ...member.input, chunks }, inside)) {
          if (isStart && last !== LINE_FEED && chunk.length > 0) {
            outputBytes++;
            yield Uint8Array.of(LINE_FEED);
          }
          if (chunk.length === 0) continue;
          isStart = false;
          last = chunk[chunk.length - 1] ?? LINE_FEED;
          outputBytes += chunk.length;
          yield chunk;
        }
      } catch (error) {
        keep(error);
      }
    }
  } catch (error) {
    keep(error);
  }
  if (first !== null) throw first;
}

/** The failure of a member as one of the archive. */
function failureAt({ code, message, help, cause }: Failure, uri: string, offset: number): Failure {
  const memberCode = code === "source-unreadable" ? "archive-member-unreadable" : code;
  return new Failure(memberCode, message, {
    ...(help === null ? {} : { help }),
    place: { uri, offset },
    cause,
  });
}
