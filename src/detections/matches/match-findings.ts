/** Findings of matches. */
import type { Finding } from "../finding.ts";
import { actsText } from "../pass/acts.ts";
import { shownEvidence } from "../pass/evidence.ts";
import { outcomeOfAnswers, outcomeOfCalls } from "../pass/outcomes.ts";
import { findingId } from "../pass/stable-id.ts";
import { countText, shortText } from "../pass/words.ts";
import type { EventRule } from "../rule.ts";
import type { MatchRecord, MatchStretch, Overflow } from "./match-record.ts";

/** The findings whose stretches are over by then. */
export function matchFindings(record: MatchRecord, nowMs: number): readonly Finding[] {
  return record.takeOver(nowMs).map((stretch) => matchFinding(record, stretch));
}

function matchFinding(record: MatchRecord, stretch: MatchStretch): Finding {
  const { rule, client, isParsed } = record;
  const { answers, calls } = stretch;
  const isOfCalls = calls.done + calls.refused > 0;
  const key = keyOf(record);
  return {
    ...headOf(rule),
    id: findingId(rule.id, key, stretch.firstMs),
    title: isParsed ? rule.title : `${rule.title} (in bytes that no pattern matched)`,
    outcome: isOfCalls ? outcomeOfCalls(rule.phase, calls) : outcomeOfAnswers(rule.phase, answers),
    client,
    key,
    firstTimeMs: stretch.firstMs,
    lastTimeMs: stretch.lastMs,
    count: stretch.events,
    measures: isOfCalls
      ? { calls_done: calls.done, calls_refused: calls.refused }
      : {
          answered_2xx: answers.answered,
          answered_3xx: answers.redirected,
          answered_4xx_5xx: answers.refused,
        },
    sentence: sentenceOf(record, stretch),
    evidence: shownEvidence(record.evidenceOf(stretch)),
  };
}

/** The finding that tells of those that found no room. */
export function overflowFinding(rule: EventRule, overflow: Overflow): Finding {
  const key = { clients: "others" };
  return {
    ...headOf(rule),
    id: findingId(rule.id, key, null),
    outcome: "unknown",
    client: null,
    key,
    firstTimeMs: overflow.firstMs,
    lastTimeMs: overflow.lastMs,
    count: overflow.events,
    measures: { clients: overflow.clients },
    sentence: `${rule.title}: ${countText(overflow.events, "event")} of ${countText(overflow.clients, "further client")}.`,
    evidence: [],
  };
}

function headOf(rule: EventRule) {
  return {
    ruleId: rule.id,
    title: rule.title,
    kind: "signature",
    severity: rule.severity,
    phase: rule.phase,
    techniques: rule.techniques,
  } as const;
}

function keyOf({ client, isParsed }: MatchRecord): Readonly<Record<string, string>> {
  if (!isParsed) return { event: "unparsed" };
  return client === null ? {} : { client };
}

function sentenceOf(record: MatchRecord, stretch: MatchStretch): string {
  const who = record.isParsed ? (record.client ?? "An unknown client") : "Bytes that no pattern matched";
  const evidence = record.evidenceOf(stretch);
  const first = shownEvidence(evidence).find(({ matchedText }) => matchedText !== null);
  const quoted = first?.matchedText ? JSON.stringify(shortText(first.matchedText)) : null;
  const shown = actsText(evidence) ?? quoted;
  const lead = stretch.events === 1 && evidence.some(({ act }) => act !== undefined) ? ": " : ", such as ";
  const what = shown === null ? "" : `${lead}${shown}`;
  return `${who}: ${record.rule.title}, ${countText(stretch.events, "event")}${what}.`;
}
