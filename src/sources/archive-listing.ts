/** Members of archives as objects of a listing. */
import { Failure } from "#text";
import { asFailure, openRaw } from "./byte-stream.ts";
import { throwIfCancelled } from "./cancel.ts";
import type { ListedObject } from "./listed-object.ts";
import { memberUri } from "./packed/archive-member.ts";
import { memberMatcher } from "./packed/member-pattern.ts";
import { openArchive } from "./packed/member-streams.ts";

/** How members are listed. */
export interface MemberListing {
  readonly signal?: AbortSignal;
  /** Told of archives that are damaged behind some members; when absent, the listing fails there. */
  readonly onProblem?: (problem: Failure) => void;
}

/** Most objects per array. */
const OBJECTS_AT_ONCE = 256;

/**
 * The members of an archive that a pattern fits (see `memberMatcher`), in the order of the archive; the object itself when it is no
 * archive. Of an archive that is compressed as a whole all is read to find them.
 *
 * @throws Failure source-unreadable: of what can be read only once, or is in a store, members cannot be chosen; and those of reading
 */
export async function* listMembers(
  object: ListedObject,
  pattern: string,
  { signal, onProblem }: MemberListing = {},
): AsyncGenerator<readonly ListedObject[], void, undefined> {
  const { opening, isOneTime, uri } = object;
  if (opening.kind === "file") {
    yield [object];
    return;
  }
  if (isOneTime || opening.kind === "store") {
    throw new Failure("source-unreadable", `Members of "${uri}" cannot be chosen.`, {
      help: "Only those of archives that are files of this machine can.",
      place: { uri },
    });
  }
  const stop = signal ?? new AbortController().signal;
  const wants = memberMatcher(pattern);
  let found: ListedObject[] = [];
  try {
    const members = await openArchive(await openRaw(opening, stop));
    if (members === null) {
      yield [object];
      return;
    }
    for await (const { name, sizeBytes, lastModifiedMs, place } of members) {
      throwIfCancelled(stop);
      if (!wants(name)) continue;
      const fileName = name.split(/[\\/]/).at(-1) ?? name;
      const member = { ...opening, member: place };
      found.push({
        ...object,
        uri: memberUri(uri, name),
        fileName,
        sizeBytes,
        lastModifiedMs: lastModifiedMs ?? object.lastModifiedMs,
        opening: member,
      });
      if (found.length < OBJECTS_AT_ONCE) continue;
      yield found;
      found = [];
    }
  } catch (thrown) {
    const error = asFailure(thrown, uri);
    if (!(error instanceof Failure) || onProblem === undefined || error.code === "cancelled") throw error;
    onProblem(error);
  }
  if (found.length > 0) yield found;
}
