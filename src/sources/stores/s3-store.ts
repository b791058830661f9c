/**
 * S3 and what speaks its protocol (Amazon S3 API of 2006-03-01: ListObjectsV2, HeadObject, GetObject). Credentials and signatures are the
 * vendor's libraries' work; requests go through the one outbound client, which `send` is.
 */
import { Failure } from "#text";
import type { OutboundAnswer } from "../outbound/outbound-request.ts";
import type { RetryWorld } from "../outbound/retry.ts";
import { entriesOf, isEmptyPage } from "./listing-pages.ts";
import { checkPath, directoryOf } from "./object-keys.ts";
import { readObject } from "./read-object.ts";
import type { ListingWish, RemoteEntry, RemoteRange, RemoteStatus, RemoteStore } from "./remote-store.ts";
import { readListingPage } from "./s3-answers.ts";
import { S3Bucket, type S3BucketOptions } from "./s3-bucket.ts";

/** A bucket, how it is reached, and whom to tell what. */
export interface S3StoreOptions extends S3BucketOptions {
  /** Told of keys that no path leads to. */
  readonly onProblem: (problem: Failure) => void;
}

/** As many as S3 gives at most. */
const KEYS_PER_PAGE = "1000";

/**
 * Opens a bucket. Nothing is asked before something is wanted of it.
 *
 * @throws Failure source-missing: a name that can be none of a bucket or a region
 */
export function openS3Store(options: S3StoreOptions): RemoteStore {
  const bucket = new S3Bucket(options);
  return {
    givesParts: true,
    list: (path, wish) => list(bucket, path, wish, options),
    status: (path, signal) => statusOf(bucket, path, signal),
    open: (path, range, signal) => open(bucket, path, range, { signal, world: options.world }),
  };
}

function list(
  bucket: S3Bucket,
  path: string,
  { namePrefix, signal }: ListingWish,
  { onProblem }: S3StoreOptions,
): AsyncIterable<readonly RemoteEntry[]> {
  const directory = directoryOf(path);
  const uri = bucket.uriOf(directory);
  const ask = async (token: string | null) => {
    const query: Record<string, string> = {
      "list-type": "2",
      delimiter: "/",
      "encoding-type": "url",
      "max-keys": KEYS_PER_PAGE,
      prefix: directory + namePrefix,
      ...(token === null ? {} : { "continuation-token": token }),
    };
    return readListingPage(await bucket.textOf(query, uri, signal), uri);
  };
  return entriesOf({ directory, uri, ask, onProblem });
}

/** What stands at a path: an object, or what names below it imply; null for nothing. */
async function statusOf(bucket: S3Bucket, path: string, signal: AbortSignal): Promise<RemoteStatus | null> {
  const uri = bucket.uriOf(path);
  checkPath(path, uri);
  if (path === "") return DIRECTORY;
  const answer = await bucket.ask({ method: "HEAD", key: path, query: {}, headers: {} }, signal);
  answer.discard();
  if (answer.status === 200) return statusIn(answer, Number(answer.headers.get("content-length")));
  if (answer.status !== 404) return await statusByReading(bucket, path, signal);
  const query = { "list-type": "2", "max-keys": "1", delimiter: "/", prefix: `${path}/` };
  const below = await bucket.textOf(query, uri, signal).catch((error: unknown) => {
    // Who may read and not list learns of the object all the same.
    if (error instanceof Failure && error.code === "access-denied") return null;
    throw error;
  });
  if (below === null) return null;
  return isEmptyPage(readListingPage(below, uri)) ? null : DIRECTORY;
}

const DIRECTORY: RemoteStatus = {
  kind: "directory",
  sizeBytes: null,
  lastModifiedMs: null,
  version: null,
};

/** Why not be content with the answer to HEAD: it has no body, so that it cannot say why not. */
async function statusByReading(
  bucket: S3Bucket,
  path: string,
  signal: AbortSignal,
): Promise<RemoteStatus | null> {
  const headers = { range: "bytes=0-0" };
  const answer = await bucket.ask({ method: "GET", key: path, query: {}, headers }, signal);
  if (answer.status !== 206 && answer.status !== 200) {
    if (answer.status === 404) return null;
    throw await bucket.refusalOf(answer, bucket.uriOf(path));
  }
  answer.discard();
  const total = /\/(\d{1,15})$/.exec(answer.headers.get("content-range") ?? "")?.[1];
  return statusIn(answer, total === undefined ? Number.NaN : Number(total));
}

function statusIn({ headers }: OutboundAnswer, sizeBytes: number): RemoteStatus {
  const modifiedMs = Date.parse(headers.get("last-modified") ?? "");
  return {
    kind: "file",
    sizeBytes: Number.isSafeInteger(sizeBytes) ? sizeBytes : null,
    lastModifiedMs: Number.isNaN(modifiedMs) ? null : BigInt(modifiedMs),
    version: headers.get("etag") ?? null,
  };
}

interface Reading {
  readonly signal: AbortSignal;
  readonly world: RetryWorld;
}

async function* open(
  bucket: S3Bucket,
  path: string,
  range: RemoteRange,
  reading: Reading,
): AsyncGenerator<Uint8Array, void, undefined> {
  const uri = bucket.uriOf(path);
  checkPath(path, uri);
  yield* readObject({
    ...range,
    ...reading,
    uri,
    ask: (headers) => bucket.ask({ method: "GET", key: path, query: {}, headers }, reading.signal),
    refusal: (answer) => bucket.refusalOf(answer, uri),
  });
}
