import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureBuilt, PROJECT } from "./build.ts";
import { isUpdate, MarkdownFile } from "./markdown.ts";
import { outcomeOf, runShell, runTrawl, startTrawl } from "./run-trawl.ts";

const LINE =
  '192.0.2.1 - - [01/Oct/2026:12:00:05 +0000] "GET /index.html HTTP/1.1" 200 5120 "-" "curl/8.5.0"\n';
const cases = new MarkdownFile(join(PROJECT, "test/command-line.cases.md"));
const blocks = cases.blocks();
let folder = "";

beforeAll(async () => {
  await ensureBuilt();
  folder = await mkdtemp(join(tmpdir(), "trawl-cli-"));
  for (const { info, text } of blocks) if (/\.\w+$/.test(info)) await writeFile(join(folder, info), text);
  const numbered = Array.from({ length: 20_000 }, (_, index) =>
    LINE.replace("index", `page-${(index * 7919) % 10_007}`),
  );
  await writeFile(join(folder, "empty.log"), "");
  await writeFile(
    join(folder, "binary.log"),
    Uint8Array.from({ length: 5000 }, (_, index) => (index * 151) % 256),
  );
  await writeFile(join(folder, "big.log"), numbered.join(""));
  const compressed = gzipSync(numbered.join(""));
  await writeFile(join(folder, "cut.log.gz"), compressed.subarray(0, compressed.length >> 1));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

for (const heading of new Set(blocks.map((block) => block.heading))) {
  const own = blocks.flatMap((block, number) => (block.heading === heading ? [{ ...block, number }] : []));
  const command = own.find(({ language }) => language === "sh");
  if (command === undefined) continue;
  test(heading, async () => {
    const { stdout, stderr, exitCode } = await runShell(command.text.trim(), { folder });
    const actual: Readonly<Record<string, string>> = {
      stdout: steady(stdout),
      stderr: steady(stderr),
      exit: `${exitCode}\n`,
    };
    for (const { language, text, number } of own) {
      const found = actual[language];
      if (found === undefined) continue;
      if (isUpdate) cases.rewrite(number, found);
      else expect(found, language === "stdout" ? stderr : stdout).toBe(text);
    }
    if (!own.some(({ language }) => language === "exit")) expect(exitCode, stderr).toBe(0);
  });
}

/** Without what differs from run to run: the folder, and how far a run came before it stopped. */
function steady(output: string): string {
  return output.replaceAll(folder, "…").replace(/^So far: .*/gm, "So far: …");
}

describe("a run", () => {
  const script = "PARSE(src:'big.log') | select(status, n:count(*)) | group(status)";

  test("tells its account as the last line of standard error, for programs", async () => {
    const { stderr } = await runTrawl(["query", "-e", script, "--stats", "json"], { folder });
    const account = JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "");
    expect(Object.keys(account)).toEqual([
      "files",
      "bytes",
      "records",
      "unmatchedBytes",
      "rows",
      "elapsedMs",
      "engine",
    ]);
    const { length } = await readFile(join(folder, "big.log"));
    expect(account).toMatchObject({ files: 1, bytes: length, records: 20_000, unmatchedBytes: 0, rows: 1 });
  });

  test("gives the same rows for any number of threads", async () => {
    const sorted = "PARSE(src:'big.log') | select(uri, n:count(*)) | group(uri)";
    const run = (threads: number) =>
      runTrawl(["query", "-e", sorted, "--threads", String(threads)], { folder });
    const [one, two, four] = [await run(1), await run(2), await run(4)];
    expect(one.stdout.length).toBeGreaterThan(1000);
    expect(two.stdout).toBe(one.stdout);
    expect(four.stdout).toBe(one.stdout);
  });

  test.each(["SIGINT", "SIGTERM"] as const)(
    "that %s interrupts stops at once, says how far it came and leaves no file",
    async (signal) => {
      const child = startTrawl(["parse", "-e", "LD:line EOL", "-", "-o", "lines.csv"], { folder });
      const outcome = outcomeOf(child);
      child.stdin?.on("error", () => {});
      for (let sent = 0; sent < 200; sent++) child.stdin?.write(LINE.repeat(100));
      await waitForFile(/^\.lines\.csv\..*\.partial$/);
      const stoppedMs = performance.now();
      child.kill(signal);
      await once(child, "exit");
      const tookMs = performance.now() - stoppedMs;
      const { stderr, exitCode } = await outcome;
      expect(exitCode).toBe(130);
      expect(stderr).toMatch(/^error\[cancelled\]: The run was interrupted\.\nSo far: /);
      expect((await readdir(folder)).filter((name) => name.includes("lines.csv"))).toEqual([]);
      expect(tookMs).toBeLessThan(1000);
    },
  );

  test("that takes too long ends with the code of limits", async () => {
    const child = startTrawl(["parse", "-e", "LD:line EOL", "-", "--timeout", "300ms"], { folder });
    const { stderr, exitCode } = await outcomeOf(child);
    expect(stderr).toContain("error[limit-reached]: The run took longer than its limit of 0.30 s.");
    expect(exitCode).toBe(5);
  });

  test("of a small file is over within a moment", async () => {
    const startedMs = performance.now();
    await runTrawl(["query", "-e", "PARSE(src:'access.log') | filter(status = 404) | select(uri)"], {
      folder,
    });
    expect(performance.now() - startedMs).toBeLessThan(3000);
  });
});

async function waitForFile(name: RegExp): Promise<void> {
  for (let tried = 0; tried < 500; tried++) {
    if ((await readdir(folder)).some((found) => name.test(found))) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`no file ${name}`);
}
