/** One run of detections over log files: scan, rules, detectors, report. */
import type { Pattern } from "#language";
import type { ScanInput, ScanProgress, ScanSummary, ScanThreads, ScanWarning, ShippedFormat } from "#records";
import type { Detector } from "../detector.ts";
import type { RuleEngine } from "../engine/rule-engine.ts";
import { type EventScanTask, scanEvents } from "../engine/scan-events.ts";
import { unmetRules } from "../engine/unmet-rules.ts";
import type { DetectionEvent } from "../event.ts";
import type { DetectionReport } from "../finding.ts";
import type { PromotionRule } from "../promotion/promotion-rule.ts";
import type { RuleMatch } from "../rule.ts";
import { fillEvidence } from "./fill-evidence.ts";
import { finishReport } from "./finish-report.ts";
import { RecordFiles } from "./record-files.ts";

/** Sources of one format. */
export interface LogGroup {
  readonly format: ShippedFormat;
  readonly pattern: Pattern;
  readonly inputs: readonly ScanInput[];
}

/** What is run. */
export interface DetectionTask {
  readonly groups: readonly LogGroup[];
  readonly engine: RuleEngine;
  /** Given every event; none: only matches of rules are looked for, which is faster. */
  readonly detectors: readonly Detector[];
  readonly promotions: readonly PromotionRule[];
  readonly timeZone: string;
  readonly threads: number;
  readonly workers?: ScanThreads;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ScanProgress) => void;
  /** Called for every event that a rule matches, in the order of the logs. */
  readonly onMatch?: (event: DetectionEvent, matches: readonly RuleMatch[]) => void;
}

/** What came of a run. */
export interface DetectionRun {
  readonly report: DetectionReport;
  readonly warnings: readonly ScanWarning[];
}

/** Who it was is told with every match. */
const CLIENT_FIELDS = ["source.ip", "source.domain"];

/** Runs detections. Groups are read one after the other; findings do not depend on their order. */
export async function runDetection(task: DetectionTask): Promise<DetectionRun> {
  const { engine, detectors } = task;
  const clock = new EventClock();
  let unmet: ReadonlySet<string> = new Set();
  const visit = (event: DetectionEvent) => {
    clock.see(event.timeMs);
    const matches = metMatches(engine.match(event), event, unmet);
    if (matches.length > 0) task.onMatch?.(event, matches);
    for (const detector of detectors) detector.observe(event, matches);
  };
  const fields = [
    ...new Set([...CLIENT_FIELDS, ...engine.fields, ...detectors.flatMap((detector) => detector.fields)]),
  ];
  const summaries: ScanSummary[] = [];
  for (const group of task.groups) {
    const before = totalOf(summaries);
    unmet = new Set(unmetRules(group, engine.rules, []).map(({ id }) => id));
    const { onProgress } = task;
    const summary = await scanEvents(
      {
        ...group,
        fields,
        ...sieveOf(task),
        wantsText: engine.readsText,
        timeZone: task.timeZone,
        threads: task.threads,
        ...(task.workers === undefined ? {} : { workers: task.workers }),
        signal: task.signal,
        ...(onProgress === undefined
          ? {}
          : { onProgress: (progress) => onProgress(sumOf(before, progress)) }),
      },
      visit,
    );
    summaries.push(summary);
  }
  const files = new RecordFiles(task.groups.flatMap(({ inputs }) => inputs));
  const found = detectors.flatMap((detector) => [...detector.take(true)]);
  const findings = fillEvidence(found, (uri, offset, length) => files.read(uri, offset, length));
  files.close();
  const total = totalOf(summaries);
  const account = {
    files: total.files,
    bytes: total.bytes,
    records: total.records,
    unmatchedBytes: total.unmatchedBytes,
    skippedBytes: summaries.reduce((sum, { skippedBytes }) => sum + skippedBytes, 0),
    formats: [...new Set(task.groups.map(({ format }) => format.title))],
    firstTimeMs: clock.firstMs,
    lastTimeMs: clock.lastMs,
    notes: [...engine.notes(), ...detectors.flatMap((detector) => detector.notes?.() ?? [])],
  };
  return {
    report: finishReport(findings, account, task.promotions),
    warnings: summaries.flatMap(({ warnings }) => warnings),
  };
}

/** Without rules that rest on a field which the format does not have: that it is empty there says nothing. */
function metMatches(
  matches: readonly RuleMatch[],
  { isParsed }: DetectionEvent,
  unmet: ReadonlySet<string>,
): readonly RuleMatch[] {
  if (unmet.size === 0 || matches.length === 0 || !isParsed) return matches;
  return matches.filter(({ rule }) => !unmet.has(rule.id));
}

/** Only marked events are read where nobody else wants the others. */
function sieveOf({ engine, detectors }: DetectionTask): Pick<EventScanTask, "sieve" | "onlyMarked"> {
  return { sieve: engine.sieve, onlyMarked: detectors.length === 0 && engine.unsieved.length === 0 };
}

class EventClock {
  firstMs: number | null = null;
  lastMs: number | null = null;

  see(timeMs: number | null): void {
    if (timeMs === null) return;
    if (this.firstMs === null || timeMs < this.firstMs) this.firstMs = timeMs;
    if (this.lastMs === null || timeMs > this.lastMs) this.lastMs = timeMs;
  }
}

const NOTHING: ScanProgress = { files: 0, bytes: 0, records: 0, unmatchedBytes: 0 };

function sumOf(first: ScanProgress, second: ScanProgress): ScanProgress {
  return {
    files: first.files + second.files,
    bytes: first.bytes + second.bytes,
    records: first.records + second.records,
    unmatchedBytes: first.unmatchedBytes + second.unmatchedBytes,
  };
}

function totalOf(summaries: readonly ScanProgress[]): ScanProgress {
  return summaries.reduce(sumOf, NOTHING);
}
