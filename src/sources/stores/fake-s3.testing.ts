/** A bucket of S3 on this machine that checks signatures, with faults as a test wants them. */
import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type FaultServer, startServer } from "../outbound/fault-server.testing.ts";
import { giveBytes } from "./give-bytes.testing.ts";

/** A bucket, its objects, and the server that has them. */
export interface FakeS3 {
  readonly server: FaultServer;
  readonly objects: Map<string, Buffer>;
  /** What is done before a request is answered; true: it was answered. */
  fault: Fault | null;
  /** Headers of all requests, in order. */
  readonly headers: IncomingMessage["headers"][];
}

/** Answers a request in place of the bucket, or lets it through. `count` is how many came before. */
export type Fault = (asked: Asked, response: ServerResponse, count: number) => boolean | Promise<boolean>;

/** A request, taken apart. */
export interface Asked {
  readonly method: string;
  readonly host: string;
  /** As it was sent, escapes and query included. */
  readonly target: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
}

/** Keys that a page holds. */
const PAGE = 1000;
const MODIFIED = new Date(Date.UTC(2026, 9, 1, 12));

/** Starts a bucket named `bucket`. Close its server. */
export async function startFakeS3(objects: Readonly<Record<string, string | Buffer>> = {}): Promise<FakeS3> {
  const kept = new Map(Object.entries(objects).map(([key, value]) => [key, Buffer.from(value)]));
  const headers: IncomingMessage["headers"][] = [];
  const fake: { fault: Fault | null } = { fault: null };
  const server = await startServer((request, response) => {
    const asked = askedBy(request);
    headers.push(request.headers);
    void answer(asked, response, headers.length - 1);
  });
  const answer = async (asked: Asked, response: ServerResponse, count: number) => {
    if (fake.fault !== null && (await fake.fault(asked, response, count))) return;
    if (!isSignedRight(asked)) {
      refuse(response, 403, "SignatureDoesNotMatch");
      return;
    }
    if (asked.key === "") list(asked.query, kept, response);
    else read(asked, kept.get(asked.key), response);
  };
  return Object.assign(fake, { server, objects: kept, headers });
}

function askedBy({ url = "/", method = "GET", headers }: IncomingMessage): Asked {
  const { pathname, searchParams } = new URL(url, "http://127.0.0.1");
  const key = decodeURIComponent(pathname.replace(/^\/bucket\/?|^\//, ""));
  return { method, host: headers.host ?? "", target: url, key, query: searchParams, headers };
}

/** The secret that belongs to every access key. */
export const SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/**
 * Whether the signature is that of the request (AWS Signature Version 4, "Authenticating Requests: Using the Authorization Header"), or
 * there is none. Written from the document, apart from the library that signs.
 */
function isSignedRight({ method, target, headers }: Asked): boolean {
  const { authorization } = headers;
  if (authorization === undefined) return true;
  const [, scope = "", signed = "", signature = ""] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      authorization,
    ) ?? [];
  const [path = "", query = ""] = target.split("?");
  const values = signed.split(";").map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const canonical = [
    method,
    path,
    query.split("&").sort().join("&"),
    values.join(""),
    signed,
    headers["x-amz-content-sha256"],
  ].join("\n");
  const digest = createHash("sha256").update(canonical).digest("hex");
  const text = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, digest].join("\n");
  let key: Buffer = Buffer.from(`AWS4${SECRET_KEY}`);
  for (const part of [...scope.split("/"), text]) key = createHmac("sha256", key).update(part).digest();
  const isAllSigned = Object.keys(headers).every(
    (name) => !/^(host|x-amz-.*)$/.test(name) || signed.split(";").includes(name),
  );
  return isAllSigned && key.toString("hex") === signature;
}

/** The ETag that the bucket gives for bytes. */
export function etagOf(bytes: Buffer): string {
  return `"${createHash("md5").update(bytes).digest("hex")}"`;
}

/** Answers with an error as S3 writes it. */
export function refuse(response: ServerResponse, status: number, code: string, more = ""): true {
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>It is &quot;so&quot;.</Message>${more}</Error>`,
  );
  return true;
}

function read(asked: Asked, bytes: Buffer | undefined, response: ServerResponse): void {
  if (bytes === undefined) {
    refuse(response, 404, "NoSuchKey");
    return;
  }
  const etag = etagOf(bytes);
  const wanted = asked.headers["if-match"];
  if (wanted !== undefined && wanted !== etag) {
    refuse(response, 412, "PreconditionFailed");
    return;
  }
  const headers = { etag, "last-modified": MODIFIED.toUTCString() };
  giveBytes({ bytes, headers, refuseRange: (to) => refuse(to, 416, "InvalidRange") }, asked, response);
}

function list(query: URLSearchParams, objects: ReadonlyMap<string, Buffer>, response: ServerResponse): void {
  const prefix = query.get("prefix") ?? "";
  const rows = new Map<string, string>();
  for (const key of [...objects.keys()].sort()) {
    if (!key.startsWith(prefix)) continue;
    const slash = key.indexOf("/", prefix.length);
    if (slash >= 0) rows.set(key.slice(0, slash + 1), "");
    else rows.set(key, key);
  }
  const behind = query.get("continuation-token")?.replace(/^behind:/, "") ?? "";
  const all = [...rows].filter(([name]) => name > behind);
  const page = all.slice(0, Math.min(PAGE, Number(query.get("max-keys") ?? PAGE)));
  const more = page.length < all.length;
  const token = more
    ? `<NextContinuationToken>behind:${escaped(page.at(-1)?.[0] ?? "")}</NextContinuationToken>`
    : "";
  const items = page.map(([name, key]) => {
    if (key === "") return `<CommonPrefixes><Prefix>${encoded(name)}</Prefix></CommonPrefixes>`;
    const bytes = objects.get(key) ?? Buffer.alloc(0);
    return `<Contents><Key>${encoded(key)}</Key><LastModified>${MODIFIED.toISOString()}</LastModified><ETag>${escaped(etagOf(bytes))}</ETag><Size>${bytes.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
  });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix>${encoded(prefix)}</Prefix><KeyCount>${page.length}</KeyCount><MaxKeys>1000</MaxKeys><Delimiter>/</Delimiter><EncodingType>url</EncodingType><IsTruncated>${more}</IsTruncated>${token}${items.join("")}</ListBucketResult>`,
  );
}

/** As S3 encodes keys: forms' encoding, with slashes as they are. */
function encoded(text: string): string {
  return new URLSearchParams({ k: text }).toString().slice(2).replaceAll("%2F", "/");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
