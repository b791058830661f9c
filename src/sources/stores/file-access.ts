/** Which files of this machine a run may read. */
import { Failure } from "#text";

/** Which files of this machine addresses may name: any, only those in datastores, or none. */
export type FileAccess = "unmanaged" | "managed" | "off";

/** Whether addresses may name any file of this machine; else this throws access-denied. `uri` is as written. */
export function checkUnmanaged(access: FileAccess, uri: string): void {
  if (access === "unmanaged") return;
  const help =
    access === "managed"
      ? "Files are read from datastores only: file://NAME/path."
      : "No files of this machine are read.";
  throw new Failure("access-denied", `"${uri}" may not be read.`, { help, place: { uri } });
}
