/** Laws of explaining what is not matched: every byte is accounted for, however the bytes come. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePattern } from "#language";
import { Failure } from "#text";
import { plainScan } from "../plain/plain-scan.ts";
import { compileProgram } from "../program/compile.ts";
import type { MatchProgram } from "../program/program.ts";
import { explainUnmatched, type UnmatchedInput, type UnmatchedOptions } from "./explain-unmatched.ts";
import { EXAMINATION_BUDGET } from "./unmatched-groups.ts";

const REFERENCE_TIME_MS = 1_795_176_000_000n;
const signal = new AbortController().signal;

function compile(text: string): MatchProgram {
  const { pattern } = parsePattern({ name: "test", text });
  if (pattern === null) throw new Error(`${text} has mistakes`);
  return compileProgram(pattern, [], { timeZone: "UTC" });
}

/** Chunks of the given sizes, the last one repeated. */
async function* chunksOf(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let index = 0; at < bytes.length; index++) {
    const size = cuts[Math.min(index, cuts.length - 1)] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function* inputsOf(
  all: readonly Uint8Array[],
  cuts: readonly number[],
): AsyncGenerator<UnmatchedInput> {
  for (const [index, bytes] of all.entries()) {
    yield { uri: `${index}.log`, referenceTimeMs: REFERENCE_TIME_MS, chunks: chunksOf(bytes, cuts) };
  }
}

function explain(
  program: MatchProgram,
  all: readonly Uint8Array[],
  { cuts = [1 << 20], ...options }: Partial<UnmatchedOptions> & { readonly cuts?: readonly number[] } = {},
) {
  return explainUnmatched(program, inputsOf(all, cuts), { signal, maxBytes: null, ...options });
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

const PATTERNS = [
  "IPADDR:ip ' ' INT:n ' ' LD:rest EOL",
  "TIMESTAMP:t ' | ' LD:user ' | ' INT(max=500):n EOL(any=true)",
  "LD:a '=' INT:n EOL",
  "'BEGIN' DATA{1,40}:body 'END' LF",
  "JSON{INT+:a, STRING:b}:x EOL",
  "<<[\\n] WORD:w ' ' (INT:n | IPADDR:ip) EOL",
  "INT:a ' ' INT:b",
  "BOS LD:a EOL",
].map(compile);

const LINES = [
  "192.0.2.1 12 fine\n",
  "192.0.2.1 twelve no\n",
  "2026-10-01 08:00:00 | alice | 12\n",
  "2026-10-01 08:00:00 | bob | 12345\r\n",
  "BEGIN\ntwo lines\nEND\n",
  "BEGIN that does not end\n",
  '{"a":1,"b":"x"}\n',
  '{"b":"x"}\n',
  "key=12\n",
  "word 7\n",
  "\n",
  "\u0000\u0001\n",
];

/** Lines of a log in which some bytes were changed, left out or put in. */
const mutatedLog = fc
  .tuple(
    fc.array(fc.constantFrom(...LINES), { maxLength: 30 }),
    fc.array(fc.tuple(fc.nat(600), fc.nat(255), fc.constantFrom("set", "drop", "add")), { maxLength: 8 }),
  )
  .map(([lines, changes]) => {
    const bytes = [...Buffer.from(lines.join(""))];
    for (const [place, byte, kind] of changes) {
      const at = place % (bytes.length + 1);
      bytes.splice(at, kind === "add" ? 0 : 1, ...(kind === "drop" ? [] : [byte]));
    }
    return Uint8Array.from(bytes);
  });
const cutSizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 });

describe("explaining unmatched bytes", () => {
  test("accounts for every byte, as the plain twin does, and its groups add up", async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(...PATTERNS),
      fc.array(mutatedLog, { minLength: 1, maxLength: 3 }),
      cutSizes,
      async (program, inputs, cuts) => {
        const report = await explain(program, inputs, { cuts });
        const spec = {
          program,
          filter: null,
          output: { kind: "rows", columns: [] },
          rowLimit: null,
          givesUnmatched: false,
        } as const;
        const plain = inputs.map((bytes) =>
          plainScan(spec, { bytes, inputIndex: 0, referenceTimeMs: REFERENCE_TIME_MS }),
        );
        expect(report).toMatchObject({
          files: inputs.length,
          bytes: sum(inputs.map((bytes) => bytes.length)),
          records: sum(plain.map((one) => one.records)),
          matchedBytes: sum(plain.map((one) => one.matchedBytes)),
          unmatchedBytes: sum(plain.map((one) => one.unmatchedBytes)),
          skippedBytes: 0,
        });
        expect(sum(report.groups.map((group) => group.bytes))).toBe(report.unmatchedBytes);
        expect(report.matchedBytes + report.unmatchedBytes).toBe(report.bytes);
      },
    );
    await fc.assert(property, { seed: 7, numRuns: 150 });
  });

  test("says the same however the bytes are cut into chunks", async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(...PATTERNS),
      mutatedLog,
      cutSizes,
      async (program, bytes, cuts) => {
        const whole = await explain(program, [bytes]);
        expect(reasonsOf(await explain(program, [bytes], { cuts }))).toEqual(reasonsOf(whole));
      },
    );
    await fc.assert(property, { seed: 8, numRuns: 70 });
  });

  test("adds up when reading stops at a limit, and when little is examined", async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(...PATTERNS),
      mutatedLog,
      cutSizes,
      fc.nat(400),
      async (program, bytes, cuts, maxBytes) => {
        const budget = { ...EXAMINATION_BUDGET, piecesPerShape: 1, bytesPerPiece: 3, bytes: 40 };
        const report = await explain(program, [bytes], { cuts, maxBytes, budget });
        const { matchedBytes, unmatchedBytes, skippedBytes } = report;
        expect(report.bytes).toBe(Math.min(bytes.length, maxBytes));
        expect(matchedBytes + unmatchedBytes + skippedBytes).toBe(report.bytes);
        expect(sum(report.groups.map((group) => group.bytes))).toBe(unmatchedBytes);
        expect(report.isLimitReached).toBe(bytes.length > maxBytes);
      },
    );
    await fc.assert(property, { seed: 9, numRuns: 70 });
  });

  test("sees what stands behind a span before it says what was missing", async () => {
    const { groups } = await explain(compile("INT:a ' ' INT:b EOL"), [Buffer.from("12 3 4\n")]);
    expect(groups.map(({ expected, first }) => [expected?.text, first.offset, first.failedAt])).toEqual([
      ["end of line", 0, 4],
    ]);
  });

  test("counts what is beyond the budget as not examined", async () => {
    const lines = Array.from({ length: 3000 }, (_, index) => `line ${index}\n`).join("");
    const { groups, unmatchedBytes } = await explain(compile("IPADDR:ip EOL"), [Buffer.from(lines)]);
    expect(groups.map(({ expected, spans }) => [expected?.text ?? null, spans])).toEqual([
      ["IP address", 2000],
      [null, 1000],
    ]);
    expect(sum(groups.map((group) => group.bytes))).toBe(unmatchedBytes);
  });

  test.each(["IPADDR:ip EOL", "'BEGIN' DATA{1,9}:body 'END'"])(
    "holds little of a stream that %s does not match at all",
    async (text) => {
      const chunk = Buffer.from("nothing here fits, and goes on.\n".repeat(1 << 14));
      async function* stream() {
        for (let count = 0; count < 80; count++) yield chunk;
      }
      const before = process.memoryUsage().arrayBuffers;
      const input = { uri: "x", referenceTimeMs: 0n, chunks: stream() };
      const inputs = (async function* () {
        yield input;
      })();
      const report = await explainUnmatched(compile(text), inputs, { signal, maxBytes: null });
      expect(report).toMatchObject({ bytes: 80 * chunk.length, unmatchedBytes: 80 * chunk.length });
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 << 20);
    },
  );

  test("uses damaged data as far as it goes, and stops when it is told to", async () => {
    const chunks = (async function* () {
      yield Buffer.from("192.0.2.1\nx\n");
      throw new Failure("compressed-data-broken", "It ends early.", { place: { uri: "x", offset: 12 } });
    })();
    const inputs = async function* (): AsyncGenerator<UnmatchedInput> {
      yield { uri: "x", referenceTimeMs: 0n, chunks };
    };
    const program = compile("IPADDR:ip EOL");
    const report = await explainUnmatched(program, inputs(), { signal, maxBytes: null });
    expect(report).toMatchObject({ matchedBytes: 10, unmatchedBytes: 2, warnings: [{ offset: 12 }] });
    const stopped = explain(program, [Buffer.from("x")], { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ code: "cancelled" });
  });
});

function reasonsOf({ groups }: Awaited<ReturnType<typeof explain>>) {
  return groups.map(({ expected, spans, bytes, first }) => ({
    expected,
    spans,
    bytes,
    offset: first.offset,
    failedAt: first.failedAt,
  }));
}
