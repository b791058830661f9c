/** Rules about many events: more than so many, by whom, how fast. */
import type { EventKind } from "../event.ts";
import type { Phase, Severity } from "../finding.ts";
import type { RuleCondition } from "../rule.ts";

/** How a bucket forgets. */
export type Drain =
  /** It loses one event every `everyMs`, as a bucket with a hole loses water. */
  | { readonly kind: "leak"; readonly everyMs: number }
  /** Events count for `withinMs`. */
  | { readonly kind: "window"; readonly withinMs: number }
  /** It never forgets; the whole log counts. */
  | { readonly kind: "never" };

/** An event that must come once there were enough: a success after many failures. */
export interface FollowedBy {
  readonly condition: RuleCondition;
  /** Counted from the last time that there were enough. */
  readonly withinMs: number;
}

/** "More than `limit` events by `keys`". Plain data; a file of its own in most cases. */
export interface BucketRule {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly phase: Phase;
  readonly techniques: readonly string[];
  readonly references: readonly string[];
  readonly falsePositives: readonly string[];
  /** Kinds of events that count; empty: all. */
  readonly kinds: readonly EventKind[];
  /** Ids of rules about single events of which one must have matched, `*` for any text; empty: none need to. */
  readonly ruleIds: readonly string[];
  /** What must hold besides; null: nothing. Expressions and wildcards are the business of rules about single events. */
  readonly condition: RuleCondition | null;
  /** Fields that say which bucket an event falls into. An event without the first one falls into none. */
  readonly keys: readonly string[];
  /** Only other values of this field count; null: each event counts. */
  readonly distinct: string | null;
  /** So many are allowed. */
  readonly limit: number;
  readonly drain: Drain;
  /** After so long without a further event the finding is complete, and a new one may begin. */
  readonly coolDownMs: number;
  /** Null: enough events are a finding by themselves. */
  readonly followedBy: FollowedBy | null;
  /** What findings say; `{client}`, `{count}`, `{distinct}`, `{duration}` and `{key}` stand for what was seen. Null: the title says it. */
  readonly sentence: string | null;
  /** The file it was read from. */
  readonly origin: string;
}
