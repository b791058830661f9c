/** S3 as another maker's server speaks it. It looks at access keys and not at signatures: `s3-store.test.ts` does that. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import S3rver from "s3rver";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Failure } from "#text";
import { LOOPBACK_POLICY } from "../outbound/fault-server.testing.ts";
import { outboundRequest } from "../outbound/outbound-request.ts";
import { outboundRequestWithRetry, type RetryWorld } from "../outbound/retry.ts";
import type { RemoteStore } from "./remote-store.ts";
import type { S3Credentials } from "./s3-credentials.ts";
import { openSigner } from "./s3-signer.ts";
import { openS3Store } from "./s3-store.ts";

const RIGHT: S3Credentials = { kind: "keys", accessKey: "S3RVER", secretKey: "S3RVER", sessionToken: null };
// Why the real time: the server refuses signatures that are older than a quarter of an hour.
const WORLD: RetryWorld = { wallClockMs: () => Date.now(), random: () => 0, sleep: () => Promise.resolve() };
const OBJECTS = { "logs/a b+c&é'(1)*.log": "hello, world", "logs/2026/b.log": "b", "top.log": "" };
const { signal } = new AbortController();

let directory: string;
let server: S3rver;
let host: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "trawl-s3-"));
  const configureBuckets = [{ name: "waf" }];
  server = new S3rver({ address: "127.0.0.1", port: 0, silent: true, directory, configureBuckets });
  host = `127.0.0.1:${(await server.run()).port}`;
  const sign = await openSigner({
    credentials: RIGHT,
    sendPlain: () => expect.unreachable(),
    region: "us-east-1",
    wallClockMs: WORLD.wallClockMs,
  });
  for (const [key, body] of Object.entries(OBJECTS)) {
    const path = `/waf/${key.split("/").map(encodeURIComponent).join("/")}`;
    const put = await sign({ method: "PUT", protocol: "http:", host, path, query: {}, headers: {} });
    const answer = await outboundRequest({ ...put, body, signal, policy: LOOPBACK_POLICY });
    expect(answer.status).toBe(200);
    answer.discard();
  }
});

afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

function open(bucket: string, credentials: S3Credentials): RemoteStore {
  return openS3Store({
    bucket,
    region: "us-east-1",
    endpoint: `http://${host}`,
    isPathStyle: true,
    credentials,
    send: (make) =>
      outboundRequestWithRetry(
        async () => ({ ...(await make()), signal, policy: LOOPBACK_POLICY, maxRedirects: 0 }),
        WORLD,
      ),
    sendPlain: () => expect.unreachable(),
    world: WORLD,
    onProblem: (problem) => expect.unreachable(problem.message),
  });
}

async function textOf(store: RemoteStore, path: string, startByte = 0, endByte: number | null = null) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.open(path, { startByte, endByte, version: null }, signal))
    chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function namesIn(store: RemoteStore, path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const page of store.list(path, { namePrefix: "", signal })) {
    names.push(...page.map(({ name, kind, sizeBytes }) => `${kind} ${name} ${sizeBytes}`));
  }
  return names.sort();
}

describe("s3rver", () => {
  test("lists, tells and gives what signed requests ask for", async () => {
    const store = open("waf", RIGHT);
    expect(await namesIn(store, "")).toEqual(["directory logs null", "file top.log 0"]);
    expect(await namesIn(store, "logs")).toEqual(["directory 2026 null", "file a b+c&é'(1)*.log 12"]);
    const key = "logs/a b+c&é'(1)*.log";
    expect(await textOf(store, key)).toBe("hello, world");
    expect(await textOf(store, key, 7, 10)).toBe("wor");
    expect(await textOf(store, "top.log")).toBe("");
    expect(await store.status(key, signal)).toMatchObject({ kind: "file", sizeBytes: 12 });
    expect(await store.status("logs/2026", signal)).toMatchObject({ kind: "directory" });
    expect(await store.status("nothing", signal)).toBeNull();
  });

  test("gives the version in listings that it gives with the object", async () => {
    const store = open("waf", RIGHT);
    for await (const page of store.list("logs", { namePrefix: "a", signal })) {
      expect(page[0]?.version).toBe((await store.status(`logs/${page[0]?.name}`, signal))?.version);
    }
  });

  test.each([
    ["waf", { ...RIGHT, accessKey: "WRONG" }, "access-denied", "the access key is not known there"],
    ["nothing", RIGHT, "source-missing", "There is no bucket"],
  ] as const)("refuses what is wrong: %s, %o", async (bucket, credentials, code, sentence) => {
    const store = open(bucket, credentials);
    const works = [() => namesIn(store, ""), () => textOf(store, "top.log"), () => store.status("x", signal)];
    for (const work of works) {
      const thrown = await work().catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(Failure);
      expect(thrown).toMatchObject({ code, message: expect.stringContaining(sentence) });
    }
  });
});
