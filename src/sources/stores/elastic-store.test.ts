import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { listObjects } from "../listing.ts";
import { LOOPBACK_POLICY } from "../outbound/fault-server.testing.ts";
import { SYSTEM_RETRY_WORLD } from "../outbound/retry.ts";
import { readMapping, readSearchPage } from "./elastic-answers.ts";
import {
  errorOf,
  type FakeCluster,
  type FakeDocument,
  type FakeIndex,
  type OnAsked,
  type RunningCluster,
  startCluster,
} from "./elastic-server.testing.ts";
import { openElasticStore } from "./elastic-store.ts";
import { JsonSpans } from "./json-spans.ts";
import { OpenStores } from "./open-stores.ts";
import type { RemoteStore } from "./remote-store.ts";
import { readStoreDefinition } from "./store-definition.ts";

const never = new AbortController().signal;
const WHOLE = { startByte: 0, endByte: null, version: null };
const WORLD = { ...SYSTEM_RETRY_WORLD, sleep: async () => {} };
const running: RunningCluster[] = [];

afterEach(async () => {
  for (const cluster of running.splice(0)) await cluster.close();
});

function documents(count: number, from = 0): readonly FakeDocument[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `d${from + index}`,
    source: `{"n":${from + index},"status":${index % 3 === 0 ? 404 : 200}}`,
  }));
}

function index(count: number, shards = 1, from = 0): FakeIndex {
  return {
    shards,
    properties: { n: { type: "long" }, status: { type: "integer" } },
    documents: documents(count, from),
  };
}

const cluster = (change: Partial<FakeCluster> = {}): FakeCluster => ({
  kind: "elasticsearch",
  version: "8.13.4",
  indices: new Map([["logs-a", index(10)]]),
  ...change,
});

async function start(
  change: Partial<FakeCluster> = {},
  onAsked: OnAsked = () => false,
): Promise<RunningCluster> {
  const started = await startCluster(cluster(change), onAsked);
  running.push(started);
  return started;
}

function storeOf(
  server: RunningCluster,
  authorization: string | null = null,
  mostAnswerBytes = 64 << 20,
): RemoteStore {
  return openElasticStore({
    baseUrl: `${server.url}/`,
    prefix: "",
    shownAddress: "es://test",
    authorization,
    policy: LOOPBACK_POLICY,
    world: WORLD,
    mostAnswerBytes,
  });
}

async function linesOf(chunks: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  const text = Buffer.concat(all).toString();
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** The numbers of the documents that are read. */
async function numbersIn(store: RemoteStore, path: string): Promise<readonly number[]> {
  const lines = await linesOf(store.open(path, WHOLE, never));
  return lines.map((line) => Number(JSON.parse(line).n));
}

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);
const ascending = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);

describe("documents of an index", () => {
  test.each([
    ["elasticsearch", "8.13.4", 1],
    ["elasticsearch", "8.13.4", 3],
    ["elasticsearch", "7.11.2", 3],
    ["opensearch", "2.13.0", 1],
    ["opensearch", "2.13.0", 5],
  ] as const)("of %s %s with %i shards come once each", async (kind, version, shards) => {
    const server = await start({ kind, version, indices: new Map([["logs-a", index(2500, shards)]]) });
    const numbers = await numbersIn(storeOf(server), "logs-a");
    expect(ascending(numbers)).toEqual(upTo(2500));
    expect(server.openPoints()).toBe(0);
  });

  test("are the same lines each time, as they were indexed", async () => {
    const source = '{"big":9007199254740993,\n "text":"a\\nb",\r\n "f":1.0}';
    const indices = new Map([
      [
        "logs-a",
        {
          shards: 1,
          properties: {},
          documents: [
            { id: 'x"y', source },
            { id: "e", source: "{ }" },
          ],
        },
      ],
    ]);
    const store = storeOf(await start({ indices }));
    const lines = await linesOf(store.open("logs-a", WHOLE, never));
    expect(lines).toEqual([
      '{"_index":"logs-a","_id":"x\\"y","big":9007199254740993,  "text":"a\\nb",   "f":1.0}'.replace(
        ',  "text',
        ',  "text',
      ),
      '{"_index":"logs-a","_id":"e"}',
    ]);
    expect(await linesOf(store.open("logs-a", WHOLE, never))).toEqual(lines);
    const part = { startByte: 5, endByte: 20, version: null };
    expect((await linesOf(store.open("logs-a", part, never))).join("")).toBe(lines[0]?.slice(5, 20));
  });

  test("that come while it is read are not seen", async () => {
    const indices = new Map([["logs-a", index(1500)]]);
    const server = await start({ indices });
    const numbers: number[] = [];
    for await (const chunk of storeOf(server).open("logs-a", WHOLE, never)) {
      indices.set("logs-a", index(9000));
      numbers.push(
        ...Buffer.from(chunk)
          .toString()
          .trimEnd()
          .split("\n")
          .map((line) => Number(JSON.parse(line).n)),
      );
    }
    expect(ascending(numbers)).toEqual(upTo(1500));
  });

  test("are chosen by the query in the address", async () => {
    const server = await start();
    const store = storeOf(server);
    const query = encodeURIComponent('{"term":{"status":404}}');
    expect(await numbersIn(store, `logs-a?query=${query}`)).toEqual([0, 3, 6, 9]);
    expect(await numbersIn(store, "logs-a?q=status:404")).toEqual([0, 3, 6, 9]);
    await expect(numbersIn(store, "logs-a?query=x")).rejects.toMatchObject({ code: "source-unreadable" });
    await expect(numbersIn(store, "logs-a?size=1")).rejects.toMatchObject({ code: "source-unreadable" });
  });

  test("that are large come in smaller pages", async () => {
    const text = "x".repeat(10_000);
    const large = documents(300).map(({ id }, n) => ({ id, source: `{"n":${n},"t":"${text}"}` }));
    const server = await start({ indices: new Map([["logs-a", { ...index(0), documents: large }]]) });
    expect(ascending(await numbersIn(storeOf(server, null, 1 << 20), "logs-a"))).toEqual(upTo(300));
    const sizes = server.searches.map(({ size }) => size ?? 0);
    expect(sizes[0]).toBe(1000);
    expect(Math.min(...sizes)).toBeLessThan(100);
  });
});

describe("names", () => {
  async function urisOf(uri: string, stores: OpenStores): Promise<readonly string[]> {
    const uris: string[] = [];
    for await (const objects of listObjects([uri], { stores })) uris.push(...objects.map((one) => one.uri));
    return uris;
  }

  function storesWith(...definitions: readonly string[]): OpenStores {
    return new OpenStores({
      definitions: () =>
        Promise.resolve(definitions.map((text) => readStoreDefinition("main", text, "main.yaml"))),
      fileAccess: "unmanaged",
      cacheFolder: null,
      reachesOut: true,
      policy: LOOPBACK_POLICY,
      environment: { SECRET: "sesame" },
      world: WORLD,
      onProblem: () => {},
      signal: never,
    });
  }

  const INDICES = new Map([
    ["logs-2024.04.30", index(1)],
    ["logs-2024.05.01", index(2)],
    ["other", index(1)],
    [".ds-logs-web-000001", index(3)],
    [".ds-logs-web-000002", index(2, 1, 3)],
  ]);
  const STREAMS = new Map([["logs-web", [".ds-logs-web-000001", ".ds-logs-web-000002"]]]);

  test("are those of indices and of data streams, by wildcards and times", async () => {
    const server = await start({ indices: INDICES, streams: STREAMS });
    const base = server.url.replace("http:", "es:");
    const stores = storesWith();
    expect(await urisOf(`${base}/logs-*`, stores)).toEqual(
      ["logs-2024.04.30", "logs-2024.05.01", "logs-web"].map((name) => `${base}/${name}`),
    );
    expect(await urisOf(`${base}/logs-$yyyy$.05.$dd$?q=status:404`, stores)).toEqual([
      `${base}/logs-2024.05.01?q=status:404`,
    ]);
    expect(await urisOf(`${base}/.ds-logs-*`, stores)).toHaveLength(2);
    await expect(urisOf(`${base}/none`, stores)).rejects.toMatchObject({ code: "source-missing" });
    await expect(urisOf(`${base}/none-*`, stores)).rejects.toMatchObject({ code: "source-missing" });
  });

  test("of data streams are read as one where the cluster has an order over shards", async () => {
    const server = await start({ indices: INDICES, streams: STREAMS });
    expect(ascending(await numbersIn(storeOf(server), "logs-web"))).toEqual(upTo(5));
    const other = await start({ kind: "opensearch", version: "2.13.0", indices: INDICES, streams: STREAMS });
    await expect(numbersIn(storeOf(other), "logs-web")).rejects.toMatchObject({
      code: "source-unreadable",
      message: expect.stringContaining("it stands for 2 indices"),
    });
  });

  test("before an @ are of datastores, whose credentials go to their own host alone", async () => {
    const authorization = `Basic ${Buffer.from("ann:sesame").toString("base64")}`;
    const server = await start({ authorization });
    const host = server.url.slice("http://".length);
    const stores = storesWith(`protocol: es\nroot: ${host}\nuser: ann\npassword: env:SECRET\n`);
    expect(await urisOf(`es://main/logs-*`, stores)).toEqual(["es://main/logs-a"]);
    expect(await urisOf(`es://main@${host}/logs-*`, stores)).toEqual([`es://main@${host}/logs-a`]);
    await expect(urisOf(`es://main@127.0.0.1:1/logs-*`, stores)).rejects.toMatchObject({
      code: "store-unknown",
    });
    await expect(urisOf(`es://ann:secret@${host}/logs-*`, stores)).rejects.toMatchObject({
      code: "store-unknown",
      message: expect.not.stringContaining("secret"),
    });
    await expect(urisOf(`es://${host}/logs-*`, stores)).rejects.toMatchObject({ code: "access-denied" });
  });

  test("behind a path of the root are found there", async () => {
    const asked: string[] = [];
    const server = await start({}, ({ path }) => asked.push(path) < 0);
    const store = openElasticStore({
      baseUrl: `${server.url}/`,
      prefix: "proxy/es",
      shownAddress: "es://test",
      authorization: null,
      policy: LOOPBACK_POLICY,
      world: WORLD,
    });
    expect(await numbersIn(store, "proxy/es/logs-a")).toEqual(upTo(10));
    expect(asked.some((path) => path.includes("proxy"))).toBe(false);
  });
});

describe("trouble", () => {
  test("that passes is met with patience", async () => {
    let count = 0;
    const server = await start({}, ({ answer }) => {
      if (count++ % 2 === 1) return false;
      answer(count % 4 === 1 ? 429 : 503, errorOf("es_rejected_execution_exception", "queue is full"), {
        "retry-after": "1",
      });
      return true;
    });
    expect(await numbersIn(storeOf(server), "logs-a")).toEqual(upTo(10));
  });

  test("that stays is told", async () => {
    const server = await start({}, ({ path, answer }) => {
      if (path !== "/_search") return false;
      answer(503, errorOf("search_phase_execution_exception", "all shards failed"));
      return true;
    });
    await expect(numbersIn(storeOf(server), "logs-a")).rejects.toMatchObject({
      code: "source-unreadable",
      message: expect.stringContaining("the cluster has trouble (503). It says: all shards failed"),
    });
    expect(server.openPoints()).toBe(0);
  });

  test("of some shards is told behind the documents of the others", async () => {
    const reason = { type: "x", reason: "disk is gone" };
    const server = await start({}, ({ path, body, answer }) => {
      if (path !== "/_search" || body.search_after !== undefined) return false;
      const hits = [{ _index: "logs-a", _id: "d9", _source: { n: 9 }, sort: [9] }];
      answer(200, { _shards: { total: 5, failed: 2, failures: [{ reason }] }, hits: { hits } });
      return true;
    });
    const numbers: number[] = [];
    const read = async () => {
      for await (const chunk of storeOf(server).open("logs-a", WHOLE, never)) {
        numbers.push(Number(JSON.parse(Buffer.from(chunk).toString()).n));
      }
    };
    await expect(read()).rejects.toMatchObject({
      code: "source-unreadable",
      message: expect.stringContaining("2 of 5 shards failed: disk is gone"),
    });
    expect(numbers).toEqual([9]);
  });

  test("with a point in time that is gone is no silent end", async () => {
    const server = await start({ indices: new Map([["logs-a", index(5000)]]) });
    const read = async () => {
      for await (const _ of storeOf(server).open("logs-a", WHOLE, never)) server.expire();
    };
    await expect(read()).rejects.toMatchObject({ code: "source-changed" });
  });

  test("with credentials is told with what the cluster says", async () => {
    const server = await start({ authorization: "ApiKey good" });
    expect(await numbersIn(storeOf(server, "ApiKey good"), "logs-a")).toEqual(upTo(10));
    await expect(numbersIn(storeOf(server, "ApiKey bad"), "logs-a")).rejects.toMatchObject({
      code: "access-denied",
      message: expect.stringContaining("missing authentication credentials"),
    });
  });

  test("with something else than a cluster is told", async () => {
    const server = await start({}, ({ answer }) => {
      answer(200, "<html>hello</html>");
      return true;
    });
    await expect(numbersIn(storeOf(server), "logs-a")).rejects.toMatchObject({
      code: "source-unreadable",
      message: expect.stringContaining("does not answer as Elasticsearch does"),
    });
  });

  test("of a reader that stops leaves no point in time open", async () => {
    const server = await start({ indices: new Map([["logs-a", index(5000)]]) });
    for await (const _ of storeOf(server).open("logs-a", WHOLE, never)) break;
    expect(server.openPoints()).toBe(0);
    const stop = new AbortController();
    const read = async () => {
      for await (const _ of storeOf(server).open("logs-a", WHOLE, stop.signal)) stop.abort();
    };
    await expect(read()).rejects.toMatchObject({ code: "cancelled" });
    expect(server.openPoints()).toBe(0);
  });

  test("with a reader that waits long keeps the point in time", async () => {
    const server = await start({ indices: new Map([["logs-a", index(5000)]]) });
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const chunks = storeOf(server).open("logs-a", WHOLE, never)[Symbol.asyncIterator]();
      await chunks.next();
      const before = server.asked.length;
      vi.advanceTimersByTime(180_000);
      await vi.waitFor(() => expect(server.asked.length).toBeGreaterThanOrEqual(before + 3));
      await chunks.return?.();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("what clusters answer", () => {
  test("any bytes are a page, or no JSON", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      '"',
      "\\",
      ":",
      ",",
      '"hits"',
      '"_source"',
      '"sort"',
      "1",
      " ",
      "\n",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        try {
          const { lines, count } = readSearchPage(Buffer.from(pieces.join("")));
          expect(Buffer.from(lines).filter((byte) => byte === 10).length).toBe(count);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
      { seed: 7, numRuns: 2000 },
    );
  });

  test("members and elements of any JSON are those that JSON has", () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, "\t"), (text, indent) => {
        const value: unknown = JSON.parse(text);
        const bytes = Buffer.from(` ${JSON.stringify(value, null, indent)}\n`);
        const json = new JsonSpans(bytes);
        const whole = json.whole();
        expect(json.value(whole)).toEqual(value);
        if (Array.isArray(value))
          expect([...json.elements(whole)].map((one) => json.value(one))).toEqual(value);
        else if (typeof value === "object" && value !== null) {
          const members = [...json.members(whole)].map(([name, span]) => [name, json.value(span)]);
          expect(new Map(members.map(([name, one]) => [name, one]))).toEqual(new Map(Object.entries(value)));
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  test("a mapping is its fields, of all indices", () => {
    const mapping = {
      a: {
        mappings: {
          properties: {
            "@timestamp": { type: "date" },
            user: { properties: { name: { type: "keyword", ignore_above: 256 }, id: { type: "long" } } },
            size: { type: "long" },
            raw: { type: "object", enabled: false },
            msg: { type: "text", fields: { keyword: { type: "keyword" } } },
          },
        },
      },
      b: { mappings: { properties: { size: { type: "keyword" }, "@timestamp": { type: "date" } } } },
    };
    expect(
      readMapping(mapping)?.map(({ path, type, isSearchable }) => `${path} ${type} ${isSearchable}`),
    ).toEqual([
      "@timestamp date true",
      "msg text true",
      "raw object true",
      "size mixed false",
      "user.id long true",
      "user.name keyword true",
    ]);
    expect(readMapping([])).toEqual([]);
  });
});
