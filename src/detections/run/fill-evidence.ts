/** Texts of evidence that was kept by its place alone. */
import type { Evidence, Finding } from "../finding.ts";

/** Reads a record again, cut where evidence is; null when it cannot be read, such as in compressed sources. */
export type ReadRecord = (uri: string, offset: number, length: number) => string | null;

/** Records are read up to so many bytes: longer ones are cut in evidence. */
const MOST_BYTES = 16_384;

/** The findings with the texts of all their evidence, where they can be read. Cost: one read per record that is shown without text. */
export function fillEvidence(findings: readonly Finding[], read: ReadRecord): readonly Finding[] {
  return findings.map((finding) =>
    finding.evidence.some(isEmpty)
      ? { ...finding, evidence: finding.evidence.map((evidence) => filled(evidence, read)) }
      : finding,
  );
}

function isEmpty({ rawText, length }: Evidence): boolean {
  return rawText === "" && length > 0;
}

function filled(evidence: Evidence, read: ReadRecord): Evidence {
  if (!isEmpty(evidence)) return evidence;
  const text = read(evidence.uri, evidence.offset, Math.min(evidence.length, MOST_BYTES));
  return text === null ? evidence : { ...evidence, rawText: text.slice(0, 4096) };
}
