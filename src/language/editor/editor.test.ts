import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CheckEnvironment } from "../query/environment.ts";
import { diagnosticsOf, openPattern, openScript } from "./analysis.ts";
import { completeScript } from "./complete.ts";
import { completePattern } from "./complete-pattern.ts";
import { foldingOf } from "./folding.ts";
import { formatPattern } from "./format-pattern.ts";
import { formatScript } from "./format-script.ts";
import { hoverAt } from "./hover.ts";
import { outlineOf } from "./outline.ts";
import { semanticTokensOf } from "./semantic-tokens.ts";
import { signatureAt } from "./signature.ts";
import { nameAt } from "./symbols.ts";

const environment: CheckEnvironment = {
  nowMs: 0n,
  timeZone: "UTC",
  arguments: {},
  answers: new Map(),
  isOffline: false,
};
const world = { environment, listFiles: () => [{ name: "a.sx", isFolder: false }] };

/** A script of so many lines, of streams that use one another, as analysts write them. */
function longScript(lines: number): string {
  const head = `$p = <<<PATTERN
IPADDR:client_ip ' ' TIMESTAMP('yyyy-MM-dd'):timestamp ' ' INT:status ' ' LD:uri EOL
PATTERN;
@src = PARSE(pattern:$p, src:'a.log');
`;
  const part = (index: number) => `@s${index} = @src
  | filter(status = ${400 + (index % 100)} AND uri LIKE '%x%')
  | select(client_ip, n:count(*), m:max(timestamp[1 hour]))
  | group(client_ip)
  | sort(n desc)
  | limit(10);

`;
  return head + Array.from({ length: Math.floor((lines - 5) / 7) }, (_, index) => part(index)).join("");
}

describe("completion", () => {
  test("answers within 20 ms in a script of 500 lines", () => {
    const text = `${longScript(500)}@src | filter(sta`;
    expect(text.split("\n").length).toBeGreaterThan(490);
    const source = { name: "x.sx", text };
    const tookMs: number[] = [];
    for (let turn = 0; turn < 25; turn++) {
      const startMs = performance.now();
      const { items } = completeScript(source, text.length, world);
      tookMs.push(performance.now() - startMs);
      expect(items[0]?.label).toBe("status");
    }
    const [bestMs = Number.POSITIVE_INFINITY] = tookMs.sort((a, b) => a - b);
    // The best turn counts, with room for slow machines that do other things: 4 ms on the machine this was written on.
    expect(bestMs).toBeLessThan(20);
  });
});

const PIECES = [
  "PARSE(",
  "src:",
  "'a.log'",
  "pattern:",
  "<<<P\n",
  "\nP;",
  "IPADDR:ip",
  " | ",
  "filter(",
  "select(",
  "status",
  " = ",
  "404",
  ")",
  "]",
  "[",
  "{",
  "}",
  ",",
  ";",
  "@s",
  "@@t",
  "$x",
  "@",
  "$",
  ".",
  ":",
  "::",
  "'",
  '"',
  "//",
  "/*",
  "*/",
  "\n",
  "join(@s ON ",
  "left.",
  "INIT(",
  "INCLUDE ",
  "SELECT ",
  " FROM ",
  "CASE WHEN ",
  "IN (",
  "IS ",
  "NOT ",
  "5 min",
  "-",
  "TIMESTAMP(",
  "tz=",
  "@[./a.sx]",
  "$[",
  "\u{1F642}",
  "\0",
  "$f(a) { $x = 1; return $x; }",
];

describe("any text with a cursor anywhere", () => {
  const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((pieces) => pieces.join(""));

  test("is answered without throwing, in ranges that lie inside the text", () => {
    fc.assert(
      fc.property(text, fc.double({ min: 0, max: 1, noNaN: true }), (written, share) => {
        const source = { name: "x.sx", text: written };
        const offset = Math.floor(share * written.length);
        const script = openScript(source, environment);
        const { range } = completeScript(source, offset, world);
        expect(range.start).toBeLessThanOrEqual(offset);
        expect(range.end).toBeGreaterThanOrEqual(offset);
        for (const opened of [script, openPattern(source)]) {
          diagnosticsOf(opened);
          hoverAt(opened, offset);
          for (const { start, end } of nameAt(opened, offset)?.references ?? []) {
            expect(start).toBeLessThanOrEqual(end);
            expect(end).toBeLessThanOrEqual(written.length);
          }
          outlineOf(opened);
          foldingOf(opened);
          let last = 0;
          for (const { start, end } of semanticTokensOf(opened)) {
            expect(start).toBeGreaterThanOrEqual(last);
            expect(end).toBeGreaterThan(start);
            last = end;
          }
        }
        signatureAt(script, offset);
        completePattern(written, { start: 0, end: written.length }, offset);
        formatScript(source);
        formatPattern(source);
      }),
      { numRuns: 600, seed: 5 },
    );
  });

  test.each([
    ["open parentheses", "(".repeat(20_000)],
    ["names", "$x ".repeat(20_000)],
    ["calls", "f(".repeat(20_000)],
    ["statements", "$x = 1;\n".repeat(5_000)],
    ["quotes", "'a' ".repeat(20_000)],
    ["comments", "/* a */ ".repeat(20_000)],
    ["settings", "a=".repeat(20_000)],
  ])("is answered in reasonable time: %s", (_, written) => {
    const source = { name: "x.sx", text: written };
    const startMs = performance.now();
    const script = openScript(source, environment);
    completeScript(source, written.length, world);
    hoverAt(script, written.length - 1);
    nameAt(script, 1);
    semanticTokensOf(script);
    semanticTokensOf(openPattern(source));
    outlineOf(script);
    foldingOf(script);
    formatScript(source);
    expect(performance.now() - startMs).toBeLessThan(10_000);
  });
});
