import { tmpdir } from "node:os";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ScanThreads, startScan } from "#records";
import { type Engine, startEngine } from "#relations";
import { ObjectStreams, OpenStores, SYSTEM_RETRY_WORLD } from "#sources";
import type { QueryOptions } from "../src/relations/options.ts";
import { rowsOf, testOptions } from "../src/relations/query-cases.testing.ts";
import { LOOPBACK_POLICY } from "../src/sources/outbound/fault-server.testing.ts";
import {
  type FakeDocument,
  type RunningCluster,
  startCluster,
} from "../src/sources/stores/elastic-server.testing.ts";

const never = new AbortController().signal;
const SOME_TIME_MS = Date.UTC(2024, 4, 1, 10);
const PROPERTIES = {
  "@timestamp": { type: "date" },
  status: { type: "integer" },
  verb: { type: "keyword", ignore_above: 8 },
  ok: { type: "boolean" },
  message: { type: "text" },
  user: { properties: { name: { type: "keyword" } } },
  tags: { type: "keyword" },
  day: { type: "date", format: "yyyy/MM/dd" },
};
let cluster: RunningCluster;
let engine: Engine;
let stores: OpenStores;
let workers: ScanThreads;

/** Documents as people write them: numbers as texts, members in objects and under names with dots, nothing at all. */
function documentAt(index: number): FakeDocument {
  const at = new Date(SOME_TIME_MS + index * 1500);
  const members = {
    "@timestamp": timeText(at, index),
    status: index % 5 === 0 ? String(400 + (index % 3)) : 400 + (index % 3),
    ...(index % 6 === 0
      ? {}
      : { verb: index % 7 === 0 ? "PROPPATCH-LONG" : ["GET", "POST", "/../x"][index % 3] }),
    ok: index % 2 === 0,
    message: `request ${index}`,
    ...(index % 2 === 0 ? { user: { name: "ann" } } : { "user.name": "bob" }),
    tags: index % 3 === 0 ? ["a", "b"] : "a",
    day: "2024/05/01",
  };
  return { id: `d${index}`, source: JSON.stringify(members) };
}

/** As people write times: in milliseconds, with a zone, and without one. */
function timeText(at: Date, index: number): string | number {
  if (index % 4 === 0) return at.getTime();
  return index % 4 === 2 ? at.toISOString().slice(0, -1) : at.toISOString();
}

beforeAll(async () => {
  const documents = Array.from({ length: 60 }, (_, index) => documentAt(index));
  const index = { shards: 2, properties: PROPERTIES, documents };
  cluster = await startCluster({
    kind: "elasticsearch",
    version: "8.13.4",
    indices: new Map([["logs-a", index]]),
  });
  engine = startEngine({ threads: 1, memoryBytes: null, spillDirectory: null });
  await engine.ready;
  workers = new ScanThreads();
  stores = new OpenStores({
    definitions: () => Promise.resolve([]),
    fileAccess: "unmanaged",
    cacheFolder: null,
    onProblem: () => {},
    reachesOut: true,
    policy: LOOPBACK_POLICY,
    environment: {},
    world: SYSTEM_RETRY_WORLD,
    signal: never,
  });
});

afterAll(async () => {
  await engine.close();
  await workers.close();
  await stores.close();
  await cluster.close();
});

function options(change: Partial<QueryOptions> = {}): QueryOptions {
  const streams = new ObjectStreams({ signal: never, stores });
  const openingsOf = streams.openingsOf.bind(streams);
  return {
    ...testOptions(tmpdir(), engine),
    stores,
    openingsOf,
    threads: 1,
    startScan: (task) => startScan({ ...task, workers }),
    ...change,
  };
}

const source = () => `ES(uri:'${cluster.url.replace("http:", "es:")}', index:'logs-*')`;

describe("ES", () => {
  test("gives the fields of the mapping in their types, and the whole document hidden", async () => {
    const rows = await rowsOf(`${source()} | filter(_id IN ('d0', 'd1')) | sort(_id)`, options());
    expect(rows).toBe(
      `${[
        '{"@timestamp":"2024-05-01T10:00:00.000Z","day":"2024/05/01","message":"request 0","ok":true,"status":400,"tags":null,"user.name":"ann","verb":null}',
        '{"@timestamp":"2024-05-01T10:00:01.500Z","day":"2024/05/01","message":"request 1","ok":false,"status":401,"tags":"a","user.name":"bob","verb":"POST"}',
      ].join("\n")}\n`,
    );
    const inside = `${source()} | filter(_id = 'd0') | select(_index, first:_source[tags][0], user[name])`;
    expect(await rowsOf(inside, options())).toBe('{"_index":"logs-a","first":"a","name":"ann"}\n');
  });

  test("sends along what the cluster can judge, and shows addresses without it", async () => {
    const before = cluster.searches.length;
    const filter = "status = 401 AND verb = '/../x' AND message LIKE '%1%'";
    const rows = await rowsOf(`${source()} | filter(${filter}) | select(_uri) | distinct()`, options());
    expect(rows).not.toContain("#");
    const [sent] = cluster.searches.slice(before);
    expect(JSON.stringify(sent?.query)).toContain('{"term":{"verb":"/../x"}}');
    expect(JSON.stringify(sent?.query)).not.toContain("message");
  });

  test("says what is wrong with an address, and that there is no such index", async () => {
    expect(await rowsOf("ES(uri:'http://example.com', index:'x')", options())).toContain(
      "names no index of a cluster",
    );
    expect(await rowsOf(source().replace("logs-*", "none"), options())).toContain("source-missing");
  });

  test.each([
    ["Pacific/Kiritimati", "<"],
    ["America/New_York", ">"],
    ["UTC", "<="],
  ])("leaves out no time without a zone, with the query in %s", async (timeZone, word) => {
    const filter = `COLUMN('@timestamp') ${word} T('2024-05-01 10:00:30 +0000')`;
    const query = `${source()} | filter(${filter}) | select(_id) | sort(_id)`;
    const expected = await rowsOf(query, options({ timeZone, pushesWork: false }));
    const before = cluster.searches.length;
    expect(await rowsOf(query, options({ timeZone }))).toBe(expected);
    expect(JSON.stringify(cluster.searches[before]?.query)).toContain("epoch_millis");
  });

  const time = fc.nat(100_000).map((ms) => {
    const at = new Date(SOME_TIME_MS + ms - 5000).toISOString();
    return `T('${at.slice(0, 10)} ${at.slice(11, 23)} +0000')`;
  });
  const operator = fc.constantFrom("=", "<", "<=", ">", ">=", "!=");
  const part = fc.oneof(
    fc.tuple(operator, time).map(([word, at]) => `COLUMN('@timestamp') ${word} ${at}`),
    fc.tuple(time, time).map(([low, high]) => `COLUMN('@timestamp') BETWEEN ${low} AND ${high}`),
    fc
      .tuple(operator, fc.constantFrom("400", "401", "401.5", "402L", "9"))
      .map(([word, n]) => `status ${word} ${n}`),
    fc.tuple(fc.constantFrom("401", "400"), operator).map(([n, word]) => `${n} ${word} status`),
    fc.constantFrom("'GET'", "'PROPPATCH-LONG'", "'/../x'", "''").map((verb) => `verb = ${verb}`),
    fc.constantFrom(
      "verb IN ('GET', 'POST')",
      "verb IN ('GET', 'PROPPATCH-LONG')",
      "verb IS NULL",
      "status IN (400, 402)",
    ),
    fc.constantFrom(
      "ok",
      "NOT ok",
      "ok = false",
      "COLUMN('user.name') = 'bob'",
      "tags = 'a'",
      "message = 'request 7'",
    ),
  );
  const { condition } = fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      part,
      fc
        .tuple(tie("condition"), fc.constantFrom("AND", "OR"), tie("condition"))
        .map(([a, word, b]) => `(${a} ${word} ${b})`),
      tie("condition").map((inner) => `NOT (${inner})`),
    ),
  }));
  const steps = fc.constantFrom(
    "",
    "| sort(status)",
    "| select(*, n:status + 1)",
    "| limit(20)",
    "| select(*, p:LAG(status) OVER(ORDER BY message))",
  );

  const zones = fc.constantFrom("UTC", "Pacific/Kiritimati", "America/New_York");

  test("gives the same rows whether filters are sent along or not", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(condition, steps, zones, async (given, step, timeZone) => {
        const query = `${source()} ${step} | filter(${given}) | select(_id) | sort(_id)`;
        const expected = await rowsOf(query, options({ timeZone, pushesWork: false }));
        expect(await rowsOf(query, options({ timeZone })), query).toBe(expected);
      }),
      { seed: 11, numRuns: Number(process.env["TRAWL_PROPERTY_RUNS"] ?? 25) },
    );
  });
});
