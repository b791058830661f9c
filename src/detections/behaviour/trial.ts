/** Tests inside of rule files: made-up events, and how many findings they must give. */
import type { DetectionEvent, EventKind, EventValue } from "../event.ts";
import type { EventRule, RuleMatch } from "../rule.ts";
import { countOf, durationOf, optionalText, tellMissing, tellWrong } from "../rule-text/member-values.ts";
import { EVENT_KINDS } from "../rule-text/rule-words.ts";
import type { RuleMembers } from "../rules/rule-members.ts";

/** Some events of one test: `count` of them, `everyMs` apart; `{n}` in a text is the number of the event, from 1. */
export interface TrialEvents {
  readonly count: number;
  readonly everyMs: number;
  /** Before the first one, counted from the last event before. */
  readonly afterMs: number;
  readonly kind: EventKind | null;
  readonly ruleId: string | null;
  readonly fields: Readonly<Record<string, EventValue>>;
}

/** A test of a rule. */
export interface Trial {
  readonly title: string;
  readonly findings: number;
  readonly events: readonly TrialEvents[];
}

/** Members of `events` that are no fields. */
const OWN_MEMBERS: ReadonlySet<string> = new Set(["repeat", "every", "after", "kind", "rule"]);
/** More events per test are not made. */
const MOST_EVENTS = 10_000;
const START_MS = Date.UTC(2026, 0, 5, 12);

/** Reads the member `tests` of a rule. */
export function readTrials(rule: RuleMembers): readonly Trial[] {
  return rule.maps("tests").flatMap((map) => {
    const members = rule.inside(map);
    members.checkNames(["title", "findings", "events"]);
    const title = members.text("title");
    const findings = countOf(members, "findings");
    const events = members.maps("events").map((inner) => readTrialEvents(members.inside(inner)));
    if (events.length === 0) tellMissing(members, '"events" is missing: the test has nothing to count.');
    return title === null || findings === null ? [] : [{ title, findings, events }];
  });
}

function readTrialEvents(members: RuleMembers): TrialEvents {
  const fields = members.map.entries.flatMap(({ key, value }): readonly (readonly [string, EventValue])[] =>
    OWN_MEMBERS.has(key) || value.kind !== "scalar" || value.value === null ? [] : [[key, value.value]],
  );
  const count = countOf(members, "repeat", 1) ?? 1;
  if (count > MOST_EVENTS) tellWrong(members, "repeat", `A test makes at most ${MOST_EVENTS} events.`);
  const [kind = null] = members.value("kind") === null ? [] : [members.word("kind", EVENT_KINDS, null)];
  return {
    count: Math.min(count, MOST_EVENTS),
    everyMs: durationOf(members, "every") ?? 0,
    afterMs: durationOf(members, "after") ?? 0,
    kind,
    ruleId: optionalText(members, "rule"),
    fields: Object.fromEntries(fields),
  };
}

/** An event of a test, and what it matched. */
export interface TrialEvent {
  readonly event: DetectionEvent;
  readonly matches: readonly RuleMatch[];
}

/** The events of a test in the order of time; `kind` is that of the rule. */
export function* trialEvents(trial: Trial, kind: EventKind): Iterable<TrialEvent> {
  let timeMs = START_MS;
  let offset = 0;
  for (const { count, everyMs, afterMs, fields, ruleId, kind: ownKind } of trial.events) {
    timeMs += afterMs;
    for (let number = 1; number <= count; number++) {
      const values = Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [
          name,
          typeof value === "string" ? value.replaceAll("{n}", String(number)) : value,
        ]),
      );
      yield {
        event: trialEvent(values, timeMs, offset, ownKind ?? kind),
        matches: ruleId === null ? [] : [trialMatch(ruleId)],
      };
      offset += 100;
      if (number < count) timeMs += everyMs;
    }
  }
}

function trialEvent(
  values: Readonly<Record<string, EventValue>>,
  timeMs: number,
  offset: number,
  kind: EventKind,
): DetectionEvent {
  return {
    kind,
    place: { uri: "test", offset, length: 100 },
    isParsed: true,
    timeMs,
    value: (field) => (Object.hasOwn(values, field) ? (values[field] ?? null) : null),
    rawText: () => JSON.stringify(values),
  };
}

function trialMatch(id: string): RuleMatch {
  const rule: EventRule = {
    id,
    title: id,
    description: "",
    severity: "medium",
    phase: "other",
    techniques: [],
    references: [],
    falsePositives: [],
    kinds: [],
    forms: "raw",
    condition: { kind: "all", conditions: [] },
    origin: "test",
  };
  return { rule, field: null, form: [], text: "", start: null, length: null };
}
