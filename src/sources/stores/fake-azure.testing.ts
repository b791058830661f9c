/** A container of Azure Blob Storage on this machine that checks signatures, with faults as a test wants them. */
import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type FaultServer, startServer } from "../outbound/fault-server.testing.ts";
import { giveBytes } from "./give-bytes.testing.ts";

/** The container `logs` of the account `example`, its blobs, and the server that has them. */
export interface FakeAzure {
  readonly server: FaultServer;
  readonly blobs: Map<string, Buffer>;
  readonly headers: IncomingMessage["headers"][];
  /** Anybody may read. */
  isPublic: boolean;
  /** Names that are directories of their own, as some accounts have them. */
  readonly directories: Set<string>;
  fault: ((response: ServerResponse, count: number, url: URL, method: string) => boolean) | null;
}

/** The account's key. */
export const ACCOUNT_KEY: string = Buffer.from("the key of an account for tests").toString("base64");
/** A shared access signature that the container takes. */
export const SAS_TOKEN = "sv=2021-02-12&sr=c&sp=rl&sig=a%2Bb%3D";

const PAGE = 5000;
const MODIFIED = new Date(Date.UTC(2026, 9, 1, 12));

/** Starts a container. Close its server. */
export async function startFakeAzure(
  blobs: Readonly<Record<string, string | Buffer>> = {},
): Promise<FakeAzure> {
  const kept = new Map(Object.entries(blobs).map(([name, bytes]) => [name, Buffer.from(bytes)]));
  const headers: IncomingMessage["headers"][] = [];
  const directories = new Set<string>();
  const more: Pick<FakeAzure, "isPublic" | "fault"> = { isPublic: false, fault: null };
  const server = await startServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    headers.push(request.headers);
    if (more.fault?.(response, headers.length - 1, url, request.method ?? "")) return;
    const name = /^\/example\/logs(?:\/(.+))?$/.exec(url.pathname);
    const mayRead = more.isPublic || isSignedRight(request) || url.search.endsWith(SAS_TOKEN);
    if (!mayRead) refuseAzure(response, 403, "AuthenticationFailed");
    else if (name === null) refuseAzure(response, 404, "ContainerNotFound");
    else if (name[1] === undefined) list(url.searchParams, { blobs: kept, directories }, response);
    else read(decodeURIComponent(name[1]), request, kept, response);
  });
  return Object.assign(more, { server, blobs: kept, headers, directories });
}

/** The ETag that the container gives for bytes. */
export function azureEtagOf(bytes: Buffer): string {
  return `"0x${createHash("md5").update(bytes).digest("hex").slice(0, 15).toUpperCase()}"`;
}

/** Answers with an error as Azure writes it. */
export function refuseAzure(response: ServerResponse, status: number, code: string): true {
  response.writeHead(status, { "x-ms-error-code": code, "content-type": "application/xml" });
  response.end(
    `\uFEFF<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>It is so.\nRequestId:1\nTime:2</Message></Error>`,
  );
  return true;
}

/** "Authorize with Shared Key" of the REST reference; written from the document, apart from the code that signs. */
function isSignedRight({ method = "", url = "", headers }: IncomingMessage): boolean {
  const [path, search = ""] = url.split("?");
  const header = (name: string) => String(headers[name] ?? "");
  const parameters = search
    .split("&")
    .filter((part) => part !== "")
    .map((part) => part.split("=").map(decodeURIComponent))
    .map(([name, value]) => `\n${name}:${value}`)
    .sort();
  const text = `${method}\n\n\n\n\n\n\n\n${header("if-match")}\n\n\n${header("range")}\nx-ms-date:${header("x-ms-date")}\nx-ms-version:${header("x-ms-version")}\n/example${path}${parameters.join("")}`;
  const signature = createHmac("sha256", Buffer.from(ACCOUNT_KEY, "base64")).update(text).digest("base64");
  return headers.authorization === `SharedKey example:${signature}`;
}

function list(
  query: URLSearchParams,
  { blobs, directories }: Pick<FakeAzure, "blobs" | "directories">,
  response: ServerResponse,
): void {
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter")];
  const rows = new Map<string, string>();
  for (const [name, bytes] of [...blobs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!name.startsWith(prefix)) continue;
    const slash = delimiter === null ? -1 : name.indexOf(delimiter, prefix.length);
    const type = directories.has(name) ? "<ResourceType>directory</ResourceType>" : "";
    const told = `<Properties><Last-Modified>${MODIFIED.toUTCString()}</Last-Modified><Etag>${azureEtagOf(bytes).slice(1, -1)}</Etag>${type}<Content-Length>${bytes.length}</Content-Length></Properties>`;
    if (slash < 0) rows.set(name, `<Blob>${nameElement(name)}${told}<OrMetadata /></Blob>`);
    else {
      const directory = name.slice(0, slash + 1);
      rows.set(directory, `<BlobPrefix>${nameElement(directory)}</BlobPrefix>`);
    }
  }
  const all = [...rows].filter(([name]) => name > (query.get("marker") ?? ""));
  const page = all.slice(0, Math.min(PAGE, Number(query.get("maxresults") ?? PAGE)));
  const marker =
    page.length < all.length
      ? `<NextMarker>${escaped(page.at(-1)?.[0] ?? "")}</NextMarker>`
      : "<NextMarker />";
  response.end(
    `\uFEFF<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="http://127.0.0.1/example" ContainerName="logs"><Prefix>${nameless(prefix)}</Prefix><Blobs>${page.map(([, row]) => row).join("")}</Blobs>${marker}</EnumerationResults>`,
  );
}

/** What XML cannot hold. */
const UNWRITABLE = /(?![\t\n\r])\p{Cc}/u;

function nameElement(name: string): string {
  if (!UNWRITABLE.test(name)) return `<Name>${escaped(name)}</Name>`;
  return `<Name Encoded="true">${encodeURIComponent(name)}</Name>`;
}

function nameless(text: string): string {
  return UNWRITABLE.test(text) ? "" : escaped(text);
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\n", "&#xA;");
}

function read(
  name: string,
  request: IncomingMessage,
  blobs: ReadonlyMap<string, Buffer>,
  response: ServerResponse,
): void {
  const bytes = blobs.get(name);
  if (bytes === undefined) {
    refuseAzure(response, 404, "BlobNotFound");
    return;
  }
  const etag = azureEtagOf(bytes);
  const wanted = request.headers["if-match"];
  if (wanted !== undefined && wanted !== etag) {
    refuseAzure(response, 412, "ConditionNotMet");
    return;
  }
  const headers = { etag, "last-modified": MODIFIED.toUTCString() };
  giveBytes({ bytes, headers, refuseRange: (to) => refuseAzure(to, 416, "InvalidRange") }, request, response);
}
