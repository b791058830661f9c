/** Findings of buckets. */
import type { Finding, Outcome } from "../finding.ts";
import { shownEvidence } from "../pass/evidence.ts";
import { findingId } from "../pass/stable-id.ts";
import { durationText } from "../pass/words.ts";
import type { Bucket } from "./bucket.ts";
import type { Episode } from "./bucket-machine.ts";
import type { BucketRule } from "./bucket-rule.ts";

/** The finding that a stretch of time with too many events is. */
export function bucketFinding(rule: BucketRule, bucket: Bucket, episode: Episode): Finding {
  const { firstMs, lastMs, count, distinct } = episode;
  return {
    id: findingId(rule.id, bucket.key, firstMs),
    ruleId: rule.id,
    title: rule.title,
    kind: "behaviour",
    severity: rule.severity,
    phase: rule.phase,
    outcome: outcomeOf(rule, bucket),
    techniques: rule.techniques,
    client: bucket.client,
    key: bucket.key,
    firstTimeMs: firstMs,
    lastTimeMs: lastMs,
    count,
    measures: {
      ...(distinct === null ? {} : { distinct_values: distinct.size }),
      duration_ms: lastMs - firstMs,
    },
    sentence: sentenceOf(rule, bucket, episode),
    evidence: shownEvidence(bucket.evidence.between(firstMs, lastMs)),
  };
}

function outcomeOf(rule: BucketRule, bucket: Bucket): Outcome {
  if (rule.followedBy !== null) return "succeeded";
  return bucket.answered === 0 && bucket.refused > 0 ? "failed" : "attempted";
}

function sentenceOf(rule: BucketRule, bucket: Bucket, { firstMs, lastMs, count, distinct }: Episode): string {
  const words: Readonly<Record<string, string>> = {
    client: bucket.client ?? Object.values(bucket.key).join(", "),
    count: String(count),
    distinct: distinct === null ? "" : `${distinct.isFull ? "at least " : ""}${distinct.size}`,
    duration: durationText(lastMs - firstMs),
    key: Object.values(bucket.key).join(", "),
  };
  const template = rule.sentence ?? `${rule.title}: {count} events of {key} within {duration}.`;
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole);
}
