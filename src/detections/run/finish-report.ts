/** The report of a run: everything in an order that is the same in every run. */
import type { DetectionAccount, DetectionReport, Finding } from "../finding.ts";
import { compareTexts } from "../pass/evidence.ts";
import { severityRank } from "../pass/severity.ts";
import { isPromotionCount, promote } from "../promotion/promote.ts";
import type { PromotionRule } from "../promotion/promotion-rule.ts";
import { withListContext } from "../stories/list-context.ts";
import { tellStories } from "../stories/tell-stories.ts";

/**
 * The report of all findings of a run. Findings are in order – worst first, then by first time, then by id – and each is given once;
 * stories and incidents are made of them. The same findings in another order give the same report.
 */
export function finishReport(
  findings: readonly Finding[],
  account: DetectionAccount,
  promotions: readonly PromotionRule[],
): DetectionReport {
  const once = withListContext([...new Map(findings.map((finding) => [finding.id, finding])).values()]);
  const sorted = once.filter((finding) => !isPromotionCount(finding)).sort(compareFindings);
  return {
    account,
    findings: sorted,
    stories: tellStories(sorted),
    incidents: promote(once, promotions),
  };
}

/** Worst first, then by first time (those without first), then by id. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) ||
    compareTimes(a.firstTimeMs, b.firstTimeMs) ||
    compareTexts(a.id, b.id)
  );
}

function compareTimes(a: number | null, b: number | null): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  return a - b;
}
