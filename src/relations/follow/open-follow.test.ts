import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Failure } from "#text";
import type { Engine } from "../engine/engine.ts";
import type { QueryOptions } from "../options.ts";
import { checked, linesOf, testOptions } from "../query-cases.testing.ts";
import { openFollow } from "./open-follow.ts";

/** An engine that must not be asked. */
const NO_ENGINE: Engine = {
  ready: Promise.resolve(),
  notes: [],
  run: () => {
    throw new Error("the engine was asked");
  },
  close: () => Promise.resolve(),
};

const LINES = "PARSE(src:'*.log', pattern:\"INT:n ' ' LD:text EOL\")";
const RECORDS = "PARSE(src:'*.log', pattern:\"INT:n ' ' LD:text EOL (>>' ' LD EOL){0,100}\")";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trawl-test-"));
  write("a.log", "1 one\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): void {
  appendFileSync(join(folder, name), text);
}

interface Seen {
  readonly atMs: number;
  readonly rows: readonly string[];
}

/** Follows until the last step was done; before the wait of each number its step is done. */
async function followed(query: string, steps: readonly (() => void)[], more: Partial<QueryOptions> = {}) {
  const end = new AbortController();
  let [nowMs, waits] = [0, 0];
  const wait = (ms: number) => {
    nowMs += ms;
    const step = steps[waits++];
    if (step === undefined) end.abort();
    else step();
    return Promise.resolve();
  };
  const running = openFollow(checked(query), testOptions(folder, NO_ENGINE, more), {
    nowMs: () => nowMs,
    wait,
    end: end.signal,
  });
  const answers: Seen[] = [];
  let code: string | null = null;
  try {
    for await (const batches of running.answers) {
      const rows: string[] = [];
      for await (const line of linesOf({ columns: running.columns, batches })) rows.push(line);
      answers.push({ atMs: nowMs, rows });
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    code = error.code;
  } finally {
    await running.close();
  }
  return { answers, code, summary: running.summary(), isRowWise: running.isRowWise };
}

const idle = () => {};

test("rows come with the look behind their writing, and only when there are some", async () => {
  const { answers, isRowWise } = await followed(`${LINES} | select(n)`, [
    idle,
    () => write("a.log", "2 two\n"),
    idle,
  ]);
  expect(isRowWise).toBe(true);
  expect(answers).toEqual([
    { atMs: 0, rows: ['{"n":1}'] },
    { atMs: 500, rows: ['{"n":2}'] },
  ]);
});

test("answers come at once, then every second when there is news, and in the end", async () => {
  const { answers, isRowWise, summary } = await followed(`${LINES} | select(c:count(*))`, [
    () => write("a.log", "2 two\n"),
    () => write("a.log", "3 three\n"),
    idle,
    idle,
    idle,
    () => write("a.log", "4 four\n"),
  ]);
  expect(isRowWise).toBe(false);
  expect(answers).toEqual([
    { atMs: 0, rows: ['{"c":1}'] },
    { atMs: 1000, rows: ['{"c":3}'] },
    { atMs: 1750, rows: ['{"c":4}'] },
  ]);
  expect(summary).toMatchObject({
    files: 1,
    bytes: 27,
    records: 4,
    matchedBytes: 27,
    unmatchedBytes: 0,
    rows: 1,
  });
});

test("a line without end waits for it, or for the end", async () => {
  const { answers } = await followed(`${LINES} | select(text)`, [
    () => write("a.log", "2 t"),
    idle,
    () => write("a.log", "wo\n3 thr"),
    ...Array.from({ length: 20 }, () => idle),
  ]);
  expect(answers.flatMap(({ rows }) => rows)).toEqual(['{"text":"one"}', '{"text":"two"}', '{"text":"thr"}']);
});

test("a record of several lines is complete when the next begins, or after two seconds", async () => {
  const { answers } = await followed(`${RECORDS} | select(n, _raw_text)`, [
    () => write("a.log", " more\n"),
    () => write("a.log", "2 two\n"),
    () => write("a.log", " more\n"),
    ...Array.from({ length: 10 }, () => idle),
    () => write("a.log", " late\n3 three\n"),
  ]);
  expect(answers.filter(({ rows }) => rows.length > 0)).toEqual([
    { atMs: 500, rows: ['{"n":1,"_raw_text":"1 one\\n more\\n"}'] },
    { atMs: 2750, rows: ['{"n":2,"_raw_text":"2 two\\n more\\n"}'] },
    { atMs: 3750, rows: ['{"n":3,"_raw_text":"3 three\\n"}'] },
  ]);
});

test("files that appear later and fit are read, compressed ones at the start only", async () => {
  writeFileSync(join(folder, "b.log"), gzipSync("2 two\n"));
  const { answers, summary } = await followed(`${LINES} | select(n, _file_name)`, [
    () => write("c.log", "3 three\n"),
    () => writeFileSync(join(folder, "d.log"), gzipSync("4 four\n")),
    ...Array.from({ length: 5 }, () => idle),
  ]);
  expect(answers.flatMap(({ rows }) => rows)).toEqual([
    '{"n":1,"_file_name":"a.log"}',
    '{"n":2,"_file_name":"b.log"}',
    '{"n":3,"_file_name":"c.log"}',
  ]);
  expect(summary.notes).toEqual(['"b.log" is compressed: it is read once, and not followed.']);
});

test("a limit of rows ends it", async () => {
  const steps = [() => write("a.log", "2 two\n3 three\n"), idle, idle];
  const rows = (await followed(`${LINES} | select(n) | limit(2)`, steps)).answers.flatMap((one) => one.rows);
  expect(rows).toEqual(['{"n":1}', '{"n":2}']);
  const filtered = await followed(`${LINES} | filter(n > 1) | select(n) | limit(1)`, steps);
  expect(filtered.answers.flatMap((one) => one.rows)).toEqual(['{"n":2}']);
});

test("limits end it with their code, and with the rows before", async () => {
  const steps = [() => write("a.log", "2 two\n3 three\n"), idle];
  const rows = await followed(`${LINES} | select(n)`, steps, { maxRows: 2 });
  expect({ code: rows.code, rows: rows.answers.length }).toEqual({ code: "limit-reached", rows: 1 });
  expect((await followed(LINES, steps, { maxBytes: 10 })).code).toBe("limit-reached");
  const kept = await followed(`${LINES} | sort(text)`, steps, { memoryBytes: 20 });
  expect(kept.code).toBe("limit-reached");
});

test("what is named must be there at first, and may go later", async () => {
  expect((await followed("PARSE(src:'none.log', pattern:\"INT:n EOL\")", [])).code).toBe("source-missing");
  const { answers, code } = await followed("PARSE(src:'a.log', pattern:\"INT:n ' ' LD EOL\")", [
    () => rmSync(join(folder, "a.log")),
    ...Array.from({ length: 8 }, () => idle),
    () => write("a.log", "2 again\n"),
    idle,
  ]);
  expect({ code, rows: answers.flatMap(({ rows }) => rows) }).toEqual({
    code: null,
    rows: ['{"n":1}', '{"n":2}'],
  });
});

test("looking that takes long happens less often", async () => {
  const waits: number[] = [];
  const end = new AbortController();
  let nowMs = 0;
  const running = openFollow(checked(LINES), testOptions(folder, NO_ENGINE), {
    nowMs: () => {
      nowMs += 1000;
      return nowMs;
    },
    wait: (ms) => {
      waits.push(ms);
      end.abort();
      return Promise.resolve();
    },
    end: end.signal,
  });
  for await (const batches of running.answers) for await (const _ of batches);
  await running.close();
  expect(waits).toEqual([3000]);
});
