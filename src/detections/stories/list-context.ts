/** What lists say of clients, told with all that was found about them. */
import type { Finding, Severity } from "../finding.ts";
import { isAtLeast } from "../pass/severity.ts";

/** Looking around and trying doors is what scanners do that mean no harm. What they break into is told like anybody's. */
const EXPECTED_PHASES: ReadonlySet<string> = new Set(["reconnaissance", "probe"]);
const MOST_FOR_BENIGN: Severity = "low";
const BENIGN_RULES: ReadonlySet<string> = new Set(["list-benign-scanner", "list-allowed"]);

interface Context {
  readonly lists: string[];
  isBenign: boolean;
}

/**
 * The findings, each with the lists that its client stands on. What is expected of clients of benign lists is at most of low severity.
 * Cost: one pass over the findings.
 */
export function withListContext(findings: readonly Finding[]): readonly Finding[] {
  const contexts = new Map<string, Context>();
  for (const { client, ruleId, kind, key } of findings) {
    const list = key["list"];
    if (client === null || kind !== "list" || list === undefined) continue;
    const context = contexts.get(client) ?? { lists: [], isBenign: false };
    contexts.set(client, context);
    context.lists.push(list);
    context.isBenign ||= BENIGN_RULES.has(ruleId);
  }
  if (contexts.size === 0) return findings;
  return findings.map((finding) => {
    const context = finding.client === null ? undefined : contexts.get(finding.client);
    return context === undefined ? finding : { ...finding, ...inContext(finding, context) };
  });
}

function inContext(
  { severity, phase, outcome, kind }: Finding,
  { lists, isBenign }: Context,
): Pick<Finding, "severity" | "clientLists"> {
  const isExpected = isBenign && kind !== "list" && outcome !== "succeeded" && EXPECTED_PHASES.has(phase);
  const isLowered = isExpected && !isAtLeast(MOST_FOR_BENIGN, severity);
  return { severity: isLowered ? MOST_FOR_BENIGN : severity, clientLists: [...new Set(lists)].sort() };
}
