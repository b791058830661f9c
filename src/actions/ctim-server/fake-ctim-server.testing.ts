/**
 * A CTIM server in memory, as the API's published description and source say that it behaves: tokens that end, lists in pages, imports that
 * know what they have by its external ids, errors object by object. For tests.
 */
import type { CtimAnswer, CtimRequest } from "./ctim-request.ts";

/** An object as the server keeps it. */
export interface StoredObject {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly external_ids: readonly string[];
  readonly [name: string]: unknown;
}

/** An answer that is given in place of the next one. */
export interface Fault {
  /** Requests whose method and path hold this. */
  readonly at: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const KINDS = ["incident", "sighting", "indicator", "judgement", "relationship"];
const LARGEST_BUNDLE = 2000;
const DEFAULT_LIMIT = 100;
const LARGEST_WINDOW = 10_000;

/** Lengths that the model allows. */
const LONGEST = { title: 1024, short_description: 2048, description: 5000, reason: 1024, source: 2048 };
const LONG_ID =
  /^https?:\/\/[-\da-zA-Z][-\da-zA-Z.]*(?::\d+)?(?:\/[-\w.]+)*\/ctia\/[a-z][-a-z]+\/[a-z][-a-z]+-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What the model asks of new objects besides what all have. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  incident: ["confidence", "status", "incident_time"],
  sighting: ["observed_time", "confidence", "count"],
  indicator: ["producer", "valid_time"],
  judgement: ["observable", "disposition", "priority", "severity", "confidence", "valid_time"],
  relationship: ["relationship_type", "source_ref", "target_ref"],
};

/** The server. */
export class FakeCtimServer {
  readonly clientId: string = "client-5c1d";
  readonly clientSecret: string = "s3cret/+ä:word";
  /** What was asked, in order. */
  readonly asked: string[] = [];
  readonly faults: Fault[] = [];
  /** External ids that an import does not take. */
  readonly unwanted: Set<string> = new Set();
  readonly objects: Map<string, StoredObject> = new Map();
  readonly origin: string;
  nowMs = 0;
  lifetimeSeconds = 600;
  #made = 0;
  #tokens = new Map<string, number>();

  constructor(origin = "https://ctim.example.com") {
    this.origin = origin;
  }

  /** Tokens that were given out are no longer valid. */
  endTokens(): void {
    this.#tokens.clear();
  }

  /** How many objects of a kind there are. */
  count(kind: string): number {
    return [...this.objects.values()].filter(({ type }) => type === kind).length;
  }

  /** Puts an object there by another way than the API. */
  put(kind: string, properties: Readonly<Record<string, unknown>>): StoredObject {
    const shortId = `${kind}-00000000-0000-4000-8000-${String(++this.#made).padStart(12, "0")}`;
    const id = `${this.origin}/ctia/${kind}/${shortId}`;
    const object: StoredObject = { source: "", external_ids: [], ...properties, type: kind, id };
    this.objects.set(shortId, object);
    return object;
  }

  /** Answers one request. */
  answer(request: Pick<CtimRequest, "method" | "url" | "headers" | "body">): CtimAnswer {
    const { pathname, searchParams } = new URL(request.url);
    this.asked.push(`${request.method} ${pathname}`);
    const index = this.faults.findIndex(({ at }) => `${request.method} ${pathname}`.includes(at));
    const [fault] = index < 0 ? [] : this.faults.splice(index, 1);
    if (fault !== undefined) {
      const { status, headers = {}, body = '{"error":"Too Many Requests"}' } = fault;
      return { status, headers: new Map(Object.entries(headers)), body };
    }
    if (pathname === "/iroh/oauth2/token") return this.#token(request);
    const endsMs = this.#tokens.get(request.headers["authorization"] ?? "") ?? 0;
    if (endsMs <= this.nowMs)
      return json(401, { error: "not_authenticated", message: "Only authenticated users allowed" });
    const [, api, kind = "", ...rest] = pathname.split("/");
    if (api !== "ctia") return json(404, {});
    if (kind === "bundle" && rest[0] === "import" && request.method === "POST")
      return this.#import(bodyOf(request), searchParams);
    if (!KINDS.includes(kind)) return json(404, {});
    return this.#crud(kind, rest.map(decodeURIComponent), request);
  }

  #token({ method, headers, body }: Pick<CtimRequest, "method" | "headers" | "body">): CtimAnswer {
    const pair = Buffer.from((headers["authorization"] ?? "").replace(/^Basic /, ""), "base64").toString();
    const [id = "", secret = ""] = pair.split(":").map(decodeURIComponent);
    const isForm = headers["content-type"] === "application/x-www-form-urlencoded";
    if (method !== "POST" || !isForm || body !== "grant_type=client_credentials")
      return json(400, { error: "invalid_request" });
    if (id !== this.clientId || secret !== this.clientSecret)
      return json(400, { error: "invalid_client", error_description: `unknown client or secret ${secret}` });
    const token = `token-${++this.#made}`;
    this.#tokens.set(`Bearer ${token}`, this.nowMs + this.lifetimeSeconds * 1000);
    return json(200, { access_token: token, token_type: "bearer", expires_in: this.lifetimeSeconds });
  }

  #crud(
    kind: string,
    [first, second]: readonly string[],
    request: Pick<CtimRequest, "method" | "url" | "headers" | "body">,
  ): CtimAnswer {
    const { searchParams } = new URL(request.url);
    const ofKind = [...this.objects.values()].filter(({ type }) => type === kind);
    if (request.method === "POST" && first === undefined) {
      const { id: _, ...properties } = bodyOf(request);
      const mistake = mistakeIn(kind, properties);
      if (mistake !== null) return json(400, { errors: mistake });
      return json(201, this.put(kind, properties));
    }
    if (request.method === "GET" && first === "external_id")
      return page(
        ofKind.filter(({ external_ids }) => external_ids.includes(second ?? "")),
        searchParams,
      );
    if (request.method === "GET" && first === "search")
      return page(
        ofKind.filter(({ source }) => source === searchParams.get("source")),
        searchParams,
      );
    if (request.method === "GET" && first !== undefined) {
      const found = this.objects.get(first);
      return found === undefined ? json(404, { error: "not_found" }) : json(200, found);
    }
    if (request.method !== "DELETE" || first === undefined) return json(405, {});
    return this.objects.delete(first) ? { status: 204, headers: new Map(), body: "" } : json(404, {});
  }

  #import(bundle: Readonly<Record<string, unknown>>, query: URLSearchParams): CtimAnswer {
    const prefixes = (query.get("external-key-prefixes") ?? "").split(",");
    const lists = KINDS.flatMap((kind) => {
      const list = bundle[`${kind}s`] ?? [];
      return Array.isArray(list)
        ? list.map((object: Readonly<Record<string, unknown>>) => ({ kind, object }))
        : [];
    });
    if (typeof bundle["source"] !== "string")
      return json(400, { errors: { source: "missing-required-key" } });
    if (lists.length > LARGEST_BUNDLE) return json(400, `Bundle max nb of entities: ${LARGEST_BUNDLE}`);
    const results = lists.map(({ kind, object }) => {
      const externalIds = textsOf(object["external_ids"]).filter((id) =>
        prefixes.some((prefix) => id.startsWith(prefix)),
      );
      const about = { original_id: object["id"], type: kind, external_ids: externalIds };
      const known = [...this.objects.values()].find(
        ({ type, external_ids }) => type === kind && external_ids.some((id) => externalIds.includes(id)),
      );
      if (known !== undefined) return { ...about, result: "exists", id: known.id };
      const mistake = externalIds.some((id) => this.unwanted.has(id))
        ? "not wanted"
        : mistakeIn(kind, object);
      if (mistake !== null)
        return { ...about, result: "error", error: { type: "spec-validation-error" }, msg: mistake };
      return { ...about, result: "created", id: this.put(kind, object).id };
    });
    return json(200, { results });
  }
}

function mistakeIn(kind: string, object: Readonly<Record<string, unknown>>): string | null {
  for (const name of ["source", ...(NEEDED[kind] ?? [])])
    if (object[name] === undefined) return `${name}: missing-required-key`;
  for (const name of ["source_ref", "target_ref"]) {
    if (String(object[name]).startsWith("transient:"))
      return "A relationship cannot be created if a source or a target ref is still a transient ID";
    if (object[name] !== undefined && !LONG_ID.test(String(object[name]))) return `${name}: no reference`;
  }
  for (const [name, longest] of Object.entries(LONGEST))
    if (String(object[name] ?? "").length > longest) return `${name}: too long`;
  return null;
}

/** A page of a list, with the headers that lead to the next. */
function page(found: readonly StoredObject[], query: URLSearchParams): CtimAnswer {
  const limit = Math.min(Number(query.get("limit") ?? DEFAULT_LIMIT), LARGEST_WINDOW);
  const offset = Number(query.get("offset") ?? 0);
  const after = query.get("search_after");
  if (after === null && offset + limit > LARGEST_WINDOW)
    return json(400, { error: "Result window is too large" });
  const sorted = [...found].sort((a, b) => (a.id < b.id ? -1 : 1));
  const rest = after === null ? sorted.slice(offset) : sorted.filter(({ id }) => id > after);
  const shown = rest.slice(0, limit);
  const last = shown.at(-1)?.id;
  const headers = new Map([["x-total-hits", String(found.length)]]);
  const hasNext = after === null ? found.length > offset + limit : shown.length === limit;
  if (last !== undefined) headers.set("x-sort", JSON.stringify([last]));
  if (hasNext && last !== undefined)
    headers.set(
      "x-next",
      String(
        new URLSearchParams({ limit: String(limit), offset: String(offset + limit), search_after: last }),
      ),
    );
  return { status: 200, headers, body: JSON.stringify(shown) };
}

function bodyOf({ body }: Pick<CtimRequest, "body">): Readonly<Record<string, unknown>> {
  return JSON.parse(body ?? "{}");
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function json(status: number, content: unknown): CtimAnswer {
  return { status, headers: new Map([["content-type", "application/json"]]), body: JSON.stringify(content) };
}
