/** Sigma files as rules, correlations and filters that fit together. */
import { type Diagnostic, Diagnostics, type TextSource, type TextSpan } from "#text";
import type { EventRule, RuleCondition } from "../rule.ts";
import { parseYaml, type YamlMap } from "../yaml-text.ts";
import {
  correlationOfAggregation,
  readSigmaCorrelation,
  type SigmaCorrelation,
} from "./sigma-correlation.ts";
import { mapMember, memberOf, tellMember, textMember, textsMember } from "./sigma-document.ts";
import type { SigmaLogSource } from "./sigma-fields.ts";
import { conditionOfSigmaFilter } from "./sigma-filter.ts";
import type { SigmaReading } from "./sigma-item.ts";
import { readLogSource, readSigmaRule, type SigmaRule } from "./sigma-rule.ts";

/** What files of Sigma rules say. */
export interface SigmaSet {
  readonly rules: readonly EventRule[];
  /** Each behind those that it looks at. */
  readonly correlations: readonly SigmaCorrelation[];
  /** Rules that only correlations look at: they make no findings. */
  readonly quietIds: ReadonlySet<string>;
  /** Whatever could not be read or is not available, and what was left out for it. */
  readonly diagnostics: readonly Diagnostic[];
}

interface Found {
  readonly rules: SigmaRule[];
  readonly correlations: { readonly correlation: SigmaCorrelation; readonly place: YamlMap }[];
  readonly filters: YamlMap[];
}

/** Reads Sigma files. A document that cannot be used is left out and told; the others count. */
export function loadSigma(
  sources: readonly TextSource[],
  placeholders: ReadonlyMap<string, readonly string[]> = new Map(),
): SigmaSet {
  const found: Found = { rules: [], correlations: [], filters: [] };
  const all = sources.map((source) => {
    const reading: SigmaReading = { diagnostics: new Diagnostics(), placeholders };
    readDocuments(source, found, reading);
    return reading;
  });
  const reading: SigmaReading = { diagnostics: new Diagnostics(), placeholders };
  const rules = withFilters(uniqueRules(found.rules, reading), found.filters, reading);
  const correlations = resolved(rules, found.correlations, reading);
  const quietIds = new Set(correlations.filter(({ generates }) => !generates).flatMap((one) => one.rules));
  const diagnostics = [...all, reading].flatMap((one) => one.diagnostics.list());
  return { rules: rules.map(({ rule }) => rule), correlations, quietIds, diagnostics };
}

/** Whether a text looks like a file of Sigma rules. */
export function isSigmaText(text: string): boolean {
  return /^(?:detection|correlation|filter):/m.test(text) && /^title:/m.test(text);
}

function readDocuments(source: TextSource, found: Found, reading: SigmaReading): void {
  for (const document of parseYaml(source, reading.diagnostics)) {
    if (document.kind !== "map") tellMember(document.span, "A Sigma document has named members.", reading);
    else if (memberOf(document, "correlation") !== null) {
      const correlation = readSigmaCorrelation(document, reading);
      if (correlation !== null) found.correlations.push({ correlation, place: document });
    } else if (memberOf(document, "filter") !== null) found.filters.push(document);
    else if (textMember(document, "action") !== null) {
      const message = 'Rule collections ("action") of the first Sigma version are not available.';
      reading.diagnostics.report({ code: "sigma-unsupported", span: nameSpan(document), message });
    } else {
      const rule = readSigmaRule(document, source.name, reading);
      if (rule === null) continue;
      const correlation = correlationOfAggregation(rule, reading);
      if (rule.aggregation !== null && correlation === null) continue;
      found.rules.push(rule);
      if (correlation !== null) found.correlations.push({ correlation, place: document });
    }
  }
}

function uniqueRules(rules: readonly SigmaRule[], reading: SigmaReading): readonly SigmaRule[] {
  const known = new Map<string, SigmaRule>();
  for (const one of rules) {
    const before = known.get(one.head.id);
    if (before === undefined) known.set(one.head.id, one);
    else {
      const message = `A rule "${one.head.id}" stands in ${before.rule.origin} already; the first one counts.`;
      reading.diagnostics.report({
        code: "sigma-reference",
        severity: "warning",
        span: nameSpan(one.place),
        message,
      });
    }
  }
  return [...known.values()];
}

/** Rules with the filters that name them, or that name no rules and have their log source. */
function withFilters(
  rules: readonly SigmaRule[],
  filters: readonly YamlMap[],
  reading: SigmaReading,
): readonly SigmaRule[] {
  let filtered = rules;
  for (const map of filters) {
    const body = mapMember(map, "filter", reading);
    const condition = body === null ? null : conditionOfSigmaFilter(body, reading);
    const source = readLogSource(map, reading);
    if (body === null || condition === null || source === null) continue;
    const names = new Set(textsMember(body, "rules"));
    const isAny = names.size === 0 || names.has("any");
    filtered = filtered.map((one) => {
      const isMeant = isAny ? isWithin(one.logSource, source) : isNamed(one, names);
      return isMeant
        ? { ...one, rule: { ...one.rule, condition: both(one.rule.condition, condition) } }
        : one;
    });
  }
  return filtered;
}

/** The place of a document: its first name. */
function nameSpan(place: YamlMap): TextSpan {
  return place.entries[0]?.keySpan ?? place.span;
}

/** Whether a log source is what another one names: the same in all that it says. */
function isWithin(own: SigmaLogSource, named: SigmaLogSource): boolean {
  return (
    (named.category === null || named.category === own.category) &&
    (named.product === null || named.product === own.product) &&
    (named.service === null || named.service === own.service)
  );
}

function isNamed({ head }: SigmaRule, names: ReadonlySet<string>): boolean {
  return names.has(head.id) || (head.name !== null && names.has(head.name));
}

function both(first: RuleCondition, second: RuleCondition): RuleCondition {
  return { kind: "all", conditions: [first, second] };
}

/** Correlations with ids in place of names, in an order in which each stands behind those that it looks at. */
function resolved(
  rules: readonly SigmaRule[],
  correlations: Found["correlations"],
  reading: SigmaReading,
): readonly SigmaCorrelation[] {
  const heads = [
    ...rules.map(({ head }) => head),
    ...correlations.map(({ correlation }) => correlation.head),
  ];
  const ids = new Map<string, string>();
  for (const { id, name } of heads) {
    ids.set(id, id);
    if (name !== null) ids.set(name, id);
  }
  const done = new Set(rules.map(({ head }) => head.id));
  const sorted: SigmaCorrelation[] = [];
  let waiting = correlations.flatMap(({ correlation, place }) => {
    const unknown = correlation.rules.filter((name) => !ids.has(name));
    if (unknown.length > 0) {
      const message = `The correlation "${correlation.head.title}" refers to ${unknown.map((name) => `"${name}"`).join(", ")}, which was not loaded.`;
      const span = nameSpan(place);
      reading.diagnostics.report({ code: "sigma-reference", span, message });
      return [];
    }
    const toId = (name: string) => ids.get(name) ?? name;
    const groupBy = correlation.groupBy.map((key) => ({
      ...key,
      fields: new Map([...key.fields].map(([name, fields]) => [name === "" ? "" : toId(name), fields])),
    }));
    return [{ place, correlation: { ...correlation, groupBy, rules: correlation.rules.map(toId) } }];
  });
  for (;;) {
    const ready = waiting.filter(({ correlation }) => correlation.rules.every((id) => done.has(id)));
    if (ready.length === 0) break;
    for (const { correlation } of ready) {
      sorted.push(correlation);
      done.add(correlation.head.id);
    }
    waiting = waiting.filter((one) => !ready.includes(one));
  }
  for (const { correlation, place } of waiting) {
    const message = `The correlation "${correlation.head.title}" refers to itself, or to one that was left out.`;
    reading.diagnostics.report({ code: "sigma-reference", span: nameSpan(place), message });
  }
  return sorted;
}
