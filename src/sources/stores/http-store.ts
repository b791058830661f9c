/** A web server as a store: objects by their addresses, names by the pages it makes of directories. */
import { Failure } from "#text";
import type { ResolveHost } from "../outbound/guarded-connections.ts";
import { shownUrl } from "../outbound/outbound-failure.ts";
import type { OutboundPolicy } from "../outbound/outbound-policy.ts";
import type { OutboundAnswer, OutboundRequest } from "../outbound/outbound-request.ts";
import { readRanges, refusalOf } from "../outbound/ranged-read.ts";
import { readBody } from "../outbound/read-body.ts";
import { outboundRequestWithRetry, type RetryWorld, SYSTEM_RETRY_WORLD } from "../outbound/retry.ts";
import { isIndexPage, readIndexPage } from "./index-page.ts";
import { DIRECTORY, objectStatus } from "./object-status.ts";
import type { ListingWish, RemoteEntry, RemoteRange, RemoteStatus, RemoteStore } from "./remote-store.ts";

/** Where the server is, and how it is asked. */
export interface HttpStoreOptions {
  /** The address that paths are below: `https://host:8443/` or `https://me:secret@host/logs/`. */
  readonly baseUrl: string;
  readonly policy: OutboundPolicy;
  /** Sent with each request: credentials that the server wants. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly world?: RetryWorld;
  readonly resolve?: ResolveHost;
}

/** The page of a directory with some 100,000 names is as large. */
const LARGEST_PAGE_BYTES = 16 << 20;
const NAMES_AT_ONCE = 1000;
const NOT_THERE = new Set([404, 410]);
/** Answers to HEAD that may be for HEAD alone. 403: addresses that are signed for GET. */
const HEAD_REFUSED = new Set([400, 403, 405, 501]);

/**
 * The store. Paths are parts of addresses: as they are written there, `%HH` and a query included. Only servers that make pages of
 * directories (autoindex of nginx and Apache and their like) can list; of their pages the names alone are taken.
 */
export function httpStore(options: HttpStoreOptions): RemoteStore {
  const asker = askerOf(options);
  return {
    list: (path, wish) => listPage(asker, path, wish),
    status: (path, signal) => statusOf(asker, path, signal),
    open: (path, range, signal) => openRange(asker, path, range, signal),
  };
}

interface Asker {
  readonly world: RetryWorld;
  readonly urlOf: (path: string) => string;
  readonly ask: (
    request: Pick<OutboundRequest, "url" | "signal" | "method" | "headers" | "maxBytes">,
  ) => Promise<OutboundAnswer>;
}

function askerOf({
  baseUrl,
  policy,
  headers = {},
  world = SYSTEM_RETRY_WORLD,
  resolve,
}: HttpStoreOptions): Asker {
  return {
    world,
    urlOf: (path) => urlBelow(baseUrl, path),
    ask: (request) => {
      const all = { ...headers, ...request.headers };
      const more = resolve === undefined ? {} : { resolve };
      return outboundRequestWithRetry({ ...request, ...more, headers: all, policy }, world);
    },
  };
}

function urlBelow(baseUrl: string, path: string): string {
  const base = new URL(baseUrl);
  const text = base.href + path;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && url.origin === base.origin && url.pathname.startsWith(base.pathname)) return url.href;
  const uri = shownUrl(text);
  throw new Failure("access-denied", `"${uri}" leads out of "${shownUrl(baseUrl)}".`, {
    help: "A path in a store leads downwards only: write it without dots that lead upwards.",
    place: { uri },
  });
}

async function statusOf(asker: Asker, path: string, signal: AbortSignal): Promise<RemoteStatus | null> {
  const url = asker.urlOf(path);
  const head = await asker.ask({ url, signal, method: "HEAD" });
  head.discard();
  if (!HEAD_REFUSED.has(head.status)) return readStatus(head, url);
  const start = await asker.ask({ url, signal, headers: { range: "bytes=0-0" } });
  start.discard();
  return readStatus(start, url);
}

function readStatus(answer: OutboundAnswer, url: string): RemoteStatus | null {
  const { status, headers } = answer;
  if (NOT_THERE.has(status)) return null;
  const total = /\/(\d{1,15})$/.exec(headers.get("content-range") ?? "")?.[1];
  const isEmpty = status === 416 && total === "0";
  if (status !== 200 && status !== 206 && !isEmpty) throw refusalOf(answer);
  if (isDirectory(url, answer.url)) return DIRECTORY;
  return objectStatus(answer, status === 200 ? headers.get("content-length") : total);
}

/** Servers send those who ask for a directory to the same address with a slash. */
function isDirectory(askedUrl: string, answeredUrl: string): boolean {
  const asked = new URL(askedUrl).pathname;
  return asked.endsWith("/") || new URL(answeredUrl).pathname === `${asked}/`;
}

function openRange(
  asker: Asker,
  path: string,
  { startByte, endByte, version }: RemoteRange,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const url = asker.urlOf(path);
  return readRanges({
    startByte,
    endByte,
    version,
    signal,
    world: asker.world,
    ask: (headers) => asker.ask({ url, signal, headers }),
  });
}

async function* listPage(
  asker: Asker,
  path: string,
  { namePrefix, signal }: ListingWish,
): AsyncGenerator<readonly RemoteEntry[], void, undefined> {
  const url = asker.urlOf(withSlash(path));
  const answer = await asker.ask({ url, signal, headers: { accept: "text/html" } });
  if (NOT_THERE.has(answer.status)) {
    answer.discard();
    return;
  }
  const html = await pageOf(answer, url);
  const names = readIndexPage(html, answer.url);
  if (names.length === 0 && !isIndexPage(html))
    throw noIndex(url, "what it answers is no index of a directory");
  const wanted = names.filter(({ name }) => name.startsWith(namePrefix));
  for (let start = 0; start < wanted.length; start += NAMES_AT_ONCE) {
    const page = wanted.slice(start, start + NAMES_AT_ONCE);
    yield page.map((entry) => ({ ...entry, sizeBytes: null, lastModifiedMs: null, version: null }));
  }
}

/** The path of a directory, with a slash behind it, and its query behind that. */
function withSlash(path: string): string {
  const at = path.indexOf("?");
  const [bare, query] = at < 0 ? [path, ""] : [path.slice(0, at), path.slice(at)];
  return `${bare === "" || bare.endsWith("/") ? bare : `${bare}/`}${query}`;
}

async function pageOf(answer: OutboundAnswer, url: string): Promise<string> {
  const isHtml = /^text\/html\b/i.test(answer.headers.get("content-type") ?? "");
  const isHere = new URL(answer.url).pathname === new URL(url).pathname;
  if (answer.status === 200 && isHtml && isHere) {
    return new TextDecoder().decode(await readBody(answer, LARGEST_PAGE_BYTES));
  }
  answer.discard();
  if (answer.status === 403) throw noIndex(url, "the server does not allow it (403)");
  if (answer.status !== 200) throw refusalOf(answer);
  throw noIndex(
    url,
    isHtml ? `the server sends to "${shownUrl(answer.url)}"` : "what it answers is no page of HTML",
  );
}

function noIndex(url: string, reason: string): Failure {
  const uri = shownUrl(url);
  return new Failure("source-unreadable", `The names below "${uri}" cannot be listed: ${reason}.`, {
    help: "Wildcards work where the server makes pages of directories (autoindex of nginx, mod_autoindex of Apache). Elsewhere name each file.",
    place: { uri },
  });
}
