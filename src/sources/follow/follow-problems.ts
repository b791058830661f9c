/** What cannot be followed, and what goes wrong on the way. */
import { Failure } from "#text";
import { errorCodeOf } from "../file-system.ts";
import type { ListedObject } from "../listed-object.ts";

/** Throws `follow-refused` for what does not grow, or is read until it ends anyway. */
export function refuseUnfollowed({ uri, isOneTime, opening }: ListedObject): void {
  if (isOneTime) {
    const name = uri === "-" ? "Standard input" : `The pipe "${uri}"`;
    throw refusal(
      uri,
      `${name} is not followed with --follow: it is read until it ends anyway.`,
      "rows come as they are written.",
    );
  }
  const again = "run the query again when there is more.";
  if (opening.kind === "store")
    throw refusal(uri, `"${uri}" is in a store, and only files of this machine are followed.`, again);
  if (opening.kind === "stream" && opening.member !== undefined)
    throw refusal(uri, `"${uri}" is a member of an archive, and only files are followed.`, again);
}

function refusal(uri: string, message: string, help: string): Failure {
  return new Failure("follow-refused", message, { help: `Leave out --follow: ${help}`, place: { uri } });
}

/** What an error of the file system means for a path; null for what is none. */
export function asFailure(error: unknown, path: string): Failure | null {
  if (error instanceof Failure) return error;
  const code = errorCodeOf(error);
  if (code === "") return null;
  const why = error instanceof Error ? error.message : code;
  const details = { place: { uri: path }, cause: error };
  return new Failure("source-unreadable", `"${path}" cannot be read: ${why}.`, details);
}
