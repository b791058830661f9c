/** Which findings somebody must know of. */

import type { BucketRule } from "../behaviour/bucket-rule.ts";
import type { Severity } from "../finding.ts";

/** "More than `limit` events of these rules by one client" is an incident. Plain data; a file of its own in most cases. */
export interface PromotionRule {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly techniques: readonly string[];
  readonly references: readonly string[];
  readonly falsePositives: readonly string[];
  /** Ids of rules, `*` for any text: matches count by event, findings of other kinds one each. */
  readonly ruleIds: readonly string[];
  readonly limit: number;
  /** Null: the whole log. */
  readonly withinMs: number | null;
  /** The file it was read from. */
  readonly origin: string;
}

/** The bucket that counts for a promotion: events that several of its rules match count once. Its findings become incidents. */
export function bucketOfPromotion(promotion: PromotionRule): BucketRule {
  const { limit, withinMs, origin, title, description, severity } = promotion;
  return {
    id: bucketIdOfPromotion(promotion.id),
    title,
    description,
    severity,
    phase: "other",
    techniques: promotion.techniques,
    references: promotion.references,
    falsePositives: promotion.falsePositives,
    kinds: [],
    ruleIds: promotion.ruleIds,
    condition: null,
    keys: ["client"],
    distinct: null,
    limit,
    drain: withinMs === null ? { kind: "never" } : { kind: "window", withinMs },
    coolDownMs: withinMs ?? Number.MAX_SAFE_INTEGER,
    followedBy: null,
    sentence: null,
    origin,
  };
}

/** The id of the bucket that counts for a promotion. No rule of a file can have it: ids have no colon. */
export function bucketIdOfPromotion(id: string): string {
  return `promotion:${id}`;
}
