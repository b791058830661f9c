/** Where lists are kept: a folder per list, a file per snapshot, named for the moment it was fetched. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../geo/install.ts";

/** A list as it was at a time. */
export interface Snapshot {
  /** When it was fetched; milliseconds since 1970 UTC. */
  readonly atMs: number;
  readonly path: string;
}

/** What is known of a list's source, for asking whether it has changed. */
export interface ListState {
  readonly source: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** When the source was asked last; milliseconds since 1970 UTC. */
  readonly checkedMs: number;
}

const SNAPSHOT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.list$/;
const STATE_FILE = "state.json";

/** The snapshots of a list, the oldest first; none: it was never fetched. */
export function snapshotsOf(folder: string, name: string): readonly Snapshot[] {
  return namesIn(join(folder, name))
    .flatMap((file) => {
      const parts = SNAPSHOT.exec(file)?.slice(1).map(Number);
      if (parts === undefined) return [];
      const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0] = parts;
      return [
        { atMs: Date.UTC(year, month - 1, day, hour, minute, second, ms), path: join(folder, name, file) },
      ];
    })
    .sort((left, right) => left.atMs - right.atMs);
}

/** Keeps a snapshot. Others may read meanwhile. */
export async function keepSnapshot(
  folder: string,
  name: string,
  { atMs, bytes }: { readonly atMs: number; readonly bytes: Uint8Array },
): Promise<Snapshot> {
  const stamp = new Date(atMs).toISOString().replace(/[-:.]/g, "");
  const path = join(folder, name, `${stamp}.list`);
  await replaceFile(path, bytes, join(folder, name));
  return { atMs, path };
}

/** What is known of a list's source, or null. A damaged file is as none: the list is fetched again. */
export function readState(folder: string, name: string): ListState | null {
  try {
    const content: unknown = JSON.parse(readFileSync(join(folder, name, STATE_FILE), "utf8"));
    if (typeof content !== "object" || content === null) return null;
    const members = new Map<string, unknown>(Object.entries(content));
    const text = (key: string) => {
      const value = members.get(key);
      return typeof value === "string" ? value : null;
    };
    const [source, checkedMs] = [text("source"), members.get("checkedMs")];
    if (source === null || typeof checkedMs !== "number") return null;
    return { source, checkedMs, etag: text("etag"), lastModified: text("lastModified") };
  } catch {
    return null;
  }
}

/** Keeps what is known of a list's source. */
export function keepState(folder: string, name: string, state: ListState): Promise<void> {
  return replaceFile(join(folder, name, STATE_FILE), `${JSON.stringify(state)}\n`, join(folder, name));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
