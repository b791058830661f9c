/** What the arguments of `trawl detect` name. */
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DetectionReport } from "#detections";
import { runMain } from "../run-main.testing.ts";

let folder = "";
const LINE = '192.0.2.7 - - [01/Oct/2026:08:00:00 +0000] "GET /?id=1%27+or+1=1-- HTTP/1.1" 200 512 "-" "x"\n';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trawl-named-"));
  await mkdir(join(folder, "logs"));
  await writeFile(join(folder, "logs", "a.log"), LINE);
  await symlink("a.log", join(folder, "logs", "current.log"));
  await writeFile(join(folder, "old.gz"), gzipSync(LINE));
});
afterAll(() => rm(folder, { recursive: true }));

test("a file that is named several times is read once, and that is told", async () => {
  const names = ["logs/*.log", "logs/a.log", "./logs/a.log"];
  const { stdout, stderr } = await runMain(["detect", ...names, "--format", "json"], { folder });
  const { account }: DetectionReport = JSON.parse(stdout);
  expect(account).toMatchObject({ files: 1, records: 1, bytes: LINE.length });
  expect(stderr).toContain("3 files named more than once; each is read once");
});

test("so is a packed one", async () => {
  const { stdout } = await runMain(["detect", "old.gz", "./old.gz", "--format", "json"], { folder });
  const { account }: DetectionReport = JSON.parse(stdout);
  expect(account).toMatchObject({ files: 1, records: 1 });
});

test("a page that cannot be written ends the run before it begins", async () => {
  const page = join("nowhere", "page.html");
  const { stdout, stderr, exitCode } = await runMain(["detect", "logs/a.log", "--report", page], { folder });
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 4 });
  expect(stderr).toContain("output-unwritable");
});

test("a run that fails leaves no page behind", async () => {
  const { exitCode } = await runMain(["detect", "nothing.log", "--report", "page.html"], { folder });
  expect(exitCode).not.toBe(0);
  expect(await readdir(folder)).not.toContain("page.html");
});
