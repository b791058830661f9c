/**
 * Indices of Elasticsearch (7.10 and newer) and OpenSearch (2.4 and newer) as files: each is the JSON lines of its documents as they are at one
 * point in time. Sources: the reference of Elasticsearch ("Paginate search results", "Point in time API") and OpenSearch ("Point in Time").
 */
import { Failure } from "#text";
import {
  type ListedIndex,
  type MappedField,
  readListedIndices,
  readMapping,
  readResolvedNames,
} from "./elastic-answers.ts";
import { ElasticClient, type ElasticOptions, ElasticRefusal } from "./elastic-client.ts";
import { readDocuments, type SearchDialect } from "./elastic-read.ts";
import type { ListingWish, RemoteEntry, RemoteRange, RemoteStatus, RemoteStore } from "./remote-store.ts";

/** Opens a cluster. Paths are names of indices, with a query behind "?": `query=` in JSON, or `q=` as in a search bar. */
export function openElasticStore(options: ElasticOptions): RemoteStore {
  const store = new ElasticStore(options);
  return {
    list: (path, wish) => store.list(path, wish),
    status: (path, signal) => store.status(path, signal),
    open: (path, range, signal) => store.open(path, range, signal),
    fields: (path, signal) => store.fields(path, signal),
  };
}

/** Since this version a search has an order of its own over all shards. */
const FIRST_WITH_SHARD_ORDER = [7, 12] as const;

class ElasticStore {
  readonly #client: ElasticClient;
  #dialect: Promise<SearchDialect> | null = null;
  readonly #indices = new Map<string, Promise<readonly ListedIndex[] | null>>();

  constructor(options: ElasticOptions) {
    this.#client = new ElasticClient(options);
  }

  async *list(path: string, { namePrefix, signal }: ListingWish): AsyncGenerator<readonly RemoteEntry[]> {
    if (this.#nameIn(path) !== "") return;
    const name = /^\.?[a-z0-9][a-z0-9._-]*$/.test(namePrefix) ? `${namePrefix}*` : "*";
    const wantsHidden = namePrefix.startsWith(".");
    const wildcards = wantsHidden ? "open,hidden" : "open";
    const request = {
      method: "GET",
      path: `_resolve/index/${escaped(name)}?expand_wildcards=${wildcards}`,
    } as const;
    const [resolved, listed] = await this.#told(() =>
      Promise.all([
        this.#client.value({ ...request, uri: this.#uriOf(name) }, signal),
        this.#indicesOf(name, signal),
      ]),
    );
    const indices = new Map(listed?.map((index) => [index.name, index]));
    yield readResolvedNames(resolved, wantsHidden)
      .filter((one) => one.name.startsWith(namePrefix))
      .map((one) => {
        const behind = one.indices.flatMap((index) => indices.get(index) ?? []);
        const isKnown = behind.length === one.indices.length;
        if (isKnown) this.#indices.set(one.name, Promise.resolve(behind));
        return { name: one.name, ...(isKnown ? statusOf(behind) : UNKNOWN) };
      });
  }

  async status(path: string, signal: AbortSignal): Promise<RemoteStatus | null> {
    const name = this.#nameIn(path);
    if (name === "") return { ...UNKNOWN, kind: "directory" };
    const indices = await this.#told(() => this.#indicesOf(name, signal));
    return indices === null ? { ...UNKNOWN } : indices.length === 0 ? null : statusOf(indices);
  }

  async *open(
    path: string,
    { startByte, endByte }: RemoteRange,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const name = this.#nameIn(path);
    const uri = this.#uriOf(path);
    const lines = await this.#told(async () => {
      const [dialect, indices] = await Promise.all([this.#dialectOf(signal), this.#indicesOf(name, signal)]);
      return readDocuments({
        client: this.#client,
        index: name,
        indices,
        dialect,
        query: queryOf(splitPath(path), uri),
        uri,
        signal,
      });
    });
    let at = 0;
    try {
      for await (const chunk of lines) {
        const part = chunk.subarray(
          Math.max(0, startByte - at),
          endByte === null ? chunk.length : Math.max(0, endByte - at),
        );
        at += chunk.length;
        if (part.length > 0) yield part;
        if (endByte !== null && at >= endByte) return;
      }
    } catch (error) {
      throw error instanceof ElasticRefusal ? error.failure : error;
    }
  }

  async fields(path: string, signal: AbortSignal): Promise<readonly MappedField[]> {
    const name = this.#nameIn(path)
      .replace(/\$(?:yyyy|MM|dd|HH|mm|ss)\$/g, "*")
      .replace(/\*+/g, "*");
    const uri = this.#uriOf(name);
    const value = await this.#told(() =>
      this.#client.value(
        { method: "GET", path: `${escaped(name)}/_mapping?expand_wildcards=open`, uri },
        signal,
      ),
    );
    const fields = readMapping(value);
    if (fields === null)
      throw new Failure("limit-reached", `"${uri}" has too many fields.`, { place: { uri } });
    return fields;
  }

  /** The indices behind a name, an alias or a data stream; null: nobody may tell. Asked once. */
  #indicesOf(name: string, signal: AbortSignal): Promise<readonly ListedIndex[] | null> {
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    const asked = this.#ask(name, signal).catch((error: unknown) => {
      if (error instanceof ElasticRefusal && error.status === 403) return null;
      if (error instanceof ElasticRefusal && error.status === 404) return [];
      this.#indices.delete(name);
      throw error;
    });
    this.#indices.set(name, asked);
    return asked;
  }

  async #ask(name: string, signal: AbortSignal): Promise<readonly ListedIndex[]> {
    const parameters = `format=json&bytes=b&h=index,pri,pri.store.size&expand_wildcards=open,hidden`;
    const path = `_cat/indices/${escaped(name)}?${parameters}`;
    return readListedIndices(
      await this.#client.value({ method: "GET", path, uri: this.#uriOf(name) }, signal),
    );
  }

  #dialectOf(signal: AbortSignal): Promise<SearchDialect> {
    this.#dialect ??= this.#askDialect(signal).catch((error: unknown) => {
      this.#dialect = null;
      throw error;
    });
    return this.#dialect;
  }

  async #askDialect(signal: AbortSignal): Promise<SearchDialect> {
    try {
      return dialectIn(await this.#client.value({ method: "GET", path: "", uri: this.#uriOf("") }, signal));
    } catch (error) {
      // Who may only read an index may not be told what reads it.
      if (error instanceof ElasticRefusal && error.status === 403)
        return { kind: "elasticsearch", hasShardOrder: true };
      throw error;
    }
  }

  #uriOf(path: string): string {
    return `${this.#client.options.shownAddress}/${this.#nameIn(path)}`;
  }

  /** The index in a path; the prefix belongs to the address of the cluster. */
  #nameIn(path: string): string {
    const { name } = splitPath(path);
    const { prefix } = this.#client.options;
    if (prefix === "" || name === prefix) return prefix === "" ? name : "";
    return name.startsWith(`${prefix}/`) ? name.slice(prefix.length + 1) : name;
  }

  async #told<Value>(ask: () => Promise<Value>): Promise<Value> {
    try {
      return await ask();
    } catch (error) {
      throw error instanceof ElasticRefusal ? error.failure : error;
    }
  }
}

const UNKNOWN: RemoteStatus = { kind: "file", sizeBytes: null, lastModifiedMs: null, version: null };

function statusOf(indices: readonly ListedIndex[]): RemoteStatus {
  const sizes = indices.map((index) => index.sizeBytes);
  const sizeBytes = sizes.reduce((sum, size) => (sum === null || size === null ? null : sum + size), 0);
  return { ...UNKNOWN, sizeBytes };
}

function dialectIn(value: unknown): SearchDialect {
  const version = typeof value === "object" && value !== null && "version" in value ? value.version : null;
  const told = typeof version === "object" && version !== null ? new Map(Object.entries(version)) : new Map();
  if (told.get("distribution") === "opensearch") return { kind: "opensearch", hasShardOrder: false };
  const [major = 0, minor = 0] = String(told.get("number") ?? "")
    .split(".")
    .map(Number);
  const [firstMajor, firstMinor] = FIRST_WITH_SHARD_ORDER;
  const hasShardOrder = major > firstMajor || (major === firstMajor && minor >= firstMinor);
  return { kind: "elasticsearch", hasShardOrder };
}

/** What a path says: an index, a query behind "?", and a search in JSON behind "#" that a plan sends along. */
interface ElasticPath {
  readonly name: string;
  readonly query: string;
  readonly search: string;
}

function splitPath(path: string): ElasticPath {
  const [, name = "", query = "", search = ""] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(path) ?? [];
  return { name, query, search };
}

/** The query in the language of searches; null: all documents. */
function queryOf({ query, search }: ElasticPath, uri: string): unknown {
  const parameters = new URLSearchParams(query);
  const clauses: unknown[] = search === "" ? [] : [jsonOf(decoded(search), uri)];
  for (const [name, value] of parameters) {
    if (name === "q") clauses.push({ query_string: { query: value } });
    else if (name === "query") clauses.push(jsonOf(value, uri));
    else {
      throw new Failure("source-unreadable", `"${uri}" is asked with "${name}", which means nothing.`, {
        help: "Behind the question mark stands query= with a query in JSON, or q= with a query as in a search bar.",
        place: { uri },
      });
    }
  }
  return clauses.length === 0 ? null : clauses.length === 1 ? clauses[0] : { bool: { filter: clauses } };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function jsonOf(text: string, uri: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `The query for "${uri}" is no JSON.`;
    throw new Failure("source-unreadable", message, { place: { uri }, cause });
  }
}

/** A name of an index in an address. Wildcards and commas mean what they mean there. */
function escaped(name: string): string {
  return encodeURIComponent(name).replaceAll("%2C", ",").replaceAll("%2A", "*");
}
