/** Recognises files that are copies of what was read, as `copytruncate` and editors make them. */
import { type Fingerprint, isCopy, isStartOf, REMEMBERED_BYTES, sharesHead } from "./fingerprint.ts";
import type { FollowHandle } from "./follow-file-system.ts";
import type { FollowedFile } from "./followed-file.ts";

/** What a new file may be a copy of. */
export interface Originals {
  /** Contents that are no more. */
  readonly gone: readonly Fingerprint[];
  readonly files: Iterable<FollowedFile>;
}

/**
 * What a new file is a copy of, or may become one when it is still being made: a content that is no more, or a file that is read. Null:
 * it is a file of its own.
 */
export async function originalOf(
  handle: FollowHandle,
  sizeBytes: number,
  { gone, files }: Originals,
): Promise<FollowedFile | "gone" | null> {
  const head = await handle.read(0, REMEMBERED_BYTES);
  for (const content of gone) {
    if (sharesHead(content, head) && (await isCopy(handle, content))) return "gone";
  }
  for (const file of files) {
    if (file.use !== "read" || !sharesHead(file.content, head)) continue;
    if (await isCopyOf(handle, sizeBytes, file)) return file;
  }
  return null;
}

async function isCopyOf(handle: FollowHandle, sizeBytes: number, file: FollowedFile): Promise<boolean> {
  if (sizeBytes >= file.content.offset) return isCopy(handle, file.content);
  const original = await file.handle();
  return original !== null && isStartOf(handle, sizeBytes, original);
}

/** A copy takes the place of what it is a copy of. */
export function goOnIn(
  copy: FollowedFile,
  { stream, content }: Pick<FollowedFile, "stream" | "content">,
): void {
  copy.use = "read";
  copy.stream = stream;
  copy.content = content;
}
