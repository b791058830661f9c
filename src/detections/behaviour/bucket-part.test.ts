import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Finding } from "../finding.ts";
import { eventsOfLog, type TestEvent } from "../log-events.testing.ts";
import { clientOf } from "../pass/client-identity.ts";
import { ClientTable } from "../pass/client-table.ts";
import { PageTable } from "../pass/page-table.ts";
import { DetectionPass } from "../pass/pass.ts";
import { detectLog } from "../run/detect.testing.ts";
import { BucketPart } from "./bucket-part.ts";
import type { BucketRule, Drain } from "./bucket-rule.ts";

const START_MS = Date.UTC(2026, 9, 1);

function ruleOf(limit: number, drain: Drain, more: Partial<BucketRule> = {}): BucketRule {
  return {
    id: "test",
    title: "Test",
    description: "",
    severity: "low",
    phase: "other",
    techniques: [],
    references: [],
    falsePositives: [],
    kinds: [],
    ruleIds: [],
    condition: {
      kind: "field",
      field: "event.action",
      test: { kind: "equals", text: "failed", isCased: true },
    },
    keys: ["client"],
    distinct: null,
    limit,
    drain,
    coolDownMs: 60_000,
    followedBy: null,
    sentence: null,
    origin: "test",
    ...more,
  };
}

function passOf(rule: BucketRule, lateMs: number | null, pendingEvents = 1_000_000): DetectionPass {
  const clients: ClientTable = new ClientTable(1_000, () => {});
  const part = new BucketPart([rule], () => clients.all(), { lateMs, pendingEvents, keys: 100 });
  return new DetectionPass({ clients, pages: new PageTable(1_000), clientOf: clientOf([]), parts: [part] });
}

/** Failed logins at these seconds; `user` tells them apart. */
function failures(seconds: readonly number[], ip = "203.0.113.9"): readonly TestEvent[] {
  const lines = seconds.map(
    (at, index) => `${new Date(START_MS + at * 1000).toISOString()} failed u${index} ${ip}`,
  );
  return eventsOfLog(lines.join("\n"), "a.log");
}

function findingsOf(
  rule: BucketRule,
  events: readonly TestEvent[],
  lateMs: number | null = null,
): readonly Finding[] {
  const pass = passOf(rule, lateMs);
  const found: Finding[] = [];
  for (const { event, matches } of events) {
    pass.observe(event, matches);
    if (lateMs !== null) found.push(...pass.take(false));
  }
  return [...found, ...pass.take(true)];
}

const brief = (findings: readonly Finding[]) =>
  findings.map(({ firstTimeMs, lastTimeMs, count }) => [
    ((firstTimeMs ?? 0) - START_MS) / 1000,
    ((lastTimeMs ?? 0) - START_MS) / 1000,
    count,
  ]);

describe("a bucket", () => {
  test("that leaks allows its limit, and one event more per leak", () => {
    const rule = ruleOf(3, { kind: "leak", everyMs: 10_000 });
    expect(brief(findingsOf(rule, failures([0, 1, 2])))).toEqual([]);
    expect(brief(findingsOf(rule, failures([0, 1, 2, 3])))).toEqual([[0, 3, 4]]);
    expect(brief(findingsOf(rule, failures([0, 1, 2, 10])))).toEqual([]);
    expect(brief(findingsOf(rule, failures([0, 10, 20, 30, 40, 50])))).toEqual([]);
  });

  test("with a window counts both of its ends", () => {
    const rule = ruleOf(2, { kind: "window", withinMs: 10_000 });
    expect(brief(findingsOf(rule, failures([0, 5, 10])))).toEqual([[0, 10, 3]]);
    expect(brief(findingsOf(rule, failures([0, 5, 11])))).toEqual([]);
  });

  test("counts distinct values only, in windows by their last time", () => {
    const distinct = ruleOf(
      2,
      { kind: "window", withinMs: 10_000 },
      { distinct: "source.ip", keys: ["event.action"] },
    );
    const events = [
      ...failures([0, 1, 2, 3]),
      ...failures([4], "203.0.113.10"),
      ...failures([13, 14], "203.0.113.11"),
    ];
    expect(brief(findingsOf(distinct, events))).toEqual([[3, 14, 4]]);
  });

  test("tells one finding until it has cooled down", () => {
    const rule = ruleOf(1, { kind: "leak", everyMs: 1_000 });
    const findings = findingsOf(rule, failures([0, 0, 30, 60, 200, 200, 200]));
    expect(brief(findings)).toEqual([
      [0, 60, 4],
      [200, 200, 3],
    ]);
    expect(new Set(findings.map(({ id }) => id)).size).toBe(2);
  });

  test("gives the same findings for any order of events", () => {
    const rule = ruleOf(3, { kind: "leak", everyMs: 5_000 }, { coolDownMs: 20_000 });
    const seconds = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 60 });
    fc.assert(
      fc.property(seconds, fc.infiniteStream(fc.integer()), (times, keys) => {
        const inOrder = failures(times.toSorted((a, b) => a - b));
        const shuffled = inOrder
          .map((item) => ({ item, key: keys.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ item }) => item);
        expect(findingsOf(rule, shuffled)).toEqual(findingsOf(rule, inOrder));
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  test("gives the same findings in a stream whose events are late within the bound", () => {
    const rule = ruleOf(3, { kind: "window", withinMs: 10_000 }, { coolDownMs: 20_000 });
    const delayed = fc.array(fc.tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 29 })), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(delayed, (items) => {
        const inOrder = failures(items.map(([at]) => at).toSorted((a, b) => a - b));
        const arrival = items.toSorted((a, b) => a[0] + a[1] - (b[0] + b[1])).map(([at]) => at);
        const strip = (findings: readonly Finding[]) =>
          findings
            .map(({ evidence: _, ...rest }) => rest)
            .sort((a, b) => (a.firstTimeMs ?? 0) - (b.firstTimeMs ?? 0));
        expect(strip(findingsOf(rule, failures(arrival), 30_000))).toEqual(strip(findingsOf(rule, inOrder)));
      }),
      { seed: 12, numRuns: 200 },
    );
  });

  test("tells of events that came later than it waits", () => {
    const pass = passOf(ruleOf(3, { kind: "leak", everyMs: 5_000 }), 10_000);
    for (const { event } of failures([0, 100, 200])) {
      pass.observe(event, []);
      pass.take(false);
    }
    for (const { event } of failures([50])) pass.observe(event, []);
    expect(pass.notes()).toEqual([
      "1 event came later than rules wait for them; they were counted, but stretches across the gap may be told short.",
    ]);
  });

  test("holds no more events than it may, and says so", () => {
    const pass = passOf(ruleOf(1_000_000, { kind: "leak", everyMs: 1_000 }), null, 100);
    for (const { event } of failures(Array.from({ length: 1_000 }, (_, index) => index * 60)))
      pass.observe(event, []);
    expect(pass.notes()).toHaveLength(1);
    expect(pass.notes()[0]).toContain("More than 100 events waited");
  });
});

describe("packets", () => {
  const packet = (second: number, port: number, flags: string) =>
    `Oct  1 00:00:${String(second).padStart(2, "0")} gate kernel: IN=eth0 OUT= SRC=203.0.113.40 DST=192.0.2.4 LEN=60 PROTO=TCP SPT=443 DPT=${port} WINDOW=1024 RES=0x00 ${flags} URGP=0 `;
  const ports = Array.from({ length: 50 }, (_, index) => index);

  test("that answer are no scan", () => {
    for (const flags of ["ACK SYN", "RST", "ACK RST"]) {
      expect(
        detectLog(ports.map((port) => packet(port, 1000 + port, flags)).join("\n")).report.findings,
      ).toEqual([]);
    }
  });

  test("that ask many ports are one", () => {
    const { findings } = detectLog(
      ports.map((port) => packet(Math.floor(port / 4), 1000 + port, "SYN")).join("\n"),
    ).report;
    expect(
      findings.map(({ ruleId, client, measures }) => [ruleId, client, measures["distinct_values"]]),
    ).toEqual([["behaviour-port-scan", "203.0.113.40", 50]]);
  });
});
