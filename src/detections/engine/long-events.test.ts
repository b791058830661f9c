/** Events with texts that are judged piece by piece. */
import { expect, test } from "vitest";
import type { DetectionEvent } from "../event.ts";
import { loadRules } from "../rules/load-rules.ts";
import { matchRules, readyRules } from "../rules/match-rules.ts";
import { shippedRuleSources } from "../rules/shipped-rules.ts";
import { RuleEngine } from "./rule-engine.ts";

const rules = loadRules(shippedRuleSources()).rules.map(({ rule }) => rule);
const UNION = "%27+union+select+1,2--";

function request(target: string): DetectionEvent {
  return {
    kind: "web",
    place: { uri: "x", offset: 0, length: target.length },
    isParsed: true,
    timeMs: 0,
    value: (field) => (field === "url.original" ? target : field === "url.query" ? target.slice(2) : null),
    rawText: () => target,
  };
}

test.each([
  ["behind harmless bytes", `/?q=${"ab.cd/".repeat(60_000)}${UNION}`],
  ["across the end of a piece", `/?q=${"a".repeat(65_520)}${UNION}`],
  ["at the beginning", `/?q=1${UNION}${"a".repeat(200_000)}`],
])("an attack %s of a long value is found at its place", (_, target) => {
  const event = request(target);
  const engine = new RuleEngine(rules);
  const matches = engine.match(event);
  const match = matches.find(({ rule }) => rule.id === "sqli-union-select");
  const { start, length } = match ?? { start: null, length: null };
  const value = String(event.value(match?.field ?? ""));
  expect(value.slice(start ?? 0, (start ?? 0) + (length ?? 0))).toContain("union+select");
  expect(engine.notes()).toEqual([]);
  expect(matches.map(({ rule, start: at }) => [rule.id, at])).toEqual(
    matchRules(readyRules(rules), event).map(({ rule, start: at }) => [rule.id, at]),
  );
});

test("a value that is made to be slow is judged in part, and that is told", () => {
  const engine = new RuleEngine(rules);
  engine.match(request(`/?q=${"union select$(';".repeat(40_000)}`));
  expect(engine.notes()).toEqual(["Some rules saw the first 3 likely pieces of 64 KiB alone in 1 event."]);
});

test("a long record of short values is judged once", () => {
  let asked = 0;
  const event = request("/?q=1%27+union+select+1,2--");
  const long: DetectionEvent = {
    ...event,
    place: { uri: "x", offset: 0, length: 1_000_000 },
    value: (field) => {
      if (field === "url.original") asked++;
      return event.value(field);
    },
  };
  const engine = new RuleEngine(rules);
  const once = () => {
    asked = 0;
    const ids = engine.match(long).map(({ rule }) => rule.id);
    return { ids, asked };
  };
  expect(once().ids).toEqual(new RuleEngine(rules).match(event).map(({ rule }) => rule.id));
  expect(once().asked).toBeLessThan(200);
  expect(engine.notes()).toEqual([]);
});
