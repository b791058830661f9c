/** Random whole scripts: what the scan takes over changes no row, however the bytes are cut and whoever reads them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ScanTask, ScanThreads, startScan } from "#records";
import { type Engine, startEngine } from "../engine/engine.ts";
import { rowsOf, testOptions } from "../query-cases.testing.ts";
import { RANDOM_PATTERN, randomLine, randomTest } from "./random-logs.testing.ts";

let engine: Engine;
let inner: Engine;
let folder: string;
const workers = new ScanThreads();

/** Days of logs, the second one compressed; each with bytes that are no record. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trawl-test-"));
  for (const day of [1, 2, 3]) {
    const lines = fc.sample(randomLine(), { seed: 10 + day, numRuns: 40 * day });
    const text = Buffer.from(`no record\n${lines.join("\n")}\nbroken \xff line\n${lines[0] ?? ""}`, "latin1");
    writeFileSync(join(folder, `log-2026-01-0${day}.txt`), day === 2 ? gzipSync(text) : text);
  }
  [engine, inner] = [0, 1].map(() =>
    startEngine({ threads: 2, memoryBytes: null, spillDirectory: null }),
  ) as [Engine, Engine];
  await Promise.all([engine.ready, inner.ready]);
});

afterAll(async () => {
  await Promise.all([engine.close(), inner.close(), workers.close()]);
  rmSync(folder, { recursive: true });
});

/** A script under way: its steps so far, and the columns that the next one can use, by their types. */
interface Draft {
  readonly steps: string;
  readonly columns: readonly Column[];
  readonly isOfLog: boolean;
}

interface Column {
  readonly name: string;
  readonly type: "number" | "text" | "ip" | "time" | "flag";
}

const LOG_COLUMNS: readonly Column[] = [
  { name: "i", type: "number" },
  { name: "l", type: "number" },
  { name: "ip", type: "ip" },
  { name: "t", type: "time" },
  { name: "s", type: "text" },
  { name: "b", type: "flag" },
];

/** Values made of one column. */
const MADE: Readonly<Record<Column["type"], readonly (readonly [string, Column["type"]])[]>> = {
  number: [
    ["# + 1", "number"],
    ["# % 3", "number"],
    ["IF(# > 1, 'many', 'few')", "text"],
    ["COALESCE(#, 0)", "number"],
    ["CASE WHEN # = 1 THEN 'one' WHEN # IS NULL THEN 'none' ELSE 'some' END", "text"],
  ],
  text: [
    ["LOWER(#)", "text"],
    ["STRLEN(#)", "number"],
    ["# || '!'", "text"],
    ["SUBSTR(#, 1, 1)", "text"],
    ["# IS NULL", "flag"],
  ],
  ip: [
    ["IP_TRUNC(#, 24)", "ip"],
    ["STRING(#)", "text"],
    ["# IN 192.0.2.0/24", "flag"],
  ],
  time: [
    ["#[1 hour]", "time"],
    ["#[-1 day]", "time"],
    ["YEAR(#)", "number"],
  ],
  flag: [
    ["NOT #", "flag"],
    ["IF(#, 1, 0)", "number"],
  ],
};

const AGGREGATES: Readonly<Record<Column["type"], readonly string[]>> = {
  number: [
    "sum(#)",
    "min(#)",
    "max(#)",
    "avg(#)",
    "count_distinct(#)",
    "first(#)",
    "count(# > 1)",
    "last(#)",
  ],
  text: ["min(#)", "max(#)", "count(#)", "first(#)", "count_distinct(#)"],
  ip: ["count_distinct(#)", "min(#)", "last(#)"],
  time: ["min(#)", "max(#)", "count(#)"],
  flag: ["count(#)", "max(#)"],
};

const CONDITIONS: Readonly<Record<Column["type"], readonly string[]>> = {
  number: ["# > 1", "# = 404", "# IS NULL", "# BETWEEN -10 AND 500", "# IN (0, 1, 7)", "# != 0"],
  text: ["# LIKE 'a%'", "# = 'ab'", "# CONTAINS 'b'", "# IS NOT NULL", "# > 'a'", "# MATCHES '^[ac]'"],
  ip: ["# IN 192.0.2.0/24", "# = 192.0.2.1", "# IS NULL"],
  time: ["# > T('2026-01-01')", "# IS NULL", "# < now()"],
  flag: ["#", "NOT #", "# IS NULL"],
};

function pick<T>(values: readonly T[], choice: number): T {
  const value = values[choice % Math.max(1, values.length)];
  if (value === undefined) throw new Error("there is something to pick");
  return value;
}

type Step = (draft: Draft, choices: readonly number[]) => Draft;

function onto(draft: Draft, step: string, columns: readonly Column[] = draft.columns): Draft {
  return { steps: `${draft.steps} | ${step}`, columns, isOfLog: draft.isOfLog };
}

const STEPS: readonly Step[] = [
  (draft, [a = 0, b = 0]) => {
    const { name, type } = pick(draft.columns, a);
    return onto(draft, `filter(${pick(CONDITIONS[type], b).replaceAll("#", name)})`);
  },
  (draft, [a = 0, b = 0, c = 0]) => {
    const [first, second] = [pick(draft.columns, a), pick(draft.columns, b)];
    const [text, type] = pick(MADE[first.type], c);
    const columns: readonly Column[] = [
      { name: "made", type },
      { name: "kept", type: second.type },
    ];
    return {
      ...onto(draft, `select(made:${text.replaceAll("#", first.name)}, kept:${second.name})`, columns),
      isOfLog: false,
    };
  },
  (draft, [a = 0, b = 0, c = 0, d = 0]) => {
    const [key, value] = [pick(draft.columns, a), pick(draft.columns, b)];
    const aggregate = pick(AGGREGATES[value.type], c).replaceAll("#", value.name);
    const step =
      d % 2 === 0
        ? `select(k:${key.name}, n:count(*), m:${aggregate}) | group(k)`
        : `select(n:count(*), k:${key.name}) | group(@2)`;
    return {
      ...onto(draft, step, [
        { name: "k", type: key.type },
        { name: "n", type: "number" },
      ]),
      isOfLog: false,
    };
  },
  (draft, [a = 0, b = 0, c = 1]) => {
    // All columns are keys, so that rows that are alike in them are alike.
    const first = pick(draft.columns, a);
    const rest = draft.columns.filter(({ name }) => name !== first.name);
    const keys = [first, ...rest].map(({ name }, index) => `${name}${(b >> index) % 2 === 0 ? "" : " desc"}`);
    return onto(
      draft,
      `select(${draft.columns.map(({ name }) => name).join(", ")}) | sort(${keys.join(", ")}) | limit(${1 + (c % 30)})`,
    );
  },
  (draft) => onto(draft, `select(${draft.columns.map(({ name }) => name).join(", ")}) | distinct`),
  (draft, [a = 0]) => onto(draft, `limit(${1 + (a % 50)})`),
  (draft, [a = 0, b = 0]) => {
    const key = pick(draft.columns, a);
    const kind = pick(["semijoin", "antijoin"], b);
    return onto(draft, `${kind}(@other on left.${key.name} = right.${key.name})`);
  },
  (draft) => onto(draft, "union(@same)"),
  (draft, [a = 0, b = 0]) => {
    const [part, order] = [pick(draft.columns, a), pick(draft.columns, b)];
    const all = draft.columns.map(({ name }) => name);
    const columns: readonly Column[] = [...draft.columns, { name: "place", type: "number" }];
    return {
      ...onto(
        draft,
        `select(${all.join(", ")}, place:rank() OVER(PARTITION BY ${part.name} ORDER BY ${order.name}))`,
        columns,
      ),
      isOfLog: false,
    };
  },
];

const START = "LIST('log-$yyyy$-$MM$-$dd$.txt') | parse(pattern:$p)";

interface Script {
  readonly text: string;
}

/** A script of a few steps; streams that joins and unions need are made of what is there at that step. */
function scriptOf(test_: string | null, days: number, choices: readonly (readonly number[])[]): Script {
  const names = LOG_COLUMNS.map(({ name }) => name).join(", ");
  const filters = [
    ...(test_ === null ? [] : [test_]),
    ...(days === 0 ? [] : [`path_time <= T('2026-01-0${days}')`]),
  ];
  const filter = filters.map((one) => ` | filter(${one})`).join("");
  let draft: Draft = { steps: `${START}${filter} | select(${names})`, columns: LOG_COLUMNS, isOfLog: true };
  const declared: string[] = [];
  for (const [index, [which = 0, ...more]] of choices.entries()) {
    const before = draft.steps;
    const made = pick(STEPS, which)(draft, more);
    const other = `@stream${index}`;
    const needed = /@other|@same/.test(made.steps.slice(before.length));
    if (needed) {
      const narrowed = made.steps.includes("@other") ? " | limit(20)" : " | limit(5)";
      declared.push(`${other} = ${before}${narrowed};`);
    }
    draft = { ...made, steps: before + made.steps.slice(before.length).replace(/@other|@same/, other) };
  }
  return { text: `${RANDOM_PATTERN}${declared.join("\n")}\n${draft.steps}` };
}

const script: fc.Arbitrary<Script> = fc
  .tuple(
    fc.option(randomTest.filter((text) => !text.includes("mixed.txt"))),
    fc.constantFrom(0, 0, 1, 2),
    fc.array(fc.array(fc.nat(1000), { minLength: 5, maxLength: 5 }), { maxLength: 4 }),
  )
  .map(([condition, days, choices]) => scriptOf(condition, days, choices));

/** Scans with threads that are kept. */
function scanOf(more: Partial<ScanTask>): (task: ScanTask) => ReturnType<typeof startScan> {
  return (task) => startScan({ ...task, workers, ...more });
}

/** How many scripts are tried; `TRAWL_PROPERTY_RUNS` asks for more. */
const RUNS = Number(process.env["TRAWL_PROPERTY_RUNS"] ?? 30);

test("a script gives the same rows, whatever the scan takes over, with any threads and any cut of the bytes", async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(script, async ({ text }) => {
      const options = {
        ...testOptions(folder, engine),
        innerEngines: [inner],
        threads: 1,
        startScan: scanOf({}),
      };
      const expected = await rowsOf(text, { ...options, pushesWork: false });
      expect(await rowsOf(text, options), text).toBe(expected);
      // Threads take time to start: every few scripts.
      if (number++ % 6 !== 0) return;
      const cut = scanOf({ threads: 2, pieceBytes: 700 });
      expect(await rowsOf(text, { ...options, startScan: cut }), text).toBe(expected);
    }),
    { seed: 21, numRuns: RUNS },
  );
}, 600_000);
