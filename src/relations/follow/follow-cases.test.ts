/** The cases of queries, over files that are written while they are read: what comes in the end is what comes of the whole files. */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Relation } from "#language";
import { Failure, invariant } from "#text";
import { type Engine, startEngine } from "../engine/engine.ts";
import type { QueryOptions } from "../options.ts";
import {
  checkedIn,
  linesOf,
  NOW_MS,
  type QueryCase,
  readCases,
  rowsOf,
  testOptions,
  writeInputs,
} from "../query-cases.testing.ts";
import { openFollow } from "./open-follow.ts";

/** Parts in which each file is written, cut anywhere. */
const PARTS = 3;

/** What depends on how much of which file was read first. */
const OF_THE_MOMENT: ReadonlySet<string> = new Set([
  "the listing's columns stay reachable",
  "a limit over several files",
]);

const CASES = ["query.cases.md", "language.cases.md"].flatMap((name) =>
  readCases(readFileSync(fileURLToPath(new URL(`../${name}`, import.meta.url)), "utf8")),
);
let engines: readonly Engine[];
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trawl-test-"));
  engines = [0, 1, 2].map(() => startEngine({ threads: 1, memoryBytes: null, spillDirectory: null }));
  await Promise.all(engines.map((engine) => engine.ready));
});
afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  rmSync(folder, { recursive: true });
});

/** Writes a part of each file; the first part makes them. */
function writePart(own: string, { inputs }: QueryCase, part: number): void {
  for (const { name, text } of inputs) {
    const bytes = Buffer.from(text);
    const [start, end] = [part, part + 1].map((each) => Math.floor((bytes.length * each) / PARTS));
    const path = join(own, name);
    if (part === 0) writeFileSync(path, bytes.subarray(start, end));
    else appendFileSync(path, bytes.subarray(start, end));
    utimesSync(path, Number(NOW_MS) / 1000, Number(NOW_MS) / 1000);
  }
}

/** The rows in the end, or null when the script cannot be followed. */
async function followed(
  one: QueryCase,
  own: string,
  relation: Relation,
  options: QueryOptions,
): Promise<string[] | null> {
  const end = new AbortController();
  let nowMs = 0;
  let part = 0;
  writePart(own, one, part);
  const wait = (ms: number) => {
    nowMs += ms;
    if (++part < PARTS) writePart(own, one, part);
    else end.abort();
    return Promise.resolve();
  };
  let rows: string[] = [];
  let running: ReturnType<typeof openFollow> | null = null;
  try {
    running = openFollow(relation, options, { nowMs: () => nowMs, wait, end: end.signal });
    const { columns, isRowWise } = running;
    for await (const batches of running.answers) {
      const answer: string[] = [];
      for await (const line of linesOf({ columns, batches })) answer.push(line);
      rows = isRowWise ? [...rows, ...answer] : answer;
    }
    return rows;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === "follow-refused") return null;
    return [`${error.code}: ${error.message}${error.help === null ? "" : ` ${error.help}`}`];
  } finally {
    await running?.close();
  }
}

describe("following gives what reading all at once gives", () => {
  for (const [index, one] of CASES.entries()) {
    if (OF_THE_MOMENT.has(one.title)) continue;
    test(one.title, async () => {
      const own = join(folder, String(index));
      mkdirSync(own);
      writeInputs(own, one);
      const [engine, ...innerEngines] = engines;
      invariant(engine !== undefined, "there is an engine");
      const options = testOptions(own, engine, { timeZone: one.timeZone, innerEngines });
      const relation = await checkedIn(one.query, { ...options, workingDirectory: own });
      if (typeof relation === "string") return;
      const rows = await followed(one, own, relation, options);
      if (rows === null) return;
      const expected = await rowsOf(one.query, options);
      expect(rows.toSorted()).toEqual(expected.trimEnd().split("\n").toSorted());
    });
  }
});
