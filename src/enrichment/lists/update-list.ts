/** Fetches a list, when its source says that it has changed, and keeps what came as a snapshot. */
import { readFile } from "node:fs/promises";
import { Failure } from "#text";
import type { ListDefinition } from "./definition.ts";
import { type ListTable, readList } from "./read-list.ts";
import { keepSnapshot, keepState, readState, snapshotsOf } from "./snapshots.ts";

/** An answer over http. Names of headers are in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

/** Gets what is at an address, when it has changed. Throws when no answer comes, or one that is larger than `mostBytes`. */
export type HttpGet = (
  url: string,
  request: {
    readonly headers: Readonly<Record<string, string>>;
    readonly mostBytes: number;
    readonly signal: AbortSignal;
  },
) => Promise<HttpAnswer>;

/** What an update needs of the world. */
export interface UpdateWorld {
  readonly folder: string;
  readonly get: HttpGet;
  /** A path of the source as a full path. */
  readonly resolvePath: (path: string) => string;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** What an update did. */
export type ListUpdate =
  | { readonly kind: "fetched"; readonly table: ListTable; readonly sizeBytes: number }
  | { readonly kind: "unchanged" }
  /** It was asked less than its refresh interval ago. */
  | { readonly kind: "fresh"; readonly checkedMs: number };

const MOST_BYTES = 512 << 20;
/** A list with more wrong lines than this share is of another format, or an error page. */
const MOST_WRONG_SHARE = 0.5;

/**
 * Updates one list. What came is checked first: what holds no entry, or mostly wrong lines, is not kept.
 *
 * @param isForced  asks even when the refresh interval is not over
 * @throws Failure `list-unreadable`
 */
export async function updateList(
  definition: ListDefinition,
  world: UpdateWorld,
  isForced: boolean,
): Promise<ListUpdate> {
  const { folder, nowMs } = world;
  const { name, source, refreshMs } = definition;
  const known = readState(folder, name);
  const snapshots = snapshotsOf(folder, name);
  const state = known?.source === source && snapshots.length > 0 ? known : null;
  if (state !== null && !isForced && nowMs - state.checkedMs < refreshMs)
    return { kind: "fresh", checkedMs: state.checkedMs };
  const answer = await fetchSource(definition, world, state);
  const { etag = null, lastModified = null } = answer ?? { ...state };
  const keep = () => keepState(folder, name, { source, etag, lastModified, checkedMs: nowMs });
  const last = snapshots.at(-1);
  if (answer === null || (last !== undefined && answer.body.equals(await readFile(last.path)))) {
    await keep();
    return { kind: "unchanged" };
  }
  const table = checkedTable(answer.body, definition);
  await keepSnapshot(folder, name, { atMs: nowMs, bytes: answer.body });
  await keep();
  return { kind: "fetched", table, sizeBytes: answer.body.length };
}

interface SourceAnswer {
  readonly body: Buffer;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** What the source gives; null: it has not changed. */
async function fetchSource(
  { name, source }: ListDefinition,
  world: UpdateWorld,
  state: { readonly etag: string | null; readonly lastModified: string | null } | null,
): Promise<SourceAnswer | null> {
  try {
    if (!/^https?:\/\//i.test(source)) {
      const body = await readFile(source.startsWith("file:") ? new URL(source) : world.resolvePath(source));
      return { body, etag: null, lastModified: null };
    }
    const headers: Record<string, string> = {};
    if (state?.etag != null) headers["if-none-match"] = state.etag;
    if (state?.lastModified != null) headers["if-modified-since"] = state.lastModified;
    const answer = await world.get(source, { headers, mostBytes: MOST_BYTES, signal: world.signal });
    if (answer.status === 304 && state !== null) return null;
    if (answer.status !== 200) throw new Error(`the server answers ${answer.status}`);
    return {
      body: Buffer.from(answer.body.buffer, answer.body.byteOffset, answer.body.byteLength),
      etag: answer.headers.get("etag") ?? null,
      lastModified: answer.headers.get("last-modified") ?? null,
    };
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw unreadable(name, `"${source}" cannot be read: ${reason}`, cause);
  }
}

function checkedTable(body: Uint8Array, definition: ListDefinition): ListTable {
  const table = readList(body, definition);
  const { entries, wrongLines, firstWrong } = table;
  if (entries > 0 && wrongLines <= MOST_WRONG_SHARE * (entries + wrongLines)) return table;
  const line = firstWrong === null ? "" : `; line ${firstWrong.line} is "${firstWrong.text}"`;
  const counts = entries === 0 ? "it holds no entry" : `${wrongLines} lines are wrong, ${entries} are right`;
  throw unreadable(
    definition.name,
    `what "${definition.source}" gives is no list of the format "${definition.format}": ${counts}${line}`,
  );
}

function unreadable(name: string, what: string, cause?: unknown): Failure {
  return new Failure("list-unreadable", `The list "${name}" is not updated: ${what}.`, {
    help: "The snapshots that are there stay as they are.",
    cause,
  });
}
