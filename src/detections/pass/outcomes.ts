/** Whether it worked, by what the log says of the answers. */
import type { Outcome, Phase } from "../finding.ts";

/** Answers to events: 2xx, 3xx, errors, and those without a status. */
export interface AnswerCounts {
  answered: number;
  redirected: number;
  refused: number;
  unknown: number;
}

/** No answers. */
export function noAnswerCounts(): AnswerCounts {
  return { answered: 0, redirected: 0, refused: 0, unknown: 0 };
}

/** What came of calls that the audit of a cloud tells of. */
export interface CallCounts {
  done: number;
  refused: number;
}

/** Phases in which a call that was done shows no more than that somebody asked. */
const ASKING: ReadonlySet<Phase> = new Set(["reconnaissance", "probe"]);

/** The outcome of calls of one phase. */
export function outcomeOfCalls(phase: Phase, { done }: CallCounts): Outcome {
  if (done === 0) return "failed";
  return ASKING.has(phase) ? "attempted" : "succeeded";
}

/** Counts an answer. */
export function countAnswer(counts: AnswerCounts, status: number | null): void {
  if (status === null || status < 200) counts.unknown++;
  else if (status < 300) counts.answered++;
  else if (status < 400) counts.redirected++;
  else counts.refused++;
}

/** Phases in which an answer of 2xx is the success: what was asked for is there. In others it only shows that something answered. */
const ANSWER_IS_SUCCESS: ReadonlySet<Phase> = new Set(["access", "exfiltration"]);

/** The outcome of events of one phase. */
export function outcomeOfAnswers(phase: Phase, counts: AnswerCounts): Outcome {
  if (counts.answered > 0) return ANSWER_IS_SUCCESS.has(phase) ? "succeeded" : "attempted";
  if (counts.redirected > 0) return "attempted";
  if (counts.refused > 0) return "failed";
  return phase === "reconnaissance" || phase === "probe" ? "attempted" : "unknown";
}
