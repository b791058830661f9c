import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { explainQuery, printExplanation } from "./explain.ts";
import { checked, NOW_MS, readCases, withAnswers } from "./query-cases.testing.ts";

const CASES = fileURLToPath(new URL("./explain.cases.md", import.meta.url));
const markdown = readFileSync(CASES, "utf8");
const given = new Map<string, string>();

afterAll(() => {
  if (process.env["UPDATE"] !== undefined) writeFileSync(CASES, withAnswers(markdown, given, "plan"));
});

/** Without the match programs, which have cases of their own. */
function withoutPrograms(text: string): string {
  return text.replace(/\n {2}program:\n[\s\S]*?(?=\n\n\S|$)/g, "");
}

describe("plans are explained", () => {
  for (const { title, query, timeZone, rows } of readCases(markdown, "plan")) {
    test(title, () => {
      const explanation = explainQuery(checked(query, timeZone), { timeZone, nowMs: NOW_MS });
      const plan = `${withoutPrograms(printExplanation(explanation))}\n`;
      given.set(title, plan);
      if (process.env["UPDATE"] === undefined) expect(plan).toBe(rows);
    });
  }
});

test("an explanation is plain data", () => {
  const explanation = explainQuery(checked("DUAL(3) | filter(i > 1)"), { timeZone: "UTC", nowMs: NOW_MS });
  expect(structuredClone(explanation)).toEqual(explanation);
});
