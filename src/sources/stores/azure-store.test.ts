import { afterEach, describe, expect, test } from "vitest";
import { textToSign } from "./azure-signer.ts";
import { type FakeAzure, refuseAzure, SAS_TOKEN, startFakeAzure } from "./fake-azure.testing.ts";
import { openFakeAzure as open } from "./fake-containers.testing.ts";
import { bytesOf, failureOf, namesIn, never } from "./try-store.testing.ts";

const fakes: FakeAzure[] = [];
afterEach(async () => {
  await Promise.all(fakes.splice(0).map(({ server }) => server.close()));
});

async function containerOf(blobs: Readonly<Record<string, string | Buffer>>): Promise<FakeAzure> {
  const fake = await startFakeAzure(blobs);
  fakes.push(fake);
  return fake;
}

describe("a listing of Azure Blob Storage", () => {
  test("takes directories that are blobs too for directories", async () => {
    const fake = await containerOf({ d: "", "d/a": "x" });
    fake.directories.add("d");
    const { store } = open(fake);
    expect(await namesIn(store, "")).toEqual(["d/"]);
    fake.fault = (response) => {
      response.writeHead(200, { "x-ms-resource-type": "directory" }).end();
      return true;
    };
    expect((await store.status("real", never))?.kind).toBe("directory");
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
    const { store } = open(fake);
    const uri = `wasb://logs@127.0.0.1:${fake.server.port}`;
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
