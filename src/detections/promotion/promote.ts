/** Incidents out of findings. */
import { matchesRuleId } from "../behaviour/rule-id-pattern.ts";
import type { Finding, Incident } from "../finding.ts";
import { compareTexts } from "../pass/evidence.ts";
import { worseOf } from "../pass/severity.ts";
import { stableId } from "../pass/stable-id.ts";
import { findingsOfClients, firstTimeOf, lastTimeOf } from "../stories/findings-of-clients.ts";
import { bucketIdOfPromotion, type PromotionRule } from "./promotion-rule.ts";

/** Whether a finding only counts for a promotion, and is none of its own. */
export function isPromotionCount(finding: Finding): boolean {
  return finding.ruleId.startsWith(bucketIdOfPromotion(""));
}

/** The incidents that promotions make of findings: one per promotion and client, however often it came to that. */
export function promote(
  findings: readonly Finding[],
  promotions: readonly PromotionRule[],
): readonly Incident[] {
  const ofClient = findingsOfClients(findings);
  const incidents = promotions.flatMap((promotion) =>
    [...ofClient].flatMap(([client, own]) => {
      const incident = incidentOf(promotion, client, own);
      return incident === null ? [] : [incident];
    }),
  );
  return incidents.sort(
    (a, b) =>
      compareTexts(a.promotionId, b.promotionId) ||
      (a.firstTimeMs ?? 0) - (b.firstTimeMs ?? 0) ||
      compareTexts(a.client, b.client),
  );
}

function incidentOf(promotion: PromotionRule, client: string, findings: readonly Finding[]): Incident | null {
  const named = findings.filter(
    (finding) =>
      !isPromotionCount(finding) &&
      promotion.ruleIds.some((pattern) => matchesRuleId(pattern, finding.ruleId)),
  );
  const counted = findings.filter(({ ruleId }) => ruleId === bucketIdOfPromotion(promotion.id));
  const others = named.filter(({ kind }) => kind !== "signature");
  const enough = hasEnough(promotion, others) ? others : [];
  if (counted.length === 0 && enough.length === 0) return null;
  const reasons = [...counted, ...enough];
  return {
    id: stableId(["incident", promotion.id, client]),
    promotionId: promotion.id,
    title: promotion.title,
    severity: others.reduce((worst, { severity }) => worseOf(worst, severity), promotion.severity),
    client,
    count: counted.reduce((sum, { count }) => sum + count, 0) + enough.length,
    firstTimeMs: firstTimeOf(reasons),
    lastTimeMs: lastTimeOf(reasons),
    techniques: [
      ...new Set([...promotion.techniques, ...named.flatMap(({ techniques }) => techniques)]),
    ].sort(),
    findingIds: named.map(({ id }) => id).sort(),
  };
}

/** Whether more findings than allowed lie within the window. */
function hasEnough({ limit, withinMs }: PromotionRule, findings: readonly Finding[]): boolean {
  if (withinMs === null) return findings.length > limit;
  const times = findings
    .flatMap(({ firstTimeMs }) => (firstTimeMs === null ? [] : [firstTimeMs]))
    .sort((a, b) => a - b);
  return times.some((time, index) => index >= limit && time - (times[index - limit] ?? time) <= withinMs);
}
