/** Tells which of the user's rules are asked in vain: never silently. */
import {
  type EventRule,
  type LogGroup,
  rulesAboutOthers,
  type SigmaCorrelation,
  type UnmetRule,
  unmetRules,
} from "#detections";
import { countOf } from "#text";
import type { Messages } from "../messages.ts";

/** Rules that were given, and what counts their matches. */
export interface OwnRules {
  readonly rules: readonly EventRule[];
  readonly correlations: readonly SigmaCorrelation[];
}

/** Rules that lack the same field are named up to so many. */
const SHOWN_TITLES = 12;

/** Tells of rules that no record of a format can match, and how many are about other logs. */
export function tellUnmetRules(
  { rules, correlations }: OwnRules,
  groups: readonly LogGroup[],
  messages: Messages,
): void {
  const ofFormats = new Map(groups.map((group) => [group.format.title, group]));
  for (const [title, group] of ofFormats) {
    for (const [field, titles] of byLackingField(unmetRules(group, rules, correlations))) {
      const more = titles.length - SHOWN_TITLES;
      const shown = `${titles.slice(0, SHOWN_TITLES).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
      const text = `${countOf(titles.length, "rule")} cannot match in "${title}", which has no field "${field}": ${shown}.`;
      messages.warning(text, "rule-unmet");
    }
  }
  const others = [...rulesAboutOthers(groups, rules)];
  if (others.length === 0) return;
  const count = others.reduce((sum, [, own]) => sum + own, 0);
  const kinds = others.map(([kind, own]) => `${kind} ${own}`).join(", ");
  messages.note(`${countOf(count, "rule")} about other logs than these were not asked (${kinds})`);
}

/** Tells when nothing but logins is looked for in the audit of a cloud: no such rules are shipped. */
export function tellUnasked(
  rules: readonly EventRule[],
  groups: readonly LogGroup[],
  messages: Messages,
): void {
  if (rules.some(({ kinds }) => kinds.length === 0 || kinds.includes("cloud"))) return;
  const titles = groups.flatMap(({ format }) => (format.category === "cloud" ? [format.title] : []));
  for (const title of new Set(titles))
    messages.note(`No shipped signature is about "${title}": give Sigma rules for it with --rules`);
}

/** Titles of rules by a field that each of them lacks: by as few fields as can be. */
function byLackingField(unmet: readonly UnmetRule[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  let left = unmet;
  while (left.length > 0) {
    const counts = new Map<string, number>();
    for (const { missing } of left)
      for (const field of missing) counts.set(field, (counts.get(field) ?? 0) + 1);
    const [first] = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    if (first === undefined) break;
    const [field] = first;
    const titles = left.filter(({ missing }) => missing.includes(field)).map(({ title }) => title);
    found.set(field, [...new Set(titles)]);
    left = left.filter(({ missing }) => !missing.includes(field));
  }
  return found;
}
