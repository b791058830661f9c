import { describe, expect, test } from "vitest";
import { RuleEngine } from "../engine/rule-engine.ts";
import { lintRules, tryRule } from "./check-rules.ts";
import { disguisesOf } from "./evasions.ts";
import { loadRules } from "./load-rules.ts";
import { matchRules, readyRules } from "./match-rules.ts";
import { eventOfFields, fieldsOfRequest } from "./request-event.ts";
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

  test("lack nothing: techniques, examples, texts or signs to look for first", () => {
    expect(lintRules(rules)).toEqual([]);
  });

  test("find disguises of their examples", () => {
    const weak = trials.filter(({ disguises, foundDisguises }) => foundDisguises < 0.85 * disguises);
    expect(weak.map(({ id, missedEvasions }) => `${id}: ${missedEvasions.join(", ")}`)).toEqual([]);
    const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
    const found = sum(trials.map(({ foundDisguises }) => foundDisguises));
    expect(found / sum(trials.map(({ disguises }) => disguises))).toBeGreaterThan(0.98);
  });

  test("are found by the sieving engine where they are found by asking each", () => {
    const events = rules.flatMap(({ rule, positives, negatives }) =>
      [...positives, ...negatives].flatMap(({ fields, raw, request }) => {
        const kind = rule.kinds[0] ?? "web";
        const disguised = request === null ? [] : disguisesOf(request);
        return [
          eventOfFields(kind, fields, raw),
          ...disguised.map((one) =>
            eventOfFields(kind, { ...fields, ...fieldsOfRequest(one.request) }, null),
          ),
        ];
      }),
    );
    const parsed = events.filter(({ isParsed }) => isParsed);
    const engine = new RuleEngine(rules.map(({ rule }) => rule));
    const plain = readyRules(rules.map(({ rule }) => rule));
    const idsOf = (matches: ReturnType<typeof matchRules>) => matches.map(({ rule }) => rule.id);
    for (const event of parsed) {
      expect(idsOf(engine.match(event)), event.rawText()).toEqual(idsOf(matchRules(plain, event)));
    }
  }, 60_000);
});
