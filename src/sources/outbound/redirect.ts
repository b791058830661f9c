/** Where a redirect leads, and what goes there. */

import { Failure } from "#text";
import { outboundFailure, shownUrl } from "./outbound-failure.ts";

/** One request as it goes over the wire. Names of headers are in lower case; the address holds no user and password. */
export interface Hop {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | null;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** All other headers may be credentials of some kind, and stay with the origin they were meant for. */
const HARMLESS_HEADERS = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "cache-control",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "range",
  "user-agent",
]);
const BODY_HEADERS = new Set(["content-type", "content-length", "content-encoding", "content-language"]);

/** Whether an answer sends the asker elsewhere. */
export function isRedirect(status: number, location: string | undefined): location is string {
  return location !== undefined && REDIRECTS.has(status);
}

/**
 * The request that a redirect asks for. Credentials do not leave their origin (scheme, host, port); bodies neither.
 *
 * @throws Failure outbound-denied (from https to http, a body elsewhere), outbound-failed (no address that can be read)
 */
export function nextHop(hop: Hop, status: number, location: string): Hop {
  const from = new URL(hop.url);
  if (!URL.canParse(location, hop.url)) {
    throw outboundFailure(hop.url, "the server redirects to an address that cannot be read");
  }
  const to = new URL(location, from);
  if (to.hash === "") to.hash = from.hash;
  if (from.protocol === "https:" && to.protocol === "http:") {
    throw denied(hop.url, `redirects from https to http, to "${shownUrl(to.href)}"`);
  }
  to.username = "";
  to.password = "";
  const becomesGet =
    status === 303 ? hop.method !== "HEAD" : (status === 301 || status === 302) && hop.method === "POST";
  const isSameOrigin = from.origin === to.origin;
  const body = becomesGet ? null : hop.body;
  if (body !== null && !isSameOrigin) {
    throw denied(hop.url, `redirects a request with a body elsewhere, to "${shownUrl(to.href)}"`);
  }
  const headers = Object.entries(hop.headers).filter(([name]) => {
    if (body === null && BODY_HEADERS.has(name)) return false;
    return isSameOrigin || HARMLESS_HEADERS.has(name);
  });
  return {
    url: to.href,
    method: becomesGet ? "GET" : hop.method,
    headers: Object.fromEntries(headers),
    body,
  };
}

function denied(url: string, what: string): Failure {
  const uri = shownUrl(url);
  return new Failure("outbound-denied", `"${uri}" ${what}, which is not followed.`, {
    help: "Give the address that it leads to, when that is what you want.",
    place: { uri },
  });
}
