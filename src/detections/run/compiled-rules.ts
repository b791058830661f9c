/** The shipped rules, ready to be used: read, checked, and with what each of them needs. The build leaves them beside the program. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { TextSource } from "#text";
import type { BucketRule } from "../behaviour/bucket-rule.ts";
import { needsOf, type RuleNeeds } from "../engine/required-literals.ts";
import type { PromotionRule } from "../promotion/promotion-rule.ts";
import type { EventRule } from "../rule.ts";
import { loadRules } from "../rules/load-rules.ts";
import { shippedRuleSources } from "../rules/shipped-rules.ts";
import {
  bucketRuleSources,
  loadBucketRules,
  loadPromotionRules,
  promotionRuleSources,
} from "./shipped-rules.ts";

/** The name of the file, beside the program's own. */
export const COMPILED_RULES_FILE = "rules.json";

/** A rule about single events, and what it needs. */
export interface CompiledRule {
  readonly rule: EventRule;
  /** Null: nothing is known of it. */
  readonly needs: RuleNeeds | null;
}

/** All shipped rules. Plain data. */
export interface CompiledRules {
  /** Stands for the files that the rules were read from. */
  readonly digest: string;
  readonly rules: readonly CompiledRule[];
  readonly bucketRules: readonly BucketRule[];
  readonly promotionRules: readonly PromotionRule[];
}

/** Reads and compiles the shipped rules. Cost: more than a second. */
export function compileShippedRules(): CompiledRules {
  const { rules } = loadRules(shippedRuleSources());
  return {
    digest: digestOf(allSources()),
    rules: rules.map(({ rule }) => ({ rule, needs: needsOf(rule) })),
    bucketRules: loadBucketRules().map(({ rule }) => rule),
    promotionRules: loadPromotionRules(),
  };
}

/** The shipped rules: as the build left them when the files are still the same, else compiled now. */
export function shippedRules(): CompiledRules {
  return compiledBefore(digestOf(allSources())) ?? compileShippedRules();
}

function allSources(): readonly TextSource[] {
  return [...shippedRuleSources(), ...bucketRuleSources(), ...promotionRuleSources()];
}

function digestOf(sources: readonly TextSource[]): string {
  const hash = createHash("sha256");
  for (const { name, text } of sources) hash.update(`${name}\0${text}\0`);
  return hash.digest("hex");
}

function compiledBefore(digest: string): CompiledRules | null {
  const path = fileURLToPath(new URL(COMPILED_RULES_FILE, import.meta.url));
  if (!existsSync(path)) return null;
  const found: unknown = JSON.parse(readFileSync(path, "utf8"));
  return isCompiled(found) && found.digest === digest ? found : null;
}

/** Whether it is what the build writes: nobody else writes there. */
function isCompiled(value: unknown): value is CompiledRules {
  return typeof value === "object" && value !== null && "digest" in value && "rules" in value;
}
