/** Laws: what is left out for want of fields, or by status, could not have held. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DetectionEvent, EventValue } from "../event.ts";
import { ClientTable } from "../pass/client-table.ts";
import { EventView } from "../pass/event-view.ts";
import { PageTable } from "../pass/page-table.ts";
import type { RuleCondition, ValueTest } from "../rule.ts";
import { compileCondition, possibleCondition, statusesOf } from "./compile-condition.ts";

const STATUS = "http.response.status_code";
const FIELDS = ["message", "user.name", "url.query", STATUS];

const tests: fc.Arbitrary<ValueTest> = fc.oneof(
  fc.constantFrom(200, 401, 404).map((number): ValueTest => ({ kind: "compare", operator: "=", number })),
  fc.constant<ValueTest>({ kind: "compare", operator: ">=", number: 400 }),
  fc.constantFrom("a", "4").map((text): ValueTest => ({ kind: "contains", text, isCased: false })),
  fc.boolean().map((exists): ValueTest => ({ kind: "exists", exists })),
  fc.constant<ValueTest>({ kind: "is-null" }),
);

const { condition: conditions } = fc.letrec<{ condition: RuleCondition; leaf: RuleCondition }>((tie) => ({
  leaf: fc.record({ kind: fc.constant("field"), field: fc.constantFrom(...FIELDS), test: tests }),
  condition: fc.oneof(
    { maxDepth: 3 },
    tie("leaf"),
    fc.record({
      kind: fc.constantFrom("all", "any"),
      conditions: fc.array(tie("condition"), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant("not"), condition: tie("condition") }),
  ),
}));

const events = fc.record({
  message: fc.option(fc.constantFrom("a", "b")),
  "user.name": fc.option(fc.constantFrom("a4", "c")),
  [STATUS]: fc.option(fc.constantFrom(200, 401, 404, 500)),
  target: fc.constantFrom("/", "/?a=4", "/x?b"),
});

test("a condition that holds is possible, with the status that the event has", () => {
  const law = fc.property(
    conditions,
    events,
    fc.subarray(["message", "user.name"]),
    (condition, row, lacking) => {
      const { target, ...rest } = row;
      const values = new Map<string, EventValue | null>([...Object.entries(rest), ["url.original", target]]);
      for (const field of lacking) values.set(field, null);
      const event: DetectionEvent = {
        kind: "web",
        place: { uri: "x", offset: 0, length: 1 },
        isParsed: true,
        timeMs: 0,
        value: (field) => values.get(field) ?? null,
        rawText: () => "",
      };
      const view = new EventView(new ClientTable(9, () => {}), new PageTable(9), () => null);
      view.read(event, []);
      if (!compileCondition(condition)(view)) return;
      const possible = possibleCondition(condition, (field) => !lacking.some((one) => one === field));
      expect(possible).not.toBeNull();
      if (possible === null) return;
      expect(compileCondition(possible)(view)).toBe(true);
      if (view.status !== null) expect(statusesOf(possible)?.has(view.status) ?? true).toBe(true);
    },
  );
  fc.assert(law, { numRuns: 2000 });
});
