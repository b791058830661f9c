import { afterEach, describe, expect, test } from "vitest";
import type { StoreScheme } from "../address.ts";
import { listObjects } from "../listing.ts";
import { ObjectStreams } from "../object-streams.ts";
import { type FaultServer, LOOPBACK_POLICY } from "../outbound/fault-server.testing.ts";
import { azureCredentials } from "./azure-kind.ts";
import { ACCOUNT_KEY, SAS_TOKEN, startFakeAzure } from "./fake-azure.testing.ts";
import { startFakeGcs } from "./fake-gcs.testing.ts";
import { SECRET_KEY, startFakeS3 } from "./fake-s3.testing.ts";
import { OpenStores } from "./open-stores.ts";
import { readStoreDefinition } from "./store-definition.ts";
import { STORE_KINDS } from "./store-kinds.ts";
import type { StoreRequest } from "./store-request.ts";
import { failureOf, never, patientWorld } from "./try-store.testing.ts";

const servers: FaultServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

function started<T extends { readonly server: FaultServer }>(fake: T): T {
  servers.push(fake.server);
  return fake;
}

const told: string[] = [];

/** The stores of a run whose datastore `here` is defined so. */
function storesWith(
  definition: object | null,
  environment: Readonly<Record<string, string>> = {},
  cacheFolder: string | null = null,
): OpenStores {
  const text = JSON.stringify(definition);
  return new OpenStores({
    definitions: async () => (definition === null ? [] : [readStoreDefinition("here", text, "here.yml")]),
    fileAccess: "unmanaged",
    cacheFolder,
    reachesOut: true,
    policy: LOOPBACK_POLICY,
    environment,
    world: patientWorld(),
    signal: never,
    onProblem: ({ message }) => told.push(message),
  });
}

/** What addresses name, and what is in it. */
async function readAll(uri: string, stores: OpenStores): Promise<Record<string, string>> {
  const streams = new ObjectStreams({ signal: never, stores });
  const read: Record<string, string> = {};
  for await (const objects of listObjects([uri], { stores, signal: never })) {
    for (const object of objects) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of streams.open(object)) chunks.push(chunk);
      read[object.uri] = Buffer.concat(chunks).toString();
    }
  }
  await stores.close();
  return read;
}

describe("a datastore", () => {
  test("of S3 is read with its keys", async () => {
    const { server } = started(await startFakeS3({ "waf/a.log": "hello", "other/b.log": "x" }));
    const keys = { access_key: "AKIDEXAMPLE", secret_key: SECRET_KEY, path_style: true };
    const stores = storesWith({ protocol: "s3", root: "bucket/waf", endpoint: server.url, ...keys });
    expect(await readAll("s3://here/*.log", stores)).toEqual({ "s3://here/a.log": "hello" });
  });

  test("of Google Cloud Storage is read, at the emulator that the environment names", async () => {
    const { server } = started(await startFakeGcs({ "waf/a.log": "hello", "other/b.log": "x" }));
    const stores = storesWith(
      { protocol: "gs", root: "bucket", anonymous: true },
      { STORAGE_EMULATOR_HOST: server.url.replace("http://", "") },
    );
    expect(await readAll("gs://here/w*/*.log", stores)).toEqual({ "gs://here/waf/a.log": "hello" });
  });

  test.each([
    { account: "example", account_key: ACCOUNT_KEY, root: "logs/waf" },
    { account: "example", sas_token: SAS_TOKEN, root: "logs/waf" },
    { account_key: ACCOUNT_KEY, root: "logs@example.blob.core.windows.net/waf" },
  ])("of Azure Blob Storage is read: %o", async (definition) => {
    const { server } = started(await startFakeAzure({ "waf/a.log": "hello", "other/b.log": "x" }));
    const stores = storesWith({ protocol: "wasb", endpoint: `${server.url}/example`, ...definition });
    expect(await readAll("wasb://here/*.log", stores)).toEqual({ "wasb://here/a.log": "hello" });
  });

  test("of Azure names its container itself", async () => {
    const stores = storesWith({ protocol: "wasbs", root: "logs", account: "example" });
    expect((await failureOf(readAll("wasbs://other@here/a", stores))).code).toBe("store-unknown");
  });

  test("with a key that is none shows nothing of it", async () => {
    const definition = { protocol: "gss", root: "bucket", private_key: "secret-text" };
    const failure = await failureOf(readAll("gss://here/a", storesWith(definition)));
    expect(failure.code).toBe("store-unknown");
    expect(`${failure.message} ${failure.help}`).not.toContain("secret-text");
  });
});

describe("ten days of ten years", () => {
  test("are ten listings, and each object is asked for once", async () => {
    const objects: Record<string, string> = {};
    const dayMs = 86_400_000;
    for (let at = Date.UTC(2016, 0, 1); at < Date.UTC(2026, 0, 1); at += dayMs) {
      const [year = "", month = "", day = ""] = new Date(at).toISOString().slice(0, 10).split("-");
      objects[`waf/${year}/${month}/${day}/a.log`] = `${year}-${month}-${day}`;
    }
    const { server } = started(await startFakeS3(objects));
    const keys = { access_key: "AKIDEXAMPLE", secret_key: SECRET_KEY, path_style: true };
    const stores = storesWith({ protocol: "s3", root: "bucket", endpoint: server.url, ...keys });
    const startMs = BigInt(Date.UTC(2020, 1, 25));
    const pathTimeRange = { startMs, endMs: startMs + 10n * BigInt(dayMs) };
    const found: string[] = [];
    const uri = "s3://here/waf/$yyyy$/$MM$/$dd$/*.log";
    for await (const some of listObjects([uri], { stores, signal: never, pathTimeRange })) {
      found.push(...some.map((object) => object.uri));
    }
    expect(found).toHaveLength(10);
    expect([found[0], found[9]]).toEqual([
      "s3://here/waf/2020/02/25/a.log",
      "s3://here/waf/2020/03/05/a.log",
    ]);
    expect(server.asked.length).toBeLessThanOrEqual(14);
  });
});

describe("a cache", () => {
  test.each(["500MB", "1.5 GiB", "4096"])("of %s keeps objects", async (cache) => {
    const stores = storesWith({ protocol: "http", root: "logs.example.com", cache }, {}, "/nowhere");
    const { kept } = await stores.place({ kind: "store", scheme: "http", authority: "here", path: "a" }, "");
    expect(kept).toBeDefined();
  });

  test.each(["much", "0", "5 apples"])("of %s is refused", async (cache) => {
    const stores = storesWith({ protocol: "http", root: "logs.example.com", cache }, {}, "/nowhere");
    const place = stores.place({ kind: "store", scheme: "http", authority: "here", path: "a" }, "");
    expect((await failureOf(place)).message).toBe('The cache of the datastore "here" is no size.');
  });
});

describe("an address of Azure Blob Storage", () => {
  const request = (place: string, more: Partial<StoreRequest> = {}): StoreRequest => ({
    policy: { allow: [], deny: [] },
    environment: { AZURE_STORAGE_ACCOUNT: "example", AZURE_STORAGE_SAS_TOKEN: SAS_TOKEN },
    world: patientWorld(),
    signal: never,
    onProblem: () => {},
    scheme: "wasbs" satisfies StoreScheme,
    place,
    userInfo: "logs",
    prefix: "",
    options: new Map(),
    ...more,
  });

  test.each([
    ["example.blob.core.windows.net", true],
    ["example.blob.core.chinacloudapi.cn", true],
    ["other.blob.core.windows.net", false],
    ["example.blob.core.windows.net.evil.example", false],
    ["example.evil.example", false],
  ])("at %s is asked with the signature of the environment: %s", (host, isSent) => {
    const account = host.split(".")[0] ?? "";
    expect(azureCredentials(request(host), { account, host }).kind).toBe(isSent ? "signature" : "anonymous");
  });

  test("needs a container and an account", async () => {
    const lone = request("logs", { userInfo: null });
    expect((await failureOf(STORE_KINDS.wasbs.open(lone))).message).toBe(
      '"" is no name of a storage account.',
    );
  });
});
