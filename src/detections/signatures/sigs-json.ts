/**
 * Lists of filters as rules: `{"filters":{"filter":[{id, rule, description, tags:{tag: string|array}, impact: string}]}}`, as web logs have
 * been searched with for long. Their expressions have Perl's syntax; those that cannot be run in linear time are told, never dropped
 * silently.
 */
import { type Diagnostic, Diagnostics, spanOf, type TextSource, type TextSpan } from "#text";
import type { Severity } from "../finding.ts";
import type { EventRule } from "../rule.ts";
import { expressionMistake } from "../rules/expressions.ts";
import { withoutLookAround } from "./without-look-around.ts";

/** What lists of filters say. */
export interface SigsJson {
  readonly rules: readonly EventRule[];
  /** Filters that cannot be used, each with the reason. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Filters look at whole requests in lower and upper case, over line ends. */
const FLAGS = "is";

/** Whether a text looks like a list of filters. */
export function isSigsJson(text: string): boolean {
  return /^\s*\{\s*"filters"\s*:/.test(text);
}

/** Reads lists of filters. */
export function loadSigsJson(sources: readonly TextSource[]): SigsJson {
  const diagnostics = new Diagnostics();
  const rules = sources.flatMap((source) =>
    filtersOf(source, diagnostics).flatMap((filter) => {
      const rule = ruleOf(filter, source, diagnostics);
      return rule === null ? [] : [rule];
    }),
  );
  return { rules, diagnostics: diagnostics.list() };
}

function filtersOf(source: TextSource, diagnostics: Diagnostics): readonly unknown[] {
  const whole = spanOf(source, 0, 0);
  const parsed = parsedJson(source.text);
  const filters = memberOf(memberOf(parsed, "filters"), "filter");
  if (Array.isArray(filters)) return filters;
  const message =
    parsed === undefined ? "The file is not well-formed JSON." : 'The file has no list "filters.filter".';
  diagnostics.report({ code: "rule-syntax", span: whole, message });
  return [];
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(name);
}

function textOf(value: unknown, name: string): string | null {
  const member = memberOf(value, name);
  return typeof member === "string" || typeof member === "number" ? String(member) : null;
}

function ruleOf(filter: unknown, source: TextSource, diagnostics: Diagnostics): EventRule | null {
  const id = textOf(filter, "id");
  const written = textOf(filter, "rule");
  const span = placeOf(source, written ?? id ?? "");
  if (id === null || written === null) {
    const message = 'A filter needs "id" and "rule".';
    diagnostics.report({ code: "rule-member-missing", span, message });
    return null;
  }
  const expression = linearExpression(written);
  if (expression === null) {
    diagnostics.report({
      code: "rule-expression",
      severity: "warning",
      span,
      message: `Filter ${id} is left out: ${reasonAgainst(written)}`,
      help: "Write it without look-around, back-references, conditions and atomic groups.",
    });
    return null;
  }
  const tags = tagsOf(filter);
  return {
    id: `sigs-${id}`,
    title: textOf(filter, "description") ?? `Filter ${id}`,
    description: tags.length === 0 ? "" : `Tags: ${tags.join(", ")}.`,
    severity: severityOf(Number(textOf(filter, "impact") ?? "")),
    phase: "exploit",
    techniques: [...new Set(tags.map((tag) => (tag === "xss" ? "T1059.007" : "T1190")))],
    references: [],
    falsePositives: [],
    kinds: ["web", "proxy"],
    forms: "normal",
    condition: {
      kind: "field",
      field: "url.original",
      test: { kind: "matches", expression, flags: FLAGS },
    },
    origin: source.name,
  };
}

/** The expression itself, or one that asks the same and needs no look-around; null: there is none. */
function linearExpression(written: string): string | null {
  if (expressionMistake(written, FLAGS) === null) return written;
  const plain = withoutLookAround(written);
  return plain !== null && expressionMistake(plain, FLAGS) === null ? plain : null;
}

/** Constructs of Perl's syntax that no linear engine has. */
const CONSTRUCTS: readonly (readonly [string, RegExp])[] = [
  ["a condition (`(?(1)…)`)", /\(\?\(/],
  ["a back-reference", /\\[1-9]|\\k[<{']|\(\?P=/],
  ["recursion", /\(\?(?:R|\d|&)/],
  ["an atomic group", /\(\?>/],
  ["look-ahead inside of the expression", /\(\?[=!]/],
  ["look-behind inside of the expression", /\(\?<[=!]/],
  ["a quantifier that gives nothing back", /[*+?}]\+/],
];

function reasonAgainst(written: string): string {
  const found = CONSTRUCTS.filter(([, expression]) => expression.test(written.replace(/\[[^\]]*\]/g, "[]")));
  if (found.length === 0) return expressionMistake(written, FLAGS) ?? "";
  return `it has ${found.map(([name]) => name).join(" and ")}, which cannot be run in linear time.`;
}

/** Where a text stands in the JSON, as JSON writes it. */
function placeOf(source: TextSource, text: string): TextSpan {
  const written = JSON.stringify(text).slice(1, -1);
  const plain = source.text.indexOf(written);
  const start = plain >= 0 ? plain : source.text.indexOf(written.replaceAll("/", "\\/"));
  return start < 0 || text === "" ? spanOf(source, 0, 0) : spanOf(source, start, start + written.length);
}

function tagsOf(filter: unknown): readonly string[] {
  const tag = memberOf(memberOf(filter, "tags"), "tag");
  return (Array.isArray(tag) ? tag : [tag]).flatMap((one: unknown) => (typeof one === "string" ? [one] : []));
}

/** Impacts go from 1 to 7 or so. */
function severityOf(impact: number): Severity {
  if (impact >= 7) return "critical";
  if (impact >= 5) return "high";
  return impact <= 2 ? "low" : "medium";
}
