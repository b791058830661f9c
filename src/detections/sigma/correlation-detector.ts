/** Correlations of Sigma over the matches of rules, in event time. */

import type { Detector } from "../detector.ts";
import type { DetectionEvent } from "../event.ts";
import type { Evidence, Finding } from "../finding.ts";
import { ACT_FIELDS, actsText } from "../pass/acts.ts";
import { ownText } from "../pass/event-values.ts";
import { compareEvidence, EvidenceKeeper, evidenceOf, shownEvidence } from "../pass/evidence.ts";
import { findingId } from "../pass/stable-id.ts";
import { countText, shortText } from "../pass/words.ts";
import type { RuleMatch } from "../rule.ts";
import { CorrelationWindow } from "./correlation-window.ts";
import type { SigmaCorrelation } from "./sigma-correlation.ts";

/** Keys of one correlation that are remembered; the one that was quiet longest is forgotten first. */
const MOST_KEYS = 100_000;

/**
 * Matches that wait to be put in the order of time: files of a cloud's audit hold it loosely, and are named by when they were written. Some
 * 80 MB when all of them are as long as evidence can be.
 */
const MOST_PENDING = 20_000;

const CLIENT_FIELDS: readonly string[] = ["source.ip", "source.domain"];

/** A match of a rule, with all that correlations ask of its event. */
interface Occurrence {
  readonly ruleId: string;
  readonly timeMs: number;
  readonly values: ReadonlyMap<string, string>;
  readonly client: string | null;
  readonly evidence: Evidence;
}

/** One key of one correlation. */
interface Watched {
  readonly key: Readonly<Record<string, string>>;
  window: CorrelationWindow;
  evidence: EvidenceKeeper;
  /** Null: none is known, or there are several. */
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
  #pending: Occurrence[] = [];
  #complete: Finding[] = [];

  /** @param correlations each behind those that it looks at */
  constructor(correlations: readonly SigmaCorrelation[]) {
    const fields = new Set([...CLIENT_FIELDS, ...ACT_FIELDS]);
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
    const { timeMs } = event;
    if (timeMs === null) return;
    for (const { rule } of matches) {
      if (!this.#byRule.has(rule.id)) continue;
      this.#pending.push(occurrenceOf(event, rule.id, timeMs, this.fields));
      if (this.#pending.length >= MOST_PENDING) this.#feedOldest(MOST_PENDING / 2);
    }
  }

  take(isEnd: boolean): readonly Finding[] {
    this.#feedOldest(this.#pending.length);
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

  #feedOldest(count: number): void {
    const inOrder = this.#pending.sort((a, b) => compareEvidence(a.evidence, b.evidence));
    this.#pending = inOrder.slice(count);
    for (const occurrence of inOrder.slice(0, count)) this.#feed(occurrence.ruleId, occurrence);
  }

  /** Something that correlations may look at has happened: a rule has matched, or a correlation begins to hold. */
  #feed(id: string, occurrence: Occurrence): void {
    for (const correlation of this.#byRule.get(id) ?? []) {
      const key = keyOf(correlation, id, occurrence);
      if (key === null) continue;
      const watched = this.#watch(correlation, key);
      if (this.#count(correlation, watched, id, occurrence)) this.#feed(correlation.head.id, occurrence);
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
  #count(correlation: SigmaCorrelation, watched: Watched, ruleId: string, occurrence: Occurrence): boolean {
    const { timeMs, client, evidence } = occurrence;
    if (watched.events > 0 && timeMs - watched.lastMs > correlation.timespanMs) {
      this.#close(correlation, watched);
      Object.assign(watched, NOTHING_SEEN, {
        evidence: new EvidenceKeeper(),
        window: new CorrelationWindow(correlation),
      });
    }
    const value = correlation.valueFields.length === 0 ? null : textOf(correlation.valueFields, occurrence);
    const holds = watched.window.add({ timeMs, ruleId, value });
    watched.client = watched.events === 0 || watched.client === client ? client : null;
    watched.firstMs = Math.min(watched.firstMs, timeMs);
    watched.lastMs = Math.max(watched.lastMs, timeMs);
    watched.events++;
    if (watched.evidence.wants(timeMs)) watched.evidence.add(evidence);
    if (!holds || watched.heldSinceMs !== null) return false;
    watched.heldSinceMs = timeMs;
    return true;
  }

  #close(correlation: SigmaCorrelation, watched: Watched): void {
    if (watched.heldSinceMs === null) return;
    const { head } = correlation;
    const { key, firstMs, lastMs, events, evidence } = watched;
    const kept = evidence.between(firstMs, lastMs);
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
      sentence: sentenceOf(correlation, key, events, kept),
      evidence: shownEvidence(kept),
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

function occurrenceOf(
  event: DetectionEvent,
  ruleId: string,
  timeMs: number,
  fields: readonly string[],
): Occurrence {
  const values = new Map<string, string>();
  for (const field of fields) {
    const value = event.value(field);
    if (value !== null) values.set(field, ownText(String(value)));
  }
  const client = CLIENT_FIELDS.map((field) => values.get(field)).find((value) => value !== undefined) ?? null;
  return { ruleId, timeMs, values, client, evidence: evidenceOf(event, null) };
}

/** The values that an event is grouped by; null when it does not have one of them. */
function keyOf(
  { groupBy }: SigmaCorrelation,
  ruleId: string,
  occurrence: Occurrence,
): Readonly<Record<string, string>> | null {
  const key: Record<string, string> = {};
  for (const { name, fields } of groupBy) {
    const value = textOf(fields.get(ruleId) ?? fields.get("") ?? [], occurrence);
    if (value === null) return null;
    key[name] = value;
  }
  return key;
}

function textOf(fields: readonly string[], { values }: Occurrence): string | null {
  for (const field of fields) {
    const value = values.get(field);
    if (value !== undefined) return value;
  }
  return null;
}

function sentenceOf(
  correlation: SigmaCorrelation,
  key: Readonly<Record<string, string>>,
  events: number,
  evidence: readonly Evidence[],
): string {
  const by = Object.entries(key).map(([name, value]) => `${name} ${shortText(value)}`);
  const whom = by.length === 0 ? "" : ` by ${by.join(", ")}`;
  const acts = actsText(evidence);
  return `${correlation.head.title}: ${countText(events, "event")}${whom}${acts === null ? "" : `, such as ${acts}`}.`;
}
