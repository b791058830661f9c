/** A bucket of S3: where it is, and how it is asked. */
import { isIP } from "node:net";
import { Failure } from "#text";
import type { OutboundAnswer } from "../outbound/outbound-request.ts";
import { readBody } from "../outbound/read-body.ts";
import type { RetryWorld } from "../outbound/retry.ts";
import { escapedText } from "./object-keys.ts";
import { errorTextOf } from "./read-object.ts";
import { readErrorPage } from "./s3-answers.ts";
import type { S3Credentials } from "./s3-credentials.ts";
import { s3Refusal } from "./s3-refusal.ts";
import { openSigner, type Signer, type UnsignedRequest } from "./s3-signer.ts";
import type { SendPlain, SendSigned } from "./signed-request.ts";

/** A bucket and how it is reached. */
export interface S3BucketOptions {
  readonly bucket: string;
  /** Where the bucket is asked for first. */
  readonly region: string;
  /** `https://s3.example.com`; null: AWS itself, over TLS. */
  readonly endpoint: string | null;
  /** The bucket stands in the path and not in the host's name. */
  readonly isPathStyle: boolean;
  readonly credentials: S3Credentials;
  readonly send: SendSigned;
  /** Asks for roles and logins. */
  readonly sendPlain: SendPlain;
  readonly world: RetryWorld;
}

/** What is asked of a bucket. */
export interface BucketRequest {
  readonly method: "GET" | "HEAD";
  /** Empty: the bucket itself. */
  readonly key: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

const MOST_PAGE_BYTES = 16 << 20;

const REGION = /^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/;
/** Old buckets have capital letters and underscores. */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;
/** Names that can stand before a host: certificates do not hold for names with dots. */
const HOST_BUCKET = /^[a-z0-9][a-z0-9-]{1,62}$/;

/** Knows where a bucket is. The region that a store names when it was asked in another one is kept. */
export class S3Bucket {
  readonly #options: S3BucketOptions;
  #region: string;
  #signer: Promise<Signer> | null = null;

  /** Throws source-missing for a bucket or a region whose name can be none. */
  constructor(options: S3BucketOptions) {
    const { bucket, region } = options;
    if (!BUCKET.test(bucket)) {
      throw new Failure("source-missing", `"${bucket}" is no name of a bucket.`, {
        help: "It has letters, digits, dots and hyphens. Addresses are s3s://bucket/path and s3s://region@bucket/path.",
      });
    }
    if (!REGION.test(region)) {
      throw new Failure("source-missing", `"${region}" is no name of a region such as eu-west-1.`);
    }
    this.#options = options;
    this.#region = region;
  }

  /** The address of a path, for messages. */
  uriOf(path: string): string {
    const { endpoint, bucket } = this.#options;
    return `${endpoint?.startsWith("http:") ? "s3" : "s3s"}://${bucket}/${path}`;
  }

  /** An answer of any status. Asked again, once, when the bucket is in another region. */
  async ask(request: BucketRequest, signal: AbortSignal): Promise<OutboundAnswer> {
    const asked = this.#region;
    const answer = await this.#send(request, signal);
    const elsewhere = await this.#elsewhere(answer, asked, request.method);
    if (elsewhere.region === null) return elsewhere.answer;
    answer.discard();
    if (this.#region !== elsewhere.region) {
      this.#region = elsewhere.region;
      this.#signer = null;
    }
    return this.#send(request, signal);
  }

  /** The text that a question about the bucket itself is answered with. `uri` is for messages. */
  async textOf(query: Readonly<Record<string, string>>, uri: string, signal: AbortSignal): Promise<string> {
    const answer = await this.ask({ method: "GET", key: "", query, headers: {} }, signal);
    if (answer.status !== 200) throw await this.refusalOf(answer, uri);
    return new TextDecoder().decode(await readBody(answer, MOST_PAGE_BYTES));
  }

  /** The failure that an answer means; reads it. */
  async refusalOf(answer: OutboundAnswer, uri: string): Promise<Failure> {
    const page = readErrorPage(await errorTextOf(answer));
    const region = page.region || (answer.headers.get("x-amz-bucket-region") ?? "");
    return s3Refusal(answer.status, { ...page, region: region === this.#region ? "" : region }, uri);
  }

  /** Which region an answer sends to, and the answer, unread; null: none, or the one that was asked in. */
  async #elsewhere(
    answer: OutboundAnswer,
    asked: string,
    method: string,
  ): Promise<{ readonly region: string | null; readonly answer: OutboundAnswer }> {
    if (answer.status < 300 || answer.status === 304) return { region: null, answer };
    const told = answer.headers.get("x-amz-bucket-region");
    if (told !== undefined) return { region: isOther(told, asked) ? told : null, answer };
    if (answer.status !== 400 || method === "HEAD") return { region: null, answer };
    // Other makers' stores say in the body alone which region a signature must name.
    const text = await errorTextOf(answer);
    const { region } = readErrorPage(text);
    return { region: isOther(region, asked) ? region : null, answer: { ...answer, body: once(text) } };
  }

  async #send(request: BucketRequest, signal: AbortSignal): Promise<OutboundAnswer> {
    const { credentials, sendPlain, world } = this.#options;
    this.#signer ??= openSigner({
      credentials,
      region: this.#region,
      sendPlain,
      wallClockMs: world.wallClockMs,
    });
    const sign = await this.#signer;
    return this.#options.send(() => sign(this.#unsigned(request)), signal);
  }

  #unsigned({ method, key, query, headers }: BucketRequest): UnsignedRequest {
    const { bucket, isPathStyle, endpoint } = this.#options;
    const base = new URL(endpoint ?? `https://s3.${this.#region}.${domainOf(this.#region)}`);
    const isInPath = isPathStyle || !HOST_BUCKET.test(bucket) || isAddress(base.hostname);
    const prefix = base.pathname.replace(/\/$/, "");
    return {
      method,
      protocol: base.protocol,
      host: isInPath ? base.host : `${bucket}.${base.host}`,
      path: `${prefix}/${isInPath ? `${bucket}/` : ""}${key.split("/").map(escapedText).join("/")}`,
      query,
      headers,
    };
  }
}

function isOther(region: string, asked: string): boolean {
  return region !== asked && REGION.test(region);
}

/** The clouds of AWS that are apart from the others (AWS General Reference, "Partitions"). */
function domainOf(region: string): string {
  if (region.startsWith("cn-")) return "amazonaws.com.cn";
  if (region.startsWith("eusc-")) return "amazonaws.eu";
  return "amazonaws.com";
}

/** Nothing can stand before an address. */
function isAddress(hostname: string): boolean {
  return hostname === "localhost" || hostname.startsWith("[") || isIP(hostname) !== 0;
}

async function* once(text: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield Buffer.from(text);
}
