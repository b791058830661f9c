/** Says who asks Azure Blob Storage: with the account's key, a shared access signature, or not at all. */
import { createHmac } from "node:crypto";
import { Failure } from "#text";
import { escapedText } from "./object-keys.ts";
import type { SignedRequest } from "./signed-request.ts";

/** Who asks. A signature (SAS) is the query of an address: `sv=…&sp=rl&sig=…`. */
export type AzureCredentials =
  | { readonly kind: "key"; readonly accountKey: string }
  | { readonly kind: "signature"; readonly sasToken: string }
  | { readonly kind: "anonymous" };

/** A request before it is signed. */
export interface AzureRequest {
  readonly method: "GET" | "HEAD";
  /** Scheme, host and path, escaped. */
  readonly url: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** How requests are signed. */
export interface AzureSigning {
  readonly account: string;
  readonly credentials: AzureCredentials;
  /** Milliseconds since 1970 UTC. */
  readonly wallClockMs: () => number;
}

/** The version of the protocol: the first that escapes names which XML cannot hold. */
const PROTOCOL = "2021-02-12";

/** Signs a request with the time it is now. */
export type AzureSigner = (request: AzureRequest) => SignedRequest;

/**
 * What signs requests.
 *
 * @throws Failure store-unknown: the key is no key, the signature no query
 */
export function openAzureSigner({ account, credentials, wallClockMs }: AzureSigning): AzureSigner {
  const key = credentials.kind === "key" ? keyOf(credentials.accountKey) : null;
  const signature = credentials.kind === "signature" ? signatureOf(credentials.sasToken) : "";
  return ({ method, url, query, headers }) => {
    const parts = Object.entries(query).map(([name, value]) => `${escapedText(name)}=${escapedText(value)}`);
    const search = [...parts, signature].filter((part) => part !== "").join("&");
    const sent: Record<string, string> = {
      ...headers,
      "x-ms-date": new Date(wallClockMs()).toUTCString(),
      "x-ms-version": PROTOCOL,
    };
    if (key !== null) {
      const text = textToSign({ method, url, query, headers: sent }, account);
      sent["authorization"] =
        `SharedKey ${account}:${createHmac("sha256", key).update(text).digest("base64")}`;
    }
    return { method, url: search === "" ? url : `${url}?${search}`, headers: sent };
  };
}

function keyOf(text: string): Buffer {
  const key = Buffer.from(text.trim(), "base64");
  if (key.length >= 16 && key.toString("base64").replace(/=+$/, "") === text.trim().replace(/=+$/, ""))
    return key;
  throw new Failure("store-unknown", "The key of the storage account is none.", {
    help: "It is a text of base64, as the portal shows it under Access keys.",
  });
}

/** A signature is given as a query, with or without its "?", or as the whole address that the portal shows. */
function signatureOf(text: string): string {
  const query = text.trim().replace(/^[^?]*\?/, "");
  const isQuery = /^[\w.~%+/:=&,-]+$/.test(query) && /(^|&)sig=/.test(query);
  if (isQuery) return query;
  throw new Failure("store-unknown", "The shared access signature is none.", {
    help: 'It is a query such as "sv=2022-11-02&sp=rl&sig=…".',
  });
}

/** Headers that are signed by their place ("Authorize with Shared Key", Blob Storage REST). None of the requests has a body. */
const SIGNED_HEADERS = [
  "content-encoding",
  "content-language",
  "content-length",
  "content-md5",
  "content-type",
  "date",
  "if-modified-since",
  "if-match",
  "if-none-match",
  "if-unmodified-since",
  "range",
];

/** What a signature with the account's key is made of. */
export function textToSign({ method, url, query, headers }: AzureRequest, account: string): string {
  const own = Object.keys(headers)
    .filter((name) => name.startsWith("x-ms-"))
    .sort();
  const names = Object.keys(query).sort();
  return [
    method,
    ...SIGNED_HEADERS.map((name) => headers[name] ?? ""),
    ...own.map((name) => `${name}:${headers[name]}`),
    `/${account}${new URL(url).pathname}`,
    ...names.map((name) => `${name.toLowerCase()}:${query[name]}`),
  ].join("\n");
}
