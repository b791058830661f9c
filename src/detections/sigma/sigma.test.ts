import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawDiagnostic } from "#text";
import type { DetectionEvent, EventValue } from "../event.ts";
import { queryOfRule } from "../rule-as-query.ts";
import { CorrelationDetector } from "./correlation-detector.ts";
import { loadSigma } from "./load-sigma.ts";
import { base64Offsets, readSigmaText, testOfText } from "./sigma-text.ts";

const PATH = fileURLToPath(new URL("sigma.cases.md", import.meta.url));
const markdown = readFileSync(PATH, "utf8");

interface Case {
  readonly title: string;
  readonly blocks: ReadonlyMap<string, string>;
}

function readCases(text: string): readonly Case[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [title = ""] = section.split("\n");
      const blocks = [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
        ([, name = "", body = ""]) => [name, body] as const,
      );
      return { title, blocks: new Map(blocks) };
    });
}

/** An event of a case: a time in seconds, the rules that match it, and its fields. */
function eventOf(line: string): { readonly event: DetectionEvent; readonly rules: readonly string[] } {
  const { t, rules, ...fields }: { t: number; rules: string[]; [name: string]: unknown } = JSON.parse(line);
  const fieldValue = (name: string): EventValue | null => {
    const value = fields[name];
    return typeof value === "string" || typeof value === "number" ? value : null;
  };
  const event: DetectionEvent = {
    kind: "web",
    place: { uri: "log", offset: t, length: 1 },
    isParsed: true,
    timeMs: t * 1000,
    value: fieldValue,
    rawText: () => line,
  };
  return { event, rules };
}

function outcomeOf(blocks: Case["blocks"]): ReadonlyMap<string, string> {
  const set = loadSigma(
    [{ name: "rule.yml", text: blocks.get("yaml") ?? "" }],
    new Map([["admins", ["root", "a*b"]]]),
  );
  const fieldOf = (name: string) => ({ name: name.replaceAll(/[^a-z_]/g, "_"), type: "STRING" });
  const outcome = new Map<string, string>();
  const queries = set.rules.map((rule) =>
    queryOfRule(rule, "x.log", fieldOf).split("\n").slice(2).join("\n"),
  );
  if (queries.length > 0) outcome.set("query", queries.join(""));
  if (set.diagnostics.length > 0)
    outcome.set("problems", `${set.diagnostics.map((one) => drawDiagnostic(one)).join("\n")}\n`);
  const events = blocks.get("events");
  if (events !== undefined) {
    const detector = new CorrelationDetector(set.correlations);
    for (const line of events.trim().split("\n")) {
      const { event, rules } = eventOf(line);
      const matched = set.rules.filter((rule) => rules.includes(rule.id) || rules.includes(rule.title));
      detector.observe(
        event,
        matched.map((rule) => ({ rule, field: null, form: [], text: "", start: null, length: null })),
      );
    }
    const findings = detector
      .take(true)
      .map(({ sentence, firstTimeMs, lastTimeMs, count }) =>
        JSON.stringify({ sentence, from: (firstTimeMs ?? 0) / 1000, to: (lastTimeMs ?? 0) / 1000, count }),
      );
    outcome.set("findings", `${findings.join("\n")}\n`);
  }
  return outcome;
}

describe("cases", () => {
  const cases = readCases(markdown);
  const outcomes = cases.map(({ blocks }) => outcomeOf(blocks));
  if (process.env["UPDATE"] === "1") writeFileSync(PATH, printCases(cases, outcomes));
  for (const [index, { title, blocks }] of cases.entries()) {
    test(title, () => {
      if (process.env["UPDATE"] === "1") return;
      for (const name of ["query", "problems", "findings"])
        expect(outcomes[index]?.get(name)).toBe(blocks.get(name));
    });
  }
});

function printCases(cases: readonly Case[], outcomes: readonly ReadonlyMap<string, string>[]): string {
  const head = markdown.slice(0, markdown.indexOf("## "));
  const sections = cases.map(({ title, blocks }, index) => {
    const given = [...blocks].filter(([name]) => name === "yaml" || name === "events");
    const all = [...given, ...(outcomes[index] ?? [])];
    return `## ${title}\n\n${all.map(([name, body]) => `\`\`\`${name}\n${body}\`\`\`\n`).join("\n")}`;
  });
  return `${head}${sections.join("\n")}`;
}

describe("laws", () => {
  test("what base64offset gives stands in every Base64 text that holds the value", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 3, unit: "binary" }),
        fc.string({ unit: "binary" }),
        fc.string({ unit: "binary" }),
        (text, before, behind) => {
          const encoded = Buffer.from(before + text + behind).toString("base64");
          expect(base64Offsets(text, false).some((part) => encoded.includes(part))).toBe(true);
        },
      ),
    );
  });

  test("a text whose wildcards are escaped is found by itself only", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const escaped = text.replace(/[\\*?]/g, "\\$&");
        expect(testOfText(readSigmaText(escaped), "equals", true)).toEqual({
          kind: "equals",
          text,
          isCased: true,
        });
      }),
    );
  });

  test("whatever a file holds, reading it ends and throws nothing", () => {
    const words = [
      "title: x",
      "detection:",
      "  a|re|i: '('",
      "  condition: a",
      "- ",
      "logsource: {category: proxy}",
      "[",
      "{",
      "*a",
      "&a",
      "---",
      "correlation:",
      "|",
      "1 of them",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words)), (lines) => {
        loadSigma([{ name: "x", text: lines.join("\n") }]);
      }),
    );
    expect(
      loadSigma([{ name: "deep", text: `a: ${"[".repeat(100_000)}` }]).diagnostics.length,
    ).toBeGreaterThan(0);
  });
});
