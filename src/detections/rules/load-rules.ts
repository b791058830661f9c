/** Files of this project's own rules. */
import { Diagnostics, type Diagnostic, type TextSource, type TextSpan } from "#text";
import type { EventValue } from "../event.ts";
import type { EventRule } from "../rule.ts";
import { parseYaml, type YamlMap, type YamlValue } from "../yaml-text.ts";
import { readCondition } from "./read-condition.ts";
import { type EventFields, fieldsOfRequest } from "./request-event.ts";
import { readId, readKinds, readTechniques } from "../rule-text/rule-head.ts";
import { PHASES, SEVERITIES } from "../rule-text/rule-words.ts";
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

/** Members that a file may say once for all its rules. */
const SHARED = ["severity", "phase", "techniques", "references", "false-positives", "kinds", "forms"];
const MEMBERS = ["id", "title", "description", ...SHARED, "match", "positives", "negatives"];

/** Reads files of rules. A rule that cannot be used is left out and told; the others count. */
export function loadRuleFiles(sources: readonly TextSource[]): RuleFiles {
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

/** Whether a text looks like a file of this project's rules. */
export function isRuleText(text: string): boolean {
  return /^(?:rules|match):/m.test(text);
}

function isFirst({ rule, span }: WrittenRule, known: Map<string, TextSpan>, diagnostics: Diagnostics): boolean {
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
  if (file.value("rules") === null) return readRule(file);
  file.checkNames(["defaults", "rules"]);
  const [defaults] = file.maps("defaults");
  if (defaults !== undefined) file.inside(defaults).checkNames(SHARED);
  return file.maps("rules").flatMap((map) => readRule(file.inside(withDefaults(map, defaults ?? null))));
}

function withDefaults(map: YamlMap, defaults: YamlMap | null): YamlMap {
  const missing = defaults?.entries.filter(({ key }) => !map.entries.some((own) => own.key === key)) ?? [];
  return { ...map, entries: [...map.entries, ...missing] };
}

function readRule(members: RuleMembers): readonly WrittenRule[] {
  members.checkNames(MEMBERS);
  const id = readId(members);
  const title = members.text("title");
  const severity = members.word("severity", SEVERITIES, null);
  const phase = members.word("phase", PHASES, "other");
  const forms = members.word("forms", ["raw", "normal"], "normal");
  const kinds = readKinds(members);
  const condition = readCondition(members, "match");
  const { span } = members.map;
  if (condition === null && members.value("match") === null) members.text("match");
  if (id === null || title === null || severity === null || phase === null || forms === null || condition === null) {
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
  return [{ rule, positives: readExamples(members, "positives"), negatives: readExamples(members, "negatives"), span }];
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
