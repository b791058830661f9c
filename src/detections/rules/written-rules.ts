/** Files of this project's own rules. */
import { type Diagnostic, Diagnostics, type TextSource, type TextSpan } from "#text";
import type { EventKind, EventValue } from "../event.ts";
import type { Phase, Severity } from "../finding.ts";
import type { EventRule } from "../rule.ts";
import { parseYaml, type YamlMap, type YamlValue } from "../yaml-text.ts";
import { readCondition } from "./read-condition.ts";
import { type EventFields, fieldsOfRequest } from "./request-event.ts";
import { RuleMembers } from "./rule-members.ts";

/** An event that a rule must find, or must not. */
export interface RuleExample {
  /** As the file writes it, to be shown. */
  readonly text: string;
  readonly span: TextSpan;
  readonly fields: EventFields;
  /** The bytes of an event that no pattern matched; null: the event is parsed. */
  readonly raw: string | null;
  /** The request line that the fields came of; null: they are written out. */
  readonly request: string | null;
}

/** A rule with its tests and its place. */
export interface WrittenRule {
  readonly rule: EventRule;
  readonly positives: readonly RuleExample[];
  readonly negatives: readonly RuleExample[];
  readonly span: TextSpan;
}

/** What files of rules say. */
export interface RuleFiles {
  readonly rules: readonly WrittenRule[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The levels of severity, mildest first. */
export const SEVERITIES: readonly Severity[] = ["informational", "low", "medium", "high", "critical"];

const PHASES: readonly Phase[] = [
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

const EVENT_KINDS: readonly EventKind[] = ["web", "proxy", "auth", "firewall", "cloud", "network", "other"];

/** Members that a file may say once for all its rules. */
const SHARED = ["severity", "phase", "techniques", "references", "false-positives", "kinds", "forms"];
const MEMBERS = ["id", "title", "description", ...SHARED, "match", "positives", "negatives"];

/** Reads files of rules. A rule that cannot be used is left out and told; the others count. */
export function loadWrittenRules(sources: readonly TextSource[]): RuleFiles {
  const known = new Map<string, TextSpan>();
  const read = sources.map((source) => {
    const diagnostics = new Diagnostics();
    const rules = parseYaml(source, diagnostics).flatMap((document) => readDocument(document, diagnostics));
    return { diagnostics, rules: rules.filter((rule) => isFirst(rule, known, diagnostics)) };
  });
  return {
    rules: read.flatMap(({ rules }) => rules),
    diagnostics: read.flatMap(({ diagnostics }) => diagnostics.list()),
  };
}

function isFirst(
  { rule, span }: WrittenRule,
  known: Map<string, TextSpan>,
  diagnostics: Diagnostics,
): boolean {
  const before = known.get(rule.id);
  known.set(rule.id, before ?? span);
  if (before === undefined) return true;
  diagnostics.report({
    code: "rule-id-twice",
    span,
    message: `A rule "${rule.id}" stands in ${before.source.name} already; the first one counts.`,
  });
  return false;
}

/** A document is one rule, or `rules` with what they share in `defaults`. */
function readDocument(document: YamlValue, diagnostics: Diagnostics): readonly WrittenRule[] {
  if (document.kind !== "map") {
    const message = "A file of rules holds named members.";
    diagnostics.report({ code: "rule-syntax", span: document.span, message, help: 'Begin with "rules:".' });
    return [];
  }
  const file = new RuleMembers(document, diagnostics);
  if (file.value("rules") === null) return readWhole(document, diagnostics);
  file.checkNames(["defaults", "rules"]);
  const [defaults] = file.maps("defaults");
  if (defaults !== undefined) file.inside(defaults).checkNames(SHARED);
  return file.maps("rules").flatMap((map) => readWhole(withDefaults(map, defaults ?? null), diagnostics));
}

/** The rule of a map; none when anything about it is wrong: half a rule would find other things than its author meant. */
function readWhole(map: YamlMap, diagnostics: Diagnostics): readonly WrittenRule[] {
  const own = new Diagnostics();
  const rules = readRule(new RuleMembers(map, own));
  for (const diagnostic of own.list()) diagnostics.report(diagnostic);
  return own.hasErrors ? [] : rules;
}

function withDefaults(map: YamlMap, defaults: YamlMap | null): YamlMap {
  const missing = defaults?.entries.filter(({ key }) => !map.entries.some((own) => own.key === key)) ?? [];
  return { ...map, entries: [...map.entries, ...missing] };
}

function readRule(members: RuleMembers): readonly WrittenRule[] {
  members.checkNames(MEMBERS);
  const id = members.text("id");
  const title = members.text("title");
  const severity = members.word("severity", SEVERITIES, null);
  const phase = members.word("phase", PHASES, "other");
  const forms = members.word("forms", ["raw", "normal"], "normal");
  const kinds = readKinds(members);
  const condition = readCondition(members, "match");
  const { span } = members.map;
  if (condition === null && members.value("match") === null) members.text("match");
  if (id !== null && !/^[a-z0-9][a-z0-9._-]{0,99}$/.test(id)) {
    members.tell(
      "rule-value",
      members.value("id")?.span ?? span,
      `"${id}" cannot be an id.`,
      "Small letters, digits, dots and dashes make an id.",
    );
  }
  if (
    id === null ||
    title === null ||
    severity === null ||
    phase === null ||
    forms === null ||
    condition === null
  ) {
    return [];
  }
  const description = members.value("description") === null ? "" : (members.text("description") ?? "");
  const rule: EventRule = {
    id,
    title,
    description,
    severity,
    phase,
    techniques: readTechniques(members),
    references: members.texts("references"),
    falsePositives: members.texts("false-positives"),
    kinds,
    forms,
    condition,
    origin: span.source.name,
  };
  return [
    {
      rule,
      positives: readExamples(members, "positives"),
      negatives: readExamples(members, "negatives"),
      span,
    },
  ];
}

function readKinds(members: RuleMembers): readonly EventKind[] {
  return members.scalars("kinds").flatMap(({ text, span }) => {
    const kind = EVENT_KINDS.find((known) => known === text);
    if (kind === undefined) members.tell("rule-value", span, `There are kinds ${EVENT_KINDS.join(", ")}.`);
    return kind === undefined ? [] : [kind];
  });
}

function readTechniques(members: RuleMembers): readonly string[] {
  return members.scalars("techniques").flatMap(({ text, span }) => {
    if (/^T\d{4}(?:\.\d{3})?$/.test(text)) return [text];
    members.tell(
      "rule-value",
      span,
      `"${text}" is no ATT&CK technique.`,
      "Techniques look like T1190 or T1595.003.",
    );
    return [];
  });
}

/** Request lines, or maps: fields by their names, `request` with a request line, `raw` with bytes that no pattern matched. */
function readExamples(members: RuleMembers, name: string): readonly RuleExample[] {
  const value = members.value(name);
  if (value === null) return [];
  return (value.kind === "list" ? value.items : [value]).flatMap((item): readonly RuleExample[] => {
    if (item.kind === "scalar") {
      const { text, span } = item;
      return [{ text, span, fields: fieldsOfRequest(text), raw: null, request: text }];
    }
    if (item.kind === "map") return [readFields(item)];
    members.tell("rule-value", item.span, "An example is a request line or a map of fields.");
    return [];
  });
}

function readFields(map: YamlMap): RuleExample {
  const values = map.entries.flatMap(({ key, value }): readonly (readonly [string, EventValue])[] =>
    value.kind === "scalar" && value.value !== null ? [[key, value.value]] : [],
  );
  const { request, raw, ...fields } = Object.fromEntries(values);
  return {
    text: values.map(([key, value]) => `${key}: ${value}`).join(", "),
    span: map.span,
    fields: { ...(typeof request === "string" ? fieldsOfRequest(request) : {}), ...fields },
    raw: typeof raw === "string" ? raw : null,
    request: typeof request === "string" ? request : null,
  };
}
