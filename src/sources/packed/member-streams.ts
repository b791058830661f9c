/** Single members of archives: found, and read by the place where they were found. */
import { Failure, invariant } from "#text";
import { ByteQueue } from "../byte-queue.ts";
import { type MemberPlace, type PlacedMember, readArchive } from "./archive.ts";
import { memberUri } from "./archive-member.ts";
import { openLayer, type UnpackContext, unpackLayer } from "./unpack.ts";
import { UnpackGuard } from "./unpack-guard.ts";
import type { PackedInput } from "./unpacking.ts";
import type { ZipEntry } from "./zip-entry.ts";

/**
 * The members of an archive, which may itself be compressed; null: the data is no archive. Whoever does not read them to the end
 * returns them.
 *
 * @throws Failure as `unpack` does
 */
export async function openArchive(
  raw: PackedInput,
): Promise<AsyncGenerator<PlacedMember, void, undefined> | null> {
  const guard = new UnpackGuard(raw.uri);
  const opened: ByteQueue[] = [];
  const close = async () => {
    for (const queue of opened.toReversed()) await queue.close();
  };
  try {
    let input = guard.countPacked(raw);
    for (let depth = 0; ; depth++) {
      const layer = await openLayer(input, { guard, depth, wants: null });
      opened.push(layer.queue);
      if (layer.kind === "archive") return closing(readArchive(layer.name, layer.input, guard), close);
      if (layer.kind === "plain") {
        // What could not be read far enough to see an archive is not known to be none.
        layer.queue.throwFailure();
        break;
      }
      input = layer.inside;
    }
  } catch (error) {
    await close();
    throw error;
  }
  await close();
  return null;
}

async function* closing(
  members: AsyncGenerator<PlacedMember, void, undefined>,
  close: () => Promise<void>,
): AsyncGenerator<PlacedMember, void, undefined> {
  try {
    yield* members;
  } finally {
    await close();
  }
}

/** Enough for what stands in front of a member's bytes. */
const HEADER_BYTES = 1024;

/** What is open of an archive whose members are read one behind the other. */
interface OpenArchive {
  readonly uri: string;
  readonly members: AsyncGenerator<PlacedMember, void, undefined>;
  /** Of the member that comes next. */
  next: number;
}

/**
 * Reads members in any order. Members of archives that are compressed as a whole are read without going back to the start as long as
 * they are asked for in their order: whoever reads many keeps one of these, and closes it in the end.
 */
export class MemberStreams {
  #archive: OpenArchive | null = null;

  /**
   * The unpacked bytes of a member. One is read at a time.
   *
   * @param raw  opens the archive; called when it is not open already
   * @throws Failure as `unpack` does
   */
  async *open(
    uri: string,
    place: MemberPlace,
    raw: () => Promise<PackedInput>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const context: UnpackContext = { guard: new UnpackGuard(uri), depth: 1, wants: null };
    const { guard } = context;
    if (place.kind === "zip") yield* zipMember(place.entry, guard.countPacked(await raw()), context);
    else {
      const input = place.kind === "nth" ? await this.#nth(uri, place, raw) : rangeInput(place, await raw());
      yield* unpackLayer(guard.countPacked(input), context);
    }
  }

  async #nth(
    uri: string,
    { name, index }: MemberPlace & { kind: "nth" },
    raw: () => Promise<PackedInput>,
  ): Promise<PackedInput> {
    if (this.#archive?.uri !== uri || this.#archive.next > index) {
      await this.close();
      const members = await openArchive(await raw());
      this.#archive = members === null ? null : { uri, members, next: 0 };
    }
    const archive = this.#archive;
    while (archive !== null) {
      const { value, done } = await archive.members.next();
      if (done === true) break;
      if (archive.next++ === index && value.name === name) return value.input;
      if (archive.next > index) break;
    }
    await this.close();
    throw new Failure("source-changed", `"${memberUri(uri, name)}" is no longer there.`, { place: { uri } });
  }

  async close(): Promise<void> {
    await this.#archive?.members.return();
    this.#archive = null;
  }
}

async function* zipMember(
  entry: ZipEntry,
  { uri, reopen }: PackedInput,
  context: UnpackContext,
): AsyncGenerator<Uint8Array, void, undefined> {
  invariant(reopen !== null, "a directory was found where archives can be read from any offset");
  const { ZipReader } = await import("./zip.ts");
  const expectedBytes = entry.packedBytes + HEADER_BYTES;
  const reader = new ZipReader(uri, (offset) => reopen(offset, expectedBytes));
  try {
    const { input } = reader.member(entry);
    yield* unpackLayer({ ...input, chunks: context.guard.countUnpacked(input.chunks, 0) }, context);
  } finally {
    await reader.close();
  }
}

function rangeInput(
  { name, start, sizeBytes }: MemberPlace & { kind: "range" },
  { uri, reopen }: PackedInput,
): PackedInput {
  invariant(reopen !== null, "a range was found where archives can be read from any offset");
  const open = async function* (offset: number): AsyncGenerator<Uint8Array, void, undefined> {
    const queue = new ByteQueue(reopen(start + offset, sizeBytes - offset));
    try {
      yield* queue.rest(sizeBytes - offset);
    } finally {
      await queue.close();
    }
  };
  return { uri: memberUri(uri, name), chunks: open(0), reopen: open };
}
