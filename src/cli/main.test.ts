import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main } from "./main.ts";
import type { Surroundings } from "./surroundings.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trawl-main-"));
  const line = (agent: string) =>
    `192.0.2.1 - - [01/Oct/2026:12:00:05 +0000] "GET /index.html HTTP/1.1" 200 5 "-" "${agent}"\n`;
  await writeFile(join(folder, "access.log"), line("curl/8.5.0") + line("a\u001b[2Jb\u202ec"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command line in this process, with or without terminals of 40 cells. */
async function run(
  argv: readonly string[],
  isTTY: boolean,
): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  const stdout = Object.assign(new PassThrough(), { isTTY, columns: 38 });
  const stderr = Object.assign(new PassThrough(), { isTTY, columns: 40 });
  let clockMs = 0;
  const surroundings: Surroundings = {
    stdout,
    stderr,
    environment: { NO_COLOR: "1" },
    workingDirectory: folder,
    wallClockMs: () => Date.UTC(2026, 9, 1),
    clockMs: () => clockMs++,
    onStop: () => () => {},
    exitNow: () => {},
  };
  const exitCode = await main(argv, surroundings);
  return { stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? ""), exitCode };
}

const script = "PARSE(src:'access.log') | select(client_ip, uri, user_agent)";

test("on a terminal a result is a table that fits", async () => {
  const { stdout, stderr, exitCode } = await run(["query", "-e", script, "--threads", "1"], true);
  expect(exitCode).toBe(0);
  expect(stdout).toBe(
    [
      "client_ip  uri          user_agent",
      "─────────  ───────────  ──────────────",
      "192.0.2.1  /index.html  curl/8.5.0",
      "192.0.2.1  /index.html  a\\x1B[2Jb\\u20…",
      "",
    ].join("\n"),
  );
  expect(stderr).toMatch(
    /^access\.log: .* \(100 % of \d+ bytes\)\n2 rows · .* · 2 records · 0 % unmatched\n$/,
  );
});

test("what is separated by commas does not steer a terminal either", async () => {
  const { stdout } = await run(["query", "-e", script, "--format", "csv", "--threads", "1"], true);
  expect(stdout.split("\n")[2]).toBe("192.0.2.1,/index.html,a\\x1B[2Jb\\u202Ec");
});

test("elsewhere a result is NDJSON, and nothing is said about a run that went well", async () => {
  const { stdout, stderr } = await run(["query", "-e", script, "--threads", "1"], false);
  expect(stdout.split("\n")[1]).toBe(
    '{"client_ip":"192.0.2.1","uri":"/index.html","user_agent":"a\\u001b[2Jb\\u202ec"}',
  );
  expect(stderr.split("\n")).toHaveLength(2);
});
