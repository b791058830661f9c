/** Files of rules of any language: this project's own, Sigma, and lists of filters (`sigs.json`). */
import type { Diagnostic, TextSource } from "#text";
import type { EventRule } from "../rule.ts";
import { isSigmaText, loadSigma } from "../sigma/load-sigma.ts";
import type { SigmaCorrelation } from "../sigma/sigma-correlation.ts";
import { isSigsJson, loadSigsJson } from "../signatures/sigs-json.ts";
import { loadWrittenRules, type RuleExample } from "./written-rules.ts";

/** A rule with the examples that stand beside it. */
export interface LoadedRule {
  readonly rule: EventRule;
  readonly positives: readonly RuleExample[];
  readonly negatives: readonly RuleExample[];
  /** Whether its language has examples at all. */
  readonly hasExamples: boolean;
}

/** What files of rules say. */
export interface RuleSet {
  readonly rules: readonly LoadedRule[];
  /** Correlations of Sigma, each behind the rules that it looks at. */
  readonly correlations: readonly SigmaCorrelation[];
  /** Rules that only correlations look at. */
  readonly quietIds: ReadonlySet<string>;
  /** Whatever could not be read or run, and what was left out for it. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads files of rules, each by what it holds. What cannot be used is left out and told; the rest counts. */
export function loadRules(sources: readonly TextSource[]): RuleSet {
  const sigma = loadSigma(sources.filter(({ text }) => isSigmaText(text)));
  const filters = loadSigsJson(sources.filter(({ text }) => !isSigmaText(text) && isSigsJson(text)));
  const written = loadWrittenRules(sources.filter(({ text }) => !isSigmaText(text) && !isSigsJson(text)));
  const foreign = [...sigma.rules, ...filters.rules];
  return {
    rules: [
      ...written.rules.map(({ rule, positives, negatives }) => ({
        rule,
        positives,
        negatives,
        hasExamples: true,
      })),
      ...foreign.map((rule) => ({ rule, positives: [], negatives: [], hasExamples: false })),
    ],
    correlations: sigma.correlations,
    quietIds: sigma.quietIds,
    diagnostics: [...written.diagnostics, ...sigma.diagnostics, ...filters.diagnostics],
  };
}
