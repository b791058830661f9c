/** One bucket of a rule: events in the order of time go in, stretches of time in which there were too many come out. */
import { NumberSet } from "../pass/number-set.ts";
import type { BucketRule } from "./bucket-rule.ts";
import { SlidingCount } from "./sliding-count.ts";

/** More distinct values than these are told as "at least". */
const COUNTED_VALUES = 65_536;

/** A stretch of time in which there were too many. */
export interface Episode {
  readonly firstMs: number;
  lastMs: number;
  /** Events of the stretch, those that repeat a value included. */
  count: number;
  /** Null for rules that count events. */
  readonly distinct: NumberSet | null;
}

/**
 * Counts for one key of one rule. Events must come in the order of time; two at the same time may come in any order.
 *
 * Leak: the level rises by one per event, sinks by one every `everyMs`, and the bucket is forgotten when it is empty (the generic cell rate
 * algorithm, ITU-T I.371, in whole milliseconds). Window: what is older than `withinMs` no longer counts; two events that lie exactly so
 * far apart are both within.
 */
export class BucketMachine {
  readonly #rule: BucketRule;
  readonly #window: SlidingCount | null;
  /** Milliseconds until the bucket is empty, as of `#levelAtMs`. */
  #levelMs = 0;
  #levelAtMs = Number.NEGATIVE_INFINITY;
  #filling: Episode | null = null;
  #open: Episode | null = null;

  constructor(rule: BucketRule) {
    this.#rule = rule;
    const { drain } = rule;
    this.#window =
      drain.kind === "leak"
        ? null
        : new SlidingCount(
            drain.kind === "window" ? drain.withinMs : Number.POSITIVE_INFINITY,
            rule.distinct !== null,
          );
  }

  /** An event that counts; `value` matters to rules with distinct values. Gives the stretch that was over before it, if one was. */
  pour(timeMs: number, value: number): Episode | null {
    const over = this.close(timeMs);
    if (this.#open !== null) {
      this.#open.lastMs = Math.max(timeMs, this.#open.lastMs);
      this.#open.count++;
      this.#open.distinct?.add(value);
      return over;
    }
    this.#open = this.#window === null ? this.#leak(timeMs, value) : this.#slide(this.#window, timeMs, value);
    return over;
  }

  /** The event that rules wait for with `followedBy`: gives the stretch that it completes, if there were enough before. */
  follow(timeMs: number): Episode | null {
    const within = this.#rule.followedBy?.withinMs ?? 0;
    const open = this.#open;
    this.#reset();
    if (open === null || timeMs - open.lastMs > within) return null;
    open.lastMs = Math.max(timeMs, open.lastMs);
    open.count++;
    return open;
  }

  /** The stretch that is over when no event came until this time. */
  close(nowMs: number): Episode | null {
    const open = this.#open;
    if (open === null) return null;
    const { followedBy, coolDownMs } = this.#rule;
    if (nowMs - open.lastMs <= (followedBy?.withinMs ?? coolDownMs)) return null;
    this.#reset();
    return followedBy === null ? open : null;
  }

  /** Since when what is in the bucket counts; null: it is empty. */
  get sinceMs(): number | null {
    return this.#open?.firstMs ?? this.#filling?.firstMs ?? this.#window?.firstMs ?? null;
  }

  #leak(timeMs: number, value: number): Episode | null {
    const everyMs = this.#rule.drain.kind === "leak" ? this.#rule.drain.everyMs : 1;
    this.#levelMs = Math.max(0, this.#levelMs - Math.max(0, timeMs - this.#levelAtMs));
    this.#levelAtMs = timeMs;
    if (this.#levelMs === 0 || this.#filling === null) this.#filling = this.#newEpisode(timeMs);
    this.#filling.lastMs = timeMs;
    this.#filling.count++;
    if (this.#filling.distinct?.add(value) === false) return null;
    this.#levelMs += everyMs;
    return this.#levelMs > this.#rule.limit * everyMs ? this.#filling : null;
  }

  #slide(window: SlidingCount, timeMs: number, value: number): Episode | null {
    window.add(timeMs, value);
    if (window.size <= this.#rule.limit) return null;
    const episode = this.#newEpisode(window.firstMs ?? timeMs);
    episode.lastMs = timeMs;
    episode.count = window.events;
    for (const seen of window.values()) episode.distinct?.add(seen);
    return episode;
  }

  #newEpisode(firstMs: number): Episode {
    const distinct = this.#rule.distinct === null ? null : new NumberSet(COUNTED_VALUES);
    return { firstMs, lastMs: firstMs, count: 0, distinct };
  }

  #reset(): void {
    this.#open = null;
    this.#filling = null;
    this.#levelMs = 0;
    this.#window?.clear();
  }
}
