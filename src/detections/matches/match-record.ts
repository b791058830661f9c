/** Matches of one rule by one client, in stretches of time with a pause between them. */
import type { Act, Evidence } from "../finding.ts";
import { EvidenceKeeper } from "../pass/evidence.ts";
import { type AnswerCounts, type CallCounts, countAnswer, noAnswerCounts } from "../pass/outcomes.ts";
import type { EventRule } from "../rule.ts";

/** After so long without a match the finding is complete, and the next match begins a new one. */
export const MATCH_PAUSE_MS = 86_400_000;

/** A stretch of time with matches. Times are null for events that tell none. */
export interface MatchStretch {
  firstMs: number | null;
  lastMs: number | null;
  events: number;
  readonly answers: AnswerCounts;
  /** Of calls in the audit of a cloud. */
  readonly calls: CallCounts;
}

/** What was let go of one rule, of all clients together. */
export interface Overflow {
  clients: number;
  events: number;
  firstMs: number | null;
  lastMs: number | null;
}

/** Counts whatever order events come in: stretches that grow together become one. */
export class MatchRecord {
  readonly rule: EventRule;
  readonly client: string | null;
  readonly isParsed: boolean;
  readonly #evidence = new EvidenceKeeper();
  /** Most stretches are the last one; in the order of time otherwise. */
  #stretches: MatchStretch[] = [];

  constructor(rule: EventRule, client: string | null, isParsed: boolean) {
    this.rule = rule;
    this.client = client;
    this.isParsed = isParsed;
  }

  get events(): number {
    return this.#stretches.reduce((sum, { events }) => sum + events, 0);
  }

  get isEmpty(): boolean {
    return this.#stretches.length === 0;
  }

  get firstMs(): number | null {
    return this.#stretches.find(({ firstMs }) => firstMs !== null)?.firstMs ?? null;
  }

  get lastMs(): number | null {
    return this.#stretches.at(-1)?.lastMs ?? null;
  }

  /** Counts a match; `status` is what was answered, `act` the call that was made. */
  count(timeMs: number | null, status: number | null, act: Act | null): void {
    const stretch = this.#stretchAt(timeMs);
    stretch.events++;
    if (act === null) countAnswer(stretch.answers, status);
    else if (act.refusal === null) stretch.calls.done++;
    else stretch.calls.refused++;
  }

  wants(timeMs: number | null): boolean {
    return this.#evidence.wants(timeMs);
  }

  keep(evidence: Evidence): void {
    this.#evidence.add(evidence);
  }

  evidenceOf({ firstMs, lastMs }: MatchStretch): readonly Evidence[] {
    return this.#evidence.between(firstMs, lastMs);
  }

  /** The stretches that are over by then; they are let go. */
  takeOver(nowMs: number): readonly MatchStretch[] {
    const over = this.#stretches.filter(
      ({ lastMs }) =>
        nowMs === Number.POSITIVE_INFINITY || (lastMs !== null && nowMs - lastMs > MATCH_PAUSE_MS),
    );
    if (over.length === 0) return over;
    this.#stretches = this.#stretches.filter((stretch) => !over.includes(stretch));
    return over;
  }

  #stretchAt(timeMs: number | null): MatchStretch {
    const last = this.#stretches.at(-1);
    if (last !== undefined && covers(last, timeMs)) {
      if (timeMs !== null && timeMs > (last.lastMs ?? timeMs)) last.lastMs = timeMs;
      if (timeMs === null || timeMs >= (last.firstMs ?? timeMs)) return last;
    }
    return this.#placed(timeMs);
  }

  #placed(timeMs: number | null): MatchStretch {
    const joined: MatchStretch = {
      firstMs: timeMs,
      lastMs: timeMs,
      events: 0,
      answers: noAnswerCounts(),
      calls: { done: 0, refused: 0 },
    };
    const apart: MatchStretch[] = [];
    for (const stretch of this.#stretches) {
      if (!covers(stretch, timeMs)) {
        apart.push(stretch);
        continue;
      }
      joined.firstMs = minOf(joined.firstMs, stretch.firstMs);
      joined.lastMs = maxOf(joined.lastMs, stretch.lastMs);
      joined.events += stretch.events;
      joined.answers.answered += stretch.answers.answered;
      joined.answers.redirected += stretch.answers.redirected;
      joined.answers.refused += stretch.answers.refused;
      joined.answers.unknown += stretch.answers.unknown;
      joined.calls.done += stretch.calls.done;
      joined.calls.refused += stretch.calls.refused;
    }
    this.#stretches = [...apart, joined].sort((a, b) => (a.firstMs ?? -1) - (b.firstMs ?? -1));
    return joined;
  }
}

function covers({ firstMs, lastMs }: MatchStretch, timeMs: number | null): boolean {
  if (timeMs === null || firstMs === null || lastMs === null) return timeMs === firstMs;
  return timeMs >= firstMs - MATCH_PAUSE_MS && timeMs <= lastMs + MATCH_PAUSE_MS;
}

function minOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function maxOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
