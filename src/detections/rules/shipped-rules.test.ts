import { describe, expect, test } from "vitest";
import { lintRules, tryRule } from "./check-rules.ts";
import { loadRules } from "./load-rules.ts";
import { shippedRuleSources } from "./shipped-rules.ts";

const { rules, diagnostics } = loadRules(shippedRuleSources());
const trials = rules.map((rule) => tryRule(rule));

describe("the shipped rules", () => {
  test("are read without a mistake, and are many", () => {
    expect(diagnostics).toEqual([]);
    expect(rules.length).toBeGreaterThanOrEqual(200);
  });

  test("find their positive examples and leave the negative ones alone", () => {
    expect(trials.flatMap((trial) => trial.diagnostics.map(({ message }) => message))).toEqual([]);
  });

  test("have techniques, two examples of each kind, and ask no question twice", () => {
    const slow = /which is slow/;
    expect(lintRules(rules).filter(({ sentence }) => !slow.test(sentence))).toEqual([]);
  });

  test("find disguises of their examples", () => {
    const weak = trials.filter(({ disguises, foundDisguises }) => foundDisguises < 0.85 * disguises);
    expect(weak.map(({ id, missedEvasions }) => `${id}: ${missedEvasions.join(", ")}`)).toEqual([]);
    const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
    const found = sum(trials.map(({ foundDisguises }) => foundDisguises));
    expect(found / sum(trials.map(({ disguises }) => disguises))).toBeGreaterThan(0.98);
  });
});
