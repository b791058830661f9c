import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Diagnostics } from "#text";
import { checkScript } from "./check-script.ts";
import type { CheckEnvironment, CheckedScript } from "./environment.ts";
import { printRelation } from "./print-relation.ts";
import { readTokens } from "./syntax/lexer.ts";

const ENVIRONMENT: CheckEnvironment = {
  nowMs: 1_700_000_000_000n,
  timeZone: "UTC",
  arguments: {},
  answers: new Map(),
  isOffline: false,
};

function check(text: string): CheckedScript {
  return checkScript({ name: "q.sx", text }, ENVIRONMENT);
}

function codesOf(text: string): readonly string[] {
  return [...new Set(check(text).diagnostics.map((diagnostic) => diagnostic.code))];
}

const MANY = 10_000;
const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("hostile scripts", () => {
  const deep: readonly (readonly [string, string])[] = [
    ["parentheses", `DUAL | filter(${"(".repeat(MANY)}i = 1${")".repeat(MANY)})`],
    ["parentheses that are never closed", `DUAL | filter(${"(".repeat(MANY)}`],
    ["arrays", `DUAL | select(x:${"[".repeat(MANY)}1${"]".repeat(MANY)})`],
    ["tuples", `DUAL | select(x:${"{a:".repeat(MANY)}1${"}".repeat(MANY)})`],
    ["calls", `DUAL | select(x:${"abs(".repeat(MANY)}i${")".repeat(MANY)})`],
    ["negations", `DUAL | filter(${"not ".repeat(MANY)}i = 1)`],
    ["signs", `DUAL | filter(i = ${"- ".repeat(MANY)}1)`],
    ["members", `DUAL | select(x:s${"[a]".repeat(MANY)})`],
    ["sums", `DUAL | select(x:i${" + 1".repeat(MANY)})`],
    ["streams", `${"(".repeat(MANY)}DUAL${")".repeat(MANY)}`],
    ["streams behind IN", `DUAL | filter(${"i in (DUAL(1) | select(i) | filter(".repeat(MANY)}`],
    ["CASE", `DUAL | select(x:${"case when ".repeat(MANY)}true)`],
    ["statements", `${"select a from (".repeat(MANY)}`],
    ["pipes", `DUAL${" | limit(1)".repeat(MANY)}`],
  ];
  for (const [name, text] of deep) {
    test(`${name} that nest too deep have a code`, () => {
      expect(codesOf(text)).toContain("nesting-too-deep");
    });
  }

  test("long chains of AND and OR are fine", () => {
    const { diagnostics, relation } = check(
      `DUAL | filter(${range(5000)
        .map((n) => `i = ${n}`)
        .join(" OR ")})`,
    );
    expect(diagnostics).toEqual([]);
    expect(relation).not.toBeNull();
  });

  test("long lists and tables are fine", () => {
    const list = range(5000).join(", ");
    expect(check(`DUAL | filter(i IN (${list}))`).diagnostics).toEqual([]);
    expect(
      check(
        `VALUES([${range(5000)
          .map((n) => `{a:${n}}`)
          .join(", ")}])`,
      ).diagnostics,
    ).toEqual([]);
  });

  test("values that double with each declaration have a code", () => {
    const values = range(64).map((n) => `$a${n + 1}(x) = concat($a${n}($x), $a${n}($x));`);
    expect(codesOf(`$a0(x) = concat($x, 'x');${values.join("\n")} DUAL | select(x:$a64(s))`)).toEqual([
      "script-too-large",
    ]);
  });

  test("aliases that double with each column have a code", () => {
    const items = range(64).map((n) => `a${n + 1}:a${n} || a${n}`);
    expect(codesOf(`DUAL | select(a0:s || 'x', ${items.join(", ")})`)).toEqual(["script-too-large"]);
  });

  test("streams that double with each declaration have a code", () => {
    const streams = range(64).map((n) => `@s${n + 1} = @s${n} | union(@s${n});`);
    expect(codesOf(`@s0 = DUAL;${streams.join("\n")} @s64`)).toEqual(["script-too-large"]);
  });

  test("long chains of declarations have a code", () => {
    const values = range(3000).map((n) => `$a${n + 1}(x) = $a${n}($x) + 1;`);
    expect(codesOf(`$a0(x) = $x;${values.join("\n")} DUAL | select(x:$a3000(i))`)).toContain(
      "nesting-too-deep",
    );
    const streams = range(3000).map((n) => `@s${n + 1} = @s${n} | limit(1);`);
    const codes = codesOf(`@s0 = DUAL;${streams.join("\n")} @s3000`);
    expect(codes.some((code) => code === "nesting-too-deep" || code === "script-too-large")).toBe(true);
    const aliases = range(3000).map((n) => `a${n + 1}:a${n} - 1`);
    const aliasCodes = codesOf(`DUAL | select(a0:i + 0, ${aliases.join(", ")})`);
    expect(aliasCodes.some((code) => code === "nesting-too-deep" || code === "script-too-large")).toBe(true);
  });

  test("thousands of mistakes are told in reasonable time", () => {
    const before = performance.now();
    check(
      `DUAL | filter(${range(3000)
        .map((n) => `x${n} = 1`)
        .join(" AND ")})`,
    );
    check(`${"#~".repeat(50_000)}`);
    check(`${"'\n\\".repeat(20_000)}`);
    check(`${"$a = <<<A\n\n".repeat(20_000)}`);
    check(`${"/* ".repeat(50_000)}`);
    check(`LIST(${"'a' ".repeat(20_000)})`);
    check("@".repeat(50_000));
    check("1:".repeat(50_000));
    check("a:".repeat(50_000));
    check(`DUAL ${"| x ".repeat(50_000)}`);
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  test("any text of words and signs is checked without throwing", () => {
    const words =
      "DUAL LIST PARSE VALUES select filter group sort limit join union on as and or not in between like is null case when then else end i t s ip count sum max abs now T INIT INCLUDE SELECT FROM WHERE GROUP BY CREATE $a $f @s @@p @1 @[x] $[y] 'a' \"b\" 5 1.5 0xF 10.0.0.1 10.0.0.0/8 ::1 <<<A\n ( ) [ ] { } , ; : :: | . = == != < > + - * / % & || \n // /* */ min hour left. right.".split(
        / (?!\n)/,
      );
    const text = fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((parts) => parts.join(" "));
    fc.assert(
      fc.property(text, (script) => {
        const { diagnostics, relation } = check(script);
        for (const { span } of diagnostics) {
          expect(span.start).toBeLessThanOrEqual(span.end);
          expect(span.end).toBeLessThanOrEqual(span.source.text.length);
        }
        if (relation !== null) printRelation(relation);
      }),
      { seed: 7, numRuns: 2000 },
    );
  });

  test("any characters are checked without throwing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (script) => {
        check(script);
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});

describe("laws of the checker", () => {
  const queries = [
    "DUAL(5) | select(i, n:count(*), big:max(t[1 hour])) | group(i) | sort(n desc) | limit(3)",
    "$n=5;@a=VALUES([{a:1,b:'x'}]);@a|join(@a as o on left.a=o.a)|filter(a in(1,2)and not b like'%x')|limit($n)",
    "SELECT i,count(*) AS n FROM DUAL(9) WHERE ip IN 10.0.0.0/8 GROUP BY i ORDER BY n DESC LIMIT 2",
  ];

  test("comments and blanks between tokens change nothing", () => {
    for (const text of queries) {
      const tokens = readTokens({ name: "q.sx", text }, new Diagnostics());
      const spaced = tokens.map(({ span }) => text.slice(span.start, span.end)).join(" /* x */ // y\n ");
      const [plain, commented] = [check(text), check(spaced)];
      expect(plain.diagnostics).toEqual([]);
      expect(commented.diagnostics).toEqual([]);
      if (plain.relation === null || commented.relation === null) throw new Error(`nothing runs in ${text}`);
      expect(printRelation(commented.relation)).toBe(printRelation(plain.relation));
    }
  });

  test("checking twice gives the same", () => {
    for (const text of queries) expect(check(text)).toEqual(check(text));
  });
});
