/** A bucket of Google Cloud Storage on this machine (JSON API), with faults as a test wants them. */
import { createVerify, type KeyObject } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { type FaultServer, startServer } from "../outbound/fault-server.testing.ts";
import { giveBytes } from "./give-bytes.testing.ts";

/** An object and its generation. */
export interface FakeObject {
  readonly bytes: Buffer;
  readonly generation: string;
  /** Stored packed: given unpacked to those who take no gzip. */
  readonly isGzip?: boolean;
}

/** A bucket named `bucket`, its objects, and the server that has them. */
export interface FakeGcs {
  readonly server: FaultServer;
  readonly objects: Map<string, FakeObject>;
  readonly headers: IncomingMessage["headers"][];
  /** Null: anybody may read. */
  token: string | null;
  /** Checks the claims of service accounts. */
  publicKey: KeyObject | null;
  fault: ((response: ServerResponse, count: number, url: URL) => boolean) | null;
}

const PAGE = 1000;

/** Starts a bucket. Close its server. */
export async function startFakeGcs(
  objects: Readonly<Record<string, string | Buffer>> = {},
): Promise<FakeGcs> {
  const kept = new Map(
    Object.entries(objects).map(([name, bytes]) => [name, { bytes: Buffer.from(bytes), generation: "1700" }]),
  );
  const headers: IncomingMessage["headers"][] = [];
  const more: Pick<FakeGcs, "token" | "fault" | "publicKey"> = { token: null, fault: null, publicKey: null };
  const server = await startServer((request, response) => {
    headers.push(request.headers);
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    if (more.fault?.(response, headers.length - 1, url)) return;
    if (url.pathname === "/token") void giveToken(request, response, more);
    else answer(url, request, response);
  });
  const answer = (url: URL, request: IncomingMessage, response: ServerResponse) => {
    if (more.token !== null && request.headers.authorization !== `Bearer ${more.token}`) {
      refuseJson(response, 401, "Anonymous caller does not have storage.objects.get access.");
      return;
    }
    const name = /^\/storage\/v1\/b\/bucket\/o(?:\/([^/]+))?$/.exec(url.pathname);
    if (name === null) refuseJson(response, 404, "The specified bucket does not exist.");
    else if (name[1] === undefined) list(url.searchParams, kept, response);
    else read(decodeURIComponent(name[1]), url, request, kept, response);
  };
  return Object.assign(more, { server, objects: kept, headers });
}

/** Answers with an error as Google writes it. */
export function refuseJson(response: ServerResponse, code: number, message: string): true {
  response.writeHead(code, { "content-type": "application/json" });
  response.end(JSON.stringify({ error: { code, message, errors: [{ message, domain: "global" }] } }));
  return true;
}

/** RFC 7523: a claim signed with the account's key for a token. */
async function giveToken(
  request: IncomingMessage,
  response: ServerResponse,
  { token, publicKey }: Pick<FakeGcs, "token" | "publicKey">,
): Promise<void> {
  const form = new URLSearchParams(await text(request));
  const [head = "", claims = "", signature = ""] = (form.get("assertion") ?? "").split(".");
  const isRight =
    publicKey !== null &&
    createVerify("sha256").update(`${head}.${claims}`).verify(publicKey, signature, "base64url");
  response.writeHead(isRight ? 200 : 400, { "content-type": "application/json" });
  const refusal = { error: "invalid_grant", error_description: "Invalid JWT Signature." };
  response.end(
    JSON.stringify(isRight ? { access_token: token, expires_in: 3600, token_type: "Bearer" } : refusal),
  );
}

function told(name: string, { bytes, generation }: FakeObject) {
  return { name, size: String(bytes.length), updated: "2026-10-01T12:00:00.123Z", generation };
}

function list(
  query: URLSearchParams,
  objects: ReadonlyMap<string, FakeObject>,
  response: ServerResponse,
): void {
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter")];
  const rows = new Map<string, FakeObject | null>();
  for (const [name, object] of [...objects].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!name.startsWith(prefix)) continue;
    const slash = delimiter === null ? -1 : name.indexOf(delimiter, prefix.length);
    if (slash >= 0) rows.set(name.slice(0, slash + 1), null);
    else rows.set(name, object);
  }
  const all = [...rows].filter(([name]) => name > (query.get("pageToken") ?? ""));
  const page = all.slice(0, Math.min(PAGE, Number(query.get("maxResults") ?? PAGE)));
  const prefixes = page.flatMap(([name, object]) => (object === null ? [name] : []));
  const items = page.flatMap(([name, object]) => (object === null ? [] : [told(name, object)]));
  response.end(
    JSON.stringify({
      ...(prefixes.length === 0 ? {} : { prefixes }),
      ...(items.length === 0 ? {} : { items }),
      ...(page.length < all.length ? { nextPageToken: page.at(-1)?.[0] } : {}),
    }),
  );
}

function read(
  name: string,
  { searchParams }: URL,
  request: IncomingMessage,
  objects: ReadonlyMap<string, FakeObject>,
  response: ServerResponse,
): void {
  const object = objects.get(name);
  const wanted = searchParams.get("ifGenerationMatch");
  if (object === undefined) {
    response.writeHead(404, { "content-type": "text/html" }).end(`No such object: bucket/${name}`);
  } else if (searchParams.get("alt") !== "media") response.end(JSON.stringify(told(name, object)));
  else if (wanted !== null && wanted !== object.generation) refuseJson(response, 412, "conditionNotMet");
  else if (object.isGzip === true && request.headers["accept-encoding"] !== "gzip") response.end("unpacked");
  else give(object, request, response);
}

function give(
  { bytes, generation, isGzip }: FakeObject,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const headers = {
    etag: `etag-${generation}`,
    "x-goog-generation": generation,
    ...(isGzip === true ? { "content-encoding": "gzip" } : {}),
  };
  giveBytes({ bytes, headers, refuseRange: (to) => to.writeHead(416).end() }, request, response);
}
