/** A report of detections, for tests. */
import type { DetectionReport, Finding, Severity } from "#detections";

/** A finding about a client. */
export function findingOf(client: string | null, severity: Severity, title: string): Finding {
  return {
    id: `${client}-${title}`,
    ruleId: title.toLowerCase().replaceAll(" ", "-"),
    title,
    kind: "signature",
    severity,
    phase: "exploit",
    outcome: "attempted",
    techniques: ["T1190"],
    client,
    key: {},
    firstTimeMs: Date.UTC(2026, 9, 1),
    lastTimeMs: Date.UTC(2026, 9, 1, 1),
    count: 11,
    measures: {},
    sentence: `${client}: ${title}.`,
    evidence: [
      {
        uri: "access.log",
        offset: 17,
        length: 40,
        timeMs: Date.UTC(2026, 9, 1),
        rawText: `${client} "GET /<script>alert(1)</script> --><!-- ]]> \u2028"`,
        field: "url.original",
        form: [],
        matchedText: "<script>",
      },
    ],
  };
}

/** A report of findings, whose high ones are incidents. */
export function reportOf(findings: readonly Finding[]): DetectionReport {
  return {
    account: {
      files: 1,
      bytes: 1000,
      records: 10,
      unmatchedBytes: 5,
      skippedBytes: 0,
      formats: ["Combined access log"],
      firstTimeMs: Date.UTC(2026, 9, 1),
      lastTimeMs: Date.UTC(2026, 9, 1, 1),
      notes: ["A note with <b>markup</b>."],
    },
    findings,
    stories: [],
    incidents: findings.flatMap((finding) =>
      finding.client === null || finding.severity !== "high"
        ? []
        : [
            {
              id: `incident-${finding.client}`,
              promotionId: "promotion",
              title: "Somebody must know",
              severity: "high" as const,
              client: finding.client,
              count: finding.count,
              firstTimeMs: finding.firstTimeMs,
              lastTimeMs: finding.lastTimeMs,
              techniques: ["T1190", "T1059.004"],
              findingIds: [finding.id],
            },
          ],
    ),
  };
}
