/** The stores of a run: those that are defined, and those that an address says all of. */
import { isAbsolute, join } from "node:path";
import { Failure, nearestName, parseSizeBytes } from "#text";
import { type StoreAddress, type StoreScheme, uriOfPath } from "../address.ts";
import type { FileAccess } from "./file-access.ts";
import { ObjectCache } from "./object-cache.ts";
import { remoteFileSystem, storePath } from "./remote-file-system.ts";
import type { RemoteStore } from "./remote-store.ts";
import { rootedFileSystem } from "./rooted-file-system.ts";
import type { StoreDefinition } from "./store-definition.ts";
import { STORE_KINDS } from "./store-kinds.ts";
import type { StoreSurroundings } from "./store-request.ts";
import { optionsWithSecrets } from "./store-secrets.ts";
import type { StorePlace, Stores } from "./stores.ts";

/** What stores are opened with. */
export interface StoresOptions extends StoreSurroundings {
  /** Asked when a store is first wanted. Of several with one name the first counts. */
  readonly definitions: () => Promise<readonly StoreDefinition[]>;
  readonly fileAccess: FileAccess;
  /** Where objects are kept of stores whose definitions say `cache`; null: nowhere. */
  readonly cacheFolder: string | null;
  /** False: nothing but files of this machine. */
  readonly reachesOut: boolean;
}

/** Opens stores when they are first asked for and keeps them open. Whoever makes it closes it. */
export class OpenStores implements Stores {
  readonly fileAccess: FileAccess;
  readonly #options: StoresOptions;
  readonly #open = new Map<string, Promise<RemoteStore>>();
  #definitions: Promise<readonly StoreDefinition[]> | null = null;

  constructor(options: StoresOptions) {
    this.#options = options;
    this.fileAccess = options.fileAccess;
  }

  async place(address: StoreAddress, uri: string): Promise<StorePlace> {
    const { scheme, authority } = address;
    const definition = await this.#definitionOf(address, uri);
    if (definition !== null && definition.protocol !== scheme) {
      const { name, protocol } = definition;
      throw new Failure("store-unknown", `The datastore "${name}" is read by ${protocol}://.`, {
        help: `Write "${protocol}://${uri.slice(`${scheme}://`.length)}".`,
        place: { uri },
      });
    }
    const path = storePath(address.path, uri);
    if (scheme === "file") return this.#files(definition, path, uri);
    if (!this.#options.reachesOut) {
      throw new Failure("outbound-denied", `"${uri}" is not read, since no other machine is asked.`, {
        place: { uri },
      });
    }
    const remote = await this.#remote(scheme, authority, definition);
    const [bare, query] = splitQuery(scheme, path);
    const shownQuery = isElastic(scheme) ? query.replace(SENT_ALONG, "") : query;
    return {
      remote: remote.store,
      ...this.#kept(definition),
      fileSystem: remoteFileSystem(remote.store, this.#options.signal),
      path: bare,
      absolute: (inside) =>
        (remote.prefix === "" ? inside : `${remote.prefix}/${inside}`.replace(/\/$/, "")) + query,
      uriOf: (inside) => `${scheme}://${authority}/${inside}${shownQuery}`,
      ...(shownQuery === query ? {} : { openedAs: (inside) => `${scheme}://${authority}/${inside}${query}` }),
    };
  }

  /** What keeps the objects of a store whose definition wants that. */
  #kept(definition: StoreDefinition | null): Pick<StorePlace, "kept"> {
    const { cacheFolder } = this.#options;
    const limit = definition?.options.get("cache");
    if (definition === null || limit === undefined || cacheFolder === null) return {};
    const maxBytes = parseSizeBytes(limit);
    if (maxBytes === null) {
      throw new Failure("store-unknown", `The cache of the datastore "${definition.name}" is no size.`, {
        help: 'A size is "500MB" or "2GiB".',
        place: { uri: definition.file ?? definition.name },
      });
    }
    const { name, protocol, root, options } = definition;
    const cache = new ObjectCache(join(cacheFolder, name), maxBytes);
    return { kept: { cache, place: [protocol, root, options.get("endpoint") ?? ""] } };
  }

  /** Closes what was opened. */
  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#open.values());
    const stores = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    await Promise.allSettled(stores.map((store) => store.close?.()));
  }

  /** The definition that the address names, by its authority; what stands before an "@" is not part of the name. */
  async #definitionOf({ scheme, authority }: StoreAddress, uri: string): Promise<StoreDefinition | null> {
    const name = authority.slice(authority.lastIndexOf("@") + 1).toLowerCase();
    this.#definitions ??= this.#options.definitions();
    const definitions = await this.#definitions;
    const found = definitions.find((definition) => definition.name.toLowerCase() === name);
    if (found !== undefined) return found;
    if (isElastic(scheme)) return credentialsIn(definitions, authority, uri);
    if (scheme !== "file") return null;
    const names = definitions.filter(({ protocol }) => protocol === "file").map((one) => one.name);
    const nearest = nearestName(authority, names);
    const help =
      nearest === null
        ? `A path of this machine has three slashes: file:///${uri.slice("file://".length)}.`
        : `Did you mean "file://${nearest}/…"?`;
    throw new Failure("store-unknown", `There is no datastore "${authority}".`, { help, place: { uri } });
  }

  #files(definition: StoreDefinition | null, path: string, uri: string): StorePlace {
    if (this.fileAccess === "off" || definition === null) {
      throw new Failure("access-denied", `"${uri}" may not be read.`, {
        help: "No files of this machine are read.",
        place: { uri },
      });
    }
    const { name, root, file } = definition;
    if (!isAbsolute(root)) {
      throw new Failure("store-unknown", `The root of the datastore "${name}" is no absolute path.`, {
        place: { uri: file ?? uri },
      });
    }
    return {
      remote: null,
      root,
      fileSystem: rootedFileSystem(root, name),
      path,
      absolute: (inside) => join(root, inside),
      uriOf: (inside) =>
        `file://${name}${uriOfPath(`/${inside}`, true).slice("file://".length)}`.replace(/\/$/, ""),
    };
  }

  async #remote(
    scheme: Exclude<StoreScheme, "file">,
    authority: string,
    definition: StoreDefinition | null,
  ): Promise<{ readonly store: RemoteStore; readonly prefix: string }> {
    const at = authority.lastIndexOf("@");
    const userInfo = at < 0 ? null : authority.slice(0, at);
    const [place, prefix] = splitRoot(definition?.root ?? authority.slice(at + 1));
    const key = `${scheme}://${authority}`;
    const known = this.#open.get(key);
    if (known !== undefined) return { store: await known, prefix };
    const opening = (async () => {
      const options = definition === null ? new Map() : await optionsWithSecrets(definition, this.#options);
      return STORE_KINDS[scheme].open({ ...this.#options, scheme, place, userInfo, prefix, options });
    })();
    this.#open.set(key, opening);
    return { store: await opening, prefix };
  }
}

/** `es://NAME@host`: the datastore NAME, which must be for this host: credentials go nowhere else. Null: nothing stands before an "@". */
function credentialsIn(
  definitions: readonly StoreDefinition[],
  authority: string,
  uri: string,
): StoreDefinition | null {
  const at = authority.lastIndexOf("@");
  if (at < 0) return null;
  const [name, host] = [authority.slice(0, at).toLowerCase(), authority.slice(at + 1).toLowerCase()];
  const found = definitions.find((definition) => definition.name.toLowerCase() === name);
  const isForHost = found !== undefined && splitRoot(found.root)[0].toLowerCase() === host;
  if (isForHost) return found;
  const shown = uri.replace(/\/\/[^/]*@/, "//");
  throw new Failure("store-unknown", `There is no datastore of this name with credentials for "${host}".`, {
    help: 'What stands before "@" is the name of a datastore whose root is this host: user and password stand there.',
    place: { uri: shown },
  });
}

/** A search that a plan sends along stands behind "#" in addresses of Elasticsearch. Web servers have another use for it. */
const SENT_ALONG = /#%7B.*$/s;

function isElastic(scheme: StoreScheme): boolean {
  return scheme === "es" || scheme === "ess";
}

const WITH_QUERY: ReadonlySet<StoreScheme> = new Set(["http", "https", "es", "ess"]);

/** The query of an address of the web, or of Elasticsearch, with its "?", goes to the server with each request; wildcards are not looked for in it. */
function splitQuery(scheme: StoreScheme, path: string): readonly [path: string, query: string] {
  const at = WITH_QUERY.has(scheme) ? path.search(isElastic(scheme) ? /[?#]/ : /\?/) : -1;
  return at < 0 ? [path, ""] : [path.slice(0, at), path.slice(at)];
}

/** What a root begins with (a bucket, a host), and the path behind it. */
function splitRoot(root: string): readonly [place: string, prefix: string] {
  const bare = root.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "");
  const slash = bare.indexOf("/");
  if (slash < 0) return [bare, ""];
  return [bare.slice(0, slash), bare.slice(slash).replace(/^\/+|\/+$/g, "")];
}
