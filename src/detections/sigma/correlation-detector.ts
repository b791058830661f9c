/** Correlations of Sigma over the matches of rules, in event time. */

import type { Detector } from "../detector.ts";
import type { DetectionEvent } from "../event.ts";
import type { Finding } from "../finding.ts";
import { EvidenceKeeper, evidenceOf, shownEvidence } from "../pass/evidence.ts";
import { findingId } from "../pass/stable-id.ts";
import type { RuleMatch } from "../rule.ts";
import { CorrelationWindow } from "./correlation-window.ts";
import type { SigmaCorrelation } from "./sigma-correlation.ts";

/** Keys of one correlation that are remembered; the one that was quiet longest is forgotten first. */
const MOST_KEYS = 100_000;

/** One key of one correlation. */
interface Watched {
  readonly key: Readonly<Record<string, string>>;
  readonly window: CorrelationWindow;
  evidence: EvidenceKeeper;
  client: string | null;
  events: number;
  firstMs: number;
  lastMs: number;
  /** Since when it holds; null: it does not. */
  heldSinceMs: number | null;
}

/** Tells a finding for every key and every stretch of time in which a correlation holds. */
export class CorrelationDetector implements Detector {
  readonly fields: readonly string[];
  readonly #byRule = new Map<string, SigmaCorrelation[]>();
  readonly #watched = new Map<SigmaCorrelation, Map<string, Watched>>();
  #complete: Finding[] = [];

  /** @param correlations each behind those that it looks at */
  constructor(correlations: readonly SigmaCorrelation[]) {
    const fields = new Set(["source.ip"]);
    for (const correlation of correlations) {
      this.#watched.set(correlation, new Map());
      for (const id of new Set(correlation.rules))
        this.#byRule.set(id, [...(this.#byRule.get(id) ?? []), correlation]);
      for (const { fields: own } of correlation.groupBy)
        for (const list of own.values()) for (const field of list) fields.add(field);
      for (const field of correlation.valueFields) fields.add(field);
    }
    this.fields = [...fields];
  }

  observe(event: DetectionEvent, matches: readonly RuleMatch[]): void {
    for (const { rule } of matches) this.#feed(rule.id, event);
  }

  take(isEnd: boolean): readonly Finding[] {
    if (isEnd) {
      for (const [correlation, keys] of this.#watched) {
        for (const watched of keys.values()) this.#close(correlation, watched);
        keys.clear();
      }
    }
    const complete = this.#complete;
    this.#complete = [];
    return complete;
  }

  /** Something that correlations may look at has happened: a rule has matched, or a correlation begins to hold. */
  #feed(id: string, event: DetectionEvent): void {
    const correlations = this.#byRule.get(id);
    if (correlations === undefined || event.timeMs === null) return;
    for (const correlation of correlations) {
      const key = keyOf(correlation, id, event);
      if (key === null) continue;
      const watched = this.#watch(correlation, key);
      const isNew = this.#count(correlation, watched, id, event, event.timeMs);
      if (isNew) this.#feed(correlation.head.id, event);
    }
  }

  #watch(correlation: SigmaCorrelation, key: Readonly<Record<string, string>>): Watched {
    const keys = this.#watched.get(correlation) ?? new Map<string, Watched>();
    const name = JSON.stringify(Object.values(key));
    const known = keys.get(name);
    if (known !== undefined) {
      keys.delete(name);
      keys.set(name, known);
      return known;
    }
    if (keys.size >= MOST_KEYS) {
      const [oldest] = keys;
      if (oldest !== undefined) {
        this.#close(correlation, oldest[1]);
        keys.delete(oldest[0]);
      }
    }
    const window = new CorrelationWindow(correlation);
    const watched: Watched = { key, window, ...NOTHING_SEEN, evidence: new EvidenceKeeper() };
    keys.set(name, watched);
    return watched;
  }

  /** Adds an event; true when the correlation begins to hold with it. */
  #count(
    correlation: SigmaCorrelation,
    watched: Watched,
    ruleId: string,
    event: DetectionEvent,
    timeMs: number,
  ): boolean {
    if (watched.events > 0 && timeMs - watched.lastMs > correlation.timespanMs) {
      this.#close(correlation, watched);
      Object.assign(watched, NOTHING_SEEN, { evidence: new EvidenceKeeper() });
    }
    const value = correlation.valueFields.length === 0 ? null : textOf(correlation.valueFields, event);
    const holds = watched.window.add({ timeMs, ruleId, value });
    if (watched.events === 0) watched.firstMs = timeMs;
    watched.firstMs = Math.min(watched.firstMs, timeMs);
    watched.lastMs = Math.max(watched.lastMs, timeMs);
    watched.events++;
    watched.client ??= textOf(["source.ip"], event);
    if (watched.evidence.wants(timeMs)) watched.evidence.add(evidenceOf(event, null));
    if (!holds || watched.heldSinceMs !== null) return false;
    watched.heldSinceMs = timeMs;
    return true;
  }

  #close(correlation: SigmaCorrelation, watched: Watched): void {
    if (watched.heldSinceMs === null) return;
    const { head } = correlation;
    const { key, firstMs, lastMs, events, evidence } = watched;
    this.#complete.push({
      id: findingId(head.id, key, firstMs),
      ruleId: head.id,
      title: head.title,
      kind: "correlation",
      severity: head.severity,
      phase: head.phase,
      outcome: "unknown",
      techniques: head.techniques,
      client: watched.client,
      key,
      firstTimeMs: firstMs,
      lastTimeMs: lastMs,
      count: events,
      measures: { events },
      sentence: sentenceOf(correlation, key, events),
      evidence: shownEvidence(evidence.between(firstMs, lastMs)),
    });
  }
}

const NOTHING_SEEN = {
  client: null,
  events: 0,
  firstMs: Number.POSITIVE_INFINITY,
  lastMs: Number.NEGATIVE_INFINITY,
  heldSinceMs: null,
};

/** The values that an event is grouped by; null when it does not have one of them. */
function keyOf(
  { groupBy }: SigmaCorrelation,
  ruleId: string,
  event: DetectionEvent,
): Readonly<Record<string, string>> | null {
  const key: Record<string, string> = {};
  for (const { name, fields } of groupBy) {
    const value = textOf(fields.get(ruleId) ?? fields.get("") ?? [], event);
    if (value === null) return null;
    key[name] = value;
  }
  return key;
}

function textOf(fields: readonly string[], event: DetectionEvent): string | null {
  for (const field of fields) {
    const value = event.value(field);
    if (value !== null) return String(value);
  }
  return null;
}

function sentenceOf(
  correlation: SigmaCorrelation,
  key: Readonly<Record<string, string>>,
  events: number,
): string {
  const by = Object.entries(key).map(([name, value]) => `${name} ${value}`);
  const whom = by.length === 0 ? "" : ` by ${by.join(", ")}`;
  return `${correlation.head.title}: ${events} events${whom}.`;
}
