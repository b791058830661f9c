/**
 * S3 and what speaks its protocol (Amazon S3 API of 2006-03-01: ListObjectsV2, HeadObject, GetObject). Credentials and signatures are the
 * vendor's libraries' work; requests go through the one outbound client, which `send` is.
 */
import { Failure } from "#text";
import type { OutboundAnswer } from "../outbound/outbound-request.ts";
import { readRanges } from "../outbound/ranged-read.ts";
import { readBody } from "../outbound/read-body.ts";
import type { RetryWorld } from "../outbound/retry.ts";
import type { ListingWish, RemoteStatus, RemoteStore } from "./remote-store.ts";
import { readErrorPage, readListingPage } from "./s3-answers.ts";
import { openSigner, type S3Credentials, type SignedRequest, type UnsignedRequest } from "./s3-signer.ts";

/** A bucket and how it is reached. */
export interface S3StoreOptions {
  readonly bucket: string;
  readonly region: string;
  /** `https://s3.example.com`; null: AWS itself. */
  readonly endpoint: string | null;
  /** The bucket stands in the path and not in the host's name. */
  readonly isPathStyle: boolean;
  readonly credentials: S3Credentials;
  /** Sends what `make` gives, which is asked anew for each attempt: signatures hold the time they were made. */
  readonly send: SendSigned;
  readonly world: RetryWorld;
}

/** Sends a request that is signed anew for each attempt. */
export type SendSigned = (make: () => Promise<SignedRequest>, signal: AbortSignal) => Promise<OutboundAnswer>;

const MOST_PAGE_BYTES = 16 << 20;

/** Opens a bucket. Nothing is asked before something is wanted of it. */
export function openS3Store(options: S3StoreOptions): RemoteStore {
  const bucket = new Bucket(options);
  return {
    async *list(path, { namePrefix, signal }: ListingWish) {
      const directory = path === "" ? "" : `${path.replace(/\/+$/, "")}/`;
      let token: string | null = null;
      do {
        const query = {
          "list-type": "2",
          delimiter: "/",
          "encoding-type": "url",
          prefix: directory + namePrefix,
          ...(token === null ? {} : { "continuation-token": token }),
        };
        const answer = await bucket.ask({ method: "GET", key: "", query, headers: {} }, signal);
        const uri = bucket.uriOf(directory);
        if (answer.status !== 200) throw await refusalOf(answer, uri);
        const page = readListingPage(
          Buffer.from(await readBody(answer, MOST_PAGE_BYTES)).toString(),
          directory,
          uri,
        );
        yield page.entries;
        token = page.nextToken;
      } while (token !== null);
    },
    async status(path, signal) {
      const answer = await bucket.ask({ method: "HEAD", key: path, query: {}, headers: {} }, signal);
      answer.discard();
      if (answer.status === 404) return null;
      if (answer.status !== 200) throw await refusalOf(answer, bucket.uriOf(path));
      return statusOf(answer);
    },
    open(path, { startByte, endByte, version }, signal) {
      const uri = bucket.uriOf(path);
      return readRanges({
        startByte,
        endByte,
        version,
        signal,
        world: options.world,
        ask: (headers) => bucket.ask({ method: "GET", key: path, query: {}, headers }, signal),
        refusal: (answer) => refusalOf(answer, uri),
      });
    },
  };
}

interface BucketRequest {
  readonly method: "GET" | "HEAD";
  readonly key: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where a bucket is. The region that a store names when it was asked in another one is kept. */
class Bucket {
  readonly #options: S3StoreOptions;
  #region: string;
  #signer: ReturnType<typeof openSigner> | null = null;

  constructor(options: S3StoreOptions) {
    this.#options = options;
    this.#region = options.region;
  }

  uriOf(path: string): string {
    return `s3://${this.#options.bucket}/${path}`;
  }

  /** An answer of any status. Asked again, once, when the bucket is in another region. */
  async ask(request: BucketRequest, signal: AbortSignal): Promise<OutboundAnswer> {
    const answer = await this.#send(request, signal);
    const region = answer.headers.get("x-amz-bucket-region");
    const isElsewhere = region !== undefined && region !== this.#region && answer.status >= 300;
    if (!isElsewhere || this.#options.endpoint !== null || !/^[a-z0-9-]+$/.test(region)) return answer;
    answer.discard();
    this.#region = region;
    this.#signer = null;
    return this.#send(request, signal);
  }

  async #send(request: BucketRequest, signal: AbortSignal): Promise<OutboundAnswer> {
    this.#signer ??= openSigner(this.#options.credentials, this.#region);
    const sign = await this.#signer;
    return this.#options.send(() => sign(this.#unsigned(request)), signal);
  }

  #unsigned({ method, key, query, headers }: BucketRequest): UnsignedRequest {
    const { bucket, isPathStyle, endpoint } = this.#options;
    const base = new URL(endpoint ?? `https://s3.${this.#region}.amazonaws.com`);
    // Why: certificates for *.s3.….amazonaws.com do not hold for names with dots.
    const isInPath = isPathStyle || (bucket.includes(".") && base.protocol === "https:");
    const prefix = base.pathname.replace(/\/$/, "");
    return {
      method,
      protocol: base.protocol,
      host: isInPath ? base.host : `${bucket}.${base.host}`,
      path: `${prefix}/${isInPath ? `${bucket}/` : ""}${key.split("/").map(escaped).join("/")}`,
      query,
      headers,
    };
  }
}

/** As RFC 3986 wants it. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function statusOf({ headers }: OutboundAnswer): RemoteStatus {
  const modifiedMs = Date.parse(headers.get("last-modified") ?? "");
  const length = headers.get("content-length");
  return {
    kind: "file",
    sizeBytes: length === undefined ? null : Number(length),
    lastModifiedMs: Number.isNaN(modifiedMs) ? null : BigInt(modifiedMs),
    version: headers.get("etag") ?? null,
  };
}

const DENIED =
  "Keys come from the datastore, else from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the profile, or the role of this machine.";

/** What a store says when it gives nothing, by the codes of its answers. */
const REASONS: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: "the access key is not known there",
  SignatureDoesNotMatch: "the secret key is wrong",
  ExpiredToken: "the session token has expired",
  TokenRefreshRequired: "the session token has expired",
  InvalidToken: "the session token is wrong",
  RequestTimeTooSkewed: "the clock of this machine is wrong",
  AccessDenied: "these credentials may not read it",
};

async function refusalOf(answer: OutboundAnswer, uri: string): Promise<Failure> {
  const { status } = answer;
  const { code, message } = readErrorPage(
    Buffer.from(await readBody(answer, 1 << 20).catch(() => "")).toString(),
  );
  const details = { place: { uri } };
  if (code === "NoSuchBucket")
    return new Failure("source-missing", `There is no bucket for "${uri}".`, details);
  if (status === 404) return new Failure("source-missing", `There is no object "${uri}".`, details);
  const known = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  if (known !== undefined || status === 401 || status === 403) {
    const why = known ?? `the store answers ${status}${code === "" ? "" : ` ${code}`}`;
    return new Failure("access-denied", `"${uri}" cannot be read: ${why}.`, { ...details, help: DENIED });
  }
  const told = [String(status), code, message].filter((part) => part !== "").join(" ");
  return new Failure("source-unreadable", `"${uri}" cannot be read: the store answers ${told}.`, details);
}
