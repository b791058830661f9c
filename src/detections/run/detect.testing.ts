/** Runs detectors over small logs, for tests. */
import type { DetectionAccount, DetectionReport, Finding } from "../finding.ts";
import { eventsOfLog, TEST_RULES, type TestEvent } from "../log-events.testing.ts";
import { finishReport } from "./finish-report.ts";
import { type DetectorOptions, makeDetectors } from "./make-detectors.ts";
import { loadBucketRules, loadPromotionRules } from "./shipped-rules.ts";

/** An account of nothing. */
export const EMPTY_ACCOUNT: DetectionAccount = {
  files: 0,
  bytes: 0,
  records: 0,
  unmatchedBytes: 0,
  skippedBytes: 0,
  formats: [],
  firstTimeMs: null,
  lastTimeMs: null,
  notes: [],
};

/** What a run gave. */
export interface TestRun {
  readonly report: DetectionReport;
  readonly notes: readonly string[];
}

/** The shipped rules, and nothing else. */
export function shippedOptions(): DetectorOptions {
  return { bucketRules: loadBucketRules().map(({ rule }) => rule), promotions: loadPromotionRules() };
}

/** Gives events to the detectors of a run, and makes its report. */
export function detectEvents(events: Iterable<TestEvent>, options: DetectorOptions): TestRun {
  const detectors = makeDetectors(options);
  for (const { event, matches } of events) for (const detector of detectors) detector.observe(event, matches);
  const findings: Finding[] = detectors.flatMap((detector) => [...detector.take(true)]);
  const notes = detectors.flatMap((detector) => detector.notes?.() ?? []);
  return { report: finishReport(findings, { ...EMPTY_ACCOUNT, notes }, options.promotions), notes };
}

/** Detects in the text of a log, with the shipped rules and the signatures of tests. */
export function detectLog(text: string, options: Partial<DetectorOptions> = {}): TestRun {
  return detectEvents(eventsOfLog(text, "test.log", TEST_RULES), { ...shippedOptions(), ...options });
}
