/** What detections give: findings with their evidence, stories per client, incidents. Plain data, the same in every run. */

/** The levels of Sigma. */
export type Severity = "informational" | "low" | "medium" | "high" | "critical";

/** Where in an attack a finding belongs. */
export type Phase =
  | "reconnaissance"
  | "probe"
  | "exploit"
  | "upload"
  | "access"
  | "credential-access"
  | "command-and-control"
  | "exfiltration"
  | "removal"
  | "other";

/** Whether it worked, by what the log says: a 404 is `failed`, a shell that answers 200 is `succeeded`. */
export type Outcome = "attempted" | "failed" | "succeeded" | "unknown";

/** A call as the audit of a cloud tells it. */
export interface Act {
  /** The user, role or service that acted; null: the log does not say. */
  readonly actor: string | null;
  /** What was called, such as `DeleteBucket at s3.amazonaws.com`. */
  readonly call: string;
  /** Why it was refused; null: it was done. */
  readonly refusal: string | null;
}

/** One record that a finding rests on: enough to read it again and see why. */
export interface Evidence {
  readonly uri: string;
  /** In the uncompressed bytes of the source. */
  readonly offset: number;
  readonly length: number;
  readonly timeMs: number | null;
  /** The record, cut at 4,096 characters. */
  readonly rawText: string;
  /** ECS name of the field that matched; null: the bytes as a whole. */
  readonly field: string | null;
  readonly form: readonly string[];
  readonly matchedText: string | null;
  /** Who did what; absent where the record is no call. */
  readonly act?: Act;
}

/** Something that was seen. */
export interface Finding {
  /** Derived from rule, key and first time: the same in every run over the same log. */
  readonly id: string;
  readonly ruleId: string;
  readonly title: string;
  readonly kind: "signature" | "behaviour" | "forensic" | "correlation" | "list";
  readonly severity: Severity;
  readonly phase: Phase;
  readonly outcome: Outcome;
  readonly techniques: readonly string[];
  /** What lists say of the client, such as `ipsum`; absent: it stands on none, or none was asked. */
  readonly clientLists?: readonly string[];
  /** What the finding is about: the client's address where there is one, and what else it was counted by (ECS name → value). */
  readonly client: string | null;
  readonly key: Readonly<Record<string, string>>;
  readonly firstTimeMs: number | null;
  readonly lastTimeMs: number | null;
  /** Events that it stands for. */
  readonly count: number;
  /** Numbers that led to it, such as `distinct_paths` or `score`, units in the names. */
  readonly measures: Readonly<Record<string, number>>;
  /** One sentence: what was seen, in the reader's words. */
  readonly sentence: string;
  /** The first ones and the last one; at most 10. */
  readonly evidence: readonly Evidence[];
}

/** All findings about one client, in the order of an attack. */
export interface Story {
  readonly client: string;
  /** What lists say of the client, as in findings. */
  readonly clientLists?: readonly string[];
  readonly severity: Severity;
  readonly outcome: Outcome;
  readonly firstTimeMs: number | null;
  readonly lastTimeMs: number | null;
  readonly events: number;
  readonly phases: readonly { readonly phase: Phase; readonly findingIds: readonly string[] }[];
  /** Short sentences that tell it. */
  readonly sentences: readonly string[];
}

/** What a promotion rule made of findings: something that somebody must know. */
export interface Incident {
  /** Derived from promotion rule and client: a second run makes no second incident. */
  readonly id: string;
  readonly promotionId: string;
  readonly title: string;
  readonly severity: Severity;
  readonly client: string;
  readonly count: number;
  readonly firstTimeMs: number | null;
  readonly lastTimeMs: number | null;
  readonly techniques: readonly string[];
  readonly findingIds: readonly string[];
}

/** What was read for a report. bytes = matched + unmatched + skipped. */
export interface DetectionAccount {
  readonly files: number;
  readonly bytes: number;
  readonly records: number;
  readonly unmatchedBytes: number;
  readonly skippedBytes: number;
  readonly formats: readonly string[];
  readonly firstTimeMs: number | null;
  readonly lastTimeMs: number | null;
  readonly notes: readonly string[];
}

/** Everything that one run of detections gives. */
export interface DetectionReport {
  readonly account: DetectionAccount;
  /** Worst first, then by first time, then by id. */
  readonly findings: readonly Finding[];
  readonly stories: readonly Story[];
  readonly incidents: readonly Incident[];
}
