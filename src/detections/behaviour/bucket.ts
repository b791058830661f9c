/** What is kept for one key of one rule: events that are not yet counted, in any order, and the machine that counts them. */
import type { ClientBucket } from "../pass/client-table.ts";
import { EvidenceKeeper } from "../pass/evidence.ts";
import { BucketMachine, type Episode } from "./bucket-machine.ts";
import type { BucketRule } from "./bucket-rule.ts";

/** Stands for the event that `followedBy` waits for. */
export const FOLLOWING = -1;

const NO_EPISODES: readonly Episode[] = [];

/** Events of one key. They are counted by `settle`, in the order of time, whatever order they came in. */
export class Bucket implements ClientBucket {
  /** The number of its rule. */
  readonly rule: number;
  readonly #key: Readonly<Record<string, string>> | null;
  readonly client: string | null;
  next: ClientBucket | null = null;
  #evidence: EvidenceKeeper | null = null;
  /** Answers: 2xx and 3xx, and errors. */
  answered = 0;
  refused = 0;
  #machine: BucketMachine | null = null;
  /** The only event so far, while the list is null; most buckets hold no other. */
  #onlyMs: number | null = null;
  #onlyValue = 0;
  /** Times and values by turns. */
  #events: number[] | null = null;
  #latestMs = Number.NEGATIVE_INFINITY;
  #isSorted = true;
  #hasFollowing = false;
  #settledMs = Number.NEGATIVE_INFINITY;
  /** The level of a leaky bucket in the order of arrival: only whether evidence is worth keeping hangs on it. */
  #warmth = 0;
  #warmAtMs = 0;

  /** @param key  null: the client alone */
  constructor(rule: number, key: Readonly<Record<string, string>> | null, client: string | null) {
    this.rule = rule;
    this.#key = key;
    this.client = client;
  }

  get key(): Readonly<Record<string, string>> {
    return this.#key ?? (this.client === null ? {} : { client: this.client });
  }

  /** Made when it is first asked for: most buckets stay nearly empty. */
  get evidence(): EvidenceKeeper {
    this.#evidence ??= new EvidenceKeeper();
    return this.#evidence;
  }

  /** Events that wait. */
  get pending(): number {
    return this.#events === null ? (this.#onlyMs === null ? 0 : 1) : this.#events.length / 2;
  }

  /** Whether nothing would be lost with it: no event waits and none counts. */
  get isIdle(): boolean {
    return this.pending === 0 && (this.#machine === null || this.#machine.sinceMs === null);
  }

  /** Adds an event; false: it came after its time was already counted. */
  add(timeMs: number, value: number): boolean {
    if (value === FOLLOWING) this.#hasFollowing = true;
    if (timeMs < this.#latestMs) this.#isSorted = false;
    else this.#latestMs = timeMs;
    if (this.#events === null && this.#onlyMs === null) {
      this.#onlyMs = timeMs;
      this.#onlyValue = value;
    } else this.#listed().push(timeMs, value);
    return timeMs >= this.#settledMs;
  }

  /** Whether there may be half of what is too much, so that evidence is worth keeping. */
  isWarm(rule: BucketRule, timeMs: number): boolean {
    if (rule.limit <= 5) return true;
    const everyMs = rule.drain.kind === "leak" ? rule.drain.everyMs : 0;
    const sinceMs = Math.max(0, timeMs - this.#warmAtMs);
    this.#warmth = everyMs === 0 ? this.#warmth + 1 : Math.max(0, this.#warmth - sinceMs / everyMs) + 1;
    this.#warmAtMs = timeMs;
    return this.#warmth > rule.limit / 2;
  }

  /** Counts what happened until this time, and gives the stretches that are over by then. */
  settle(rule: BucketRule, untilMs: number, isEnd: boolean): readonly Episode[] {
    if (this.#machine === null && this.#cannotFire(rule, isEnd)) return NO_EPISODES;
    const events = this.#sorted();
    this.#machine ??= new BucketMachine(rule);
    const machine = this.#machine;
    const episodes: Episode[] = [];
    let at = 0;
    for (; at < events.length; at += 2) {
      const timeMs = events[at] ?? 0;
      if (timeMs > untilMs) break;
      const value = events[at + 1] ?? 0;
      const episode = value === FOLLOWING ? machine.follow(timeMs) : machine.pour(timeMs, value);
      if (episode !== null) episodes.push(episode);
    }
    this.#events = events.length === at ? null : events.slice(at);
    this.#settledMs = Math.max(this.#settledMs, untilMs);
    const over = machine.close(isEnd ? Number.POSITIVE_INFINITY : untilMs);
    if (over !== null) episodes.push(over);
    return episodes;
  }

  /** Lets go evidence of what no longer counts. */
  forgetSettled(): void {
    this.#evidence?.forget(this.#machine?.sinceMs ?? this.#settledMs);
  }

  #cannotFire(rule: BucketRule, isEnd: boolean): boolean {
    return isEnd && this.pending <= rule.limit;
  }

  /** By time; what must follow comes behind what it follows when both have the same time. */
  #sorted(): number[] {
    const events = this.#listed();
    if (this.#isSorted && !this.#hasFollowing) return events;
    const order = Array.from({ length: events.length / 2 }, (_, index) => ({
      timeMs: events[2 * index] ?? 0,
      value: events[2 * index + 1] ?? 0,
    })).sort((a, b) => a.timeMs - b.timeMs || b.value - a.value);
    this.#isSorted = true;
    return order.flatMap(({ timeMs, value }) => [timeMs, value]);
  }

  /** The events that wait as a list. */
  #listed(): number[] {
    this.#events ??= this.#onlyMs === null ? [] : [this.#onlyMs, this.#onlyValue];
    this.#onlyMs = null;
    return this.#events;
  }
}
