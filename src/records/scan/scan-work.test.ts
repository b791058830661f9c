/** Laws of what a scan does with records: filters and groups are those of the plain twin, whatever is asked. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePattern, type Value } from "#language";
import { plainScan } from "../plain/plain-scan.ts";
import { compileProgram } from "../program/compile.ts";
import {
  AGGREGATE_MERGES,
  RAW_TEXT_SLOT,
  type ScanAggregate,
  type ScanColumn,
  type ScanCut,
  type ScanKey,
  type ScanPredicate,
  type ScanSpec,
  type ScanTop,
} from "../program/scan-spec.ts";
import { openScanInProcess, REFERENCE_TIME_MS, rowsOf, scanInProcess } from "./scan-in-process.testing.ts";
import { startScan } from "./start-scan.ts";

const TEXT =
  "(INT:i | '-') ' ' (LONG:l | '-') ' ' (DOUBLE:d | '-') ' ' (IPADDR:ip | '-') ' ' (ISO8601:t | '-') ' ' (BOOLEAN:b | '-') ' ' (DQS:s | '-') ' ' JSON{STRING:j}:o EOL";
const { pattern } = parsePattern({ name: "test", text: TEXT });
if (pattern === null) throw new Error("the pattern is well formed");
const SLOTS = [
  { path: ["i"], type: { kind: "integer" } },
  { path: ["l"], type: { kind: "long" } },
  { path: ["d"], type: { kind: "double" } },
  { path: ["ip"], type: { kind: "ip" } },
  { path: ["t"], type: { kind: "timestamp" } },
  { path: ["b"], type: { kind: "boolean" } },
  { path: ["s"], type: { kind: "string" } },
  { path: ["o", "j"], type: { kind: "string" } },
] as const;
const program = compileProgram(pattern, SLOTS, { timeZone: "UTC" });
const [I, L, D, IP, T, B, S, J] = [0, 1, 2, 3, 4, 5, 6, 7];

const WHOLE = fc.constantFrom("0", "1", "-1", "7", "-7", "404", "2147483647", "-2147483648");
const WIDE = fc.oneof(
  WHOLE,
  fc.constantFrom("9223372036854775807", "-9223372036854775808", "4503599627370496", "-4503599627370497"),
);
const REAL = fc.constantFrom("0", "-0", "0.5", "-1.25", "1e300", "1e999", "7");
const ADDRESS = fc.constantFrom("192.0.2.1", "192.0.2.200", "198.51.100.7", "2001:db8::1", "0.0.0.0", "::");
const TIME = fc.constantFrom(
  "0000-01-01T00:00:00Z",
  "2026-01-01T00:00:00Z",
  "2026-01-01T00:00:00.001Z",
  "1969-12-31T23:59:59Z",
  "9999-12-31T23:59:59Z",
);
const WORDS = [
  "",
  "a",
  "A",
  "ab",
  "abc",
  "aB",
  "ÄÖ",
  "äö",
  "İ",
  "xK",
  "xk",
  "ba",
  "long enough to leave the first vector",
];
/** As the data has texts: also with escapes, and with bytes that are no UTF-8. */
const QUOTED = fc.oneof(
  fc.constantFrom(...WORDS).map((word) => Buffer.from(`"${word}"`)),
  fc.constantFrom('"\\x61b"', '"a\\"b"', '"\\\\"').map((text) => Buffer.from(text)),
  fc.constant(Buffer.from([0x22, 0x61, 0xff, 0xc4, 0x22])),
);
const MEMBER = fc.constantFrom('{"j":"a"}', '{"j":"\\u0061b"}', "{}", '{"j":null}', '{"j":"ÄÖ"}');

const anyLine = fc
  .tuple(
    ...[WHOLE, WIDE, REAL, ADDRESS, TIME, fc.constantFrom("true", "FALSE")].map((values) =>
      maybe(values.map((text) => Buffer.from(text))),
    ),
    maybe(QUOTED),
    MEMBER.map((text) => Buffer.from(text)),
  )
  .map((parts) => Buffer.concat(parts.flatMap((part) => [part, Buffer.from(" ")]).slice(0, -1)));
const anyInput = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: anyLine },
      { weight: 1, arbitrary: fc.constant(Buffer.from("no record")) },
    ),
    {
      maxLength: 60,
    },
  )
  .map((lines) => new Uint8Array(Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")]))));
const anyCuts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 4 });

function maybe(values: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  return fc.oneof({ weight: 6, arbitrary: values }, { weight: 1, arbitrary: fc.constant(Buffer.from("-")) });
}

/** Constants that a slot is compared with. */
const VALUES: Readonly<Record<number, fc.Arbitrary<Value>>> = {
  [I]: WHOLE.map(Number),
  [L]: WIDE.map(BigInt),
  [D]: fc.constantFrom(0, -0, 0.5, -1.25, 1e300, Number.POSITIVE_INFINITY, 7),
  [IP]: fc.constantFrom(
    0xffffc0000201n,
    0xffffc00002c8n,
    0xffffc6336407n,
    0x20010db8000000000000000000000001n,
    0n,
  ),
  [T]: fc.constantFrom(-62167219200000n, 1767225600000n, 1767225600001n, -1000n),
  [S]: fc.constantFrom(...WORDS),
  [J]: fc.constantFrom(...WORDS),
  [RAW_TEXT_SLOT]: fc.constantFrom("-", "no record", "7 7"),
};
const COMPARED = [I, L, D, IP, T, S, J, RAW_TEXT_SLOT];
const OPERATORS = ["equal", "less", "less-equal", "greater", "greater-equal"] as const;

const onSlot = fc.constantFrom(...COMPARED).chain((slot): fc.Arbitrary<ScanPredicate> => {
  const value = VALUES[slot] ?? fc.constant(0);
  return fc.oneof(
    fc.tuple(fc.constantFrom(...OPERATORS), value).map(
      ([operator, constant]): ScanPredicate => ({
        kind: "compare",
        operator,
        slot,
        value: constant,
      }),
    ),
    fc
      .array(value, { minLength: 1, maxLength: 14 })
      .map((values): ScanPredicate => ({ kind: "in", slot, values })),
    fc.constant<ScanPredicate>({ kind: "is-null", slot }),
  );
});
const anyNetwork = fc.record({
  base: VALUES[IP] as fc.Arbitrary<bigint>,
  prefixLength: fc.constantFrom(0, 1, 64, 96, 104, 120, 127, 128),
});
const anyLeaf: fc.Arbitrary<ScanPredicate> = fc.oneof(
  { weight: 5, arbitrary: onSlot },
  fc.constant<ScanPredicate>({ kind: "is-true", slot: B }),
  fc
    .array(anyNetwork, { minLength: 1, maxLength: 12 })
    .map((networks): ScanPredicate => ({ kind: "in-networks", slot: IP, networks })),
  fc
    .record({
      slot: fc.constantFrom(S, J, RAW_TEXT_SLOT),
      parts: fc.array(fc.constantFrom("a", "b", "B", "i", "K", "xk", "leave"), {
        minLength: 1,
        maxLength: 3,
      }),
      isOpenStart: fc.boolean(),
      isOpenEnd: fc.boolean(),
      ignoresCase: fc.boolean(),
    })
    .map((parts): ScanPredicate => ({ kind: "text-parts", ...parts })),
);
const anyPredicate = fc.letrec<{ node: ScanPredicate }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    anyLeaf,
    fc
      .tuple(fc.constantFrom("and", "or"), fc.array(tie("node"), { minLength: 1, maxLength: 12 }))
      .map(([kind, operands]): ScanPredicate => ({ kind, operands })),
    tie("node").map((operand): ScanPredicate => ({ kind: "not", operand })),
  ),
})).node;

const WHOLE_CUTS: readonly (ScanCut | null)[] = [
  null,
  { kind: "multiple", of: 10n },
  { kind: "remainder", by: 7n },
];
const CUTS: Readonly<Record<number, readonly (ScanCut | null)[]>> = {
  [I]: WHOLE_CUTS,
  [L]: WHOLE_CUTS,
  [IP]: [
    null,
    { kind: "network", v4Bits: 24, v6Bits: 64 },
    { kind: "network", v4Bits: 0, v6Bits: 0 },
    { kind: "network", v4Bits: 32, v6Bits: 3 },
  ],
  [T]: [null, { kind: "time", stepMs: 3_600_000n }, { kind: "time", stepMs: 86_400_000n }],
};
const anyKey: fc.Arbitrary<ScanKey> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(...SLOTS.keys())
      .chain((slot) =>
        fc
          .constantFrom(...(CUTS[slot] ?? [null]))
          .map((cut): ScanKey => ({ column: { kind: "slot", slot }, cut })),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<ScanKey>(
      { column: { kind: "input" }, cut: null },
      { column: { kind: "raw-text" }, cut: null },
      { column: { kind: "unmatched" }, cut: null },
    ),
  },
);
const anySlot = fc.constantFrom(...SLOTS.keys());
const anyAggregate: fc.Arbitrary<ScanAggregate> = fc.oneof(
  fc.option(anyPredicate).map((when): ScanAggregate => ({ kind: "count", when })),
  fc.constantFrom(I, L).map((slot): ScanAggregate => ({ kind: "sum", slot })),
  fc
    .tuple(fc.constantFrom("min", "max", "first", "last", "first-position", "last-position"), anySlot)
    .map(([kind, slot]): ScanAggregate => ({ kind, slot })),
  fc.constantFrom<ScanAggregate>(
    { kind: "first-position", slot: null },
    { kind: "last-position", slot: null },
  ),
);

const seeded = {
  seed: Number(process.env["TRAWL_PROPERTY_SEED"] ?? 20_261_002),
  numRuns: Number(process.env["TRAWL_PROPERTY_RUNS"] ?? 60),
};

function bothScans(spec: ScanSpec, bytes: Uint8Array, cuts: readonly number[]) {
  const plain = plainScan(spec, { bytes, inputIndex: 0, referenceTimeMs: REFERENCE_TIME_MS });
  return { plain: plain.batches.flatMap(rowsOf), scanned: scanInProcess(spec, bytes, cuts).rows };
}

describe("a scan does what its plain twin does", () => {
  test("with filters", { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(anyPredicate, anyInput, anyCuts, fc.boolean(), (filter, bytes, cuts, givesUnmatched) => {
        const output = { kind: "rows", columns: [{ kind: "raw-offset" }, { kind: "raw-text" }] } as const;
        const { plain, scanned } = bothScans(
          { program, filter, output, rowLimit: null, givesUnmatched },
          bytes,
          cuts,
        );
        expect(scanned).toEqual(plain);
      }),
      seeded,
    );
  });

  test("with groups", { timeout: 600_000 }, () => {
    const keys = fc.array(anyKey, { maxLength: 4 });
    const aggregates = fc.oneof(
      { weight: 5, arbitrary: fc.array(anyAggregate, { maxLength: 6 }) },
      { weight: 1, arbitrary: fc.array(anyAggregate, { minLength: 34, maxLength: 70 }) },
    );
    fc.assert(
      fc.property(
        keys,
        aggregates,
        anyInput,
        anyCuts,
        fc.boolean(),
        (keys, aggregates, bytes, cuts, gaps) => {
          const spec: ScanSpec = {
            program,
            filter: null,
            output: { kind: "groups", keys, aggregates },
            rowLimit: null,
            givesUnmatched: gaps,
          };
          const { plain, scanned } = bothScans(spec, bytes, cuts);
          expect(scanned).toEqual(plain);
        },
      ),
      seeded,
    );
  });
});

/** Rows by the keys of an order, NULLs last, rows that are alike as they came. */
function sortedBy(rows: readonly (readonly Value[])[], keys: ScanTop["keys"]): (readonly Value[])[] {
  const compare = (a: Value, b: Value, isDescending: boolean): number => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    const isText = typeof a === "string" && typeof b === "string";
    const order = isText ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : a < b ? -1 : a > b ? 1 : 0;
    return isDescending ? -order : order;
  };
  return [...rows].sort((a, b) => {
    for (const { column, isDescending } of keys) {
      const order = compare(a[column] ?? null, b[column] ?? null, isDescending);
      if (order !== 0) return order;
    }
    return 0;
  });
}

test("of an order's first rows the scan leaves none out", { timeout: 600_000 }, () => {
  const columns = [
    ...SLOTS.map((_, slot): ScanColumn => ({ kind: "slot", slot })),
    { kind: "raw-offset" },
  ] as const satisfies readonly ScanColumn[];
  const anyTop = fc.record({
    keys: fc.array(fc.record({ column: fc.constantFrom(...columns.keys()), isDescending: fc.boolean() }), {
      minLength: 1,
      maxLength: 3,
    }),
    isWhole: fc.boolean(),
    count: fc.constantFrom(1, 2, 5, 30),
  });
  const property = fc.property(
    anyTop,
    anyInput,
    anyCuts,
    fc.boolean(),
    fc.option(anyPredicate),
    (top, bytes, cuts, givesUnmatched, filter) => {
      const spec = { program, filter, rowLimit: null, givesUnmatched };
      const all: ScanSpec = { ...spec, output: { kind: "rows", columns } };
      const plain = plainScan(all, { bytes, inputIndex: 0, referenceTimeMs: REFERENCE_TIME_MS });
      const scan = openScanInProcess({ ...spec, output: { kind: "rows", columns, top } }, true);
      const { rows } = scan(bytes, cuts);
      // Where more decides than the keys, it may be anything: here, the last row first.
      const more = top.isWhole ? [] : [{ column: SLOTS.length, isDescending: true }];
      const first = (given: readonly (readonly Value[])[]) =>
        sortedBy(given, [...top.keys, ...more]).slice(0, top.count);
      expect(first(rows)).toEqual(first(plain.batches.flatMap(rowsOf)));
    },
  );
  fc.assert(property, seeded);
});

test("first rows of an order come from pieces that count only", { timeout: 60_000 }, async () => {
  const { pattern } = parsePattern({ name: "test", text: "INT:a LF DATA:b 'end' LF" });
  if (pattern === null) throw new Error("the pattern is well formed");
  const slots = [
    { path: ["a"], type: { kind: "integer" } },
    { path: ["b"], type: { kind: "string" } },
  ] as const;
  const own = compileProgram(pattern, slots, { timeZone: "UTC" });
  // Read from the middle, the small numbers inside the records look like records of their own.
  const text = Array.from({ length: 900 }, (_, n) => `${n + 100}\n${n % 3 === 0 ? "5\n6\n" : "x"}end`).join(
    "\n",
  );
  const columns = slots.map((_, slot): ScanColumn => ({ kind: "slot", slot }));
  const top: ScanTop = { keys: [{ column: 0, isDescending: false }], isWhole: true, count: 4 };
  const spec = { program: own, filter: null, rowLimit: null, givesUnmatched: false };
  const bytes = Buffer.from(text);
  const all = plainScan(
    { ...spec, output: { kind: "rows", columns } },
    { bytes, inputIndex: 0, referenceTimeMs: REFERENCE_TIME_MS },
  );
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trawl-top-"));
  const file = path.join(folder, "records.log");
  fs.writeFileSync(file, bytes);
  const run = startScan({
    spec: { ...spec, output: { kind: "rows", columns, top } },
    inputs: [
      {
        uri: file,
        opening: { kind: "file", path: file },
        sizeBytes: null,
        referenceTimeMs: REFERENCE_TIME_MS,
      },
    ],
    threads: 2,
    pieceBytes: 600,
    signal: new AbortController().signal,
  });
  const rows: (readonly Value[])[] = [];
  for await (const batch of run.batches) rows.push(...rowsOf(batch));
  fs.rmSync(folder, { recursive: true });
  expect(sortedBy(rows, top.keys).slice(0, 4)).toEqual(
    sortedBy(all.batches.flatMap(rowsOf), top.keys).slice(0, 4),
  );
});

test("groups that do not fit are given out in parts, which merge into the whole", { timeout: 60_000 }, () => {
  const lines = Array.from({ length: 1500 }, (_, n) => {
    const text = `${"x".repeat((n * 7919) % 3000)}${n % 97}`;
    return `${n % 13} ${n} - - - - "${text}" {}`;
  });
  // Long texts as keys and as values, more than the arena holds, and all of them twice.
  const wide = lines.flatMap((line, n) => [line, `${n} ${n} - - - - "${"y".repeat(4000)}${n}" {}`]);
  const bytes = Buffer.from(`${[...wide, ...wide].join("\n")}\n`);
  const spec: ScanSpec = {
    program,
    filter: null,
    output: {
      kind: "groups",
      keys: [{ column: { kind: "slot", slot: S }, cut: null }],
      aggregates: [
        { kind: "count", when: null },
        { kind: "sum", slot: L },
        { kind: "max", slot: S },
        { kind: "first", slot: L },
        { kind: "first-position", slot: L },
        { kind: "last", slot: S },
        { kind: "last-position", slot: S },
      ],
    },
    rowLimit: null,
    givesUnmatched: false,
  };
  const { plain, scanned } = bothScans(spec, bytes, [1 << 20]);
  expect(scanned.length).toBeGreaterThan(plain.length);
  expect(merged(scanned, spec)).toEqual(merged(plain, spec));
});

/** Parts of groups put together as `AGGREGATE_MERGES` says. */
function merged(rows: readonly (readonly Value[])[], { output }: ScanSpec): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  if (output.kind !== "groups") return groups;
  for (const row of rows) {
    const name = JSON.stringify(row.slice(0, output.keys.length).map(String));
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [...row]);
    else mergeInto(group, row, output);
  }
  return groups;
}

function mergeInto(
  group: Value[],
  row: readonly Value[],
  { keys, aggregates }: Extract<ScanSpec["output"], { kind: "groups" }>,
): void {
  // Values before the positions that decide about them.
  for (const [index, { kind }] of aggregates.entries()) {
    const at = keys.length + index;
    const [a, b] = [group[at] ?? null, row[at] ?? null];
    if (b === null) continue;
    if (a === null) {
      group[at] = b;
      continue;
    }
    switch (AGGREGATE_MERGES[kind]) {
      case "add":
        group[at] = BigInt(a as bigint) + BigInt(b as bigint);
        break;
      case "least":
        if (b < a) group[at] = b;
        break;
      case "greatest":
        if (b > a) group[at] = b;
        break;
      case "at-least-position":
        if ((row[at + 1] ?? 0) < (group[at + 1] ?? 0)) group[at] = b;
        break;
      case "at-greatest-position":
        if ((row[at + 1] ?? 0) > (group[at + 1] ?? 0)) group[at] = b;
        break;
    }
  }
}
