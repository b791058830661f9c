/**
 * S3 and what speaks its protocol (Amazon S3 API of 2006-03-01: ListObjectsV2, HeadObject, GetObject). Credentials and signatures are the
 * vendor's libraries' work; requests go through the one outbound client, which `send` is.
 */
import type { Failure } from "#text";
import { type KeyContainer, keyedStore, type WantedKeys } from "./keyed-store.ts";
import type { KeyPage } from "./listing-pages.ts";
import { objectStatus } from "./object-status.ts";
import type { RemoteStatus, RemoteStore } from "./remote-store.ts";
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
  return keyedStore(containerOf(new S3Bucket(options)), options);
}

function containerOf(bucket: S3Bucket): KeyContainer {
  return {
    uriOf: (path) => bucket.uriOf(path),
    objectAt: (path, uri, signal) => objectAt(bucket, path, uri, signal),
    pageOf: (wanted, uri, signal) => pageOf(bucket, wanted, uri, signal),
    readerOf: (path, version, signal) => ({
      version,
      ask: (headers) => bucket.ask({ method: "GET", key: path, query: {}, headers }, signal),
    }),
    refusalOf: (answer, uri) => bucket.refusalOf(answer, uri),
  };
}

async function pageOf(
  bucket: S3Bucket,
  { prefix, token, isAny }: WantedKeys,
  uri: string,
  signal: AbortSignal,
): Promise<KeyPage> {
  const query = {
    "list-type": "2",
    delimiter: "/",
    "encoding-type": "url",
    "max-keys": isAny ? "1" : KEYS_PER_PAGE,
    prefix,
    ...(token === null ? {} : { "continuation-token": token }),
  };
  return readListingPage(await bucket.textOf(query, uri, signal), uri);
}

async function objectAt(
  bucket: S3Bucket,
  path: string,
  uri: string,
  signal: AbortSignal,
): Promise<RemoteStatus | null> {
  const answer = await bucket.ask({ method: "HEAD", key: path, query: {}, headers: {} }, signal);
  answer.discard();
  if (answer.status === 200) return objectStatus(answer, answer.headers.get("content-length"));
  return answer.status === 404 ? null : await objectByReading(bucket, path, uri, signal);
}

/** Why not be content with the answer to HEAD: it has no body, so that it cannot say why not. */
async function objectByReading(
  bucket: S3Bucket,
  path: string,
  uri: string,
  signal: AbortSignal,
): Promise<RemoteStatus | null> {
  const headers = { range: "bytes=0-0" };
  const answer = await bucket.ask({ method: "GET", key: path, query: {}, headers }, signal);
  if (answer.status === 200 || answer.status === 206) {
    answer.discard();
    return objectStatus(answer, /\/(\d+)$/.exec(answer.headers.get("content-range") ?? "")?.[1]);
  }
  if (answer.status !== 404) throw await bucket.refusalOf(answer, uri);
  answer.discard();
  return null;
}
