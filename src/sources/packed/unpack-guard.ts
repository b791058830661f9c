/** Limits against data that was made to unpack into far too much. */
import { damageCodeOf, Failure } from "#text";
import type { PackedInput } from "./unpacking.ts";

/** So much is unpacked of anything. */
const FREE_BYTES = 2 ** 30;
/** Then so many bytes of each packed byte: logs that say always the same reach some hundred. */
const MAX_RATIO = 5_000;
/** Archives and compressions inside each other. */
const MAX_DEPTH = 6;
const MAX_MEMBERS = 1_000_000;

/** Limits as a test sets them. */
export interface UnpackLimits {
  readonly freeBytes: number;
  readonly maxRatio: number;
  readonly maxDepth: number;
  readonly maxMembers: number;
}

/** The limits of all reading. */
export const UNPACK_LIMITS: UnpackLimits = {
  freeBytes: FREE_BYTES,
  maxRatio: MAX_RATIO,
  maxDepth: MAX_DEPTH,
  maxMembers: MAX_MEMBERS,
};

/** Damage in a layer below is told where the output of this one ends. */
function failureAt(error: unknown, offset: number): unknown {
  if (!(error instanceof Failure) || damageCodeOf(error) === null) return error;
  const { code, message, help, place, cause } = error;
  const details = help === null ? { cause } : { help, cause };
  return new Failure(code, message, { ...details, place: { uri: place?.uri ?? "", offset } });
}

/** Counts what is read and unpacked of one source. */
export class UnpackGuard {
  readonly #uri: string;
  readonly #limits: UnpackLimits;
  readonly #unpackedBytes: number[] = [];
  #packedBytes = 0;
  #members = 0;

  constructor(uri: string, limits: UnpackLimits = UNPACK_LIMITS) {
    this.#uri = uri;
    this.#limits = limits;
  }

  /** The same data; what is read of it is counted. */
  countPacked(input: PackedInput): PackedInput {
    const { chunks, reopen } = input;
    // What is read again is no more data.
    let left = input.sizeBytes ?? Number.POSITIVE_INFINITY;
    const count = (bytes: number) => {
      this.#packedBytes += Math.min(bytes, left);
      left = Math.max(0, left - bytes);
    };
    return {
      ...input,
      chunks: counted(chunks, count),
      reopen:
        reopen === null ? null : (offset, expectedBytes) => counted(reopen(offset, expectedBytes), count),
    };
  }

  /** The same bytes, which were unpacked inside so many other layers; fails when they become too many. */
  async *countUnpacked(
    chunks: AsyncIterable<Uint8Array>,
    depth: number,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    let outputBytes = 0;
    try {
      for await (const chunk of chunks) {
        outputBytes += chunk.length;
        this.#countOutput(chunk.length, depth);
        yield chunk;
      }
    } catch (error) {
      throw depth === 0 ? error : failureAt(error, outputBytes);
    }
  }

  #countOutput(count: number, depth: number): void {
    const { freeBytes, maxRatio } = this.#limits;
    const bytes = (this.#unpackedBytes[depth] ?? 0) + count;
    this.#unpackedBytes[depth] = bytes;
    if (bytes > freeBytes && bytes > maxRatio * this.#packedBytes)
      throw this.#refuse("unpacked-too-large", `makes more than ${maxRatio} bytes of each packed byte`);
  }

  /** Fails when the next layer is inside too many others. */
  enter(uri: string, depth: number): void {
    if (depth < this.#limits.maxDepth) return;
    throw new Failure("packed-too-deep", `"${uri}" is packed more than ${this.#limits.maxDepth} times.`, {
      help: "Unpack it first, if you know what it is.",
      place: { uri },
    });
  }

  /** Fails when there are too many members. */
  countMember(): void {
    if (++this.#members > this.#limits.maxMembers)
      throw this.#refuse("archive-too-many-members", `has more than ${this.#limits.maxMembers} members`);
  }

  #refuse(code: "unpacked-too-large" | "archive-too-many-members", what: string): Failure {
    return new Failure(code, `"${this.#uri}" ${what}, its limit.`, {
      help: "Unpack it first, if you know what it is.",
      place: { uri: this.#uri },
    });
  }
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    count(chunk.length);
    yield chunk;
  }
}
