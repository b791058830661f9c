import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawDiagnostic } from "#text";
import { lintRules, tryRule } from "./check-rules.ts";
import { disguisesOf } from "./evasions.ts";
import { loadRules } from "./load-rules.ts";

const PATH = fileURLToPath(new URL("rules.cases.md", import.meta.url));
const markdown = readFileSync(PATH, "utf8");

interface Case {
  readonly title: string;
  readonly yaml: string;
  readonly outcome: string;
}

function readCases(text: string): readonly Case[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [title = ""] = section.split("\n");
      const block = (name: string) =>
        new RegExp(`^\`\`\`${name}\\n([\\s\\S]*?)^\`\`\`$`, "m").exec(section)?.[1] ?? "";
      return { title, yaml: block("yaml"), outcome: block("text") };
    });
}

/** What a file of rules comes to: the rules, what is wrong with it, what its rules lack and judge wrong. */
function outcomeOf(yaml: string): string {
  const { rules, diagnostics } = loadRules([{ name: "rules.yml", text: yaml }]);
  const trials = rules.map((rule) => tryRule(rule));
  return [
    ...rules.map(({ rule }) => `${rule.id} ${rule.severity} ${JSON.stringify(rule.condition)}\n`),
    ...[...diagnostics, ...trials.flatMap((trial) => trial.diagnostics)].map(
      (one) => `${drawDiagnostic(one)}\n`,
    ),
    ...lintRules(rules).map(({ id, sentence }) => `${id}: ${sentence}\n`),
  ].join("");
}

describe("cases", () => {
  const cases = readCases(markdown);
  if (process.env["UPDATE"] === "1") {
    const head = markdown.slice(0, markdown.indexOf("## "));
    const sections = cases.map(
      ({ title, yaml }) =>
        `## ${title}\n\n\`\`\`yaml\n${yaml}\`\`\`\n\n\`\`\`text\n${outcomeOf(yaml)}\`\`\`\n`,
    );
    writeFileSync(PATH, `${head}${sections.join("\n")}`);
  }
  test.each(cases)("$title", ({ yaml, outcome }) => {
    if (process.env["UPDATE"] !== "1") expect(outcomeOf(yaml)).toBe(outcome);
  });
});

describe("laws", () => {
  test("disguises differ from the request and name what was done", () => {
    const requests = fc.array(
      fc.constantFrom("/", "a", "?", "=", "&", "%20", "union select", "+", "'", "é", "%"),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(requests, (parts) => {
        const request = `GET /${parts.join("")}`;
        for (const { request: disguised } of disguisesOf(request)) expect(disguised).not.toBe(request);
      }),
    );
  });

  test("whatever a file holds, reading it ends and throws nothing", () => {
    const lines = [
      "rules:",
      "- id: a",
      "  id: b",
      "  match:",
      "    url.path|re: '('",
      "    any:",
      "      - any:",
      "defaults: 5",
      "match: {a|shape: x}",
      "severity: low",
      "title: x",
      "id: x",
      "positives: [1, {a: [b]}]",
      "- ",
      "[",
      "{",
      "*a",
      "---",
      "    a|b|c: null",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...lines)), (chosen) => {
        loadRules([{ name: "x.yml", text: chosen.join("\n") }]);
      }),
    );
  });
});
