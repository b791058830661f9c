/** Tells which of the user's rules are asked in vain: never silently. */
import {
  type EventRule,
  type LogGroup,
  rulesAboutOthers,
  type SigmaCorrelation,
  unmetRules,
} from "#detections";
import type { Messages } from "../messages.ts";
import { countOf } from "../sizes.ts";

/** Rules that were given, and what counts their matches. */
export interface OwnRules {
  readonly rules: readonly EventRule[];
  readonly correlations: readonly SigmaCorrelation[];
}

/** Tells of rules that no record of a format can match, and how many are about other logs. */
export function tellUnmetRules(
  { rules, correlations }: OwnRules,
  groups: readonly LogGroup[],
  messages: Messages,
): void {
  for (const [title, byFields] of unmetByFormat({ rules, correlations }, groups)) {
    for (const [missing, titles] of byFields) {
      const text = `${countOf(titles.length, "rule")} cannot match in "${title}", which has no field ${missing}: ${titles.join("; ")}.`;
      messages.warning(text, "rule-unmet");
    }
  }
  const others = [...rulesAboutOthers(groups, rules)];
  if (others.length === 0) return;
  const count = others.reduce((sum, [, own]) => sum + own, 0);
  const kinds = others.map(([kind, own]) => `${kind} ${own}`).join(", ");
  messages.note(`${countOf(count, "rule")} of other logs than these were not asked (${kinds})`);
}

/** Titles of rules by format and by the fields that it lacks. */
function unmetByFormat({ rules, correlations }: OwnRules, groups: readonly LogGroup[]) {
  const unmet = new Map<string, Map<string, string[]>>();
  for (const group of groups) {
    const byFields = unmet.get(group.format.title) ?? new Map<string, string[]>();
    unmet.set(group.format.title, byFields);
    for (const { title, missing } of unmetRules(group, rules, correlations)) {
      const fields = missing.join(", ");
      const titles = byFields.get(fields) ?? [];
      byFields.set(fields, titles);
      if (!titles.includes(title)) titles.push(title);
    }
  }
  return unmet;
}
