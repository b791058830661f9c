/** Bucket rules out of files. */
import { type Diagnostics, type TextSource, unreachable } from "#text";
import type { RuleCondition } from "../rule.ts";
import { countOf, durationOf, optionalText, tellMissing, tellWrong } from "../rule-text/member-values.ts";
import { readRuleDocuments } from "../rule-text/rule-documents.ts";
import { HEAD_MEMBERS, readHead, readKinds } from "../rule-text/rule-head.ts";
import { PHASES } from "../rule-text/rule-words.ts";
import { readCondition } from "../rules/read-condition.ts";
import type { RuleMembers } from "../rules/rule-members.ts";
import type { BucketRule, Drain, FollowedBy } from "./bucket-rule.ts";
import { readTrials, type Trial } from "./trial.ts";

/** A bucket rule with the tests that stand in its file. */
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
  return readRuleDocuments(source, diagnostics, readBucketRule, ({ rule }) => rule.id);
}

function readBucketRule(members: RuleMembers): BucketRuleFile | null {
  members.checkNames(BUCKET_MEMBERS);
  const head = readHead(members);
  const phase = members.word("phase", PHASES, null);
  const limit = countOf(members, "more-than");
  const keys = members.texts("by");
  if (keys.length === 0) tellMissing(members, '"by" is missing: the rule does not say by what it counts.');
  const ruleIds = members.texts("rules");
  if (ruleIds.length === 0 && members.value("where") === null) {
    tellMissing(members, '"rules" or "where" is missing: the rule does not say what counts.');
  }
  const rest = {
    kinds: readKinds(members),
    ruleIds,
    condition: conditionOf(members),
    keys,
    distinct: optionalText(members, "distinct"),
    drain: readDrain(members),
    coolDownMs: durationOf(members, "cool-down") ?? DEFAULT_COOL_DOWN_MS,
    followedBy: readFollowedBy(members),
    sentence: optionalText(members, "sentence"),
    origin: members.map.span.source.name,
  };
  const trials = readTrials(members);
  return head === null || phase === null || limit === null
    ? null
    : { rule: { ...head, ...rest, phase, limit }, trials };
}

/** A condition without what must be sought for in long texts: rules about single events do that for all rules together. */
function conditionOf(members: RuleMembers): RuleCondition | null {
  const condition = readCondition(members, "where");
  if (condition === null || !seeksInTexts(condition)) return condition;
  const help = 'Write a rule about single events for it, and name that one under "rules".';
  tellWrong(members, "where", "Buckets ask no regular expressions, shapes and bytes of whole events.", help);
  return null;
}

function seeksInTexts(condition: RuleCondition): boolean {
  switch (condition.kind) {
    case "all":
    case "any":
      return condition.conditions.some(seeksInTexts);
    case "not":
      return seeksInTexts(condition.condition);
    case "field":
      return ["matches", "wildcard", "shape"].includes(condition.test.kind);
    case "anywhere":
      return true;
    default:
      return unreachable(condition);
  }
}

function readDrain(members: RuleMembers): Drain {
  const everyMs = durationOf(members, "leak");
  const withinMs = durationOf(members, "within");
  if (everyMs !== null && withinMs !== null) {
    tellWrong(members, "within", 'A bucket has "leak" or "within", not both.');
  }
  if (everyMs === 0) tellWrong(members, "leak", "A bucket that leaks at once holds nothing.");
  if (everyMs !== null) return { kind: "leak", everyMs: Math.max(1, everyMs) };
  return withinMs === null ? { kind: "never" } : { kind: "window", withinMs };
}

function readFollowedBy(members: RuleMembers): FollowedBy | null {
  const [map, another] = members.maps("followed-by");
  if (another !== undefined) tellWrong(members, "followed-by", '"followed-by" holds one event only.');
  if (map === undefined) return null;
  const following = members.inside(map);
  following.checkNames(["where", "within"]);
  const condition = conditionOf(following);
  const withinMs = durationOf(following, "within");
  if (following.value("where") === null)
    tellMissing(following, '"where" is missing: it does not say what must follow.');
  if (following.value("within") === null)
    tellMissing(following, '"within" is missing: it does not say how long to wait.');
  return condition === null || withinMs === null ? null : { condition, withinMs };
}
