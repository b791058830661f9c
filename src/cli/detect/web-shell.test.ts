import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DetectionReport } from "#detections";
import { ATTACKER, combinedLine, SITE_FILES, sixPhasesLog } from "../../detections/run/six-phases.testing.ts";
import { runMain } from "../run-main.testing.ts";

let folder = "";
/** A week before the attack. */
const CLEAN_MS = Date.UTC(2026, 8, 24, 8);
const NEW_PAGES = ["/events.php", "/jobs.php", "/blog/2026/10/hello.php"];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trawl-shell-"));
  const paths = SITE_FILES.trim()
    .split("\n")
    .map((file) => file.slice(1));
  const clean = Array.from({ length: 400 }, (_, index) => {
    const path = paths[index % paths.length] ?? "/";
    const method = path === "/upload.php" ? "POST" : "GET";
    return combinedLine(
      `198.51.100.${index % 40}`,
      CLEAN_MS + index * 10_000,
      `${method} ${path}`,
      200,
      3_000,
    );
  });
  // What was not there then does not become part of the site by being asked for.
  clean.push(combinedLine("198.51.100.9", CLEAN_MS, "GET /images/x1.php", 404, 300));
  await writeFile(join(folder, "clean.log"), `${clean.slice(0, 200).join("\n")}\n`);
  await writeFile(join(folder, "clean.log.1.gz"), gzipSync(`${clean.slice(200).join("\n")}\n`));
  const ordinary = NEW_PAGES.flatMap((path, page) =>
    Array.from({ length: 30 }, (_, index) =>
      combinedLine(
        `198.51.100.${index + 1}`,
        Date.UTC(2026, 9, 1, 9, page, index),
        `GET ${path}`,
        200,
        4_000,
      ),
    ),
  );
  await writeFile(join(folder, "access.log"), `${[...sixPhasesLog(), ...ordinary].join("\n")}\n`);
  await writeFile(join(folder, "files.txt"), SITE_FILES);
  await writeFile(join(folder, "quiet.log"), `${combinedLine("198.51.100.9", CLEAN_MS, "GET /a", 404, 3)}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

async function detect(...more: readonly string[]): Promise<{ report: DetectionReport; stderr: string }> {
  const argv = ["detect", "access.log", "--format", "json", ...more];
  const { stdout, stderr, exitCode } = await runMain(argv, { folder });
  expect(exitCode, stderr).toBe(0);
  return { report: JSON.parse(stdout), stderr };
}

function rankedPages({ findings }: DetectionReport): readonly (readonly [number, string, string])[] {
  return findings
    .flatMap(({ ruleId, key, measures: { rank } }) =>
      rank === undefined || key["url.path"] === undefined ? [] : [[rank, key["url.path"], ruleId] as const],
    )
    .sort(([a], [b]) => a - b);
}

describe("a web shell in a log, with what an earlier log says of the site", () => {
  test("is the first of the pages that are not known, and the attack is one story from scan to removal", async () => {
    const { report, stderr } = await detect("--baseline", "clean.log*");
    expect(stderr).toContain("baseline: 8 paths in 401 records");
    const [shell, ...others] = rankedPages(report);
    expect(shell).toEqual([1, "/images/x1.php", "forensic-web-shell"]);
    expect(others.map(([, path]) => path).sort()).toEqual([...NEW_PAGES, "/news.php"].sort());
    expect(new Set(others.map(([, , rule]) => rule))).toEqual(new Set(["forensic-unlisted-page"]));
    const [story] = report.stories;
    expect([story?.client, story?.severity, story?.outcome]).toEqual([ATTACKER, "critical", "succeeded"]);
    expect(story?.phases.map(({ phase }) => phase)).toEqual([
      "reconnaissance",
      "exploit",
      "upload",
      "access",
      "exfiltration",
      "removal",
    ]);
    expect(
      report.findings.filter(({ client, severity }) => client !== ATTACKER && severity !== "informational"),
    ).toEqual([]);
  });

  test("is the same with a list of files, and with both", async () => {
    const { report } = await detect("--inventory", "files.txt");
    const both = await detect("--inventory", "files.txt", "--baseline", "clean.log");
    expect(rankedPages(both.report)).toEqual(rankedPages(report));
    expect(rankedPages(report)[0]).toEqual([1, "/images/x1.php", "forensic-web-shell"]);
  });

  test("is not made of every page when the earlier log answered none", async () => {
    const { report, stderr } = await detect("--baseline", "quiet.log");
    expect(stderr).toContain("warning: The baseline answered no page of a web site");
    expect(rankedPages(report).map(([, path]) => path)).toEqual(["/images/x1.php"]);
  });
});
