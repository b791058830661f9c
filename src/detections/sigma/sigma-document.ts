/** Members of Sigma documents, read with what is wrong about them. */
import type { TextSpan } from "#text";
import type { Phase, Severity } from "../finding.ts";
import type { YamlMap, YamlScalar, YamlValue } from "../yaml-text.ts";
import type { SigmaReading } from "./sigma-item.ts";

/** The value of a member; null when there is none. */
export function memberOf(map: YamlMap, name: string): YamlValue | null {
  return map.entries.find(({ key }) => key === name)?.value ?? null;
}

/** The text of a member; null without it. */
export function textMember(map: YamlMap, name: string): string | null {
  const value = memberOf(map, name);
  return value?.kind === "scalar" && value.value !== null ? value.text : null;
}

/** The texts of a member that is a list or a single text. */
export function textsMember(map: YamlMap, name: string): readonly string[] {
  const value = memberOf(map, name);
  if (value === null) return [];
  const values = value.kind === "list" ? value.items : [value];
  return values.flatMap((one) => (one.kind === "scalar" && one.value !== null ? [one.text] : []));
}

/** The map of a member; null (and told) when it is missing or something else. */
export function mapMember(map: YamlMap, name: string, reading: SigmaReading): YamlMap | null {
  const value = memberOf(map, name);
  if (value?.kind === "map") return value;
  tellMember(value?.span ?? map.span, `A rule needs "${name}" with named members.`, reading);
  return null;
}

/** The single value of a member; null (and told) when it is missing or something else. */
export function scalarMember(map: YamlMap, name: string, reading: SigmaReading): YamlScalar | null {
  const value = memberOf(map, name);
  if (value?.kind === "scalar" && value.value !== null) return value;
  tellMember(value?.span ?? map.span, `"${name}" is missing or is no single value.`, reading);
  return null;
}

/** Tells that a member is not what it must be. */
export function tellMember(span: TextSpan, message: string, { diagnostics }: SigmaReading): void {
  // The place of a whole map is its first line: more would fill the screen.
  const line = span.source.text.indexOf("\n", span.start);
  const end = line < 0 ? span.end : Math.min(span.end, Math.max(line, span.start));
  diagnostics.report({ code: "sigma-member", span: { ...span, end }, message });
}

/** What rules and correlations have in common. */
export interface SigmaHead {
  readonly id: string;
  /** The name that correlations may use; null without one. */
  readonly name: string | null;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly phase: Phase;
  readonly techniques: readonly string[];
  readonly references: readonly string[];
  readonly falsePositives: readonly string[];
}

/** Reads what rules and correlations have in common. Without `id` the title stands for it. */
export function headOf(map: YamlMap, reading: SigmaReading): SigmaHead | null {
  const title = scalarMember(map, "title", reading)?.text ?? null;
  const severity = severityOf(map, reading);
  if (title === null || severity === null) return null;
  const tags = textsMember(map, "tags").map((tag) => tag.toLowerCase().replaceAll("_", "-"));
  return {
    id: textMember(map, "id") ?? title,
    name: textMember(map, "name"),
    title,
    description: textMember(map, "description") ?? "",
    severity,
    phase: phaseOf(tags),
    techniques: tags
      .filter((tag) => /^attack\.t\d{4}(\.\d{3})?$/.test(tag))
      .map((tag) => tag.slice(7).toUpperCase()),
    references: textsMember(map, "references"),
    falsePositives: textsMember(map, "falsepositives"),
  };
}

const SEVERITIES: readonly Severity[] = ["informational", "low", "medium", "high", "critical"];

/** A rule without a level counts as medium. */
function severityOf(map: YamlMap, reading: SigmaReading): Severity | null {
  const value = memberOf(map, "level");
  if (value === null) return "medium";
  const text = value.kind === "scalar" ? value.text.toLowerCase() : "";
  const severity = SEVERITIES.find((one) => one === text);
  if (severity === undefined) tellMember(value.span, `A level is one of ${SEVERITIES.join(", ")}.`, reading);
  return severity ?? null;
}

function phaseOf(tags: readonly string[]): Phase {
  const phases = tags.flatMap((tag) => PHASE_OF_TACTIC[tag] ?? []);
  // Hiding goes with other tactics as a rule, and these say more.
  return phases[0] ?? (tags.some((tag) => HIDING.has(tag)) ? "removal" : "other");
}

const HIDING: ReadonlySet<string> = new Set([
  "attack.defense-evasion",
  "attack.defense-impairment",
  "attack.stealth",
]);

/** Tactics of ATT&CK as Sigma's tags name them. */
const PHASE_OF_TACTIC: Readonly<Record<string, Phase>> = {
  "attack.reconnaissance": "reconnaissance",
  "attack.discovery": "reconnaissance",
  "attack.initial-access": "exploit",
  "attack.execution": "exploit",
  "attack.privilege-escalation": "exploit",
  "attack.lateral-movement": "exploit",
  "attack.persistence": "access",
  "attack.credential-access": "credential-access",
  "attack.command-and-control": "command-and-control",
  "attack.collection": "exfiltration",
  "attack.exfiltration": "exfiltration",
  "attack.impact": "removal",
};
