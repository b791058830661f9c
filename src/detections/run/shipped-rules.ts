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
  return loadAll("behaviour", readBucketRules);
}

/** The shipped promotion rules. */
export function loadPromotionRules(): readonly PromotionRule[] {
  return loadAll("promotion", readPromotionRules);
}

function loadAll<Rule>(
  folder: string,
  read: (source: TextSource, diagnostics: Diagnostics) => readonly Rule[],
): readonly Rule[] {
  const path = fileURLToPath(new URL(`rules/${folder}/`, packageFolder()));
  const diagnostics = new Diagnostics();
  const rules = readdirSync(path)
    .filter((name) => name.endsWith(".yml"))
    .sort()
    .flatMap((name) =>
      read({ name: `rules/${folder}/${name}`, text: readFileSync(`${path}${name}`, "utf8") }, diagnostics),
    );
  const [first] = diagnostics.list();
  invariant(first === undefined, `${first?.span.source.name} has no mistakes, such as: ${first?.message}`);
  return rules;
}
