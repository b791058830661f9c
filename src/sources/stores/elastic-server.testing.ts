/**
 * A cluster in this process for tests. It answers as the references of Elasticsearch and OpenSearch say: points in time that do not see what
 * comes later and expire, slices, `search_after`, mappings, names, and errors in their words.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type FaultServer, startServer } from "../outbound/fault-server.testing.ts";

/** A document as it was indexed: the text of its source is kept. */
export interface FakeDocument {
  readonly id: string;
  readonly source: string;
}

/** What a cluster has. */
export interface FakeCluster {
  readonly kind: "elasticsearch" | "opensearch";
  readonly version: string;
  readonly indices: Map<string, FakeIndex>;
  /** Names of data streams, with their indices. */
  readonly streams?: ReadonlyMap<string, readonly string[]>;
  /** Whom the cluster lets in, as the header says; absent: everybody. */
  readonly authorization?: string;
}

/** An index. Documents lie in shards in turn. */
export interface FakeIndex {
  readonly shards: number;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly documents: readonly FakeDocument[];
}

/** What is asked, with its body. Gives true when it answered, and the cluster does not. */
export type OnAsked = (asked: FakeAsked) => boolean;

/** A question to the cluster. */
export interface FakeAsked {
  readonly method: string;
  readonly path: string;
  readonly body: FakeSearch;
  readonly answer: (status: number, body: unknown, headers?: Readonly<Record<string, string>>) => void;
}

/** What of searches is understood. */
export interface FakeSearch {
  readonly size?: number;
  readonly pit?: { readonly id?: string };
  readonly slice?: { readonly id: number; readonly max: number };
  readonly sort?: readonly string[];
  readonly search_after?: readonly number[];
  readonly query?: { readonly bool?: { readonly filter?: readonly unknown[] } };
}

/** A cluster that listens. */
export interface RunningCluster extends FaultServer {
  /** Points in time that are open. */
  readonly openPoints: () => number;
  /** The bodies of all searches that asked for documents. */
  readonly searches: readonly FakeSearch[];
  /** Forgets all points in time. */
  readonly expire: () => void;
}

interface Placed extends FakeDocument {
  readonly index: string;
  readonly properties: FakeIndex["properties"];
  readonly shard: number;
  /** Of its shard. */
  readonly order: number;
}

/** Starts a cluster. */
export async function startCluster(
  cluster: FakeCluster,
  onAsked: OnAsked = () => false,
): Promise<RunningCluster> {
  const points = new Map<string, readonly Placed[]>();
  const searches: FakeSearch[] = [];
  let nextPoint = 1;
  const openPoint = (names: readonly string[]): string => {
    const id = `pit-${nextPoint++}`;
    points.set(id, placedIn(cluster, names));
    return id;
  };
  const server = await startServer((request, response) => {
    void bodyOf(request).then((body) => {
      const asked = askedBy(request, response, body);
      if (!onAsked(asked)) answer(asked, request);
    });
  });

  function answer(asked: FakeAsked, request: IncomingMessage): void {
    const { method, path, body, answer: give } = asked;
    const { authorization } = cluster;
    if (authorization !== undefined && request.headers.authorization !== authorization) {
      return give(401, errorOf("security_exception", "missing authentication credentials for REST request"));
    }
    const [route = "", ...rest] = path.slice(1).split("?")[0]?.split("/").map(decodeURIComponent) ?? [];
    if (route === "") {
      const { kind, version: number } = cluster;
      return give(200, { version: { number, ...(kind === "opensearch" ? { distribution: kind } : {}) } });
    }
    if (route === "_resolve") return give(200, resolved(cluster, rest[1] ?? ""));
    if (route === "_search" && method === "POST") {
      if ((body.size ?? 0) > 0) searches.push(body);
      return search(cluster, points.get(body.pit?.id ?? ""), asked);
    }
    if (method === "DELETE") {
      points.delete(body.pit?.id ?? idIn(body));
      return give(200, { succeeded: true });
    }
    const names = namesFor(cluster, route === "_cat" ? (rest[1] ?? "") : route);
    if (names.length === 0)
      return give(404, errorOf("index_not_found_exception", `no such index [${route}]`));
    if (route === "_cat")
      return give(
        200,
        names.map((name) => catOf(cluster, name)),
      );
    if (rest[0] === "_mapping") {
      const mappings = names.map((name) => [
        name,
        { mappings: { properties: cluster.indices.get(name)?.properties } },
      ]);
      return give(200, Object.fromEntries(mappings));
    }
    const way = cluster.kind === "opensearch" ? "_search/point_in_time" : "_pit";
    if (method === "POST" && rest.join("/") === way) {
      const id = openPoint(names);
      return give(200, cluster.kind === "opensearch" ? { pit_id: id } : { id });
    }
    give(400, errorOf("illegal_argument_exception", `no handler for ${method} ${path}`));
  }

  return { ...server, openPoints: () => points.size, searches, expire: () => points.clear() };
}

/** Answers a search of a point in time. */
function search(
  { kind }: FakeCluster,
  placed: readonly Placed[] | undefined,
  { body, answer: give }: FakeAsked,
): void {
  const id = body.pit?.id ?? "";
  if (placed === undefined) {
    return give(404, errorOf("search_context_missing_exception", "No search context found for id [1]"));
  }
  const { slice, size = 10, sort = [] } = body;
  if (slice !== undefined && slice.max < 2)
    return give(400, errorOf("parsing_exception", "max must be greater than 1"));
  const isByShard = sort[0] === "_shard_doc";
  if (isByShard && kind === "opensearch")
    return give(400, errorOf("query_shard_exception", "No mapping found for [_shard_doc]"));
  // By shard the order is of the whole point in time; by "_doc" each shard counts anew, and equal ones are lost.
  const keyOf = (one: Placed) => (isByShard ? one.shard * 2 ** 32 + one.order : one.order);
  const inSlice = (one: Placed) =>
    slice === undefined ||
    (isByShard ? one.order % slice.max === slice.id : one.shard % slice.max === slice.id);
  const after = body.search_after?.[0] ?? -1;
  const found = placed
    .filter((one) => inSlice(one) && keyOf(one) > after && fits(one, body.query?.bool?.filter ?? []))
    .toSorted((a, b) => keyOf(a) - keyOf(b))
    .slice(0, size);
  const hits = found.map(
    (one) =>
      `{"_index":${JSON.stringify(one.index)},"_id":${JSON.stringify(one.id)},"_score":null,"_source":${one.source},"sort":[${keyOf(one)}]}`,
  );
  const shards = `"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}`;
  give(
    200,
    `{"pit_id":${JSON.stringify(id)},"took":1,"timed_out":false,${shards},"hits":{"max_score":null,"hits":[${hits.join(",")}]}}`,
  );
}

function idIn(body: FakeSearch): string {
  const told = new Map<string, unknown>(Object.entries(body));
  const [first]: readonly unknown[] = [told.get("id"), told.get("pit_id")]
    .flat()
    .filter((one) => one !== undefined);
  return String(first);
}

async function bodyOf(request: IncomingMessage): Promise<FakeSearch> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  return text === "" ? {} : JSON.parse(text);
}

function askedBy(request: IncomingMessage, response: ServerResponse, body: FakeSearch): FakeAsked {
  return {
    method: request.method ?? "GET",
    path: request.url ?? "/",
    body,
    answer: (status, told, headers = {}) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(typeof told === "string" ? told : JSON.stringify(told));
    },
  };
}

/** An error as clusters tell it. */
export function errorOf(type: string, reason: string): unknown {
  return { error: { root_cause: [{ type, reason }], type, reason }, status: 0 };
}

function isLike(name: string, wildcard: string): boolean {
  const pattern = wildcard.split("*").map((part) => part.replace(/[.$+?^()[\]{}|\\]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`).test(name);
}

function namesFor({ indices, streams }: FakeCluster, expression: string): readonly string[] {
  const wanted = expression === "" ? ["*"] : expression.split(",");
  const ofStreams = [...(streams ?? [])].filter(([name]) => wanted.some((one) => isLike(name, one)));
  const own = [...indices.keys()].filter((name) => wanted.some((one) => isLike(name, one)));
  return [...new Set([...own, ...ofStreams.flatMap(([, behind]) => behind)])].toSorted();
}

function resolved({ indices, streams }: FakeCluster, expression: string): unknown {
  const behind = new Map(
    [...(streams ?? [])].flatMap(([name, all]) => all.map((one) => [one, name] as const)),
  );
  const found = [...indices.keys()].filter((name) => isLike(name, expression));
  return {
    indices: found.map((name) => {
      const stream = behind.get(name);
      return { name, attributes: ["open"], ...(stream === undefined ? {} : { data_stream: stream }) };
    }),
    aliases: [],
    data_streams: [...(streams ?? [])]
      .filter(([name]) => isLike(name, expression))
      .map(([name, all]) => ({ name, backing_indices: all, timestamp_field: "@timestamp" })),
  };
}

function catOf({ indices }: FakeCluster, name: string): unknown {
  const index = indices.get(name);
  const size = index?.documents.reduce((sum, { source }) => sum + source.length, 0) ?? 0;
  return { index: name, pri: String(index?.shards ?? 1), "pri.store.size": String(size) };
}

function placedIn({ indices }: FakeCluster, names: readonly string[]): readonly Placed[] {
  let firstShard = 0;
  return names.flatMap((name) => {
    const index = indices.get(name);
    if (index === undefined) return [];
    const placed = index.documents.map((document, at) => ({
      ...document,
      index: name,
      properties: index.properties,
      shard: firstShard + (at % index.shards),
      order: Math.floor(at / index.shards),
    }));
    firstShard += index.shards;
    return placed;
  });
}

/** Clauses that are understood: term, terms, range, query_string of the form field:value, and bool of filters or of choices. */
function fits(document: Placed, clauses: readonly unknown[]): boolean {
  const source: unknown = JSON.parse(document.source);
  // Texts longer than "ignore_above" are not in the index, and are not found.
  const memberAt = (path: string): unknown => {
    const value = membersOf(source).get(path);
    const most = Number(membersOf(document.properties[path]).get("ignore_above") ?? Number.POSITIVE_INFINITY);
    return typeof value === "string" && value.length > most ? undefined : value;
  };
  const fitsOne = (clause: unknown): boolean => {
    const [kind = "", told] = [...membersOf(clause)][0] ?? [];
    const [field = "", wanted] = [...membersOf(told)][0] ?? [];
    if (kind === "bool") {
      return field === "should" ? [wanted].flat().some(fitsOne) : [wanted].flat().every(fitsOne);
    }
    if (kind === "query_string") {
      const [name = "", value] = String(wanted).split(":");
      return String(memberAt(name)) === value;
    }
    const value = memberAt(field);
    if (kind === "exists") return memberAt(String(wanted)) !== undefined;
    if (value === undefined || value === null) return false;
    if (kind === "term") return comparable(value) === comparable(wanted);
    if (kind === "terms") return [wanted].flat().some((one) => comparable(one) === comparable(value));
    if (kind !== "range") throw new Error(`the cluster of tests does not know ${kind}`);
    return [...membersOf(wanted)].every(([bound, limit]) =>
      inBound(bound, comparable(value), comparable(limit)),
    );
  };
  return clauses.every(fitsOne);
}

function inBound(bound: string, value: number | string, limit: number | string): boolean {
  switch (bound) {
    case "gte":
      return value >= limit;
    case "gt":
      return value > limit;
    case "lte":
      return value <= limit;
    case "lt":
      return value < limit;
    default:
      return true;
  }
}

/** Times as numbers, and numbers in texts too. */
function comparable(value: unknown): number | string {
  if (typeof value === "string" && /^\d{4}-\d\d-\d\d/.test(value)) {
    // Without a zone it is UTC.
    return Date.parse(/T.*(?:Z|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value}Z`);
  }
  if (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  return typeof value === "number" ? value : String(value);
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : new Map();
}
