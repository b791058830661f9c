/** What is kept for one key of one rule: events that are not yet counted, in any order, and the machine that counts them. */
import { EvidenceKeeper } from "../pass/evidence.ts";
import { BucketMachine, type Episode } from "./bucket-machine.ts";
import type { BucketRule } from "./bucket-rule.ts";

/** Stands for the event that `followedBy` waits for. */
export const FOLLOWING = -1;

const NO_EPISODES: readonly Episode[] = [];

/** Events of one key. They are counted by `settle`, in the order of time, whatever order they came in. */
export class Bucket {
  readonly key: Readonly<Record<string, string>>;
  readonly client: string | null;
  #evidence: EvidenceKeeper | null = null;
  /** Answers: 2xx and 3xx, and errors. */
  answered = 0;
  refused = 0;
  #machine: BucketMachine | null = null;
  #times: number[] = [];
  #values: number[] = [];
  #isSorted = true;
  #hasFollowing = false;
  #settledMs = Number.NEGATIVE_INFINITY;
  /** The level of a leaky bucket in the order of arrival: only whether evidence is worth keeping hangs on it. */
  #warmth = 0;
  #warmAtMs = 0;

  constructor(key: Readonly<Record<string, string>>, client: string | null) {
    this.key = key;
    this.client = client;
  }

  /** Made when it is first asked for: most buckets stay nearly empty. */
  get evidence(): EvidenceKeeper {
    this.#evidence ??= new EvidenceKeeper();
    return this.#evidence;
  }

  /** Events that wait. */
  get pending(): number {
    return this.#times.length;
  }

  /** Whether nothing would be lost with it: no event waits and none counts. */
  get isIdle(): boolean {
    return this.pending === 0 && (this.#machine === null || this.#machine.sinceMs === null);
  }

  /** Adds an event; false: it came after its time was already counted. */
  add(timeMs: number, value: number): boolean {
    const { length } = this.#times;
    if (length > 0 && timeMs < (this.#times[length - 1] ?? 0)) this.#isSorted = false;
    if (value === FOLLOWING) this.#hasFollowing = true;
    if (length === 0) {
      // Most buckets hold one event: lists that begin with it take no room for others.
      this.#times = [timeMs];
      this.#values = [value];
    } else {
      this.#times.push(timeMs);
      this.#values.push(value);
    }
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
    this.#sort();
    this.#machine ??= new BucketMachine(rule);
    const machine = this.#machine;
    const episodes: Episode[] = [];
    let count = 0;
    while (count < this.#times.length) {
      const timeMs = this.#times[count] ?? 0;
      if (timeMs > untilMs) break;
      const value = this.#values[count] ?? 0;
      const episode = value === FOLLOWING ? machine.follow(timeMs) : machine.pour(timeMs, value);
      if (episode !== null) episodes.push(episode);
      count++;
    }
    this.#times = this.#times.slice(count);
    this.#values = this.#values.slice(count);
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
    return isEnd && this.#times.length <= rule.limit;
  }

  /** By time; what must follow comes behind what it follows when both have the same time. */
  #sort(): void {
    if (this.#isSorted && !this.#hasFollowing) return;
    const order = this.#times
      .map((timeMs, index) => ({ timeMs, value: this.#values[index] ?? 0 }))
      .sort((a, b) => a.timeMs - b.timeMs || b.value - a.value);
    this.#times = order.map(({ timeMs }) => timeMs);
    this.#values = order.map(({ value }) => value);
    this.#isSorted = true;
  }
}
