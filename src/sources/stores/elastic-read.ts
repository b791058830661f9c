/** All documents of an index as they are at one point in time: pages of slices side by side, given out in turn. */
import { Failure } from "#text";
import { type ListedIndex, readSearchPage, type SearchPage } from "./elastic-answers.ts";
import { type ElasticClient, ElasticRefusal, noElastic } from "./elastic-client.ts";

/** What a cluster understands. */
export interface SearchDialect {
  readonly kind: "elasticsearch" | "opensearch";
  /** Documents of all shards have an order that every search of a point in time keeps (`_shard_doc`). */
  readonly hasShardOrder: boolean;
}

/** What is read. */
export interface DocumentRead {
  readonly client: ElasticClient;
  /** An index, an alias or a data stream. */
  readonly index: string;
  /** What is behind it; null: not known. */
  readonly indices: readonly ListedIndex[] | null;
  readonly dialect: SearchDialect;
  /** In the language of searches; null: all. */
  readonly query: unknown;
  readonly uri: string;
  readonly signal: AbortSignal;
}

/** How long a point in time lives on without being asked, and how often it is asked when nothing else does. */
const KEEP_ALIVE = "5m";
const ASK_EVERY_MS = 60_000;
/** Pages grow towards so many bytes, within what every index allows. */
const WANTED_PAGE_BYTES = 4 << 20;
const [FIRST_PAGE, LARGEST_PAGE] = [1000, 10_000] as const;
const MOST_SLICES = 4;
const MOST_SLICES_BY_SHARD = 256;
/** A part of the index that failed is asked again so often. */
const MOST_TROUBLES = 3;
const CLOSE_MS = 5000;

/**
 * The documents, one per line. Every document once, of one moment. What parts of the index that fail do not give is told at the end.
 *
 * @throws ElasticRefusal; Failure source-changed (the point in time is gone), source-unreadable, and those of the way there
 */
export async function* readDocuments(read: DocumentRead): AsyncGenerator<Uint8Array, void, undefined> {
  const sliceCount = slicesOf(read);
  const point = await PointInTime.open(read);
  const slices: SliceReader[] = [];
  for (let slice = 0; slice < sliceCount; slice++)
    slices.push(new SliceReader(read, point, slice, sliceCount));
  const troubles: string[] = [];
  try {
    let open = slices.splice(0, MOST_SLICES);
    for (const slice of open) slice.start();
    while (open.length > 0) {
      const left: SliceReader[] = [];
      for (const slice of open) {
        const page = await slice.next();
        if (page.trouble !== null) troubles.push(page.trouble);
        if (page.lines.length > 0) yield page.lines;
        const next = page.count > 0 ? slice : slices.shift();
        if (next !== undefined) left.push(next);
      }
      open = left;
    }
  } finally {
    await point.close();
  }
  const [trouble] = troubles;
  if (trouble === undefined) return;
  throw new Failure("source-unreadable", `"${read.uri}" gave only a part of its documents: ${trouble}.`, {
    help: "What was read before stands. Look at the health of the cluster.",
    place: { uri: read.uri },
  });
}

/** Where shards have no common order, each is a slice: documents of one shard have an order there. */
function slicesOf({ dialect, indices, uri }: DocumentRead): number {
  if (dialect.hasShardOrder) {
    const shards = indices?.reduce((sum, index) => sum + index.primaryShards, 0) ?? 1;
    return Math.max(1, Math.min(MOST_SLICES, shards));
  }
  const [only, ...others] = indices ?? [];
  if (only !== undefined && others.length === 0 && only.primaryShards <= MOST_SLICES_BY_SHARD)
    return only.primaryShards;
  const what =
    indices === null ? "nobody may say how many shards it has" : `it stands for ${indices.length} indices`;
  throw new Failure("source-unreadable", `"${uri}" cannot be read as one: ${what}.`, {
    help: "Name the indices themselves, by wildcards: es://host/logs-*. This cluster has no order of documents over several of them.",
    place: { uri },
  });
}

/** A moment of an index that a cluster keeps. */
class PointInTime {
  readonly #read: DocumentRead;
  readonly #timer: NodeJS.Timeout;
  id: string;

  private constructor(read: DocumentRead, id: string) {
    this.#read = read;
    this.id = id;
    // Why: who reads may be busy with another index for longer than a point in time lives.
    this.#timer = setInterval(() => void this.#keep(), ASK_EVERY_MS);
    this.#timer.unref();
  }

  static async open(read: DocumentRead): Promise<PointInTime> {
    const { client, index, dialect, uri, signal } = read;
    const way = dialect.kind === "opensearch" ? "_search/point_in_time" : "_pit";
    const path = `${encodeURIComponent(index)}/${way}?keep_alive=${KEEP_ALIVE}`;
    const answer = await client.value({ method: "POST", path, uri }, signal);
    const told = typeof answer === "object" && answer !== null ? new Map(Object.entries(answer)) : new Map();
    const id: unknown = told.get("id") ?? told.get("pit_id");
    if (typeof id !== "string" || id === "") throw noElastic(uri, answer);
    return new PointInTime(read, id);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    const { client, dialect, uri } = this.#read;
    const [path, body] =
      dialect.kind === "opensearch"
        ? ["_search/point_in_time", { pit_id: [this.id] }]
        : ["_pit", { id: this.id }];
    // Why not the signal of the read: it may be what ended it. A point in time that stays goes by itself.
    await client.bytes({ method: "DELETE", path, body, uri }, AbortSignal.timeout(CLOSE_MS)).catch(() => {});
  }

  async #keep(): Promise<void> {
    const { client, uri, signal } = this.#read;
    const body = { size: 0, track_total_hits: false, pit: { id: this.id, keep_alive: KEEP_ALIVE } };
    await client.bytes({ method: "POST", path: "_search", body, uri }, signal).catch(() => {});
  }
}

/** The pages of a slice, one fetched ahead. */
class SliceReader {
  readonly #read: DocumentRead;
  readonly #point: PointInTime;
  readonly #slice: number;
  readonly #sliceCount: number;
  #size: number = FIRST_PAGE;
  #after: unknown = null;
  #ahead: Promise<SearchPage> | null = null;

  constructor(read: DocumentRead, point: PointInTime, slice: number, sliceCount: number) {
    this.#read = read;
    this.#point = point;
    this.#slice = slice;
    this.#sliceCount = sliceCount;
  }

  /** Begins to fetch. */
  start(): void {
    this.#ahead = this.#fetch();
    this.#ahead.catch(() => {});
  }

  /** The next page; one without documents is the last. */
  async next(): Promise<SearchPage> {
    const page = await (this.#ahead ?? this.#fetch());
    this.#ahead = null;
    if (page.count > 0) {
      if (page.lastSort === null) throw noElastic(this.#read.uri, page.count);
      this.#after = JSON.parse(page.lastSort);
      const perDocument = Math.max(1, page.lines.length / page.count);
      this.#size = Math.max(1, Math.min(LARGEST_PAGE, Math.round(WANTED_PAGE_BYTES / perDocument)));
      this.start();
    }
    return page;
  }

  async #fetch(): Promise<SearchPage> {
    for (let troubles = 1; ; troubles++) {
      const page = await this.#fetchOnce();
      if (page.pointInTime !== null) this.#point.id = page.pointInTime;
      if (page.trouble === null || troubles >= MOST_TROUBLES) return page;
    }
  }

  async #fetchOnce(): Promise<SearchPage> {
    const { client, uri, signal } = this.#read;
    for (;;) {
      const request = {
        method: "POST",
        path: "_search",
        body: this.#body(),
        uri,
      } as const;
      try {
        return readSearchPage(await client.bytes(request, signal));
      } catch (error) {
        if (error instanceof SyntaxError) throw noElastic(uri, error);
        if (error instanceof ElasticRefusal && /search_context_missing|point_in_time/.test(error.type))
          throw expired(uri, error);
        if (!(error instanceof Failure && error.code === "outbound-too-large") || this.#size === 1)
          throw error;
        this.#size = Math.ceil(this.#size / 4);
      }
    }
  }

  #body(): Readonly<Record<string, unknown>> {
    const { dialect, query } = this.#read;
    const isSliced = this.#sliceCount > 1;
    return {
      size: this.#size,
      track_total_hits: false,
      pit: { id: this.#point.id, keep_alive: KEEP_ALIVE },
      sort: [dialect.hasShardOrder ? "_shard_doc" : "_doc"],
      ...(query === null ? {} : { query: { bool: { filter: [query] } } }),
      ...(isSliced ? { slice: { id: this.#slice, max: this.#sliceCount } } : {}),
      ...(this.#after === null ? {} : { search_after: this.#after }),
    };
  }
}

function expired(uri: string, cause: ElasticRefusal): Failure {
  return new Failure("source-changed", `The point in time of "${uri}" is gone, so the rest cannot be read.`, {
    help: "The cluster gave it up: it was restarted, or is short of memory. Run the query again.",
    place: { uri },
    cause,
  });
}
