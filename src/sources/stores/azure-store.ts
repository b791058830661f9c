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
import { type KeyContainer, keyedStore, type ObjectReader, type WantedKeys } from "./keyed-store.ts";
import type { KeyPage } from "./listing-pages.ts";
import { escapedText } from "./object-keys.ts";
import { DIRECTORY, objectStatus } from "./object-status.ts";
import { errorTextOf } from "./read-object.ts";
import type { RemoteStatus, RemoteStore } from "./remote-store.ts";
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
  return keyedStore(new Container(options), options);
}

interface BlobRequest {
  readonly method: "GET" | "HEAD";
  /** Empty: about the container. */
  readonly name: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A container and how it is asked. */
class Container implements KeyContainer {
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

  uriOf(path: string): string {
    const { protocol, host } = new URL(this.#base);
    return `${protocol === "http:" ? "wasb" : "wasbs"}://${this.#options.container}@${host}/${path}`;
  }

  async objectAt(path: string, uri: string, signal: AbortSignal): Promise<RemoteStatus | null> {
    const answer = await this.#ask({ method: "HEAD", name: path }, signal);
    answer.discard();
    const { headers, status } = answer;
    if (status === 404) return null;
    if (status !== 200) throw azureRefusal(status, azureErrorOf(answer, ""), uri);
    // Accounts with real directories say so.
    if (headers.get("x-ms-resource-type") === "directory") return DIRECTORY;
    return objectStatus(answer, headers.get("content-length"));
  }

  async pageOf({ prefix, token, isAny }: WantedKeys, uri: string, signal: AbortSignal): Promise<KeyPage> {
    const query = {
      restype: "container",
      comp: "list",
      delimiter: "/",
      maxresults: isAny ? "1" : NAMES_PER_PAGE,
      ...(prefix === "" ? {} : { prefix }),
      ...(token === null ? {} : { marker: token }),
    };
    const answer = await this.#ask({ method: "GET", name: "", query }, signal);
    if (answer.status !== 200) throw await this.refusalOf(answer, uri);
    return readAzurePage(new TextDecoder().decode(await readBody(answer, MOST_PAGE_BYTES)), uri);
  }

  readerOf(path: string, version: string | null, signal: AbortSignal): ObjectReader {
    return { version, ask: (headers) => this.#ask({ method: "GET", name: path, headers }, signal) };
  }

  async refusalOf(answer: OutboundAnswer, uri: string): Promise<Failure> {
    return azureRefusal(answer.status, azureErrorOf(answer, await errorTextOf(answer)), uri);
  }

  /** An answer of any status. */
  #ask(
    { method, name, query = {}, headers = {} }: BlobRequest,
    signal: AbortSignal,
  ): Promise<OutboundAnswer> {
    const path = name === "" ? "" : `/${name.split("/").map(escapedText).join("/")}`;
    const request = { method, url: this.#base + path, query, headers };
    return this.#options.send(async () => this.#sign(request), signal);
  }
}

const ADDRESSES = "Addresses are wasbs://container@account.blob.core.windows.net/path.";
