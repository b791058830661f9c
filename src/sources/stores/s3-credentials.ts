/** Who asks S3: keys, or what the vendor's library finds, which is loaded when it is needed. */
import { Readable } from "node:stream";
import { Failure, invariant } from "#text";
import { readBody } from "../outbound/read-body.ts";
import type { SendPlain } from "./signed-request.ts";

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

/** The failure of the vendor's library, told. */
export function noCredentials(cause: unknown): Failure {
  const why = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
  return new Failure("access-denied", `There are no credentials for S3: ${why.replace(/\.$/, "")}.`, {
    help: "Give access_key and secret_key in a datastore, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE. Buckets that everybody may read need `anonymous: true`.",
    cause,
  });
}

/** The vendor's library warns on the console of what is the user's choice. */
const QUIET = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

const MOST_TOKEN_BYTES = 1 << 20;

/** A request for a token, as the vendor's library makes it. */
interface VendorRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Keys, as the vendor's libraries have them. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** What gives keys to the vendor's signer. Keys that end are fetched anew. */
export async function providerOf(
  credentials: Exclude<S3Credentials, { kind: "anonymous" }>,
  send: SendPlain,
): Promise<AwsKeys | (() => Promise<AwsKeys>)> {
  if (credentials.kind === "chain") {
    const { defaultProvider } = await import("@aws-sdk/credential-provider-node");
    const { profile } = credentials;
    const clientConfig = { requestHandler: handlerOf(send), logger: QUIET };
    return defaultProvider({
      logger: QUIET,
      clientConfig,
      parentClientConfig: clientConfig,
      ...(profile === null ? {} : { profile }),
    });
  }
  const { accessKey: accessKeyId, secretKey: secretAccessKey, sessionToken } = credentials;
  return { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) };
}

/** The one outbound client in the form that the vendor's library takes: for roles and logins. */
function handlerOf(send: SendPlain) {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    destroy() {},
    async handle(request: VendorRequest) {
      const { method, headers, body } = request;
      const isBytes = body instanceof Uint8Array || typeof body === "string";
      invariant(isBytes || body === undefined, "the library sends texts");
      const plain = { url: urlOf(request), method, headers, ...(isBytes ? { body } : {}) };
      const answer = await send(plain, new AbortController().signal);
      const bytes = await readBody(answer, MOST_TOKEN_BYTES);
      const told = Object.fromEntries(answer.headers);
      return { response: { statusCode: answer.status, headers: told, body: Readable.from([bytes]) } };
    },
  };
}

function urlOf({ protocol, hostname, port, path, query = {} }: VendorRequest): string {
  const url = new URL(`${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}`);
  for (const [name, value] of Object.entries(query)) {
    for (const one of typeof value === "string" ? [value] : (value ?? [""]))
      url.searchParams.append(name, one);
  }
  return url.href;
}
