import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DetectionReport } from "#detections";
import { type MainOutcome, runMain } from "../run-main.testing.ts";

let folder = "";

const BAD = "203.0.113.66";
const SCANNER = "198.51.100.20";
const OWN = "198.51.100.30";
const TOR = "198.51.100.40";
const INSIDE = "10.0.0.1";

/** Looks for what is not there, then attacks once. */
function visit(ip: string): string {
  const line = (second: number, target: string) =>
    `${ip} - - [01/Oct/2026:12:00:${String(second).padStart(2, "0")} +0000] "GET ${target} HTTP/1.1" 404 300 "-" "x"\n`;
  const looks = Array.from({ length: 15 }, (_, index) => line(index, `/old-${index}.php`));
  return [...looks, line(30, "/.env"), line(40, "/?id=1%27+union+select+password+from+users--")].join("");
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trawl-lists-"));
  const lists = [
    ["bad", "malicious", "ipsum", `${BAD}\t7\n${SCANNER}\t3\n${INSIDE}\t9\n`],
    ["census", "benign-scanner", "plain", `198.51.100.16/28\n`],
    ["ours", "allow", "plain", `${OWN}\n`],
    ["exits", "tor", "plain", `${TOR}\n`],
  ] as const;
  await mkdir(join(folder, "config/trawl/lists"), { recursive: true });
  for (const [name, kind, format, text] of lists) {
    await writeFile(join(folder, `${name}.txt`), text);
    const definition = `name: ${name}\nkind: ${kind}\nformat: ${format}\nsource: ${join(folder, name)}.txt\n`;
    await writeFile(join(folder, `config/trawl/lists/${name}.yaml`), definition);
  }
  await writeFile(join(folder, "access.log"), [BAD, SCANNER, OWN, TOR, INSIDE].map(visit).join(""));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(...argv: readonly string[]): Promise<MainOutcome> {
  const outcome = await runMain(argv, { folder, wallClockMs: Date.UTC(2026, 10, 1) });
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  return outcome;
}

async function report(...more: readonly string[]): Promise<DetectionReport> {
  return JSON.parse((await run("detect", "access.log", "--format", "json", ...more)).stdout);
}

test("lists that were fetched tell of clients, lower what scanners do that mean no harm, and nothing else", async () => {
  const before = await report();
  expect(before.findings.some(({ kind }) => kind === "list")).toBe(false);
  expect((await run("lists", "update", "bad", "census", "ours", "exits")).stdout).toContain("bad: 3 entries");
  const after = await report();
  const listed = after.findings.filter(({ kind }) => kind === "list");
  expect(listed.map(({ ruleId, client, severity }) => `${ruleId} ${client} ${severity}`).sort()).toEqual([
    `list-allowed ${OWN} informational`,
    `list-anonymous ${TOR} informational`,
    `list-bad-address ${BAD} high`,
    `list-benign-scanner ${SCANNER} informational`,
  ]);
  expect(listed.find(({ client }) => client === BAD)?.sentence).toBe(
    `${BAD} is on the list "bad" of 2026-11-01, which 7 lists agree on.`,
  );
  const severities = (from: DetectionReport, client: string) =>
    from.findings
      .filter((finding) => finding.client === client && finding.kind !== "list")
      .map(({ ruleId, phase, severity }) => `${phase} ${severity} ${ruleId}`)
      .sort();
  expect(severities(after, BAD)).toEqual(severities(before, BAD));
  expect(severities(after, TOR)).toEqual(severities(before, TOR));
  expect(severities(after, INSIDE)).toEqual(severities(before, INSIDE));
  for (const client of [SCANNER, OWN]) {
    const lowered = severities(after, client);
    expect(lowered.filter((line) => /^(?:reconnaissance|probe) (?!low|informational)/.test(line))).toEqual(
      [],
    );
    expect(lowered.filter((line) => line.startsWith("exploit high"))).not.toEqual([]);
    expect(
      severities(before, client).some((line) => /^(?:reconnaissance|probe) (?:medium|high)/.test(line)),
    ).toBe(true);
  }
  expect(after.stories.find(({ client }) => client === BAD)?.clientLists).toEqual(["bad"]);
  expect(after.stories.find(({ client }) => client === INSIDE)?.clientLists).toBeUndefined();
  expect(after.account.notes.join("\n")).toContain("bad of 2026-11-01 (3)");
  expect(await report("--no-lists")).toEqual(before);
});

test("the summary names the lists beside the client, and block lists spare who is allowed", async () => {
  await run("lists", "update", "bad", "census", "ours", "exits", "--force");
  expect((await run("detect", "access.log")).stdout).toContain(`${BAD} (on bad)  `);
  const { stdout } = await run("blocklist", "access.log", "--preview");
  expect(stdout).toMatch(new RegExp(`Spared: \\d+[^]*${OWN.replaceAll(".", "\\.")}.* – on the list "ours"`));
});
