import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import type { Failure } from "#text";
import { breakConnection, LOOPBACK_POLICY } from "../outbound/fault-server.testing.ts";
import { outboundRequestWithRetry } from "../outbound/retry.ts";
import { textToSign } from "./azure-signer.ts";
import { type AzureStoreOptions, openAzureStore } from "./azure-store.ts";
import {
  ACCOUNT_KEY,
  azureEtagOf,
  type FakeAzure,
  refuseAzure,
  SAS_TOKEN,
  startFakeAzure,
} from "./fake-azure.testing.ts";
import { bytesOf, failureOf, listed, namesIn, never, patientWorld } from "./try-store.testing.ts";

const fakes: FakeAzure[] = [];
afterEach(async () => {
  await Promise.all(fakes.splice(0).map(({ server }) => server.close()));
});

async function containerOf(blobs: Readonly<Record<string, string | Buffer>>): Promise<FakeAzure> {
  const fake = await startFakeAzure(blobs);
  fakes.push(fake);
  return fake;
}

function open(fake: FakeAzure, more: Partial<AzureStoreOptions> = {}) {
  const problems: Failure[] = [];
  const world = patientWorld();
  const store = openAzureStore({
    account: "example",
    container: "logs",
    endpoint: `${fake.server.url}/example/`,
    credentials: { kind: "key", accountKey: ACCOUNT_KEY },
    send: (make, signal) =>
      outboundRequestWithRetry(
        async () => ({ ...(await make()), signal, policy: LOOPBACK_POLICY, maxRedirects: 0 }),
        world,
      ),
    world,
    onProblem: (problem) => problems.push(problem),
    ...more,
  });
  return { store, waits: world.waits, problems, uri: `wasb://logs@127.0.0.1:${fake.server.port}` };
}

describe("a listing of Azure Blob Storage", () => {
  test("has the names of one directory, with what is told of them", async () => {
    const { store } = open(
      await containerOf({ "logs/a.log": "hello", "logs/2026/b.log": "x", "other.log": "" }),
    );
    expect(await listed(store, "logs")).toEqual([
      { name: "2026", kind: "directory", sizeBytes: null, lastModifiedMs: null, version: null },
      {
        name: "a.log",
        kind: "file",
        sizeBytes: 5,
        lastModifiedMs: BigInt(Date.UTC(2026, 9, 1, 12)),
        version: azureEtagOf(Buffer.from("hello")),
      },
    ]);
    expect(await namesIn(store, "")).toEqual(["logs/", "other.log"]);
    expect(await namesIn(store, "nothing")).toEqual([]);
  });

  test("asks for five thousand names at a time, and for those that begin as wanted", async () => {
    const blobs: Record<string, string> = { "logs/b": "" };
    for (let at = 0; at < 10_001; at++) blobs[`logs/a${String(at).padStart(5, "0")}`] = "";
    const fake = await containerOf(blobs);
    const { store } = open(fake);
    expect(new Set(await namesIn(store, "logs", "a")).size).toBe(10_001);
    expect(fake.headers).toHaveLength(3);
  });

  test("reads names with any characters, and tells of those that no path leads to", async () => {
    const odd = ["d/a b+c&<é>%41.log", "d/\u0001\n.log", "d/#?;=@:'()*!~.log", "d/𝄞.log"];
    const unreachable = ["d//x.log", "d/../x.log", "d/./y"];
    const all = [...odd, ...unreachable].map((name) => [name, name]);
    const { store, problems, uri } = open(await containerOf({ "d/": "", ...Object.fromEntries(all) }));
    const names = (await namesIn(store, "d")).map((name) => `d/${name}`);
    expect(names.sort()).toEqual([...odd].sort());
    for (const name of odd) expect((await bytesOf(store, name)).toString()).toBe(name);
    expect(problems.map(({ message }) => message)).toEqual([
      `"${uri}/d/" holds 3 keys that no path leads to, such as "d/../".`,
    ]);
  });

  test("takes directories that are blobs too for directories", async () => {
    const fake = await containerOf({ d: "", "d/a": "x" });
    fake.directories.add("d");
    expect(await namesIn(open(fake).store, "")).toEqual(["d/"]);
  });

  test("fails when an answer is no listing, or goes in circles", async () => {
    const fake = await containerOf({});
    const { store } = open(fake);
    const page = "<EnumerationResults><Blobs/><NextMarker>t</NextMarker></EnumerationResults>";
    for (const text of ["", "{}", "<html/>", "<EnumerationResults/>", page.slice(0, -3), page]) {
      fake.fault = (response) => {
        response.end(text);
        return true;
      };
      expect((await failureOf(listed(store, ""))).code).toBe("source-unreadable");
    }
  });
});

describe("what stands at a path of Azure Blob Storage", () => {
  test("is an object, a directory, or nothing", async () => {
    const fake = await containerOf({ "logs/a.log": "hello", "empty/": "" });
    const { store } = open(fake);
    expect(await store.status("logs/a.log", never)).toEqual({
      kind: "file",
      sizeBytes: 5,
      lastModifiedMs: BigInt(Date.UTC(2026, 9, 1, 12)),
      version: azureEtagOf(Buffer.from("hello")),
    });
    expect((await store.status("logs", never))?.kind).toBe("directory");
    expect((await store.status("empty", never))?.kind).toBe("directory");
    expect(await store.status("logs/b.log", never)).toBeNull();
    fake.fault = (response) => {
      response.writeHead(200, { "x-ms-resource-type": "directory" }).end();
      return true;
    };
    expect((await store.status("real", never))?.kind).toBe("directory");
  });

  test("is nothing for who may not list", async () => {
    const fake = await containerOf({});
    fake.fault = (response, _count, { searchParams }) =>
      searchParams.has("comp") && refuseAzure(response, 403, "AuthorizationPermissionMismatch");
    expect(await open(fake).store.status("a", never)).toBeNull();
  });
});

describe("reading from Azure Blob Storage", () => {
  const body = Buffer.from(Array.from({ length: 50_000 }, (_, at) => at % 251));

  test("gives the bytes of a range, and of none where an object ends", async () => {
    const { store } = open(await containerOf({ "d/a": body, empty: "" }));
    expect((await bytesOf(store, "d/a", { version: azureEtagOf(body) })).equals(body)).toBe(true);
    expect(await bytesOf(store, "d/a", { startByte: 10, endByte: 20 })).toEqual(body.subarray(10, 20));
    expect(await bytesOf(store, "d/a", { startByte: 50_000 })).toHaveLength(0);
    expect(await bytesOf(store, "empty")).toHaveLength(0);
  });

  function breakBehind(response: ServerResponse, count: number): true {
    response.writeHead(200, { etag: azureEtagOf(body), "content-length": body.length });
    response.write(body.subarray(0, count), () => breakConnection(response));
    return true;
  }

  test("goes on where a connection broke, with the version that was begun", async () => {
    const fake = await containerOf({ a: body });
    const { store } = open(fake);
    fake.fault = (response, count) => count === 0 && breakBehind(response, 20_000);
    expect((await bytesOf(store, "a")).equals(body)).toBe(true);
    expect(fake.headers.map((headers) => headers["if-match"])).toEqual([undefined, azureEtagOf(body)]);
  });

  test("fails when another version stands there, before it and on the way", async () => {
    const fake = await containerOf({ a: body });
    const { store, uri } = open(fake);
    expect((await failureOf(bytesOf(store, "a", { version: '"0x1"' }))).code).toBe("source-changed");
    fake.fault = (response, count) => {
      if (count !== 1) return false;
      fake.blobs.set("a", Buffer.from("new"));
      return breakBehind(response, 10);
    };
    const failure = await failureOf(bytesOf(store, "a"));
    expect(failure.message).toBe(`"${uri}/a" changed between being listed and being read.`);
  });

  test("waits as long as a busy store says", async () => {
    const fake = await containerOf({ a: "hello" });
    const { store, waits } = open(fake);
    fake.fault = (response, count) => {
      if (count > 0) return false;
      response.setHeader("retry-after", "4");
      return refuseAzure(response, 503, "ServerBusy");
    };
    expect((await bytesOf(store, "a")).toString()).toBe("hello");
    expect(waits).toEqual([4000]);
  });

  test("tells of an object that is gone, and of a container that is not there", async () => {
    const fake = await containerOf({});
    const { store, uri } = open(fake);
    expect((await failureOf(bytesOf(store, "a"))).message).toBe(`There is no object "${uri}/a".`);
    const other = open(fake, { container: "other" }).store;
    for (const way of [() => bytesOf(other, "a"), () => other.status("a", never), () => listed(other, "a")]) {
      const failure = await failureOf(way());
      expect(failure.code).toBe("source-missing");
      expect(failure.message).toMatch(/^There is no container for /);
    }
  });
});

describe("what Azure Blob Storage refuses", () => {
  test.each([
    [403, "AuthenticationFailed", "access-denied", "the key or the signature is wrong or has expired"],
    [403, "AuthorizationPermissionMismatch", "access-denied", "these credentials may not read it"],
    [409, "PublicAccessNotPermitted", "access-denied", "it is not public"],
    [401, "Odd", "access-denied", "the store answers 401 Odd"],
    [409, "BlobArchived", "source-unreadable", "it is archived"],
    [400, "toString", "source-unreadable", "the store answers 400 toString"],
  ] as const)("%i %s is told", async (status, code, failureCode, sentence) => {
    const fake = await containerOf({});
    const { store, uri } = open(fake);
    fake.fault = (response) => refuseAzure(response, status, code);
    for (const way of [() => bytesOf(store, "a"), () => store.status("a", never)]) {
      const failure = await failureOf(way());
      expect(failure.code).toBe(failureCode);
      expect(failure.message).toContain(`"${uri}/a" cannot be read: ${sentence}`);
    }
  });

  test("names that are none are refused before", async () => {
    const fake = await containerOf({});
    for (const container of ["", "a", "A-b", "a/b", "a b", "-ab"]) {
      expect(() => open(fake, { container })).toThrow("is no name of a container");
    }
    for (const account of ["", "A", "evil.example", "a/b"]) {
      expect(() => open(fake, { account })).toThrow("is no name of a storage account");
    }
    for (const path of ["../a", "a/./b", "a\0"]) {
      expect((await failureOf(bytesOf(open(fake).store, path))).code).toBe("source-missing");
    }
    expect(fake.headers).toEqual([]);
  });
});

describe("who asks Azure Blob Storage", () => {
  // The first example of "Authorize with Shared Key" in the REST reference of Azure Storage.
  test("signs what the maker's document says", () => {
    const headers = { "x-ms-date": "Fri, 26 Jun 2015 23:39:12 GMT", "x-ms-version": "2015-02-21" };
    const query = { restype: "container", comp: "metadata", timeout: "20" };
    const url = "https://myaccount.blob.core.windows.net/mycontainer";
    expect(textToSign({ method: "GET", url, query, headers }, "myaccount")).toBe(
      "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20",
    );
  });

  test("proves it with a key or a signature, or not at all", async () => {
    const fake = await containerOf({ "d/a": "hello" });
    const ways = [SAS_TOKEN, `?${SAS_TOKEN}`, `https://example.blob.core.windows.net/logs?${SAS_TOKEN}`];
    for (const sasToken of ways) {
      const { store } = open(fake, { credentials: { kind: "signature", sasToken } });
      expect((await bytesOf(store, "d/a")).toString()).toBe("hello");
      expect(await namesIn(store, "d")).toEqual(["a"]);
    }
    const { store } = open(fake, { credentials: { kind: "anonymous" } });
    expect((await failureOf(bytesOf(store, "d/a"))).code).toBe("access-denied");
    fake.isPublic = true;
    expect((await bytesOf(store, "d/a")).toString()).toBe("hello");
    expect(fake.headers.at(-1)?.authorization).toBeUndefined();
  });

  test("is refused with a wrong key, and shows no key that is none", async () => {
    const fake = await containerOf({ a: "x" });
    const accountKey = Buffer.from("another key of an account").toString("base64");
    const { store } = open(fake, { credentials: { kind: "key", accountKey } });
    expect((await failureOf(bytesOf(store, "a"))).code).toBe("access-denied");
    for (const wrong of ["", "short", "no base64 at all, but long enough!"]) {
      expect(() => open(fake, { credentials: { kind: "key", accountKey: wrong } })).toThrow(
        "The key of the storage account is none.",
      );
    }
    for (const wrong of ["", "sv=1", "sig=a b", "sig=1#x"]) {
      expect(() => open(fake, { credentials: { kind: "signature", sasToken: wrong } })).toThrow(
        "The shared access signature is none.",
      );
    }
  });
});
