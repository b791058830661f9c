/** Promotion rules out of files. */
import type { Diagnostics, TextSource } from "#text";
import { HEAD_MEMBERS, readHead } from "../rule-text/rule-head.ts";
import { type RuleMapping, readYamlMappings } from "../rule-text/yaml-mapping.ts";
import type { PromotionRule } from "./promotion-rule.ts";

/** Names of all members of a promotion rule. */
export const PROMOTION_MEMBERS: readonly string[] = [...HEAD_MEMBERS, "rules", "more-than", "within"];

/** Reads the promotion rules of a file, one per document. Rules with mistakes are left out, and the mistakes reported. */
export function readPromotionRules(source: TextSource, diagnostics: Diagnostics): readonly PromotionRule[] {
  const ids = new Set<string>();
  return readYamlMappings(source, diagnostics).flatMap((mapping) => {
    const rule = readPromotionRule(mapping);
    if (rule === null) return [];
    if (ids.has(rule.id)) {
      const span = mapping.spanOf("id");
      diagnostics.report({ code: "rule-id-twice", span, message: `Two rules have the id "${rule.id}".` });
      return [];
    }
    ids.add(rule.id);
    return [rule];
  });
}

function readPromotionRule(mapping: RuleMapping): PromotionRule | null {
  mapping.checkKeys(PROMOTION_MEMBERS);
  const head = readHead(mapping);
  const limit = mapping.count("more-than", true);
  const ruleIds = mapping.texts("rules");
  if (ruleIds.length === 0) mapping.missing("rules", "The rule does not say which rules it counts.");
  if (head === null || limit === null || ruleIds.length === 0) return null;
  return { ...head, ruleIds, limit, withinMs: mapping.duration("within"), origin: mapping.source.name };
}
