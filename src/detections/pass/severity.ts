/** How severities compare. */
import type { Severity } from "../finding.ts";
import { SEVERITIES } from "../rule-text/rule-words.ts";

/** The place of a severity among all, mildest first. */
export function severityRank(severity: Severity | null): number {
  return severity === null ? -1 : SEVERITIES.indexOf(severity);
}

/** Whether it is that severe, or more. */
export function isAtLeast(severity: Severity | null, bound: Severity): boolean {
  return severityRank(severity) >= severityRank(bound);
}

/** The worse of two. */
export function worseOf(a: Severity | null, b: Severity): Severity {
  return a !== null && severityRank(a) >= severityRank(b) ? a : b;
}
