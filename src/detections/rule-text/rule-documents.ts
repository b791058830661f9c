/** Files of rules with one rule per document. */
import { Diagnostics, type TextSource } from "#text";
import { RuleMembers } from "../rules/rule-members.ts";
import { parseYaml } from "../yaml-text.ts";
import { spanOfMember } from "./member-values.ts";

/**
 * Reads each document of a file. A rule in which a mistake was found is left out, and so is one whose id another has; all mistakes are
 * reported.
 */
export function readRuleDocuments<Rule>(
  source: TextSource,
  diagnostics: Diagnostics,
  read: (members: RuleMembers) => Rule | null,
  idOf: (rule: Rule) => string,
): readonly Rule[] {
  const ids = new Set<string>();
  return parseYaml(source, diagnostics).flatMap((value) => {
    if (value.kind !== "map") {
      const message = "A rule is a map of names to values.";
      diagnostics.report({ code: "rule-syntax", span: value.span, message, help: 'Begin with "id: …".' });
      return [];
    }
    const own = new Diagnostics();
    const members = new RuleMembers(value, own);
    const rule = read(members);
    if (rule !== null && ids.has(idOf(rule))) {
      members.tell("rule-id-twice", spanOfMember(members, "id"), `Two rules have the id "${idOf(rule)}".`);
    }
    for (const diagnostic of own.list()) diagnostics.report(diagnostic);
    if (rule === null || own.hasErrors) return [];
    ids.add(idOf(rule));
    return [rule];
  });
}
