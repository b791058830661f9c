import { generateKeyPairSync } from "node:crypto";
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import type { Failure } from "#text";
import { breakConnection, LOOPBACK_POLICY } from "../outbound/fault-server.testing.ts";
import { outboundRequestWithRetry } from "../outbound/retry.ts";
import { type FakeGcs, refuseJson, startFakeGcs } from "./fake-gcs.testing.ts";
import { type GcsCredentials, readServiceAccountKey } from "./gcs-credentials.ts";
import { type GcsStoreOptions, openGcsStore } from "./gcs-store.ts";
import { bytesOf, failureOf, listed, namesIn, never, patientWorld } from "./try-store.testing.ts";

const fakes: FakeGcs[] = [];
afterEach(async () => {
  await Promise.all(fakes.splice(0).map(({ server }) => server.close()));
});

async function bucketOf(objects: Readonly<Record<string, string | Buffer>>): Promise<FakeGcs> {
  const fake = await startFakeGcs(objects);
  fakes.push(fake);
  return fake;
}

function open(fake: FakeGcs, more: Partial<GcsStoreOptions> = {}) {
  const problems: Failure[] = [];
  const tokens: string[] = [];
  const world = patientWorld();
  const store = openGcsStore({
    bucket: "bucket",
    endpoint: fake.server.url,
    credentials: { kind: "anonymous" },
    send: (make, signal) =>
      outboundRequestWithRetry(
        async () => ({ ...(await make()), signal, policy: LOOPBACK_POLICY, maxRedirects: 0 }),
        world,
      ),
    sendPlain: (request, signal) => {
      tokens.push(request.url);
      const url = `${fake.server.url}/token`;
      return outboundRequestWithRetry({ ...request, url, signal, policy: LOOPBACK_POLICY }, world);
    },
    world,
    onProblem: (problem) => problems.push(problem),
    ...more,
  });
  return { store, waits: world.waits, problems, tokens };
}

describe("a listing of Google Cloud Storage", () => {
  test("has the names of one directory, with what is told of them", async () => {
    const { store } = open(
      await bucketOf({ "logs/a.log": "hello", "logs/2026/b.log": "x", "other.log": "" }),
    );
    expect(await listed(store, "logs")).toEqual([
      { name: "2026", kind: "directory", sizeBytes: null, lastModifiedMs: null, version: null },
      {
        name: "a.log",
        kind: "file",
        sizeBytes: 5,
        lastModifiedMs: BigInt(Date.UTC(2026, 9, 1, 12, 0, 0, 123)),
        version: "1700",
      },
    ]);
    expect(await namesIn(store, "")).toEqual(["logs/", "other.log"]);
    expect(await namesIn(store, "nothing")).toEqual([]);
  });

  test("asks for a thousand names at a time, and for those that begin as wanted", async () => {
    const objects: Record<string, string> = { "logs/b": "" };
    for (let at = 0; at < 5000; at++) objects[`logs/a${String(at).padStart(5, "0")}`] = "";
    const fake = await bucketOf(objects);
    const { store } = open(fake);
    expect(new Set(await namesIn(store, "logs", "a")).size).toBe(5000);
    expect(fake.headers).toHaveLength(5);
  });

  test("reads names with any characters, and tells of those that no path leads to", async () => {
    const odd = ["d/a b+c&<é>%41.log", "d/\u0001\n.log", "d/#?;=@:'()*!~.log", "d/𝄞.log"];
    const unreachable = ["d//x.log", "d/../x.log", "d/./y"];
    const all = [...odd, ...unreachable].map((name) => [name, name]);
    const { store, problems } = open(await bucketOf({ "d/": "", ...Object.fromEntries(all) }));
    const names = (await namesIn(store, "d")).map((name) => `d/${name}`);
    expect(names.sort()).toEqual([...odd].sort());
    for (const name of odd) expect((await bytesOf(store, name)).toString()).toBe(name);
    expect(problems.map(({ message }) => message)).toEqual([
      '"gs://bucket/d/" holds 3 keys that no path leads to, such as "d/../".',
    ]);
  });

  test("fails when an answer is no listing, or goes in circles", async () => {
    const fake = await bucketOf({});
    const { store } = open(fake);
    for (const text of [
      "",
      "[]",
      "null",
      "<html>",
      '{"items":[{}]}',
      '{"prefixes":[1]}',
      '{"nextPageToken":"t"}',
    ]) {
      fake.fault = (response) => {
        response.end(text);
        return true;
      };
      expect((await failureOf(listed(store, ""))).code).toBe("source-unreadable");
    }
  });
});

describe("what stands at a path of Google Cloud Storage", () => {
  test("is an object, a directory that names imply, or nothing", async () => {
    const { store } = open(await bucketOf({ "logs/a.log": "hello", "empty/": "" }));
    expect(await store.status("logs/a.log", never)).toMatchObject({
      kind: "file",
      sizeBytes: 5,
      version: "1700",
    });
    expect((await store.status("logs", never))?.kind).toBe("directory");
    expect((await store.status("empty", never))?.kind).toBe("directory");
    expect(await store.status("logs/b.log", never)).toBeNull();
  });

  test("is nothing for who may not list", async () => {
    const fake = await bucketOf({});
    fake.fault = (response, _count, { pathname }) =>
      pathname.endsWith("/o") && refuseJson(response, 403, "no storage.objects.list access");
    expect(await open(fake).store.status("a", never)).toBeNull();
  });
});

describe("reading from Google Cloud Storage", () => {
  const body = Buffer.from(Array.from({ length: 50_000 }, (_, at) => at % 251));

  test("gives the bytes of a range, and of none where an object ends", async () => {
    const { store } = open(await bucketOf({ "d/a": body, empty: "" }));
    expect((await bytesOf(store, "d/a", { version: "1700" })).equals(body)).toBe(true);
    expect(await bytesOf(store, "d/a", { startByte: 10, endByte: 20 })).toEqual(body.subarray(10, 20));
    expect(await bytesOf(store, "d/a", { startByte: 50_000 })).toHaveLength(0);
    expect(await bytesOf(store, "empty")).toHaveLength(0);
  });

  test("takes what is stored packed as it is stored", async () => {
    const fake = await bucketOf({});
    const packed = gzipSync("hello");
    fake.objects.set("a", { bytes: packed, generation: "1", isGzip: true });
    expect(await bytesOf(open(fake).store, "a")).toEqual(packed);
  });

  function breakBehind(response: ServerResponse, count: number): true {
    response.writeHead(200, {
      etag: "etag-1700",
      "x-goog-generation": "1700",
      "content-length": body.length,
    });
    response.write(body.subarray(0, count), () => breakConnection(response));
    return true;
  }

  test("goes on where a connection broke, with the generation that was begun", async () => {
    const fake = await bucketOf({ a: body });
    const { store } = open(fake);
    fake.fault = (response, count) => count === 0 && breakBehind(response, 20_000);
    expect((await bytesOf(store, "a")).equals(body)).toBe(true);
    expect(fake.server.asked.map((line) => line.includes("ifGenerationMatch=1700"))).toEqual([false, true]);
  });

  test("fails when another generation stands there, before it and on the way", async () => {
    const fake = await bucketOf({ a: body });
    const { store } = open(fake);
    expect((await failureOf(bytesOf(store, "a", { version: "1" }))).code).toBe("source-changed");
    fake.fault = (response, count) => {
      if (count !== 1) return false;
      fake.objects.set("a", { bytes: body, generation: "1701" });
      return breakBehind(response, 10);
    };
    const failure = await failureOf(bytesOf(store, "a"));
    expect(failure.message).toBe('"gs://bucket/a" changed between being listed and being read.');
  });

  test("waits as long as a busy store says", async () => {
    const fake = await bucketOf({ a: "hello" });
    const { store, waits } = open(fake);
    fake.fault = (response, count) => {
      if (count > 0) return false;
      response.setHeader("retry-after", "4");
      return refuseJson(response, 429, "rateLimitExceeded");
    };
    expect((await bytesOf(store, "a")).toString()).toBe("hello");
    expect(waits).toEqual([4000]);
  });

  test("tells of an object that is gone, and of a bucket that is not there", async () => {
    const fake = await bucketOf({});
    const { store } = open(fake);
    expect((await failureOf(bytesOf(store, "a"))).message).toBe('There is no object "gs://bucket/a".');
    const other = open(fake, { bucket: "other" }).store;
    const ways = [() => bytesOf(other, "a"), () => other.status("a", never), () => listed(other, "a")];
    for (const way of ways) {
      const failure = await failureOf(way());
      expect([failure.code, failure.message.slice(0, 19)]).toEqual(["source-missing", "There is no bucket "]);
    }
  });

  test("refuses names that are none", async () => {
    const fake = await bucketOf({});
    for (const bucket of ["", "a", "A-b", "evil.example/#", "a b", "../x"]) {
      expect(() => open(fake, { bucket })).toThrow("is no name of a bucket");
    }
    for (const path of ["../a", "a/./b", "a\0"]) {
      expect((await failureOf(bytesOf(open(fake).store, path))).code).toBe("source-missing");
    }
    expect(fake.headers).toEqual([]);
  });
});

describe("who asks Google Cloud Storage", () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = String(privateKey.export({ type: "pkcs8", format: "pem" }));
  const key: GcsCredentials = {
    kind: "key",
    clientEmail: "reader@example.iam.gserviceaccount.com",
    privateKey: pem,
  };

  test("proves it with a service account's key, once", async () => {
    const fake = await bucketOf({ a: "hello" });
    Object.assign(fake, { token: "t-1", publicKey });
    const { store, tokens } = open(fake, { credentials: key });
    expect((await bytesOf(store, "a")).toString()).toBe("hello");
    expect(await namesIn(store, "")).toEqual(["a"]);
    expect(tokens).toEqual(["https://oauth2.googleapis.com/token"]);
  });

  test("is told when the key is refused, or is none", async () => {
    const fake = await bucketOf({ a: "hello" });
    Object.assign(fake, {
      token: "t-1",
      publicKey: generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey,
    });
    const refused = await failureOf(bytesOf(open(fake, { credentials: key }).store, "a"));
    expect(refused.code).toBe("access-denied");
    expect(refused.message).toMatch(/^There are no credentials for Google Cloud Storage: .*invalid_grant/);
    const { store } = open(fake, { credentials: { ...key, privateKey: "x" } });
    expect((await failureOf(bytesOf(store, "a"))).code).toBe("access-denied");
  });

  test("is told when a store wants other credentials", async () => {
    const fake = await bucketOf({ a: "hello" });
    fake.token = "t-1";
    const { store } = open(fake);
    for (const way of [() => bytesOf(store, "a"), () => store.status("a", never), () => listed(store, "")]) {
      const failure = await failureOf(way());
      expect(failure.code).toBe("access-denied");
      expect(failure.message).toMatch(
        /credentials are missing, wrong or expired \(the store answers 401 Anonymous/,
      );
    }
    fake.fault = (response) => refuseJson(response, 403, "no access.");
    expect((await failureOf(bytesOf(store, "a"))).message).toBe(
      '"gs://bucket/a" cannot be read: these credentials may not read it (the store answers 403 no access).',
    );
  });

  test("is told when the vendor's chain finds no credentials", async () => {
    const kept = process.env["GOOGLE_APPLICATION_CREDENTIALS"];
    process.env["GOOGLE_APPLICATION_CREDENTIALS"] = "/nonexistent/key.json";
    try {
      const { store } = open(await bucketOf({}), { credentials: { kind: "chain" } });
      const failure = await failureOf(bytesOf(store, "a"));
      expect(failure.code).toBe("access-denied");
      expect(await failureOf(bytesOf(store, "a"))).toBe(failure);
    } finally {
      if (kept === undefined) delete process.env["GOOGLE_APPLICATION_CREDENTIALS"];
      else process.env["GOOGLE_APPLICATION_CREDENTIALS"] = kept;
    }
  });

  test("is read from the file that Google gives", () => {
    const text = JSON.stringify({ type: "service_account", client_email: key.clientEmail, private_key: pem });
    expect(readServiceAccountKey(text, "private_key")).toEqual(key);
    for (const wrong of ["", "{}", "[]", "null", '{"client_email":"a"}']) {
      expect(() => readServiceAccountKey(wrong, "private_key")).toThrow("is no key of a service account");
    }
  });
});
