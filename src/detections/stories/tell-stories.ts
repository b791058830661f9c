/** Stories: what each client did, in the order of an attack. */
import type { Finding, Outcome, Phase, Story } from "../finding.ts";
import { compareTexts } from "../pass/evidence.ts";
import { severityRank, worseOf } from "../pass/severity.ts";
import { countText, timeText } from "../pass/words.ts";
import { PHASES } from "../rule-text/rule-words.ts";
import { findingsOfClients, firstTimeOf, lastTimeOf } from "./findings-of-clients.ts";

/** Findings that a phase's sentences tell of; the report holds all. */
const TOLD_PER_PHASE = 4;

/** How phases are called in sentences. */
const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  reconnaissance: "Looked around",
  probe: "Probed",
  "credential-access": "Tried to get passwords",
  exploit: "Attacked",
  upload: "Uploaded",
  access: "Got in",
  "command-and-control": "Stayed in contact",
  exfiltration: "Took data",
  removal: "Removed traces",
  other: "Besides",
};

/** One story per client that findings name, the worst first. */
export function tellStories(findings: readonly Finding[]): readonly Story[] {
  const stories = [...findingsOfClients(findings)].map(([client, own]) => tellStory(client, own));
  return stories.sort(
    (a, b) =>
      severityRank(b.severity) - severityRank(a.severity) ||
      OUTCOME_ORDER.indexOf(a.outcome) - OUTCOME_ORDER.indexOf(b.outcome) ||
      (a.firstTimeMs ?? 0) - (b.firstTimeMs ?? 0) ||
      compareTexts(a.client, b.client),
  );
}

const OUTCOME_ORDER: readonly Outcome[] = ["succeeded", "attempted", "failed", "unknown"];

function tellStory(client: string, findings: readonly Finding[]): Story {
  const phases = PHASES.flatMap((phase) => {
    const own = inOrder(findings.filter((finding) => finding.phase === phase));
    return own.length === 0 ? [] : [{ phase, own }];
  });
  const outcome = outcomeOf(findings);
  const lists = findings[0]?.clientLists;
  return {
    client,
    ...(lists === undefined ? {} : { clientLists: lists }),
    severity: findings.reduce(
      (worst, { severity }) => worseOf(worst, severity),
      findings[0]?.severity ?? "informational",
    ),
    outcome,
    firstTimeMs: firstTimeOf(findings),
    lastTimeMs: lastTimeOf(findings),
    events: findings.reduce((sum, { count }) => sum + count, 0),
    phases: phases.map(({ phase, own }) => ({ phase, findingIds: own.map(({ id }) => id) })),
    sentences: [...phases.map(({ phase, own }) => sentenceOf(phase, own)), OUTCOME_SENTENCES[outcome]],
  };
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort(
    (a, b) =>
      (a.firstTimeMs ?? 0) - (b.firstTimeMs ?? 0) ||
      severityRank(b.severity) - severityRank(a.severity) ||
      compareTexts(a.id, b.id),
  );
}

/** What the findings say together: one that worked is enough; a password guessed or a page that gave in makes tries a success. */
function outcomeOf(findings: readonly Finding[]): Outcome {
  for (const outcome of ["succeeded", "attempted", "failed"] as const) {
    if (findings.some((finding) => finding.outcome === outcome)) return outcome;
  }
  return "unknown";
}

const OUTCOME_SENTENCES: Readonly<Record<Outcome, string>> = {
  succeeded: "It worked, by what the log says.",
  attempted: "Whether it worked the log does not say.",
  failed: "It failed: everything was refused.",
  unknown: "The log does not say what came of it.",
};

function sentenceOf(phase: Phase, findings: readonly Finding[]): string {
  const bySeverity = [...findings].sort((a, b) => severityRank(b.severity) - severityRank(a.severity));
  const told = inOrder(bySeverity.slice(0, TOLD_PER_PHASE)).map(({ sentence }) => sentence);
  const more = findings.length - told.length;
  const first = firstTimeOf(findings);
  const when = first === null ? "" : ` (from ${timeText(first)})`;
  const rest = more > 0 ? ` And ${countText(more, "finding")} more.` : "";
  return `${PHASE_WORDS[phase]}${when}: ${told.join(" ")}${rest}`;
}
