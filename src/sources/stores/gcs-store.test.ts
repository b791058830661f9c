import { generateKeyPairSync } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { openFakeGcs as open } from "./fake-containers.testing.ts";
import { type FakeGcs, refuseJson, startFakeGcs } from "./fake-gcs.testing.ts";
import { type GcsCredentials, readServiceAccountKey } from "./gcs-credentials.ts";
import { bytesOf, failureOf, listed, namesIn, never } from "./try-store.testing.ts";

const fakes: FakeGcs[] = [];
afterEach(async () => {
  await Promise.all(fakes.splice(0).map(({ server }) => server.close()));
});

async function bucketOf(objects: Readonly<Record<string, string | Buffer>>): Promise<FakeGcs> {
  const fake = await startFakeGcs(objects);
  fakes.push(fake);
  return fake;
}

describe("reading from Google Cloud Storage", () => {
  test("takes what is stored packed as it is stored", async () => {
    const fake = await bucketOf({});
    const packed = gzipSync("hello");
    fake.objects.set("a", { bytes: packed, generation: "1", isGzip: true });
    expect(await bytesOf(open(fake).store, "a")).toEqual(packed);
  });

  test("refuses names that are none", async () => {
    const fake = await bucketOf({});
    for (const bucket of ["", "a", "A-b", "evil.example/#", "a b", "../x"]) {
      expect(() => open(fake, { bucket })).toThrow("is no name of a bucket");
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
