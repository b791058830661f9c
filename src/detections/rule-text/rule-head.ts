/** What all rules of this project's own files say of themselves. */
import type { EventKind } from "../event.ts";
import type { Severity } from "../finding.ts";
import type { RuleMembers } from "../rules/rule-members.ts";
import { optionalText, spanOfMember } from "./member-values.ts";
import { EVENT_KINDS, SEVERITIES } from "./rule-words.ts";

/** Id, title and what else a reader needs of a rule. */
export interface RuleHead {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly techniques: readonly string[];
  readonly references: readonly string[];
  readonly falsePositives: readonly string[];
}

/** Names of the members that `readHead` reads. */
export const HEAD_MEMBERS: readonly string[] = [
  "id",
  "title",
  "description",
  "severity",
  "techniques",
  "references",
  "false-positives",
];

/** Reads them; null, and told, when something that is needed is missing. */
export function readHead(members: RuleMembers): RuleHead | null {
  const id = readId(members);
  const title = members.text("title");
  const severity = members.word("severity", SEVERITIES, null);
  const techniques = readTechniques(members);
  if (id === null || title === null || severity === null) return null;
  return {
    id,
    title,
    severity,
    techniques,
    description: optionalText(members, "description") ?? "",
    references: members.texts("references"),
    falsePositives: members.texts("false-positives"),
  };
}

/** The id of a rule. */
export function readId(members: RuleMembers): string | null {
  const id = members.text("id");
  if (id === null || /^[a-z0-9][a-z0-9._-]{0,99}$/.test(id)) return id;
  const help = "Small letters, digits, dots and dashes make an id.";
  members.tell("rule-value", spanOfMember(members, "id"), `"${id}" cannot be an id.`, help);
  return null;
}

/** The ATT&CK techniques of a rule. */
export function readTechniques(members: RuleMembers): readonly string[] {
  return members.scalars("techniques").flatMap(({ text, span }) => {
    if (/^T\d{4}(?:\.\d{3})?$/.test(text)) return [text];
    const help = "Techniques look like T1190 or T1595.003.";
    members.tell("rule-value", span, `"${text}" is no ATT&CK technique.`, help);
    return [];
  });
}

/** The kinds of events that a rule looks at. */
export function readKinds(members: RuleMembers): readonly EventKind[] {
  return members.scalars("kinds").flatMap(({ text, span }) => {
    const kind = EVENT_KINDS.find((known) => known === text);
    if (kind === undefined) members.tell("rule-value", span, `There are kinds ${EVENT_KINDS.join(", ")}.`);
    return kind === undefined ? [] : [kind];
  });
}
