/** Times of incidents as text, and which findings belong to them. */
import type { DetectionReport, Finding, Incident } from "#detections";

/** A time as RFC 3339 with milliseconds; what happened at no known time is dated to the beginning of time. */
export function timestampOf(ms: number | null): string {
  return new Date(ms ?? 0).toISOString();
}

/** The findings of an incident, in the order of the report. */
export function findingsOf(incident: Incident, report: DetectionReport): readonly Finding[] {
  const ids = new Set(incident.findingIds);
  return report.findings.filter(({ id }) => ids.has(id));
}

/** What an incident says in a few sentences: what its findings saw, each once. */
export function descriptionOf(incident: Incident, report: DetectionReport): string {
  const sentences = [...new Set(findingsOf(incident, report).map(({ sentence }) => sentence))];
  const shown = sentences.slice(0, 20);
  const more = sentences.length > shown.length ? [`And ${sentences.length - shown.length} more.`] : [];
  return [`${incident.count} events of ${incident.client}.`, ...shown, ...more].join("\n");
}
