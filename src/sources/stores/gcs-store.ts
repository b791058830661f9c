/**
 * Google Cloud Storage, by its JSON API (objects.list, objects.get; version 1). Tokens are the vendor's library's work; requests go through
 * the one outbound client, which `send` is.
 */
import { Failure } from "#text";
import type { OutboundAnswer } from "../outbound/outbound-request.ts";
import { readBody } from "../outbound/read-body.ts";
import type { RetryWorld } from "../outbound/retry.ts";
import { gcsObject, gcsRefusal, readGcsError, readGcsPage } from "./gcs-answers.ts";
import { type GcsCredentials, type GcsHeaders, openGcsHeaders } from "./gcs-credentials.ts";
import { type KeyContainer, keyedStore, type ObjectReader, type WantedKeys } from "./keyed-store.ts";
import type { KeyPage } from "./listing-pages.ts";
import { escapedText } from "./object-keys.ts";
import { errorTextOf } from "./read-object.ts";
import type { RemoteStatus, RemoteStore } from "./remote-store.ts";
import type { SendPlain, SendSigned } from "./signed-request.ts";

/** A bucket, how it is reached, and whom to tell what. */
export interface GcsStoreOptions {
  readonly bucket: string;
  /** `http://127.0.0.1:4443`; null: Google itself, over TLS. */
  readonly endpoint: string | null;
  readonly credentials: GcsCredentials;
  readonly send: SendSigned;
  /** Asks for tokens. */
  readonly sendPlain: SendPlain;
  readonly world: RetryWorld;
  /** Told of names that no path leads to. */
  readonly onProblem: (problem: Failure) => void;
}

const GOOGLE = "https://storage.googleapis.com";
/** Google's names of buckets: lower case, and dots for those that are domains. */
const BUCKET = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/;
const FIELDS = "name,size,updated,generation";
/** As many as Google gives at most. */
const NAMES_PER_PAGE = "1000";
const MOST_PAGE_BYTES = 16 << 20;

/**
 * Opens a bucket. Nothing is asked before something is wanted of it.
 *
 * @throws Failure source-missing: a name that can be none of a bucket
 */
export function openGcsStore(options: GcsStoreOptions): RemoteStore {
  return keyedStore(new GcsBucket(options), options);
}

/** A bucket and how it is asked. */
class GcsBucket implements KeyContainer {
  readonly #options: GcsStoreOptions;
  readonly #base: string;
  readonly #headers: GcsHeaders;

  constructor(options: GcsStoreOptions) {
    const { bucket, endpoint, credentials, sendPlain } = options;
    if (!BUCKET.test(bucket)) {
      throw new Failure("source-missing", `"${bucket}" is no name of a bucket.`, {
        help: "It has small letters, digits, dots, hyphens and underscores. Addresses are gss://bucket/path.",
      });
    }
    this.#options = options;
    this.#base = `${(endpoint ?? GOOGLE).replace(/\/+$/, "")}/storage/v1/b/${bucket}/o`;
    this.#headers = openGcsHeaders(credentials, sendPlain);
  }

  uriOf(path: string): string {
    const { endpoint, bucket } = this.#options;
    return `${endpoint?.startsWith("http:") ? "gs" : "gss"}://${bucket}/${path}`;
  }

  async objectAt(path: string, uri: string, signal: AbortSignal): Promise<RemoteStatus | null> {
    const told = await this.#textOf({ name: path, query: { fields: FIELDS } }, uri, signal);
    if (told === null) return null;
    const { sizeBytes, lastModifiedMs, version } = gcsObject(told, uri);
    return { kind: "file", sizeBytes, lastModifiedMs, version };
  }

  async pageOf({ prefix, token, isAny }: WantedKeys, uri: string, signal: AbortSignal): Promise<KeyPage> {
    const query = {
      delimiter: "/",
      prefix,
      maxResults: isAny ? "1" : NAMES_PER_PAGE,
      fields: `prefixes,items(${FIELDS}),nextPageToken`,
      ...(token === null ? {} : { pageToken: token }),
    };
    return readGcsPage((await this.#textOf({ name: "", query }, uri, signal)) ?? "", uri);
  }

  /** The version is the generation, asked for by the query: what is read later is of the generation that was met first. */
  readerOf(path: string, version: string | null, signal: AbortSignal): ObjectReader {
    let generation = version;
    const ask: ObjectReader["ask"] = async ({ "if-match": _etag, ...headers }) => {
      const query = { alt: "media", ...(generation === null ? {} : { ifGenerationMatch: generation }) };
      // What was stored packed is given unpacked, whole and without its size, to those who take no gzip.
      const packed = { ...headers, "accept-encoding": "gzip" };
      const answer = await this.#ask({ name: path, query, headers: packed }, signal);
      if (answer.status < 300) generation ??= answer.headers.get("x-goog-generation") ?? null;
      return answer;
    };
    return { version: null, ask };
  }

  async refusalOf(answer: OutboundAnswer, uri: string): Promise<Failure> {
    return gcsRefusal(answer.status, readGcsError(await errorTextOf(answer)), uri);
  }

  /** An answer of any status. `name` empty: about the bucket. */
  #ask({ name, query, headers = {} }: GcsQuestion, signal: AbortSignal): Promise<OutboundAnswer> {
    const object = name === "" ? "" : `/${escapedText(name)}`;
    const url = `${this.#base}${object}?${new URLSearchParams(query)}`;
    return this.#options.send(
      async () => ({ url, method: "GET", headers: { ...headers, ...(await this.#headers()) } }),
      signal,
    );
  }

  /** The text of an answer to a question; null: nothing is there. */
  async #textOf(question: GcsQuestion, uri: string, signal: AbortSignal): Promise<string | null> {
    const answer = await this.#ask(question, signal);
    if (answer.status === 404 && question.name !== "") {
      answer.discard();
      return null;
    }
    if (answer.status !== 200) throw await this.refusalOf(answer, uri);
    return new TextDecoder().decode(await readBody(answer, MOST_PAGE_BYTES));
  }
}

interface GcsQuestion {
  readonly name: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}
