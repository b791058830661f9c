/** One request to another machine, and its answer: everything that is fetched goes through here. */
import { Failure } from "#text";
import { throwIfCancelled } from "../cancel.ts";
import type { Exchange } from "./exchange.ts";
import type { ResolveHost } from "./guarded-connections.ts";
import { outboundFailure, shownUrl, tooLargeFailure } from "./outbound-failure.ts";
import { checkHost, type OutboundPolicy } from "./outbound-policy.ts";
import { type Hop, isRedirect, nextHop } from "./redirect.ts";

/** What is asked of another machine. */
export interface OutboundRequest {
  /** `http:` or `https:`; a user and a password in it become an Authorization header. */
  readonly url: string;
  /** In capital letters; GET when absent. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Ends the request, and the reading of its body, with `cancelled`. */
  readonly signal: AbortSignal;
  readonly policy: OutboundPolicy;
  /** A longer body fails with `outbound-too-large`; absent: any length. */
  readonly maxBytes?: number;
  /** For names, connection and TLS together; 10 s when absent. */
  readonly connectTimeoutMs?: number;
  /** So long nothing may come while it is waited for; 30 s when absent. */
  readonly silenceTimeoutMs?: number;
  /** How many redirects are followed, 5 when absent. With 0 the redirect itself is the answer. */
  readonly maxRedirects?: number;
  /** Resolves names; the system's resolver when absent. */
  readonly resolve?: ResolveHost;
}

/** What another machine answers, whatever its status. */
export interface OutboundAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** The address that answered, behind all redirects; without user and password. */
  readonly url: string;
  /** The body as it comes over the wire; read it once, or `discard` it. Leaving the loop closes the connection. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives the connection free when the body is not wanted. */
  readonly discard: () => void;
}

const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_TIMEOUT_MS = 30_000;
const MOST_REDIRECTS = 5;

/**
 * Asks another machine. Redirects are followed and checked like first addresses; credentials do not leave their origin.
 *
 * @throws Failure outbound-denied, outbound-failed, outbound-timeout, outbound-too-large, cancelled; reading the body throws the last four
 */
export async function outboundRequest(request: OutboundRequest): Promise<OutboundAnswer> {
  const maxRedirects = request.maxRedirects ?? MOST_REDIRECTS;
  let hop = firstHop(request);
  // Loaded only here: most runs ask no other machine, and http is large.
  const { exchange } = await import("./exchange.ts");
  for (let followed = 0; ; followed++) {
    throwIfCancelled(request.signal);
    checkUrl(hop.url, request.policy);
    const { response, body, discard } = await exchange(exchangeOf(hop, request));
    const status = response.statusCode ?? 0;
    const location = response.headers.location;
    if (maxRedirects === 0 || !isRedirect(status, location)) {
      const headers = new Map(
        Object.entries(response.headers).flatMap(([name, value]): [string, string][] =>
          value === undefined ? [] : [[name, typeof value === "string" ? value : value.join(", ")]],
        ),
      );
      checkLength(headers, hop, request.maxBytes, discard);
      return { status, headers, url: hop.url, body, discard };
    }
    discard();
    if (followed >= maxRedirects) {
      throw outboundFailure(request.url, `it redirects more than ${maxRedirects} times`);
    }
    hop = nextHop(hop, status, location);
  }
}

function exchangeOf(hop: Hop, request: OutboundRequest): Exchange {
  return {
    hop,
    signal: request.signal,
    policy: request.policy,
    resolve: request.resolve ?? null,
    maxBytes: request.maxBytes ?? Number.POSITIVE_INFINITY,
    connectTimeoutMs: request.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    silenceTimeoutMs: request.silenceTimeoutMs ?? SILENCE_TIMEOUT_MS,
  };
}

function firstHop(request: OutboundRequest): Hop {
  const { url: text, method = "GET", body } = request;
  if (!URL.canParse(text)) throw unreadableUrl(text);
  const url = new URL(text);
  // Bytes are wanted as they are stored; whoever asks for packed ones must unpack them.
  const headers: Record<string, string> = {
    accept: "*/*",
    "user-agent": "trawl",
    "accept-encoding": "identity",
  };
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  if (url.username !== "" || url.password !== "") {
    const credentials = `${decoded(url.username, text)}:${decoded(url.password, text)}`;
    headers["authorization"] ??= `Basic ${Buffer.from(credentials).toString("base64")}`;
    url.username = "";
    url.password = "";
  }
  if (body !== undefined) headers["content-length"] = String(Buffer.byteLength(body));
  return { url: url.href, method, headers, body: body ?? null };
}

function decoded(part: string, url: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw outboundFailure(url, 'its user or password holds a "%" that is no escape', { cause });
  }
}

function checkUrl(text: string, policy: OutboundPolicy): void {
  const { protocol, hostname } = new URL(text);
  if (protocol !== "http:" && protocol !== "https:") {
    throw new Failure("outbound-denied", `"${shownUrl(text)}" is fetched neither by http nor by https.`, {
      help: "Other protocols are not spoken.",
      place: { uri: shownUrl(text) },
    });
  }
  checkHost(hostname, policy);
}

function unreadableUrl(text: string): Failure {
  return outboundFailure(text, "it is no address such as https://example.com/a.log");
}

function checkLength(
  headers: ReadonlyMap<string, string>,
  hop: Hop,
  maxBytes: number | undefined,
  discard: () => void,
): void {
  const length = Number(headers.get("content-length") ?? 0);
  if (maxBytes === undefined || hop.method === "HEAD" || !(length > maxBytes)) return;
  discard();
  throw tooLargeFailure(hop.url, maxBytes);
}
