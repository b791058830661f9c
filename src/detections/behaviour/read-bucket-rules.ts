/** Bucket rules out of files. */
import type { Diagnostics, TextSource } from "#text";
import type { EventKind } from "../event.ts";
import { readCondition } from "../rule-text/read-condition.ts";
import { EVENT_KINDS, HEAD_MEMBERS, PHASES, readHead } from "../rule-text/rule-head.ts";
import { type RuleMapping, readYamlMappings } from "../rule-text/yaml-mapping.ts";
import type { BucketRule, Drain, FollowedBy } from "./bucket-rule.ts";
import { readTrials, type Trial } from "./trial.ts";

/** A bucket rule with the trials that stand in its file. */
export interface BucketRuleFile {
  readonly rule: BucketRule;
  readonly trials: readonly Trial[];
}

/** Names of all members of a bucket rule. */
export const BUCKET_MEMBERS: readonly string[] = [
  ...HEAD_MEMBERS,
  "phase",
  "kinds",
  "rules",
  "where",
  "by",
  "distinct",
  "more-than",
  "leak",
  "within",
  "cool-down",
  "followed-by",
  "sentence",
  "tests",
];

const DEFAULT_COOL_DOWN_MS = 300_000;

/** Reads the bucket rules of a file, one per document. Rules with mistakes are left out, and the mistakes reported. */
export function readBucketRules(source: TextSource, diagnostics: Diagnostics): readonly BucketRuleFile[] {
  const ids = new Set<string>();
  return readYamlMappings(source, diagnostics).flatMap((mapping) => {
    const file = readBucketRule(mapping);
    if (file === null) return [];
    if (ids.has(file.rule.id)) {
      const span = mapping.spanOf("id");
      diagnostics.report({
        code: "rule-id-twice",
        span,
        message: `Two rules have the id "${file.rule.id}".`,
      });
      return [];
    }
    ids.add(file.rule.id);
    return [file];
  });
}

function readBucketRule(mapping: RuleMapping): BucketRuleFile | null {
  mapping.checkKeys(BUCKET_MEMBERS);
  const head = readHead(mapping);
  const phase = mapping.oneOf("phase", PHASES, true);
  const limit = mapping.count("more-than", true);
  const keys = mapping.texts("by");
  if (keys.length === 0) mapping.missing("by", "The rule does not say by what it counts.");
  const ruleIds = mapping.texts("rules");
  const condition = readCondition(mapping, "where");
  if (ruleIds.length === 0 && condition === null) {
    mapping.missing("where", "The rule does not say what counts: it has neither rules nor a condition.");
    return null;
  }
  const trials = readTrials(mapping);
  if (head === null || phase === null || limit === null || keys.length === 0) return null;
  const rule: BucketRule = {
    ...head,
    phase,
    kinds: readKinds(mapping),
    ruleIds,
    condition,
    keys,
    distinct: mapping.has("distinct") ? mapping.text("distinct", false) : null,
    limit,
    drain: readDrain(mapping),
    coolDownMs: mapping.duration("cool-down") ?? DEFAULT_COOL_DOWN_MS,
    followedBy: readFollowedBy(mapping),
    sentence: mapping.has("sentence") ? mapping.text("sentence", false) : null,
    origin: mapping.source.name,
  };
  return { rule, trials };
}

function readKinds(mapping: RuleMapping): readonly EventKind[] {
  return mapping.texts("kinds").flatMap((text) => {
    const kind = EVENT_KINDS.find((known) => known === text);
    if (kind === undefined)
      mapping.wrong("kinds", `There is no kind "${text}".`, `There are: ${EVENT_KINDS.join(", ")}.`);
    return kind === undefined ? [] : [kind];
  });
}

function readDrain(mapping: RuleMapping): Drain {
  const everyMs = mapping.duration("leak");
  const withinMs = mapping.duration("within");
  if (mapping.has("leak") && mapping.has("within")) {
    mapping.wrong("within", 'A bucket has "leak" or "within", not both.');
  }
  if (everyMs !== null) return { kind: "leak", everyMs };
  return withinMs === null ? { kind: "never" } : { kind: "window", withinMs };
}

function readFollowedBy(mapping: RuleMapping): FollowedBy | null {
  const following = mapping.mapping("followed-by");
  if (following === null) return null;
  following.checkKeys(["where", "within"]);
  const condition = readCondition(following, "where");
  const withinMs = following.duration("within");
  if (condition === null) following.missing("where", '"followed-by" does not say what must follow.');
  if (withinMs === null) following.missing("within", '"followed-by" does not say how long it waits.');
  return condition === null || withinMs === null ? null : { condition, withinMs };
}
