import { describe, expect, test } from "vitest";
import { loadBucketRules, loadPromotionRules } from "../run/shipped-rules.ts";
import { runTrial } from "./run-trial.ts";

describe("shipped bucket rules", () => {
  const files = loadBucketRules();

  test("have ids of their own, and say when they are wrong to fire", () => {
    const ids = files.map(({ rule }) => rule.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(loadPromotionRules().map(({ id }) => id)).toEqual(["phpmyadmin"]);
  });

  for (const { rule, trials } of files) {
    test(`${rule.id} has a test that finds and one that does not`, () => {
      expect(trials.some(({ findings }) => findings > 0)).toBe(true);
      expect(trials.some(({ findings }) => findings === 0)).toBe(true);
    });
    for (const trial of trials) {
      test(`${rule.id}: ${trial.title}`, () => {
        expect(runTrial(rule, trial)).toBe(trial.findings);
      });
    }
  }
});
