/** Promotion rules out of files. */
import type { Diagnostics, TextSource } from "#text";
import { countOf, durationOf, tellMissing } from "../rule-text/member-values.ts";
import { readRuleDocuments } from "../rule-text/rule-documents.ts";
import { HEAD_MEMBERS, readHead } from "../rule-text/rule-head.ts";
import type { RuleMembers } from "../rules/rule-members.ts";
import type { PromotionRule } from "./promotion-rule.ts";

/** Names of all members of a promotion rule. */
export const PROMOTION_MEMBERS: readonly string[] = [...HEAD_MEMBERS, "rules", "more-than", "within"];

/** Reads the promotion rules of a file, one per document. Rules with mistakes are left out, and the mistakes reported. */
export function readPromotionRules(source: TextSource, diagnostics: Diagnostics): readonly PromotionRule[] {
  return readRuleDocuments(source, diagnostics, readPromotionRule, ({ id }) => id);
}

function readPromotionRule(members: RuleMembers): PromotionRule | null {
  members.checkNames(PROMOTION_MEMBERS);
  const head = readHead(members);
  const limit = countOf(members, "more-than");
  const ruleIds = members.texts("rules");
  if (ruleIds.length === 0) tellMissing(members, '"rules" is missing: it does not say which rules count.');
  if (head === null || limit === null || ruleIds.length === 0) return null;
  return {
    ...head,
    ruleIds,
    limit,
    withinMs: durationOf(members, "within"),
    origin: members.map.span.source.name,
  };
}
