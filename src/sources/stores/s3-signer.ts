/** Signs requests to S3 (AWS Signature Version 4) with the vendor's libraries, loaded when they are needed. */
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { Failure } from "#text";

/** Who asks: keys that were given, the vendor's chain (environment, profile, role of the machine), or nobody. */
export type S3Credentials =
  | {
      readonly kind: "keys";
      readonly accessKey: string;
      readonly secretKey: string;
      readonly sessionToken: string | null;
    }
  | { readonly kind: "chain"; readonly profile: string | null }
  | { readonly kind: "anonymous" };

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly method: "GET" | "HEAD";
  /** With its colon. */
  readonly protocol: string;
  /** With its port. */
  readonly host: string;
  /** Escaped. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request as it is sent. */
export interface SignedRequest {
  readonly url: string;
  readonly method: "GET" | "HEAD";
  readonly headers: Readonly<Record<string, string>>;
}

/** SHA-256 of nothing: no request has a body. */
const EMPTY_SHA256 = createHash("sha256").digest("hex");

/** What signs requests for a region. Keys that expire are fetched anew by the vendor's chain. */
export async function openSigner(
  credentials: S3Credentials,
  region: string,
): Promise<(request: UnsignedRequest) => Promise<SignedRequest>> {
  if (credentials.kind === "anonymous") return async (request) => sentOf(request, request.headers);
  const [{ SignatureV4 }, provider] = await Promise.all([
    import("@smithy/signature-v4"),
    providerOf(credentials),
  ]);
  const signer = new SignatureV4({
    credentials: provider,
    region,
    service: "s3",
    sha256: Sha256,
    uriEscapePath: false,
  });
  return async (request) => {
    const { method, protocol, host, path, query } = request;
    const [hostname = "", port] = host.split(/:(?=\d+$)/);
    const headers = { ...request.headers, host, "x-amz-content-sha256": EMPTY_SHA256 };
    const unsigned = {
      method,
      protocol,
      hostname,
      path,
      query: { ...query },
      headers,
      ...(port === undefined ? {} : { port: Number(port) }),
    };
    try {
      return sentOf(request, (await signer.sign(unsigned)).headers);
    } catch (cause) {
      throw noCredentials(cause);
    }
  };
}

function noCredentials(cause: unknown): Failure {
  const why = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
  return new Failure("access-denied", `There are no credentials for S3: ${why.replace(/\.$/, "")}.`, {
    help: "Give access_key and secret_key in a datastore, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; `anonymous: true` for public buckets.",
    cause,
  });
}

async function providerOf(credentials: Exclude<S3Credentials, { kind: "anonymous" }>) {
  if (credentials.kind === "chain") {
    const { defaultProvider } = await import("@aws-sdk/credential-provider-node");
    return defaultProvider(credentials.profile === null ? {} : { profile: credentials.profile });
  }
  const { accessKey: accessKeyId, secretKey: secretAccessKey, sessionToken } = credentials;
  return { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) };
}

function sentOf(
  { method, protocol, host, path, query }: UnsignedRequest,
  headers: Readonly<Record<string, string>>,
): SignedRequest {
  const parts = Object.entries(query).map(([name, value]) => `${escaped(name)}=${escaped(value)}`);
  const search = parts.length === 0 ? "" : `?${parts.join("&")}`;
  return { url: `${protocol}//${host}${path}${search}`, method, headers };
}

/** As RFC 3986 wants it, and as it is signed. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
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
