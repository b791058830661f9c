import { afterAll, beforeAll, expect, test } from "vitest";
import type { DataType, Value } from "#language";
import { type Batch, valueAt } from "#records";
import { Failure } from "#text";
import { type Engine, type EngineLeaf, startEngine } from "./engine.ts";

let engine: Engine;

beforeAll(async () => {
  engine = startEngine({ threads: 2, memoryBytes: null, spillDirectory: null });
  await engine.ready;
});

afterAll(() => engine.close());

const LONG: DataType = { kind: "long" };
const NEVER = new AbortController().signal;

function numbers(from: number, count: number): Batch {
  const values = BigInt64Array.from({ length: count }, (_, index) => BigInt(from + index));
  return { rowCount: count, columns: [{ kind: "long", values, validity: null }] };
}

function leafOf(batches: AsyncIterable<Batch>, type: DataType = LONG): EngineLeaf {
  return { columns: [{ name: "c", type, source: 0 }], batches };
}

async function* each(batches: readonly Batch[]): AsyncGenerator<Batch> {
  yield* batches;
}

async function* endless(onBatch: () => void = () => {}): AsyncGenerator<Batch> {
  for (let from = 0; ; from += 1000) {
    onBatch();
    yield numbers(from, 1000);
  }
}

async function valuesOf(rows: AsyncIterable<Batch>): Promise<Value[][]> {
  const values: Value[][] = [];
  for await (const { rowCount, columns } of rows) {
    for (let row = 0; row < rowCount; row++) values.push(columns.map((column) => valueAt(column, row)));
  }
  return values;
}

test("the engine starts without anything unusual", () => {
  expect(engine.notes).toEqual([]);
});

test("values of every type go through", async () => {
  const samples: readonly (readonly [DataType, readonly Value[]])[] = [
    [{ kind: "integer" }, [1, -2147483648, null]],
    [LONG, [1n, -(2n ** 63n), null]],
    [{ kind: "float" }, [0.5, -1e10, null]],
    [{ kind: "double" }, [0.1, Number.NEGATIVE_INFINITY, null]],
    [{ kind: "boolean" }, [true, false, null]],
    [{ kind: "string" }, ["", "a text that is longer than twelve bytes, äöü", null]],
    [{ kind: "timestamp" }, [0n, -1n, null]],
    [{ kind: "ip" }, [2n ** 128n - 1n, 0xffff_c000_0201n, null]],
    [{ kind: "bytes" }, [new Uint8Array([0, 255]), new Uint8Array(20), null]],
    [{ kind: "variant" }, ['{"a":1}', "null", null]],
    [{ kind: "array", element: { kind: "string" } }, [["a", null], [], null]],
    [
      {
        kind: "tuple",
        fields: [
          { name: "a", type: LONG },
          { name: "A", type: { kind: "ip" } },
        ],
      },
      [[1n, 7n], [null, null], null],
    ],
  ];
  for (const [type, values] of samples) {
    const batch: Batch = { rowCount: values.length, columns: [{ kind: "values", values }] };
    const rows = engine.run({
      sql: "SELECT c FROM leaf(0)",
      leaves: [leafOf(each([batch]), type)],
      results: [type],
      signal: NEVER,
    });
    expect(await valuesOf(rows)).toEqual(values.map((value) => [value]));
  }
});

test("packed columns go through with their NULLs", async () => {
  const validity = new Uint8Array([0b101]);
  const batch: Batch = {
    rowCount: 3,
    columns: [
      { kind: "integer", values: Int32Array.of(1, 2, 3), validity },
      { kind: "double", values: Float64Array.of(0.5, 1, 1.5), validity },
      { kind: "boolean", values: Uint8Array.of(1, 1, 0), validity },
      { kind: "huge", words: BigUint64Array.of(1n, 2n, 3n, 4n, 5n, 6n), isSigned: false, validity },
    ],
  };
  const types: readonly DataType[] = [
    { kind: "integer" },
    { kind: "double" },
    { kind: "boolean" },
    { kind: "ip" },
  ];
  const columns = types.map((type, source) => ({ name: `c${source}`, type, source }));
  const leaf = { columns, batches: each([batch]) };
  const rows = engine.run({ sql: "SELECT * FROM leaf(0)", leaves: [leaf], results: types, signal: NEVER });
  expect(await valuesOf(rows)).toEqual([
    [1, 0.5, true, (2n << 64n) | 1n],
    [null, null, null, null],
    [3, 1.5, false, (6n << 64n) | 5n],
  ]);
});

test("rows keep their order and are numbered", async () => {
  const columns = [
    { name: "c", type: LONG, source: 0 },
    { name: "o", type: LONG, source: "ordinal" as const },
  ];
  const leaf = { columns, batches: each([numbers(5, 3000), numbers(0, 1), numbers(9, 4000)]) };
  const rows = await valuesOf(
    engine.run({ sql: "SELECT c, o FROM leaf(0)", leaves: [leaf], results: [LONG, LONG], signal: NEVER }),
  );
  expect(rows.length).toBe(7001);
  expect(rows.every(([, ordinal], index) => ordinal === BigInt(index))).toBe(true);
  expect([rows[2999], rows[3000], rows[3001]]).toEqual([
    [3004n, 2999n],
    [0n, 3000n],
    [9n, 3001n],
  ]);
});

test("the first rows come while the leaf still waits", async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  async function* slow(): AsyncGenerator<Batch> {
    for (let index = 0; index < 40; index++) yield numbers(index * 2048, 2048);
    await gate;
    yield numbers(0, 1);
  }
  const rows = engine.run({
    sql: "SELECT c FROM leaf(0)",
    leaves: [leafOf(slow())],
    results: [LONG],
    signal: NEVER,
  });
  const first = await rows.next();
  expect(first.done).toBe(false);
  release();
  let count = first.value?.rowCount ?? 0;
  for await (const batch of rows) count += batch.rowCount;
  expect(count).toBe(40 * 2048 + 1);
});

test("a leaf is read no faster than its rows are taken", async () => {
  let read = 0;
  const rows = engine.run({
    sql: "SELECT c FROM leaf(0)",
    leaves: [leafOf(endless(() => read++))],
    results: [LONG],
    signal: NEVER,
  });
  for (let taken = 0; taken < 5; taken++) await rows.next();
  await new Promise((resolve) => setTimeout(resolve, 30));
  const before = read;
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(read).toBe(before);
  await rows.return();
});

test("leaving the loop stops the leaf", async () => {
  let isClosed = false;
  async function* watched(): AsyncGenerator<Batch> {
    try {
      yield* endless();
    } finally {
      isClosed = true;
    }
  }
  const rows = engine.run({
    sql: "SELECT c FROM leaf(0)",
    leaves: [leafOf(watched())],
    results: [LONG],
    signal: NEVER,
  });
  await rows.next();
  await rows.return();
  expect(isClosed).toBe(true);
});

test("a limit ends the leaf", async () => {
  const rows = engine.run({
    sql: "SELECT c FROM leaf(0) LIMIT 3",
    leaves: [leafOf(endless())],
    results: [LONG],
    signal: NEVER,
  });
  expect(await valuesOf(rows)).toEqual([[0n], [1n], [2n]]);
});

async function abortedAfter(sql: string, leaf: EngineLeaf, waitMs: number): Promise<number> {
  const abort = new AbortController();
  const rows = engine.run({ sql, leaves: [leaf], results: [LONG], signal: abort.signal });
  const failed = expect(valuesOf(rows)).rejects.toMatchObject({ code: "cancelled" });
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  const start = performance.now();
  abort.abort();
  await failed;
  return performance.now() - start;
}

test("cancelling stops a statement that computes", async () => {
  const sql = "SELECT count(*) FROM leaf(0) AS a, range(1000000000) AS b WHERE a.c * b.range = 77";
  expect(await abortedAfter(sql, leafOf(each([numbers(0, 1000)])), 100)).toBeLessThan(100);
});

test("cancelling stops a statement that waits for its leaf", async () => {
  const abort = new AbortController();
  async function* silent(): AsyncGenerator<Batch> {
    yield numbers(0, 10);
    await new Promise((resolve) => abort.signal.addEventListener("abort", resolve));
  }
  const rows = engine.run({
    sql: "SELECT count(*) FROM leaf(0)",
    leaves: [leafOf(silent())],
    results: [LONG],
    signal: abort.signal,
  });
  const failed = expect(valuesOf(rows)).rejects.toMatchObject({ code: "cancelled" });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const start = performance.now();
  abort.abort();
  await failed;
  expect(performance.now() - start).toBeLessThan(100);
});

test("a failure of a leaf is the failure of the statement", async () => {
  async function* broken(): AsyncGenerator<Batch> {
    yield numbers(0, 10);
    throw new Failure("source-unreadable", "It broke.");
  }
  const rows = engine.run({
    sql: "SELECT count(*) FROM leaf(0)",
    leaves: [leafOf(broken())],
    results: [LONG],
    signal: NEVER,
  });
  await expect(valuesOf(rows)).rejects.toMatchObject({ code: "source-unreadable", message: "It broke." });
});

test("statements may overlap", async () => {
  const sum = (from: number) =>
    valuesOf(
      engine.run({
        sql: "SELECT sum(c)::BIGINT FROM leaf(0)",
        leaves: [leafOf(each([numbers(from, 3)]))],
        results: [LONG],
        signal: NEVER,
      }),
    );
  expect(await Promise.all([sum(0), sum(10), sum(100)])).toEqual([[[3n]], [[33n]], [[303n]]]);
});

test("several leaves feed one statement", async () => {
  const sql = "SELECT a.c FROM leaf(0) AS a JOIN leaf(1) AS b ON a.c = b.c ORDER BY 1";
  const leaves = [leafOf(each([numbers(0, 100)])), leafOf(each([numbers(98, 100)]))];
  expect(await valuesOf(engine.run({ sql, leaves, results: [LONG], signal: NEVER }))).toEqual([[98n], [99n]]);
});

test("statements reach neither files nor settings", async () => {
  const refused = [
    "SELECT 1::BIGINT FROM read_csv('/etc/hostname')",
    "COPY (SELECT 1) TO '/tmp/trawl-must-not-exist.csv'",
    "SET memory_limit = '1GB'",
    "SET enable_external_access = true",
    "ATTACH '/tmp/trawl-must-not-exist.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
  ];
  for (const sql of refused) {
    await expect(
      valuesOf(engine.run({ sql, leaves: [], results: [LONG], signal: NEVER })),
      sql,
    ).rejects.toThrow();
  }
});

test("an engine that is told to close fails what runs", async () => {
  const own = startEngine({ threads: 1, memoryBytes: null, spillDirectory: null });
  const rows = own.run({
    sql: "SELECT c FROM leaf(0)",
    leaves: [leafOf(endless())],
    results: [LONG],
    signal: NEVER,
  });
  await rows.next();
  await own.close();
  await expect(valuesOf(rows)).rejects.toMatchObject({ code: "engine-failed" });
});
