/**
 * Azure Blob Storage, by its REST protocol (List Blobs, Get Blob Properties, Get Blob). Requests go through the one outbound client, which
 * `send` is.
 *
 * Why not the vendor's library: it brings 38 MB, and wants a newer Node.
 */
import { Failure } from "#text";
import type { OutboundAnswer } from "../outbound/outbound-request.ts";
import { readBody } from "../outbound/read-body.ts";
import type { RetryWorld } from "../outbound/retry.ts";
import { azureErrorOf, azureRefusal, readAzurePage } from "./azure-answers.ts";
import { type AzureCredentials, type AzureSigner, openAzureSigner } from "./azure-signer.ts";
import { entriesOf, isEmptyPage, type KeyPage } from "./listing-pages.ts";
import { checkPath, directoryOf, escapedText } from "./object-keys.ts";
import { errorTextOf, readObject } from "./read-object.ts";
import type { ListingWish, RemoteEntry, RemoteRange, RemoteStatus, RemoteStore } from "./remote-store.ts";
import type { SendSigned } from "./signed-request.ts";

/** A container, how it is reached, and whom to tell what. */
export interface AzureStoreOptions {
  readonly account: string;
  readonly container: string;
  /** What stands before the container: `https://account.blob.core.windows.net`, `http://127.0.0.1:10000/account`. */
  readonly endpoint: string;
  readonly credentials: AzureCredentials;
  readonly send: SendSigned;
  readonly world: RetryWorld;
  /** Told of names that no path leads to. */
  readonly onProblem: (problem: Failure) => void;
}

/** Letters, digits and single hyphens; and the three that Azure has itself. */
const CONTAINER = /^([a-z0-9]([a-z0-9-]{1,61}[a-z0-9])|\$root|\$web|\$logs)$/;
const ACCOUNT = /^[a-z0-9]{3,24}$/;
/** As many as Azure gives at most. */
const NAMES_PER_PAGE = "5000";
const MOST_PAGE_BYTES = 32 << 20;

/**
 * Opens a container. Nothing is asked before something is wanted of it.
 *
 * @throws Failure source-missing (a name that can be none), store-unknown (credentials that can be none)
 */
export function openAzureStore(options: AzureStoreOptions): RemoteStore {
  const container = new Container(options);
  return {
    givesParts: true,
    list: (path, wish) => list(container, path, wish, options.onProblem),
    status: (path, signal) => statusOf(container, path, signal),
    open: (path, range, signal) => open(container, path, range, { signal, world: options.world }),
  };
}

interface BlobRequest {
  readonly method: "GET" | "HEAD";
  /** Empty: about the container. */
  readonly name: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A container and how it is asked. */
class Container {
  readonly #options: AzureStoreOptions;
  readonly #base: string;
  readonly #sign: AzureSigner;

  constructor(options: AzureStoreOptions) {
    const { account, container, endpoint, credentials, world } = options;
    if (!CONTAINER.test(container)) {
      throw new Failure("source-missing", `"${container}" is no name of a container.`, { help: ADDRESSES });
    }
    if (!ACCOUNT.test(account)) {
      throw new Failure("source-missing", `"${account}" is no name of a storage account.`, {
        help: ADDRESSES,
      });
    }
    this.#options = options;
    this.#base = `${endpoint.replace(/\/+$/, "")}/${container}`;
    this.#sign = openAzureSigner({ account, credentials, wallClockMs: world.wallClockMs });
  }

  /** The address of a path, for messages. */
  uriOf(path: string): string {
    const { protocol, host } = new URL(this.#base);
    return `${protocol === "http:" ? "wasb" : "wasbs"}://${this.#options.container}@${host}/${path}`;
  }

  /** An answer of any status. */
  ask({ method, name, query = {}, headers = {} }: BlobRequest, signal: AbortSignal): Promise<OutboundAnswer> {
    const path = name === "" ? "" : `/${name.split("/").map(escapedText).join("/")}`;
    const request = { method, url: this.#base + path, query, headers };
    return this.#options.send(async () => this.#sign(request), signal);
  }

  /** A page of names that begin so. */
  async page(query: Readonly<Record<string, string>>, uri: string, signal: AbortSignal): Promise<KeyPage> {
    const all = { restype: "container", comp: "list", ...query };
    const answer = await this.ask({ method: "GET", name: "", query: all }, signal);
    if (answer.status !== 200) throw await refusalOf(answer, uri);
    return readAzurePage(new TextDecoder().decode(await readBody(answer, MOST_PAGE_BYTES)), uri);
  }
}

const ADDRESSES = "Addresses are wasbs://container@account.blob.core.windows.net/path.";

function list(
  container: Container,
  path: string,
  { namePrefix, signal }: ListingWish,
  onProblem: (problem: Failure) => void,
): AsyncIterable<readonly RemoteEntry[]> {
  const directory = directoryOf(path);
  const uri = container.uriOf(directory);
  const prefix = directory + namePrefix;
  const ask = (token: string | null) => {
    const query: Record<string, string> = {
      delimiter: "/",
      maxresults: NAMES_PER_PAGE,
      ...(prefix === "" ? {} : { prefix }),
      ...(token === null ? {} : { marker: token }),
    };
    return container.page(query, uri, signal);
  };
  return entriesOf({ directory, uri, ask, onProblem });
}

const DIRECTORY: RemoteStatus = {
  kind: "directory",
  sizeBytes: null,
  lastModifiedMs: null,
  version: null,
};

/** What stands at a path: an object, or what names below it imply; null for nothing. */
async function statusOf(
  container: Container,
  path: string,
  signal: AbortSignal,
): Promise<RemoteStatus | null> {
  const uri = container.uriOf(path);
  checkPath(path, uri);
  if (path === "") return DIRECTORY;
  const answer = await container.ask({ method: "HEAD", name: path }, signal);
  answer.discard();
  const { headers, status } = answer;
  // Accounts with real directories say so.
  if (status === 200) return headers.get("x-ms-resource-type") === "directory" ? DIRECTORY : statusIn(answer);
  if (status !== 404) throw azureRefusal(status, azureErrorOf(answer, ""), uri);
  try {
    const below = await container.page({ prefix: `${path}/`, maxresults: "1" }, uri, signal);
    return isEmptyPage(below) ? null : DIRECTORY;
  } catch (error) {
    // Who may read and not list learns of the object all the same.
    if (error instanceof Failure && error.code === "access-denied") return null;
    throw error;
  }
}

function statusIn({ headers }: OutboundAnswer): RemoteStatus {
  const modifiedMs = Date.parse(headers.get("last-modified") ?? "");
  const size = headers.get("content-length") ?? "";
  return {
    kind: "file",
    sizeBytes: /^\d{1,15}$/.test(size) ? Number(size) : null,
    lastModifiedMs: Number.isNaN(modifiedMs) ? null : BigInt(modifiedMs),
    version: headers.get("etag") ?? null,
  };
}

interface Reading {
  readonly signal: AbortSignal;
  readonly world: RetryWorld;
}

async function* open(
  container: Container,
  path: string,
  range: RemoteRange,
  reading: Reading,
): AsyncGenerator<Uint8Array, void, undefined> {
  const uri = container.uriOf(path);
  checkPath(path, uri);
  yield* readObject({
    ...range,
    ...reading,
    uri,
    ask: (headers) => container.ask({ method: "GET", name: path, headers }, reading.signal),
    refusal: (answer) => refusalOf(answer, uri),
  });
}

async function refusalOf(answer: OutboundAnswer, uri: string): Promise<Failure> {
  return azureRefusal(answer.status, azureErrorOf(answer, await errorTextOf(answer)), uri);
}
