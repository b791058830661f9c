import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  BUCKET_MEMBERS,
  COMPUTED_FIELDS,
  FORENSIC_RULES,
  loadBucketRules,
  PROMOTION_MEMBERS,
} from "#detections";
import { PROJECT } from "./build.ts";
import { isUpdate, MarkdownFile } from "./markdown.ts";

const PAGE = join(PROJECT, "docs/detections.md");
const file = new MarkdownFile(PAGE);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  return `\n${line(head)}|${head.map(() => "---").join("|")}|\n${rows.map(line).join("")}\n`;
}

const drainText = (drain: { kind: string; everyMs?: number; withinMs?: number }) =>
  drain.kind === "leak"
    ? `one per ${(drain.everyMs ?? 0) / 1000} s drains`
    : `within ${(drain.withinMs ?? 0) / 1000} s`;

const SECTIONS: Readonly<Record<string, string>> = {
  "computed-fields": table(
    ["field", "what"],
    Object.entries(COMPUTED_FIELDS).map(([name, { sentence }]) => [`\`${name}\``, sentence]),
  ),
  "bucket-rules": table(
    ["rule", "what", "more than", "by"],
    loadBucketRules().map(({ rule }) => [
      `\`${rule.id}\``,
      rule.title,
      `${rule.limit}${rule.distinct === null ? "" : ` different \`${rule.distinct}\``}, ${drainText(rule.drain)}`,
      rule.keys.map((key) => `\`${key}\``).join(", "),
    ]),
  ),
  "forensic-rules": table(
    ["rule", "what", "how"],
    Object.entries(FORENSIC_RULES).map(([id, { title, description }]) => [`\`${id}\``, title, description]),
  ),
};

test.each(Object.entries(SECTIONS))("docs/detections.md shows %s", (name, text) => {
  if (isUpdate) file.rewriteSection(name, text);
  expect(file.section(name)).toBe(text);
});

test("docs/detections.md names every member of rules", () => {
  const text = readFileSync(PAGE, "utf8");
  for (const member of [...BUCKET_MEMBERS, ...PROMOTION_MEMBERS]) expect(text).toContain(`\`${member}\``);
});
