/** Tries rules on their examples and on disguises of them, and says what rules lack. */
import { type Diagnostic, Diagnostics } from "#text";
import { needsOf } from "../engine/required-literals.ts";
import { disguisesOf } from "./evasions.ts";
import { compileExpression } from "./expressions.ts";
import type { LoadedRule } from "./load-rules.ts";
import { type CompileExpression, matchRules, type ReadyRule, readyRules } from "./match-rules.ts";
import { eventOfFields, fieldsOfRequest } from "./request-event.ts";
import type { RuleExample } from "./written-rules.ts";

/** How a rule did on its examples. */
export interface RuleTrial {
  readonly id: string;
  readonly positives: number;
  readonly negatives: number;
  /** Disguised positives, and how many of them the rule finds. */
  readonly disguises: number;
  readonly foundDisguises: number;
  /** Disguises by which a positive gets past the rule, each named once. */
  readonly missedEvasions: readonly string[];
  /** Examples that the rule judges wrong. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Tries a rule on its examples and on disguises of its positive ones. */
export function tryRule(loaded: LoadedRule, compile: CompileExpression = compileExpression): RuleTrial {
  const ready = readyRules([loaded.rule], compile);
  const kind = loaded.rule.kinds[0] ?? "web";
  const diagnostics = new Diagnostics();
  const isFound = ({ fields, raw }: Pick<RuleExample, "fields" | "raw">) =>
    matchRules(ready, eventOfFields(kind, fields, raw)).length > 0;
  for (const example of loaded.positives) {
    if (!isFound(example))
      tell(diagnostics, example, `"${loaded.rule.id}" does not find its positive example.`);
  }
  for (const example of loaded.negatives) {
    if (isFound(example)) tell(diagnostics, example, `"${loaded.rule.id}" finds its negative example.`);
  }
  const { found, missed } = tryDisguises(loaded, ready);
  return {
    id: loaded.rule.id,
    positives: loaded.positives.length,
    negatives: loaded.negatives.length,
    disguises: found + missed.length,
    foundDisguises: found,
    missedEvasions: [...new Set(missed)],
    diagnostics: diagnostics.list(),
  };
}

function tell(diagnostics: Diagnostics, { span }: RuleExample, message: string): void {
  diagnostics.report({ code: "rule-example", span, message });
}

function tryDisguises(
  { rule, positives }: LoadedRule,
  ready: readonly ReadyRule[],
): { readonly found: number; readonly missed: readonly string[] } {
  // Rules about values as they stand in the log are about the disguise itself.
  const requests = rule.forms === "raw" ? [] : positives.filter(({ request }) => request !== null);
  let found = 0;
  const missed: string[] = [];
  for (const { request, fields } of requests) {
    for (const { evasion, request: disguised } of disguisesOf(request ?? "")) {
      const event = eventOfFields(rule.kinds[0] ?? "web", { ...fields, ...fieldsOfRequest(disguised) }, null);
      if (matchRules(ready, event).length > 0) found++;
      else missed.push(evasion);
    }
  }
  return { found, missed };
}

/** Something that a rule lacks. */
export interface RuleLack {
  readonly id: string;
  readonly origin: string;
  readonly sentence: string;
}

/** What rules lack, in their order: techniques, examples, words to look for first; and rules that ask the same. */
export function lintRules(rules: readonly LoadedRule[]): readonly RuleLack[] {
  const conditions = new Map<string, string>();
  return rules.flatMap((loaded) => {
    const { rule } = loaded;
    const asked = JSON.stringify([rule.kinds, rule.condition]);
    const same = conditions.get(asked);
    conditions.set(asked, same ?? rule.id);
    const sentences = [...lacksOf(loaded), ...(same === undefined ? [] : [`It asks the same as "${same}".`])];
    return sentences.map((sentence) => ({ id: rule.id, origin: rule.origin, sentence }));
  });
}

function lacksOf({ rule, positives, negatives, hasExamples }: LoadedRule): readonly string[] {
  return [
    ...(rule.techniques.length === 0 ? ["It names no ATT&CK technique."] : []),
    ...(hasExamples && positives.length < 2 ? ["It has fewer than two positive examples."] : []),
    ...(hasExamples && negatives.length < 2 ? ["It has fewer than two negative examples."] : []),
    ...(needsOf(rule) === null
      ? ["No word or sign stands in all that it matches: it is asked of every event, which is slow."]
      : []),
  ];
}
