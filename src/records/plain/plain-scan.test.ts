/** What a scan makes of records: filters, groups, limits, packed columns; and other ways to run a program. */
import { describe, expect, it } from "vitest";
import { parsePattern, type Value } from "#language";
import { type Batch, valueAt } from "../batch.ts";
import { compileProgram } from "../program/compile.ts";
import type { MatchProgram } from "../program/program.ts";
import type { ScanPredicate, ScanSpec } from "../program/scan-spec.ts";
import { explainMismatch } from "./explain-mismatch.ts";
import { matchText } from "./match-text.ts";
import { plainScan } from "./plain-scan.ts";

const utf8 = new TextEncoder();

function compile(text: string): MatchProgram {
  const { pattern } = parsePattern({ name: "test", text });
  const fields = pattern?.fields.map(({ name, type }) => ({ path: [name], type })) ?? [];
  return compileProgram(pattern!, fields, { timeZone: "UTC" });
}

const LOG = compile(
  "INT*:n ' ' LD*:s ' ' BOOLEAN*:b ' ' IPADDR*:ip ' ' TIMESTAMP*('s'):t EOL".replace(
    "TIMESTAMP*('s')",
    "TIMESTAMP('s')*",
  ),
);
const LINES = [
  "1 ab true 192.0.2.1 90",
  "2 cd false 2001:db8::1 30",
  " AB   ",
  "-3  true 192.0.2.200 -1",
  "4 xaby  192.0.3.1 61",
];

function rowsOf(batches: readonly Batch[]): Value[][] {
  return batches.flatMap((batch) =>
    Array.from({ length: batch.rowCount }, (_, row) => batch.columns.map((column) => valueAt(column, row))),
  );
}

function scan(spec: Partial<ScanSpec>, lines: readonly string[] = LINES) {
  const whole: ScanSpec = {
    program: LOG,
    filter: null,
    output: { kind: "rows", columns: [{ kind: "slot", slot: 0 }] },
    rowLimit: null,
    givesUnmatched: false,
    ...spec,
  };
  const bytes = utf8.encode(lines.map((line) => `${line}\n`).join(""));
  return plainScan(whole, { bytes, inputIndex: 7, referenceTimeMs: 0n });
}

const [N, S, B, IP, T] = [0, 1, 2, 3, 4] as const;

describe("filters", () => {
  const mapped = (text: string) =>
    text.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n) + 0xffff00000000n;
  const text = (
    parts: readonly string[],
    options: Partial<{ start: boolean; end: boolean; fold: boolean }> = {},
  ): ScanPredicate => ({
    kind: "text-parts",
    slot: S,
    parts,
    isOpenStart: options.start ?? false,
    isOpenEnd: options.end ?? false,
    ignoresCase: options.fold ?? false,
  });
  const cases: readonly (readonly [string, ScanPredicate, readonly (number | null)[]])[] = [
    ["equal", { kind: "compare", operator: "equal", slot: N, value: 2 }, [2]],
    ["less passes over NULL", { kind: "compare", operator: "less", slot: N, value: 2 }, [1, -3]],
    [
      "not does not make NULL true",
      { kind: "not", operand: { kind: "compare", operator: "less", slot: N, value: 2 } },
      [2, 4],
    ],
    ["is null", { kind: "is-null", slot: N }, [null]],
    ["is true", { kind: "is-true", slot: B }, [1, -3]],
    ["not is true", { kind: "not", operand: { kind: "is-true", slot: B } }, [2]],
    [
      "or with an unknown",
      {
        kind: "or",
        operands: [
          { kind: "is-true", slot: B },
          { kind: "compare", operator: "equal", slot: N, value: 4 },
        ],
      },
      [1, -3, 4],
    ],
    ["and of nothing", { kind: "and", operands: [] }, [1, 2, null, -3, 4]],
    ["or of nothing", { kind: "or", operands: [] }, []],
    ["in", { kind: "in", slot: S, values: ["ab", "cd"] }, [1, 2]],
    [
      "not in with a NULL is unknown",
      { kind: "not", operand: { kind: "in", slot: N, values: [1, null] } },
      [],
    ],
    [
      "texts in order of their bytes",
      { kind: "compare", operator: "greater-equal", slot: S, value: "cd" },
      [2, 4],
    ],
    ["times", { kind: "compare", operator: "greater", slot: T, value: 60_000n }, [1, 4]],
    [
      "in a network",
      { kind: "in-networks", slot: IP, networks: [{ base: mapped("192.0.2.0"), prefixLength: 120 }] },
      [1, -3],
    ],
    ["a whole text", text(["ab"]), [1]],
    ["a whole text in any case", text(["aB"], { fold: true }), [1, null]],
    ["contains", text(["ab"], { start: true, end: true }), [1, 4]],
    ["a prefix", text(["x"], { end: true }), [4]],
    ["a suffix", text(["b"], { start: true }), [1]],
    ["parts in order", text(["x", "y"]), [4]],
    ["parts do not overlap", text(["xa", "aby"]), []],
    ["an empty text", text([""]), [-3]],
  ];
  for (const [title, filter, expected] of cases) {
    it(title, () => {
      expect(rowsOf(scan({ filter }).batches).map(([n]) => n)).toEqual(expected);
    });
  }
});

describe("groups", () => {
  it("adds up by key, NULL among the keys, in order of first appearance", () => {
    const isTrue: ScanPredicate = { kind: "is-true", slot: B };
    const { batches } = scan({
      output: {
        kind: "groups",
        keys: [{ column: { kind: "slot", slot: B }, cut: null }],
        aggregates: [
          { kind: "count", when: null },
          { kind: "count", when: isTrue },
          { kind: "sum", slot: N },
          { kind: "min", slot: IP },
          { kind: "max", slot: T },
        ],
      },
    });
    expect(rowsOf(batches)).toEqual([
      [true, 2n, 2n, -2n, 0xffffc0000201n, 90_000n],
      [false, 1n, 0n, 2n, 0x20010db8000000000000000000000001n, 30_000n],
      [null, 2n, 0n, 4n, 0xffffc0000301n, 61_000n],
    ]);
  });

  it("cuts times down, also before 1970", () => {
    const key = { column: { kind: "slot", slot: T }, cut: { kind: "time", stepMs: 60_000n } } as const;
    const { batches } = scan({
      output: { kind: "groups", keys: [key], aggregates: [{ kind: "count", when: null }] },
    });
    expect(rowsOf(batches)).toEqual([
      [60_000n, 2n],
      [0n, 1n],
      [null, 1n],
      [-60_000n, 1n],
    ]);
  });

  it("sums beyond 64 bits", () => {
    const program = compile("LONG:n EOL");
    const most = "9223372036854775807";
    const { batches } = scan(
      { program, output: { kind: "groups", keys: [], aggregates: [{ kind: "sum", slot: 0 }] } },
      [most, most],
    );
    expect(rowsOf(batches)).toEqual([[2n * (2n ** 63n - 1n)]]);
  });
});

describe("rows", () => {
  it("stop at the limit; what follows is not accounted for", () => {
    const { batches, records, matchedBytes, unmatchedBytes } = scan({ rowLimit: 2 });
    expect(rowsOf(batches)).toEqual([[1], [2]]);
    expect([records, matchedBytes, unmatchedBytes]).toEqual([2, LINES[0]!.length + LINES[1]!.length + 2, 0]);
  });

  it("hold unmatched spans when they are asked for", () => {
    const columns = [
      { kind: "slot", slot: 0 },
      { kind: "input" },
      { kind: "raw-offset" },
      { kind: "raw-text" },
      { kind: "unmatched" },
    ] as const;
    const { batches } = scan(
      { program: compile("'n=' INT:n LF"), output: { kind: "rows", columns }, givesUnmatched: true },
      ["x", "n=1", "y"],
    );
    expect(rowsOf(batches)).toEqual([
      [null, 7, 0n, null, "x\n"],
      [1, 7, 2n, "n=1\n", null],
      [null, 7, 6n, null, "y\n"],
    ]);
  });

  it("come in several batches", () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => String(index));
    const { batches } = scan({ program: compile("INT:n EOL") }, lines);
    expect(batches.map(({ rowCount }) => rowCount)).toEqual([16_384, 3616]);
    expect(rowsOf(batches).at(-1)).toEqual([19_999]);
  });

  it("count texts in which bytes were replaced", () => {
    const program = compile("LD:x EOL");
    const spec: ScanSpec = {
      program,
      filter: null,
      rowLimit: null,
      givesUnmatched: false,
      output: { kind: "rows", columns: [{ kind: "slot", slot: 0 }] },
    };
    const bytes = Uint8Array.from([0x61, 0x0a, 0xff, 0xfe, 0x0a]);
    expect(plainScan(spec, { bytes, inputIndex: 0, referenceTimeMs: 0n }).replacedTexts).toBe(1);
  });
});

describe("a whole text", () => {
  it("gives its values", () => {
    expect(matchText(compile("INT:a '-' LD:b"), utf8.encode("12-x y"))).toEqual([12, "x y"]);
  });

  it("must match to its end", () => {
    expect(matchText(compile("INT:a"), utf8.encode("12 "))).toBeNull();
    expect(matchText(compile("LD:a"), utf8.encode("a\nb"))).toBeNull();
  });

  it("has NULL for what is missing", () => {
    expect(matchText(compile("'n=' INT*:a LD*:b"), utf8.encode("n="))).toEqual([null, ""]);
  });

  it("infers years from the time it is given", () => {
    const program = compile("TIMESTAMP('MMM dd'):t");
    expect(matchText(program, utf8.encode("Mar 01"), BigInt(Date.UTC(2024, 5, 1)))).toEqual([
      BigInt(Date.UTC(2024, 2, 1)),
    ]);
  });
});

describe("a mismatch", () => {
  const pattern = "IPADDR:ip ' - \"' LD:request '\" ' INT:status EOL";
  const explain = (text: string, input: string) => {
    const mismatch = explainMismatch(compile(text), utf8.encode(input), 0n);
    return mismatch === null
      ? null
      : [mismatch.start, mismatch.offset, text.slice(mismatch.at.start, mismatch.at.end), mismatch.expected];
  };

  it("is told with the element that failed furthest on", () => {
    expect(explain(pattern, '192.0.2.1 - "GET /" abc\n')).toEqual([0, 20, "INT:status", "INT"]);
    expect(explain(pattern, "192.0.2.1 - GET\n")).toEqual([0, 12, "' - \"'", 'literal " - \\""']);
    expect(explain(pattern, '192.0.2.1 - "GET / 200\n')).toEqual([0, 22, "LD:request", 'literal "\\" "']);
    expect(explain(pattern, '192.0.2.1 - "GET /" 200 \n')).toEqual([0, 23, "EOL", "end of line"]);
  });

  it("prefers what is required to what may be missing", () => {
    expect(explain("'a' 'b'? 'c'", "ax")).toEqual([0, 1, "'c'", 'literal "c"']);
  });

  it("points into JSON", () => {
    expect(explain("JSON{INT:a}:o EOL", '{"a":1,"b":tru}\n')).toEqual([
      0,
      14,
      "JSON{INT:a}:o",
      "JSON object",
    ]);
    expect(explain("JSON{INT:a}:o EOL", '{"b":2,"a":"x"}\n')).toEqual([
      0,
      11,
      "JSON{INT:a}:o",
      "JSON object",
    ]);
  });

  it("is told even where no record can begin", () => {
    expect(explain("'<' WORD:x", "zzz")).toEqual([0, 0, "'<'", 'literal "<"']);
  });

  it("is none where all is matched", () => {
    expect(explain("LD:x EOL", "a\nb\n")).toBeNull();
  });
});

/** Quadratic time would be minutes: the time limit of a test is the bound. */
describe("hostile inputs", () => {
  const length = 200_000;
  const nested = (closed: boolean) => '{"a":'.repeat(length) + (closed ? `1${"}".repeat(length)}` : "");
  const cases: readonly (readonly [title: string, pattern: string, input: string])[] = [
    ["an LD without its end", "LD{1,10000000}:x 'END'", "a".repeat(length)],
    ["an LD before what fails", "LD:x ';' 'q'", `${"a".repeat(4000)};\n`.repeat(length / 4000)],
    ["a long run before what fails", "[a]{1,10000000}:x 'q'", "a".repeat(length)],
    ["many rounds before what fails", "('a' 'b'){1,10000000} 'c'", "ab".repeat(length / 2)],
    ["deep JSON without its end", "JSON{INT+:x}:o EOL", nested(false)],
    ["deep JSON of another shape", "JSON{INT+:x}(maxlen=100000000):o EOL", nested(true)],
    ["deep JSON that is too long", "JSON(maxlen=10):o 'q'", nested(true)],
    ["a JSON text of escaped quotes", "JSON_VALUE:o 'q'", `"${'\\"'.repeat(length)}"`],
    ["blanks before no JSON", "JSON:o EOL", " ".repeat(length)],
  ];
  for (const [title, pattern, input] of cases) {
    it(`${title} takes linear time`, () => {
      const { records } = scan({ program: compile(pattern), output: { kind: "rows", columns: [] } }, [input]);
      expect(records).toBe(0);
    });
  }
});
