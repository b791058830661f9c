import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DetectionReport } from "#detections";
import { runMain } from "../run-main.testing.ts";

const PATH = fileURLToPath(new URL("sigma-logs.cases.md", import.meta.url));
const markdown = readFileSync(PATH, "utf8");
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trawl-sigma-"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Case {
  readonly title: string;
  readonly text: string;
  readonly blocks: ReadonlyMap<string, string>;
}

const [head = "", ...sections] = markdown.split(/^(?=## )/m);
const cases: readonly Case[] = sections.map((section) => {
  const blocks = [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, name = "", body = ""]) => [name, body] as const,
  );
  const title = (section.split("\n")[0] ?? "").slice(3);
  return { title, text: section, blocks: new Map(blocks) };
});

/** Per record, by the first word in quotes after `"note":`, or by its number, the titles of the rules that match it. */
async function outcomeOf({ blocks }: Case): Promise<ReadonlyMap<string, string>> {
  const log = blocks.get("log") ?? "";
  await writeFile(join(folder, "rules.yml"), blocks.get("yaml") ?? "");
  await writeFile(join(folder, "x.log"), log);
  const asked = ["detect", "x.log", "--rules", "rules.yml", "--only-rules", "--no-lists"];
  const matches = await runMain([...asked, "--matches"], { folder });
  const matched = matches.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const { offset, rules }: { offset: number; rules: string[] } = JSON.parse(line);
      return `line ${Buffer.from(log).subarray(0, offset).toString().split("\n").length}: ${rules.join(", ")}\n`;
    });
  const told = matches.stderr
    .split("\n")
    .filter((line) => /^(?:warning|error)/.test(line) || / not asked /.test(line));
  const outcome = new Map([["matches", matched.join("")]]);
  if (told.length > 0) outcome.set("told", `${told.join("\n")}\n`);
  if (!blocks.has("findings")) return outcome;
  const { stdout } = await runMain([...asked, "--format", "json"], { folder });
  const { findings }: DetectionReport = JSON.parse(stdout);
  return outcome.set(
    "findings",
    findings
      .map(({ sentence, outcome: end, client }) => `${end}, ${client ?? "nobody"}: ${sentence}\n`)
      .join(""),
  );
}

describe("cases", () => {
  const texts: string[] = [];
  test.each(cases)("$title", async (one) => {
    const outcome = await outcomeOf(one);
    const given = [...one.blocks].filter(([name]) => name === "yaml" || name === "log");
    const about = one.text.slice(0, one.text.indexOf("\n```")).trimEnd();
    const blocks = [...given, ...outcome].map(([name, body]) => `\`\`\`${name}\n${body}\`\`\`\n`);
    texts.push(`${about}\n\n${blocks.join("\n")}`);
    if (process.env["UPDATE"] === "1") {
      if (texts.length === cases.length) writeFileSync(PATH, `${head}${texts.join("\n")}`);
      return;
    }
    for (const [name, body] of outcome) expect(body, name).toBe(one.blocks.get(name) ?? "");
    for (const name of ["told", "findings"]) expect(outcome.has(name), name).toBe(one.blocks.has(name));
  });
});

test("a cloud's log without rules for it is told", async () => {
  const log = {
    eventTime: "2026-10-01T12:00:00Z",
    eventSource: "s3.amazonaws.com",
    eventName: "ListBuckets",
  };
  await writeFile(join(folder, "x.log"), `${JSON.stringify(log)}\n`);
  const { stderr } = await runMain(["detect", "x.log", "--no-lists"], { folder });
  expect(stderr).toContain(
    'No shipped signature is about "AWS CloudTrail": give Sigma rules for it with --rules',
  );
});

test("CloudTrail's files are read record by record, packed or not, in whatever order", async () => {
  const record = (second: number, bucket: string) => ({
    eventTime: `2026-10-01T12:00:${String(second).padStart(2, "0")}Z`,
    eventSource: "s3.amazonaws.com",
    eventName: "DeleteBucket",
    sourceIPAddress: "203.0.113.9",
    userIdentity: { type: "IAMUser", arn: "arn:aws:iam::123456789012:user/eve" },
    requestParameters: { bucketName: bucket },
  });
  const late = { Records: [record(50, "e"), record(40, "d"), record(30, "c")] };
  const early = { Records: [record(20, "b"), record(10, "a")] };
  await writeFile(join(folder, "1.json.gz"), gzipSync(JSON.stringify(late)));
  await writeFile(join(folder, "2.json"), JSON.stringify(early));
  const rule = `title: Buckets deleted
id: buckets
logsource: {product: aws, service: cloudtrail}
detection:
  selection: {eventName: DeleteBucket}
  condition: selection
---
title: Many buckets deleted
correlation: {type: value_count, rules: [buckets], group-by: [sourceIPAddress], timespan: 1m, condition: {field: requestParameters.bucketName, gte: 5}}
`;
  await writeFile(join(folder, "rules.yml"), rule);
  const argv = [
    "detect",
    "*.json*",
    "--rules",
    "rules.yml",
    "--only-rules",
    "--no-lists",
    "--format",
    "json",
  ];
  const { stdout } = await runMain(argv, { folder });
  const { findings, account }: DetectionReport = JSON.parse(stdout);
  expect(account.records).toBe(5);
  expect(findings.map(({ kind, sentence }) => `${kind}: ${sentence}`)).toEqual([
    "correlation: Many buckets deleted: 5 events by sourceIPAddress 203.0.113.9, such as DeleteBucket at s3.amazonaws.com by arn:aws:iam::123456789012:user/eve.",
  ]);
  expect(findings[0]?.evidence.map(({ timeMs }) => new Date(timeMs ?? 0).getUTCSeconds())).toEqual([
    10, 20, 30, 40, 50,
  ]);
});
