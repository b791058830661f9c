/** The contract of everything that looks at events: one pass, in the order of the log, bounded memory. */
import type { DetectionEvent } from "./event.ts";
import type { Finding } from "./finding.ts";
import type { RuleMatch } from "./rule.ts";

/** Looks at events one after the other and tells findings in the end (or on the way, for live streams). */
export interface Detector {
  /** Fields it reads, ECS names: others need not be decoded. */
  readonly fields: readonly string[];
  /** An event, and the rules about single events that it matched. */
  observe(event: DetectionEvent, matches: readonly RuleMatch[]): void;
  /** Findings that are complete by now, each given once. After `isEnd` everything is told. */
  take(isEnd: boolean): readonly Finding[];
  /** What the account must tell of its limits: what was let go, what came late. Full sentences, asked for after the end. */
  notes?(): readonly string[];
}
