/** What all rules of this project's own files begin with. */
import type { EventKind } from "../event.ts";
import type { Phase, Severity } from "../finding.ts";
import type { RuleMapping } from "./yaml-mapping.ts";

/** The levels of severity, mildest first. */
export const SEVERITIES: readonly Severity[] = ["informational", "low", "medium", "high", "critical"];

/** The phases in the order of an attack. */
export const PHASES: readonly Phase[] = [
  "reconnaissance",
  "probe",
  "credential-access",
  "exploit",
  "upload",
  "access",
  "command-and-control",
  "exfiltration",
  "removal",
  "other",
];

/** All kinds of events. */
export const EVENT_KINDS: readonly EventKind[] = [
  "web",
  "proxy",
  "auth",
  "firewall",
  "cloud",
  "network",
  "other",
];

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

/** Reads them; null, and reports, when something that is needed is missing. */
export function readHead(rule: RuleMapping): RuleHead | null {
  const id = rule.text("id", true);
  const title = rule.text("title", true);
  const severity = rule.oneOf("severity", SEVERITIES, true);
  const techniques = rule.texts("techniques");
  for (const technique of techniques) {
    if (/^T\d{4}(\.\d{3})?$/.test(technique)) continue;
    rule.wrong(
      "techniques",
      `"${technique}" is no ATT&CK technique.`,
      "Techniques look like T1190 or T1595.003.",
    );
  }
  if (id !== null && !/^[a-z0-9][a-z0-9._-]{0,99}$/.test(id)) {
    rule.wrong("id", `"${id}" cannot be an id.`, "Small letters, digits, dots and dashes make an id.");
  }
  if (id === null || title === null || severity === null) return null;
  return {
    id,
    title,
    severity,
    techniques,
    description: rule.has("description") ? (rule.text("description", false) ?? "") : "",
    references: rule.texts("references"),
    falsePositives: rule.texts("false-positives"),
  };
}
