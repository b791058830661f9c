/** Laws of the scanner: it is its plain twin, however the bytes are cut and however many threads read them. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Field, parsePattern, type Value } from "#language";
import { plainScan } from "../plain/plain-scan.ts";
import { compileProgram } from "../program/compile.ts";
import type { MatchProgram, Slot } from "../program/program.ts";
import type { ScanColumn, ScanSpec } from "../program/scan-spec.ts";
import { REFERENCE_TIME_MS, rowsOf, scanInProcess } from "./scan-in-process.testing.ts";
import { startScan } from "./start-scan.ts";

let folder: string;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "trawl-scan-"));
});

afterAll(() => fs.rmSync(folder, { recursive: true }));

/** Fields as slots, tuples taken apart. */
function slotsOf(fields: readonly Field[], before: readonly string[] = []): Slot[] {
  return fields.flatMap((field): Slot[] => {
    const slotPath = [...before, field.name];
    if (field.type.kind === "tuple") return slotsOf(field.type.fields, slotPath);
    const own: Slot = { path: slotPath, type: field.type };
    if (field.name === "pairs") {
      // Members of key-value pairs, as JSON and as text.
      return [
        own,
        { path: [...slotPath, "a"], type: { kind: "variant" } },
        { path: [...slotPath, "a"], type: { kind: "string" } },
        { path: [...slotPath, "ab"], type: { kind: "string" } },
      ];
    }
    if (field.name !== "rest") return [own];
    // Paths into what the pattern does not declare, one of them in two types.
    return [
      own,
      { path: [...slotPath, "a"], type: { kind: "long" } },
      { path: [...slotPath, "z"], type: { kind: "variant" } },
      { path: [...slotPath, "z"], type: { kind: "string" } },
    ];
  });
}

function compile(text: string): MatchProgram {
  const { pattern, diagnostics } = parsePattern({ name: "test", text });
  if (pattern === null) throw new Error(`${text}: ${diagnostics.map((one) => one.message).join(" ")}`);
  return compileProgram(pattern, slotsOf(pattern.fields), { timeZone: "Europe/Tallinn" });
}

function rowsSpec(program: MatchProgram, givesUnmatched: boolean): ScanSpec {
  const columns: ScanColumn[] = program.slots.map((_, slot) => ({ kind: "slot", slot }));
  columns.push({ kind: "raw-offset" }, { kind: "raw-length" }, { kind: "raw-text" }, { kind: "unmatched" });
  return { program, filter: null, output: { kind: "rows", columns }, rowLimit: null, givesUnmatched };
}

function expectSame(text: string, bytes: Uint8Array, cuts: readonly number[], givesUnmatched = true): void {
  const spec = rowsSpec(compile(text), givesUnmatched);
  const plain = plainScan(spec, { bytes, inputIndex: 0, referenceTimeMs: REFERENCE_TIME_MS });
  const scanned = scanInProcess(spec, bytes, cuts);
  expect(scanned.rows).toEqual(plain.batches.flatMap(rowsOf));
  const { records, matchedBytes, end } = scanned.account;
  expect({ records, matchedBytes, unmatchedBytes: end - matchedBytes }).toEqual({
    records: plain.records,
    matchedBytes: plain.matchedBytes,
    unmatchedBytes: plain.unmatchedBytes,
  });
}

const ELEMENTS = [
  "INT:f",
  "LONG:f",
  "INT*:f",
  "INT{1,3}:f",
  "INT(min=5,max=50):f",
  "HEXINT:f",
  "HEXLONG:f",
  "DOUBLE:f",
  "FLOAT:f",
  "CDOUBLE:f",
  "BOOLEAN:f",
  "LD:f",
  "LD*:f",
  "LD{2,5}:f",
  "DATA{0,20}:f",
  "DATA:f",
  "IPADDR:f",
  "IPV4:f",
  "IPV6:f",
  "IPADDR*:f",
  "MACADDR:f",
  "DQS:f",
  "SQS:f",
  "CSVDQS:f",
  "STRING:f",
  "NSPACE:f",
  "ALPHA:f",
  "DIGIT{2}:f",
  "[a-c]+:f",
  "[!:\\[ ]+:f",
  "[\\n\\r]+:f",
  "'x':f",
  "'ab'(cis=true)",
  "' '",
  "','",
  "' '?",
  "'[' LD:f ']'",
  "(INT:f ' ')?",
  "('a' | INT:f | LD:g ' ')",
  "('ab' | 'a'):f",
  "(DIGIT ','){0,3}",
  "ENUM{'a'=1,'ab'=2}(cis=true):f",
  "<'tag'>:f",
  ">>' '",
  "!>>'b'",
  "<<' '",
  "TIMESTAMP('yyyy-MM-dd'):f",
  "TIMESTAMP('yyyy-MM-dd HH:mm:ss'):f",
  "TIMESTAMP('MMM d HH:mm:ss'):f",
  "HTTPDATE:f",
  "ISO8601:f",
  "TIMESTAMP('s.S'):f",
  "TIMESTAMP('S'):f",
  "TIMESTAMP_NANO('HH:mm:ss.f'):f",
  "JSON{INT:a, STRING:b}:f",
  "JSON{STRING+:b, TIMESTAMP('S'):a, {INT:c}:d}(greedy='rest'):f",
  "JSON:f",
  "(INT:f ' '){0,3}",
  "((LD:f ',' | 'x')){1,4}",
  "(INT:same 'x' | DOUBLE:same)",
  "TIMESTAMP('yyyy-DDD'):f",
  "TIMESTAMP('DDD HH'):f",
  "TIMESTAMP_NANO('yyyy-MM-dd'):f",
  "STRING{3,6}:f",
  "DQS{2,4}:f",
  "JSON{{INT:c}:d}:f",
  "ARRAY{INT:n ','?}{1,5}:f",
  "ARRAY{WORD ' '?}{0,20}:f",
  "ARRAY{(INT:n | STRING:s) (TIMESTAMP('yyyy-MM-dd'):t)? ' '}{1,40}:f",
  "ARRAY{ARRAY{INT:n ','?}{1,3}:row LD:rest ' '}{1,9}:f",
  "ARRAY{LD:f ' '}{0,3}",
  "ARRAY{IPADDR:ip ' '?}{1,20}:f (>>EOL)?",
  "KVP{WORD:key (' ' | ',') (INT:valueInt | DQS:valueText | LD:value) (' ' | >>EOL)}:f",
  "KVP{WORD:key '='? (DOUBLE:valueNumber | STRING*:value) ' '?}{0,40}:f",
  "KVP{[a-z]+:key ' ' (INT:valueInt | DQS:valueText | IPADDR:valueIp | LD:value) ((' ' >>[a-z]) | >>EOL)}:pairs",
  "KVP{STRING*:key (',' | ' ') LD:value ' '}{1,300}:pairs",
  "(KVP{ALPHA:key ' ' LD*:value (',' | ' ')}{1,20}:pairs)?",
  "CSV{INT:f, LD:g}",
  "CSV{STRING?:f, DOUBLE*:g, ('x' | INT:h)}",
  "CSV{DQS{0,3}:f, ARRAY{ALPHA:n ' '?}{1,9}:a}(sep=' ')",
  "CREDITCARD:f",
  "CREDITCARD*:f",
  "LD(charset='windows-1252'):f",
  "DQS(charset='utf-16le'):f",
  "NSPACE(charset='shift_jis'):f",
  "JSON{INT[]:a, STRING:b, JSON_VALUE[]:z}:f",
  "JSON{{INT:c}[]:d, (WORD:w)[]:b}:f",
  "JSON_ARRAY{LONG}:f",
  "JSON_ARRAY{LONG[]}:f",
  "JSON{INT:a, STRING:b, JSON:d}(strict=false):f",
  "JSON(strict=false):f",
  "JSON{STRING:b}(strict=false, greedy='rest'):f",
  "JSON_ARRAY{TIMESTAMP('S')}(strict=false):f",
  "JSON_VALUE(strict=false):f",
  "JSON{STRING:b, JSON:d}(charset='windows-1252'):f",
  "JSON{(ARRAY{LD:x ' '?}{1,9}:items):b, (BOS INT:n EOS):a}:f",
  "TIMESTAMP('dd. MMMM yyyy', locale='de'):f",
  "TIMESTAMP('d MMM yyyy', locale='fr'):f",
  "EOL >>'a'",
  "<<('a' 'b')",
  "EOL(any=true)",
  "EOL",
  "LF",
  "CR?",
  "EOS",
  "LF EOS",
  "EOL >>'1'",
  "EOL !>>DIGIT",
  ">>(LF 'a')",
];

const TOKENS = [
  "12",
  "-7",
  "+3",
  "2147483648",
  "9223372036854775807",
  "9223372036854775808",
  "-9223372036854775808",
  "0x1F",
  "ff",
  "1.5e3",
  "3,25",
  ".5",
  "1.",
  "0.1234567890123456789",
  "true",
  "FALSE",
  " ",
  " ",
  " ",
  ",",
  ":",
  "x",
  "a",
  "ab",
  "AB",
  "abc",
  "b",
  "[",
  "]",
  "\n",
  "\n",
  "\n",
  "\r\n",
  "\r",
  "1.2.3.4",
  "1.2.3.456",
  "01.002.3.4",
  "::1",
  "2001:db8::ff00:42:8329",
  "1:2:3:4:5:6:7:8",
  "1:2:3:4:5:6:7:8:9",
  "::ffff:1.2.3.4",
  "1::2::3",
  "00:1a:2B:3c:4d:5e",
  "00-1a-2b-3c-4d-5e",
  '"a b"',
  '"a\\"b"',
  '"x""y"',
  "'q'",
  "'q''r'",
  '"\\x41\\u00e9"',
  '"open',
  "2024-02-29",
  "2023-02-29",
  "2024-13-01",
  "2024-03-31 02:30:00",
  "2024-10-27 03:30:00",
  "Aug  6 21:42:10",
  "Feb 29 00:00:00",
  "Dec 31 23:59:59",
  "01/Oct/2026:00:00:01 +0000",
  "31/FEB/2026:00:00:01 +0000",
  "2024-05-06T07:08:09.123Z",
  "2024-05-06T07:08:09+02:00",
  "1600000000.123",
  "1600000000123",
  "23:59:60.5",
  "é",
  "日本",
  "\0",
  '{"a":1,"b":"x"}',
  '{"b":"\\u00e9\\n","z":[1,{"q":"]"}],"a":"1600000000123","d":{"c":5}}',
  '{"a":null,"a":2}',
  '{"a" : 1 ,\n "b":true}',
  "{}",
  "null",
  '{"d":null}',
  '{"d":[1]}',
  "2024-366",
  "2023-366",
  "366 12",
  "2262-04-12",
  "1677-09-21",
  '{"a":01}',
  '{"b":"x","\\u0061":3}',
  "a 1 ab x ",
  'a "q" ab 10.0.0.1 a 7',
  'ab "1,2" b 3 a 4',
  'a=1 b=2 ab="x y" ',
  "1,2,3,",
  "1,2 3,4 ",
  '12,"a ""b"""',
  '"5","x"',
  "x,1.5,",
  ",,",
  "4111111111111111",
  "4111 1111-1111 1111",
  "4111 1111 1111 1112",
  "\xe9\x80",
  '{"a":[1,2,null],"b":"a b c","z":[{"q":1},"x"]}',
  '{"d":[{"c":1},{},{"c":"5"}],"b":["x","y"]}',
  "[1,9223372036854775807]",
  "[[1],[],[2,3]]",
  "[1600000000123, null]",
  "{a:1,b:word,d:{x:y z:1}}",
  '{a: 12:30, b : null, "z":[tr,ue]}',
  "{b:nul}",
  "[a,b]",
  "12. März 2024",
  "3 févr. 2024",
  "{",
  "}",
  '"',
  "\\",
];

const anyPattern = fc
  .array(fc.constantFrom(...ELEMENTS), { minLength: 1, maxLength: 6 })
  .map((elements) => {
    let count = 0;
    return elements.map((element) => element.replace(/:([fg])(?![\w])/g, () => `:f${count++}`)).join(" ");
  })
  .filter((text) => parsePattern({ name: "test", text }).pattern !== null);

const anyToken = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...TOKENS).map((token) => Buffer.from(token)) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 4 }).map((bytes) => Buffer.from(bytes)) },
);
const anyBytes = fc.array(anyToken, { maxLength: 40 }).map((tokens) => new Uint8Array(Buffer.concat(tokens)));
const anyCuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });

const seeded = {
  seed: Number(process.env["TRAWL_PROPERTY_SEED"] ?? 20_261_001),
  numRuns: Number(process.env["TRAWL_PROPERTY_RUNS"] ?? 120),
};

describe("the scanner is its plain twin", () => {
  test("for random patterns, inputs and cuts", { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(anyPattern, anyBytes, anyCuts, fc.boolean(), (text, bytes, cuts, givesUnmatched) =>
        expectSame(text, bytes, cuts, givesUnmatched),
      ),
      seeded,
    );
  });

  test("for single elements, with what makes them match", { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(fc.constantFrom(...ELEMENTS), anyBytes, anyCuts, (element, bytes, cuts) => {
        const text = `${element.replace(/:([fg])(?![\w])/g, ":$1")} EOL`;
        expectSame(text, bytes, cuts);
      }),
      seeded,
    );
  });
});

/** Values that are decoded when they are looked at, and texts that hold some of them. */
const DECODED = [
  "LD(charset='windows-1252'):f ' ' LD EOL",
  "KVP{[a-z]+:key ' ' (INT:valueInt | DQS:valueText | LD:value) ((' ' >>[a-z]) | >>EOL)}:pairs EOL",
  "CSV{STRING:f, LD:g} EOL",
  "CSV{STRING:f, INT:g}(sep=' ', quote='a') EOL",
  "JSON{STRING:f, STRING:b}(strict=false):o EOL",
  "JSON{STRING:b}(charset='windows-1252'):o EOL",
];

describe("filters and groups look at values that are decoded", () => {
  test("as the plain twin does", { timeout: 600_000 }, () => {
    const anyText = fc.constantFrom("a", "ab", "12", "x", "ä", '"', "1", "a b c", "");
    fc.assert(
      fc.property(fc.constantFrom(...DECODED), anyBytes, anyCuts, anyText, (text, bytes, cuts, value) => {
        const program = compile(text);
        const slot = program.slots.findIndex(({ type }) => type.kind === "string");
        const filter = {
          kind: "or",
          operands: [
            { kind: "compare", operator: "greater-equal", slot, value },
            {
              kind: "text-parts",
              slot,
              parts: [value],
              isOpenStart: true,
              isOpenEnd: true,
              ignoresCase: true,
            },
          ],
        } as const;
        const keys = [{ column: { kind: "slot", slot }, cut: null }] as const;
        const rows = rowsSpec(program, false);
        const groups: ScanSpec["output"] = {
          kind: "groups",
          keys,
          aggregates: [{ kind: "count", when: null }],
        };
        for (const spec of [
          { ...rows, filter },
          { ...rows, output: groups },
        ]) {
          const plain = plainScan(spec, { bytes, inputIndex: 0, referenceTimeMs: REFERENCE_TIME_MS });
          const scanned = scanInProcess(spec, bytes, cuts);
          expect(scanned.rows).toEqual(plain.batches.flatMap(rowsOf));
        }
      }),
      seeded,
    );
  });
});

test("members among a million pairs cost linear time", { timeout: 20_000 }, () => {
  const spec = rowsSpec(compile("KVP{WORD:key '=' NSPACE:value ' '?}{1,32768}:pairs EOL"), false);
  const input = Buffer.from("b=1 ".repeat(1_000_000));
  expect(scanInProcess(spec, input, [1 << 20]).account.end).toBe(input.length);
});

const LINES = "IPADDR:ip ' ' LD:word ' ' INT:number (' ' DQS:text)? EOL";

/** Lines of which some do not match. */
function someLines(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => {
    if (index % 97 === 13) return `garbage ${"#".repeat(index % 50)}`;
    const text = index % 5 === 0 ? ` "say \\"${index}\\""` : "";
    return `10.0.${index % 7}.${index % 251} word${index % 11} ${index % 1000}${text}`;
  });
  return lines.join("\n");
}

async function scanFile(
  spec: ScanSpec,
  name: string,
  text: string,
  threads: number,
  pieceBytes: number,
): Promise<Value[][]> {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  const run = startScan({
    spec,
    inputs: [
      {
        uri: file,
        opening: { kind: "file", path: file },
        sizeBytes: null,
        referenceTimeMs: REFERENCE_TIME_MS,
      },
    ],
    threads,
    pieceBytes,
    signal: new AbortController().signal,
  });
  const rows: Value[][] = [];
  for await (const batch of run.batches) rows.push(...rowsOf(batch).map((row) => [...row]));
  const { bytes, matchedBytes, unmatchedBytes, skippedBytes } = run.summary();
  expect(matchedBytes + unmatchedBytes + skippedBytes).toBe(bytes);
  expect(bytes).toBe(Buffer.byteLength(text));
  return rows;
}

describe("threads and pieces change nothing", () => {
  test.each([
    ["line-bound records", LINES, someLines(3000)],
    [
      "JSON over several lines",
      "JSON{INT:n, STRING:s}:o EOL",
      Array.from({ length: 800 }, (_, n) => `{"n":${n},\n "s":"${"x".repeat(n % 40)}\\n",\n"z":{}}`).join(
        "\n",
      ),
    ],
    [
      "records that may begin inside others",
      "INT:a LF DATA:b 'end' LF",
      Array.from({ length: 900 }, (_, n) => `${n}\n${n % 3 === 0 ? "5\n6\n" : "x"}end`).join("\n"),
    ],
  ])("%s", async (_, text, input) => {
    const spec = rowsSpec(compile(text), false);
    const expected = plainScan(spec, {
      bytes: Buffer.from(input),
      inputIndex: 0,
      referenceTimeMs: REFERENCE_TIME_MS,
    });
    const rows = expected.batches.flatMap(rowsOf);
    for (const [threads, pieceBytes] of [
      [1, 1000],
      [2, 777],
      [4, 4096],
    ] as const) {
      expect(await scanFile(spec, "pieces.log", input, threads, pieceBytes)).toEqual(rows);
    }
  });

  test("a consumer that takes its time gets every row", async () => {
    const file = path.join(folder, "slow.log");
    fs.writeFileSync(file, someLines(4000));
    const spec = rowsSpec(compile(LINES), false);
    const input = {
      uri: file,
      opening: { kind: "file", path: file },
      sizeBytes: null,
      referenceTimeMs: REFERENCE_TIME_MS,
    } as const;
    const signal = new AbortController().signal;
    const run = startScan({ spec, inputs: [input], threads: 2, pieceBytes: 3000, signal });
    let rows = 0;
    for await (const batch of run.batches) {
      rows += batch.rowCount;
      // Messages of the threads arrive while this consumer is busy.
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(rows).toBe(run.summary().records);
  });

  test("groups of several threads add up to the groups of one", async () => {
    const program = compile(LINES);
    const slot = (name: string) => program.slots.findIndex((one) => one.path[0] === name);
    const spec: ScanSpec = {
      ...rowsSpec(program, false),
      output: {
        kind: "groups",
        keys: [{ column: { kind: "slot", slot: slot("word") }, cut: null }],
        aggregates: [
          { kind: "count", when: null },
          { kind: "sum", slot: slot("number") },
          { kind: "max", slot: slot("ip") },
        ],
      },
    };
    const input = someLines(5000);
    const merge = (rows: readonly (readonly Value[])[]) => {
      const groups = new Map<string, [bigint, bigint, bigint]>();
      for (const [word, count, sum, max] of rows) {
        const [a, b, c] = groups.get(String(word)) ?? [0n, 0n, 0n];
        groups.set(String(word), [
          a + BigInt(count as bigint),
          b + BigInt(sum as bigint),
          (max as bigint) > c ? (max as bigint) : c,
        ]);
      }
      return [...groups].sort();
    };
    const plain = plainScan(spec, {
      bytes: Buffer.from(input),
      inputIndex: 0,
      referenceTimeMs: REFERENCE_TIME_MS,
    });
    const expected = merge(plain.batches.flatMap(rowsOf));
    expect(expected).toHaveLength(11);
    for (const threads of [1, 3])
      expect(merge(await scanFile(spec, "groups.log", input, threads, 9000))).toEqual(expected);
  });
});
