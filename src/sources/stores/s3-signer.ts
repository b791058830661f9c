/** Signs requests to S3 (AWS Signature Version 4) with the vendor's libraries, loaded when they are needed. */
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import type { Failure } from "#text";
import { escapedText } from "./object-keys.ts";
import { noCredentials, providerOf, type S3Credentials } from "./s3-credentials.ts";
import type { SendPlain, SignedRequest } from "./signed-request.ts";

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly method: string;
  /** With its colon. */
  readonly protocol: string;
  /** With its port. */
  readonly host: string;
  /** Escaped. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** SHA-256 of nothing: no request has a body. */
const EMPTY_SHA256 = createHash("sha256").digest("hex");

/** Signs a request with the time it is now. Throws access-denied when there are no credentials. */
export type Signer = (request: UnsignedRequest) => Promise<SignedRequest>;

/** How requests are signed. */
export interface Signing {
  readonly credentials: S3Credentials;
  readonly region: string;
  readonly sendPlain: SendPlain;
  /** Milliseconds since 1970 UTC. */
  readonly wallClockMs: () => number;
}

/** What signs requests for a region. Keys that expire are fetched anew by the vendor's chain. */
export async function openSigner({ credentials, region, sendPlain, wallClockMs }: Signing): Promise<Signer> {
  if (credentials.kind === "anonymous") return async (request) => sentOf(request, request.headers);
  // Loaded only here: the libraries take some 40 ms, and most runs read no store.
  const [{ SignatureV4 }, provider] = await Promise.all([
    import("@smithy/signature-v4"),
    providerOf(credentials, sendPlain),
  ]);
  const signer = new SignatureV4({
    credentials: provider,
    region,
    service: "s3",
    sha256: Sha256,
    uriEscapePath: false,
  });
  let failure: Failure | null = null;
  return async (request) => {
    // Why kept: to ask a machine for its role takes a second where there is none, and objects are many.
    if (failure !== null) throw failure;
    try {
      const signingDate = new Date(wallClockMs());
      return sentOf(request, (await signer.sign(unsignedOf(request), { signingDate })).headers);
    } catch (cause) {
      failure = noCredentials(cause);
      throw failure;
    }
  };
}

/** The request as the vendor's library wants it. */
function unsignedOf({ method, protocol, host, path, query, headers }: UnsignedRequest) {
  const [hostname = "", port] = host.split(/:(?=\d+$)/);
  return {
    method,
    protocol,
    hostname,
    path,
    query: { ...query },
    headers: { ...headers, host, "x-amz-content-sha256": EMPTY_SHA256 },
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

function sentOf(
  { method, protocol, host, path, query }: UnsignedRequest,
  headers: Readonly<Record<string, string>>,
): SignedRequest {
  const parts = Object.entries(query).map(([name, value]) => `${escapedText(name)}=${escapedText(value)}`);
  const search = parts.length === 0 ? "" : `?${parts.join("&")}`;
  return { url: `${protocol}//${host}${path}${search}`, method, headers };
}

/** SHA-256 as the vendor's library wants it. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
