/** The part of the pass that gathers matches of rules about single events: one finding per rule and client. */
import type { Finding } from "../finding.ts";
import { ACT_FIELDS, actOf } from "../pass/acts.ts";
import type { EventView } from "../pass/event-view.ts";
import { evidenceOf } from "../pass/evidence.ts";
import type { PassPart } from "../pass/part.ts";
import { isAtLeast, worseOf } from "../pass/severity.ts";
import type { EventRule } from "../rule.ts";
import { matchFindings, overflowFinding } from "./match-findings.ts";
import { MatchRecord, type Overflow } from "./match-record.ts";

/** Who a match belongs to when no client is known. */
const NOBODY = "";

/** Gathers matches per rule and client. At most `limit` pairs of rule and client are held; lighter ones are told together. */
export class MatchPart implements PassPart {
  readonly fields: readonly string[] = ACT_FIELDS;
  readonly kinds = null;
  readonly #limit: number;
  readonly #quietIds: ReadonlySet<string>;
  readonly #records = new Map<EventRule, Map<string, MatchRecord>>();
  readonly #unparsed = new Map<EventRule, MatchRecord>();
  readonly #overflow = new Map<EventRule, Overflow>();
  #size = 0;
  #newestMs = Number.NEGATIVE_INFINITY;

  /** @param quietIds rules that make no findings by themselves: something else looks at what they match */
  constructor(limit: number, quietIds: ReadonlySet<string> = new Set()) {
    this.#limit = limit;
    this.#quietIds = quietIds;
  }

  observe(view: EventView): void {
    const { matches, timeMs } = view;
    if (timeMs !== null && timeMs > this.#newestMs) this.#newestMs = timeMs;
    for (let index = 0; index < matches.length; index++) {
      const match = matches[index];
      if (match === undefined || hasEarlier(view, match.rule, index)) continue;
      if (this.#quietIds.has(match.rule.id)) continue;
      const record = this.#recordOf(view, match.rule);
      record.count(timeMs, view.status, actOf(view.event));
      if (record.wants(timeMs)) record.keep(evidenceOf(view.event, match));
      this.#mark(view, match.rule);
    }
  }

  #mark({ client }: EventView, rule: EventRule): void {
    if (client === null) return;
    if (isAtLeast(rule.severity, "medium")) client.signs++;
    client.worst = worseOf(client.worst, rule.severity);
  }

  #recordOf(view: EventView, rule: EventRule): MatchRecord {
    if (!view.event.isParsed) return recordIn(this.#unparsed, rule, () => new MatchRecord(rule, null, false));
    const name = view.client?.name ?? NOBODY;
    let ofRule = this.#records.get(rule);
    if (ofRule === undefined) {
      ofRule = new Map();
      this.#records.set(rule, ofRule);
    }
    const known = ofRule.get(name);
    if (known !== undefined) return known;
    if (this.#size >= this.#limit) this.#evict();
    const record = new MatchRecord(rule, name === NOBODY ? null : name, true);
    ofRule.set(name, record);
    this.#size++;
    return record;
  }

  take(isEnd: boolean): readonly Finding[] {
    const nowMs = isEnd ? Number.POSITIVE_INFINITY : this.#newestMs;
    const findings: Finding[] = [];
    for (const [rule, ofRule] of this.#records) {
      for (const [name, record] of ofRule) {
        findings.push(...matchFindings(record, nowMs));
        if (!record.isEmpty) continue;
        ofRule.delete(name);
        this.#size--;
      }
      const overflow = this.#overflow.get(rule);
      if (isEnd && overflow !== undefined) findings.push(overflowFinding(rule, overflow));
    }
    for (const record of this.#unparsed.values()) findings.push(...matchFindings(record, nowMs));
    return findings;
  }

  notes(): readonly string[] {
    const clients = [...this.#overflow.values()].reduce((sum, overflow) => sum + overflow.clients, 0);
    return clients === 0
      ? []
      : [
          `More than ${this.#limit} pairs of rule and client matched; ${clients} light ones are told together per rule.`,
        ];
  }

  #evict(): void {
    const all = [...this.#records].flatMap(([rule, ofRule]) =>
      [...ofRule].map(([name, record]) => ({ rule, ofRule, name, record })),
    );
    all.sort((a, b) => b.record.events - a.record.events);
    for (const { rule, ofRule, name, record } of all.slice(Math.floor(this.#limit / 2))) {
      const overflow = recordIn(this.#overflow, rule, () => ({
        clients: 0,
        events: 0,
        firstMs: null,
        lastMs: null,
      }));
      overflow.clients++;
      overflow.events += record.events;
      const { firstMs, lastMs } = record;
      if (firstMs !== null) overflow.firstMs = Math.min(overflow.firstMs ?? firstMs, firstMs);
      if (lastMs !== null) overflow.lastMs = Math.max(overflow.lastMs ?? lastMs, lastMs);
      ofRule.delete(name);
      this.#size--;
    }
  }
}

/** Whether the rule matched the same event before, in another field: the event counts once. */
function hasEarlier({ matches }: EventView, rule: EventRule, index: number): boolean {
  for (let before = 0; before < index; before++) if (matches[before]?.rule === rule) return true;
  return false;
}

function recordIn<Value>(map: Map<EventRule, Value>, rule: EventRule, make: () => Value): Value {
  const known = map.get(rule);
  if (known !== undefined) return known;
  const made = make();
  map.set(rule, made);
  return made;
}
