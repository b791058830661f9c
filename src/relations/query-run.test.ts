import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Batch, startScan } from "#records";
import { type ListedObject, ObjectStreams } from "#sources";
import { type Engine, startEngine } from "./engine/engine.ts";
import type { QueryOptions } from "./options.ts";
import { openQuery } from "./query.ts";
import { checked, rowsOf, testOptions } from "./query-cases.testing.ts";

const PATTERN = "$p = <<<PATTERN\nINT:n ' ' LD:text EOL\nPATTERN;\n";
const SCAN = `${PATTERN}LIST('numbers.txt') | parse(pattern:$p)`;
const LINES = 300;
/** Made by `zip` and `tar`: n.txt with two lines, d/m.txt with one, o.md with one that is no record. */
const ARCHIVES: readonly (readonly [string, string])[] = [
  [
    "a.zip",
    "UEsDBAoAAgAAAABQYVy555G/CAAAAAgAAAAFAAAAbi50eHQxIGEKMiBiClBLAwQKAAIAAAAAUGFcyR+SVQQAAAAEAAAABwAA" +
      "AGQvbS50eHQzIGMKUEsDBAoAAgAAAABQYVwfCOpGAgAAAAIAAAAEAAAAby5tZHgKUEsBAh4DCgACAAAAAFBhXLnnkb8IAAAA" +
      "CAAAAAUAAAAAAAAAAQAAAKSBAAAAAG4udHh0UEsBAh4DCgACAAAAAFBhXMkfklUEAAAABAAAAAcAAAAAAAAAAQAAAKSBKwAA" +
      "AGQvbS50eHRQSwECHgMKAAIAAAAAUGFcHwjqRgIAAAACAAAABAAAAAAAAAABAAAApIFUAAAAby5tZFBLBQYAAAAAAwADAJoA" +
      "AAB4AAAAAAA=",
  ],
  [
    "a.tgz",
    "H4sIAAAAAAACA+3VMRLCIBBA0a1zij1BXBDCeWLSRmcUZ3J80TJNKijkP4qd2Ybqw33Me5a6rJhC+M3iOM2ciYvlmCUL3/2U" +
      "vBc1aeD9yvNTVTrldB683gZBl9bLVv0FOO3fwqH/5EKi/xauutB+xx7jtta+47x/f/z/o0X6b2GnfgAAAAAAAAAAAAD4Cx9l" +
      "zvlqACgAAA==",
  ],
];
let engine: Engine;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trawl-test-"));
  writeFileSync(join(folder, "numbers.txt"), lines(LINES));
  writeFileSync(join(folder, "packed.txt"), gzipSync(lines(20)));
  for (const [name, base64] of ARCHIVES) writeFileSync(join(folder, name), Buffer.from(base64, "base64"));
  engine = startEngine({ threads: 2, memoryBytes: null, spillDirectory: null });
  await engine.ready;
});

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

function lines(count: number): string {
  return Array.from({ length: count }, (_, index) => `${index} line number ${index}\n`).join("");
}

/** An engine that must not be asked. */
const NO_ENGINE: Engine = {
  ready: Promise.resolve(),
  notes: [],
  run: () => {
    throw new Error("the engine was asked");
  },
  close: async () => {},
};

interface Outcome {
  readonly rows: number;
  readonly code: string | null;
  readonly help: string | null;
}

async function outcomeOf(query: string, options: QueryOptions): Promise<Outcome> {
  const running = await openQuery(checked(query), options);
  let rows = 0;
  try {
    for await (const batch of running.batches) rows += batch.rowCount;
    return { rows, code: null, help: null };
  } catch (error) {
    return {
      rows,
      code: String(Reflect.get(Object(error), "code")),
      help: String(Reflect.get(Object(error), "help")),
    };
  } finally {
    await running.close();
  }
}

test("filters, plain columns and limits need no engine", async () => {
  const options = testOptions(folder, NO_ENGINE);
  const queries = [
    "",
    " | filter(n > 10 AND text LIKE '%9%') | select(t:text, n)",
    " | limit(7)",
    " | filter(n BETWEEN 5 AND 8) | select(_file_name, n) | limit(3)",
  ];
  for (const query of queries) expect((await outcomeOf(SCAN + query, options)).code, query).toBeNull();
  expect((await outcomeOf("LIST('*.txt') | filter(length > 1)", options)).rows).toBe(2);
});

test("few groups are merged without the engine, and many are handed over to it, those held back too", async () => {
  const query = `${SCAN} | filter(n != 7) | select(first:SUBSTR(text, 0, 8), rest:n % 50, k:n, c:count(*), m:avg(n)) | group(k) | filter(c > 0) | sort(c desc, k desc) | limit(20)`;
  const merged = `${SCAN} | select(n, c:count(*), s:sum(n), m:avg(n), low:min(n), high:max(n)) | group(n) | filter(c > 0) | sort(c desc, n desc) | limit(20)`;
  expect((await outcomeOf(merged, testOptions(folder, NO_ENGINE))).code).toBeNull();
  for (const script of [query, merged]) {
    const expected = await rowsOf(script, testOptions(folder, engine, { pushesWork: false }));
    expect(await rowsOf(script, testOptions(folder, engine))).toBe(expected);
    expect(await rowsOf(script, testOptions(folder, engine, { mostFinishedRows: 10 }))).toBe(expected);
  }
});

test("rows before the limit of rows are given out, then the query fails", async () => {
  for (const query of [SCAN, `${SCAN} | sort(n desc)`]) {
    const outcome = await outcomeOf(query, testOptions(folder, engine, { maxRows: 10 }));
    expect(outcome).toMatchObject({
      rows: 10,
      code: "limit-reached",
      help: expect.stringContaining("limit(n)"),
    });
  }
  expect(await outcomeOf(SCAN, testOptions(folder, engine, { maxRows: LINES }))).toMatchObject({
    rows: LINES,
    code: null,
  });
});

test("the limit of bytes ends the query", async () => {
  for (const query of [SCAN, `${SCAN} | select(n:count(*)) | group()`]) {
    expect(await outcomeOf(query, testOptions(folder, engine, { maxBytes: 100 }))).toMatchObject({
      code: "limit-reached",
    });
  }
});

test("the limit of time ends the query", async () => {
  const query =
    "DUAL(100000) | join(@d on left.i < right.i) | select(n:count(*)) | group();\n@d = DUAL(100000);";
  expect(await outcomeOf(query, testOptions(folder, engine, { maxTimeMs: 50 }))).toMatchObject({
    code: "limit-reached",
  });
});

test("the limit of memory ends the query", async () => {
  const query =
    "DUAL(3000000) | select(s, x:MD5(s)) | sort(x desc) | limit(2000000) | select(n:max(x)) | group()";
  const { engine: _, ...options } = testOptions(folder, engine, {
    memoryBytes: 40_000_000,
    spillDirectory: null,
  });
  expect(await outcomeOf(query, options)).toMatchObject({
    code: "limit-reached",
    help: expect.stringContaining("memory"),
  });
});

test("what does not fit into memory is spilled", async () => {
  const query =
    "DUAL(1500000) | select(s, x:MD5(s)) | sort(x desc) | limit(1000000) | select(n:count(*)) | group()";
  const { engine: _, ...options } = testOptions(folder, engine, { memoryBytes: 60_000_000 });
  expect(await outcomeOf(query, options)).toMatchObject({ rows: 1, code: null });
});

test("a query that is cancelled says so", async () => {
  const abort = new AbortController();
  abort.abort();
  for (const query of [SCAN, `${SCAN} | sort(n)`]) {
    expect(await outcomeOf(query, testOptions(folder, engine, { signal: abort.signal }))).toMatchObject({
      rows: 0,
      code: "cancelled",
    });
  }
});

test("a missing file fails the query, with and without the engine", async () => {
  const query = `${PATTERN}LIST('nowhere.txt') | parse(pattern:$p)`;
  for (const more of ["", " | sort(n)"]) {
    expect(await outcomeOf(query + more, testOptions(folder, engine))).toMatchObject({
      code: "source-missing",
    });
  }
});

test("the account tells what was read and given out", async () => {
  const progress: number[] = [];
  const options = testOptions(folder, engine, { onProgress: ({ bytes }) => progress.push(bytes) });
  const size = lines(LINES).length;
  for (const [query, rows, use] of [
    ["", LINES, "scan"],
    [" | select(k:n % 2 + 1, c:count(*)) | group(k)", 2, "scan+duckdb"],
  ] as const) {
    const running = await openQuery(checked(SCAN + query), options);
    for await (const _ of running.batches);
    expect(running.summary()).toEqual({
      files: 1,
      bytes: size,
      records: LINES,
      matchedBytes: size,
      unmatchedBytes: 0,
      skippedBytes: 0,
      rows,
      engine: use,
      warnings: [],
      replacedTexts: 0,
      notes: [],
    });
    await running.close();
  }
  expect(progress.at(-1)).toBe(size);
  const values = await openQuery(checked("DUAL(2)"), options);
  for await (const _ of values.batches);
  expect(values.summary()).toMatchObject({ rows: 2, engine: "duckdb", bytes: 0 });
});

test("leaving the loop stops the scan", async () => {
  let isAborted = false;
  const options = testOptions(folder, engine, {
    startScan: (task) => {
      task.signal.addEventListener("abort", () => {
        isAborted = true;
      });
      return startScan(task);
    },
  });
  const running = await openQuery(checked(SCAN), options);
  for await (const _ of running.batches) break;
  expect(isAborted).toBe(true);
});

test("files that no filter chooses are neither opened nor read", async () => {
  const opened: string[] = [];
  const options = testOptions(folder, engine, {
    openingOf: async (path) => {
      opened.push(path);
      return { kind: "file", path };
    },
  });
  const query = `${PATTERN}LIST('*.txt') | filter(file_name = 'numbers.txt') | parse(pattern:$p) | limit(1)`;
  expect(await outcomeOf(query, options)).toMatchObject({ rows: 1 });
  expect(opened).toEqual([join(folder, "numbers.txt")]);
});

test("compressed files are read", async () => {
  const options = testOptions(folder, engine, { threads: 1 });
  const query = `${PATTERN}LIST('packed.txt') | parse(pattern:$p)`;
  expect(await outcomeOf(query, options)).toMatchObject({ rows: 20, code: null });
  expect(await outcomeOf(`${query} | filter(path_time IS NULL)`, options)).toMatchObject({ rows: 20 });
});

test.each(ARCHIVES)("members of %s are sources of their own when they are chosen", async (name) => {
  const options = testOptions(folder, engine, { threads: 2 });
  const whole = `${PATTERN}PARSE(pattern:$p, src:'${name}')`;
  expect(await rowsOf(`${whole} | select(n, _uri)`, options)).toBe(
    [1, 2, 3].map((n) => `{"n":${n},"_uri":"${name}"}\n`).join(""),
  );
  const chosen = `${PATTERN}LIST('a.*') | filter(file_name = '${name}') | parse(pattern:$p, archive_src:'*.txt')`;
  const rows = [
    `{"n":1,"_uri":"${name}!/n.txt","_file_name":"${name}"}\n`,
    `{"n":2,"_uri":"${name}!/n.txt","_file_name":"${name}"}\n`,
    `{"n":3,"_uri":"${name}!/d/m.txt","_file_name":"${name}"}\n`,
  ];
  expect(await rowsOf(`${chosen} | select(n, _uri, _file_name)`, options)).toBe(rows.join(""));
  const one = `${chosen} | filter(_uri = '${name}!/d/m.txt') | select(n, _uri, _file_name)`;
  expect(await rowsOf(one, options)).toBe(rows[2]);
  const none = `${PATTERN}PARSE(pattern:$p, src:'${name}', archive_src:'*.nothing')`;
  expect(await outcomeOf(none, options)).toMatchObject({ code: "source-missing" });
});

test("what can be read only once is read in this thread", async () => {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode("1 a\n2 ");
    yield new TextEncoder().encode("b\n");
  }
  const query = `${PATTERN}LIST('-') | parse(pattern:$p)`;
  const signal = new AbortController().signal;
  const streams = new ObjectStreams({ signal, open: bytes });
  const openingsOf = (objects: readonly ListedObject[]) => streams.openingsOf(objects, signal);
  const rows = await rowsOf(query, testOptions(folder, engine, { threads: 1, openingsOf }));
  expect(rows).toBe('{"n":1,"text":"a"}\n{"n":2,"text":"b"}\n');
  expect(await outcomeOf(query, testOptions(folder, engine))).toMatchObject({ code: "source-unreadable" });
});

test("scans in worker threads give the rows that this thread gives", async () => {
  const queries = [
    " | select(n, text)",
    " | select(k:n % 3, c:count(*), s:sum(n)) | group(k)",
    " | sort(n desc) | limit(5)",
    " | sort(text) | limit(7) | select(text)",
    " | select(k:n % 3, n, text) | sort(k desc, text) | limit(9)",
    " | select(k:n % 4, a:first(text), z:last(n), least:min(text), most:max(text), d:count_distinct(text)) | group(k)",
    " | select(k:n % 5) | distinct",
    " | filter(text ILIKE '%1%') | select(c:count(*))",
  ];
  for (const query of queries) {
    const here = await rowsOf(SCAN + query, testOptions(folder, engine));
    const there = await rowsOf(
      SCAN + query,
      testOptions(folder, engine, {
        threads: 2,
        startScan: (task) => startScan({ ...task, pieceBytes: 1000 }),
      }),
    );
    expect(there).toBe(here);
  }
});

test("one batch after the other comes out, none is kept", async () => {
  const batches: Batch[] = [];
  const running = await openQuery(checked(`${SCAN} | select(x:n + 1)`), testOptions(folder, engine));
  for await (const batch of running.batches) batches.push(batch);
  expect(batches.reduce((sum, batch) => sum + batch.rowCount, 0)).toBe(LINES);
});
