/** Rules that come with the program. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { packageFolder } from "#sources";
import { Diagnostics, invariant, type TextSource } from "#text";
import { type BucketRuleFile, readBucketRules } from "../behaviour/read-bucket-rules.ts";
import type { PromotionRule } from "../promotion/promotion-rule.ts";
import { readPromotionRules } from "../promotion/read-promotion-rules.ts";

/** The shipped bucket rules with the tests in their files, by the names of the files. Cost: a few small files; call it once per run. */
export function loadBucketRules(): readonly BucketRuleFile[] {
  return loadAll(bucketRuleSources(), readBucketRules);
}

/** The shipped promotion rules. */
export function loadPromotionRules(): readonly PromotionRule[] {
  return loadAll(promotionRuleSources(), readPromotionRules);
}

/** The files of the shipped bucket rules, by name. */
export function bucketRuleSources(): readonly TextSource[] {
  return sourcesIn("behaviour");
}

/** The files of the shipped promotion rules, by name. */
export function promotionRuleSources(): readonly TextSource[] {
  return sourcesIn("promotion");
}

function sourcesIn(folder: string): readonly TextSource[] {
  const path = fileURLToPath(new URL(`rules/${folder}/`, packageFolder()));
  return readdirSync(path)
    .filter((name) => name.endsWith(".yml"))
    .sort()
    .map((name) => ({ name: `rules/${folder}/${name}`, text: readFileSync(`${path}${name}`, "utf8") }));
}

function loadAll<Rule>(
  sources: readonly TextSource[],
  read: (source: TextSource, diagnostics: Diagnostics) => readonly Rule[],
): readonly Rule[] {
  const diagnostics = new Diagnostics();
  const rules = sources.flatMap((source) => read(source, diagnostics));
  const [first] = diagnostics.list();
  invariant(first === undefined, `${first?.span.source.name} has no mistakes, such as: ${first?.message}`);
  return rules;
}
