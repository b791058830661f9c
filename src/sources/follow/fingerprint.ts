/** What is remembered of a file's content, to know it again: its first bytes, and the last that were read. */
import type { FollowHandle } from "./follow-file-system.ts";

/** Enough that two logs that are not copies differ in them: lines hold times. */
export const REMEMBERED_BYTES = 256;
/** Of shorter contents it is not said that one is the copy of the other: a first line may be the same in all logs. */
const LEAST_COPY_BYTES = 64;

/** The content of a file up to an offset. */
export interface Fingerprint {
  /** The file's first bytes. */
  readonly head: Uint8Array;
  /** The last bytes before the offset. */
  readonly tail: Uint8Array;
  readonly offset: number;
}

/** That of an empty content. */
export const EMPTY_FINGERPRINT: Fingerprint = { head: new Uint8Array(0), tail: new Uint8Array(0), offset: 0 };

/** The content and the bytes that follow it. */
export function extended({ head, tail, offset }: Fingerprint, bytes: Uint8Array): Fingerprint {
  const missing = REMEMBERED_BYTES - head.length;
  return {
    head: missing > 0 ? Uint8Array.from([...head, ...bytes.subarray(0, missing)]) : head,
    tail:
      bytes.length >= REMEMBERED_BYTES
        ? bytes.slice(-REMEMBERED_BYTES)
        : Uint8Array.from([...tail, ...bytes]).slice(-REMEMBERED_BYTES),
    offset: offset + bytes.length,
  };
}

/** Whether a file still begins with this content, as far as can be seen. Cost: two short reads. */
export async function beginsWith(handle: FollowHandle, content: Fingerprint): Promise<boolean> {
  const { head, tail, offset } = content;
  if (offset === 0) return true;
  if (!isEqual(await handle.read(offset - tail.length, tail.length), tail)) return false;
  return offset === tail.length || isEqual(await handle.read(0, head.length), head);
}

/** Whether a file whose first bytes are `start` may be a copy of this content, or the start of one. */
export function sharesHead({ head }: Fingerprint, start: Uint8Array): boolean {
  const length = Math.min(head.length, start.length);
  return length >= LEAST_COPY_BYTES && isEqual(head.subarray(0, length), start.subarray(0, length));
}

/** Whether a file is a copy of this content, with more behind it or without. Short contents are copies of nothing. */
export async function isCopy(handle: FollowHandle, content: Fingerprint): Promise<boolean> {
  return content.offset >= LEAST_COPY_BYTES && (await beginsWith(handle, content));
}

/** Whether all of a file, whose size is `sizeBytes`, stands at the start of another, as far as can be seen. */
export async function isStartOf(
  handle: FollowHandle,
  sizeBytes: number,
  other: FollowHandle,
): Promise<boolean> {
  if (sizeBytes < LEAST_COPY_BYTES) return false;
  const length = Math.min(sizeBytes, REMEMBERED_BYTES);
  for (const position of [0, sizeBytes - length]) {
    const [ours, theirs] = await Promise.all([handle.read(position, length), other.read(position, length)]);
    if (ours.length < length || !isEqual(ours, theirs)) return false;
  }
  return true;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
