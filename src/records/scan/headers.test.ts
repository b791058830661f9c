import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Pattern, type PatternHeader, parsePattern, type Value } from "#language";
import { plainScan } from "../plain/plain-scan.ts";
import { compileProgram } from "../program/compile.ts";
import type { ScanSpec } from "../program/scan-spec.ts";
import { REFERENCE_TIME_MS, rowsOf, scanInProcess } from "./scan-in-process.testing.ts";
import { ScanThreads } from "./scan-threads.ts";
import { startScan } from "./start-scan.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trawl-headers-"));
const workers = new ScanThreads();

afterAll(async () => {
  await workers.close();
  fs.rmSync(folder, { recursive: true });
});

const W3C: PatternHeader = { style: "w3c", columns: ["a", "b"], isAssumed: false, knownColumns: [] };
const COLUMNS: PatternHeader = {
  style: "columns",
  columns: ["alpha", "beta"],
  isAssumed: true,
  knownColumns: ["alpha", "beta", "gamma"],
};

function patternBelow(header: PatternHeader): Pattern {
  const { pattern } = parsePattern({ name: "test", text: "!<<[!\\n] INT:a ' ' INT:b EOL(any=true)" });
  if (pattern === null) throw new Error("no pattern");
  return { ...pattern, header };
}

function specOf(header: PatternHeader, givesUnmatched: boolean): ScanSpec {
  const slots = ["a", "b"].map((name) => ({ path: [name], type: { kind: "integer" } as const }));
  const program = compileProgram(patternBelow(header), slots, { timeZone: "UTC" });
  const columns = [
    { kind: "slot", slot: 0 },
    { kind: "slot", slot: 1 },
    ...(givesUnmatched ? [{ kind: "unmatched" } as const] : []),
  ] as const;
  return { program, filter: null, output: { kind: "rows", columns }, rowLimit: null, givesUnmatched };
}

function scanPlain(header: PatternHeader, text: string, givesUnmatched = false) {
  const input = { bytes: Buffer.from(text), inputIndex: 0, referenceTimeMs: REFERENCE_TIME_MS };
  const { batches, ...account } = plainScan(specOf(header, givesUnmatched), input);
  return { rows: batches.flatMap(rowsOf), ...account };
}

const CHANGING = [
  "#Version: 1.0\n#Fields: a b\n1 2\r\n3 4\n",
  "nothing\n",
  "#Remark\n#Fields: b a\r\n\r\n5 6\n7 8\n#Fields: a b\n",
  "9 10\n#Fields: a b c\n11 12\n13 14",
].join("");

describe("records below headers", () => {
  test("are matched below the pattern's header only; headers and comments are matched and give no rows", () => {
    expect(scanPlain(W3C, CHANGING)).toMatchObject({
      rows: [
        [1, 2],
        [3, 4],
        [9, 10],
      ],
      records: 3,
      unmatchedBytes: "nothing\n5 6\n7 8\n11 12\n13 14".length,
      foreignAt: CHANGING.indexOf("5 6"),
    });
  });

  test("are unmatched without any header, unless one is assumed", () => {
    expect(scanPlain(W3C, "1 2\n")).toMatchObject({ rows: [], foreignAt: 0 });
    expect(scanPlain(COLUMNS, "1 2\n")).toMatchObject({ rows: [[1, 2]], foreignAt: null });
  });

  test("of named columns follow lines of nothing but known names", () => {
    const text = "alpha beta\n1 2\nbeta alpha\n3 4\nalpha\n5 6\nalpha beta\n7 8\n";
    expect(scanPlain(COLUMNS, text)).toMatchObject({
      rows: [
        [1, 2],
        [7, 8],
      ],
      foreignAt: text.indexOf("3 4"),
    });
  });

  test("are the same for the scanner and its plain twin, however the input is cut", () => {
    const texts = [
      CHANGING,
      `${CHANGING}\n`,
      "#Fields: a b",
      "#Fields: b a\n1 2\n",
      "1 2\n#Fields: a b\n3 4\n",
    ];
    for (const [text, givesUnmatched] of texts.flatMap((each) => [
      [each, true] as const,
      [each, false] as const,
    ])) {
      const plain = scanPlain(W3C, text, givesUnmatched);
      for (const cut of [1, 2, 3, 7, 16, text.length]) {
        const { rows, account } = scanInProcess(specOf(W3C, givesUnmatched), Buffer.from(text), [cut]);
        expect(rows).toEqual(plain.rows);
        expect([account.matchedBytes, account.records, account.foreignAt]).toEqual([
          plain.matchedBytes,
          plain.records,
          plain.foreignAt,
        ]);
      }
    }
  });

  test("are the same for many threads, wherever a file is cut", async () => {
    const text = `${CHANGING}\n`.repeat(40) + "1 2\n".repeat(300) + CHANGING;
    const plain = scanPlain(W3C, text);
    const file = path.join(folder, "changing.log");
    fs.writeFileSync(file, text);
    const inputs = [
      {
        uri: file,
        opening: { kind: "file", path: file },
        sizeBytes: text.length,
        referenceTimeMs: REFERENCE_TIME_MS,
      } as const,
    ];
    for (const pieceBytes of [17, 40, 101, 997]) {
      const { signal } = new AbortController();
      const run = startScan({ spec: specOf(W3C, false), inputs, threads: 3, pieceBytes, signal, workers });
      const rows: (readonly Value[])[] = [];
      for await (const batch of run.batches) rows.push(...rowsOf(batch));
      expect(rows).toEqual(plain.rows);
      const { matchedBytes, unmatchedBytes, warnings } = run.summary();
      expect({ matchedBytes, unmatchedBytes }).toEqual({
        matchedBytes: plain.matchedBytes,
        unmatchedBytes: plain.unmatchedBytes,
      });
      expect(warnings).toMatchObject([{ code: "header-differs", uri: file, offset: plain.foreignAt }]);
    }
  });
});
