/** What a correlation remembers of one key: the events of its time span, as far as its result needs them. */
import type { SigmaCorrelation } from "./sigma-correlation.ts";

/** An event as a window sees it. */
export interface WindowEvent {
  readonly timeMs: number;
  readonly ruleId: string;
  /** The counted or summed value; null where the event has none. */
  readonly value: string | null;
}

/** Events that a window keeps at most; older ones are forgotten first. */
const MOST_EVENTS = 65_536;
/** Forgotten events are cut off when there are so many, so that an event costs a window little. */
const MOST_FORGOTTEN = 1024;

/** The window of one key. */
export class CorrelationWindow {
  readonly #correlation: SigmaCorrelation;
  /** In the order of time; those before `#first` are forgotten. */
  #events: WindowEvent[] = [];
  #first = 0;
  readonly #result: WindowResult;
  /** Per rule of an ordered correlation: the latest start of a chain that reaches it. */
  readonly #chains: number[];

  constructor(correlation: SigmaCorrelation) {
    this.#correlation = correlation;
    this.#result = resultOf(correlation);
    this.#chains = correlation.rules.map(() => Number.NEGATIVE_INFINITY);
  }

  /** Takes an event and tells whether the correlation holds with it. */
  add(event: WindowEvent): boolean {
    const { type, bounds } = this.#correlation;
    if (type === "temporal_ordered") return this.#addToChains(event);
    if (type.startsWith("value_") && event.value === null) return false;
    this.#insert(event);
    this.#forget();
    const value = this.#result.value();
    return bounds.isLeastOpen ? value > bounds.least : value >= bounds.least;
  }

  #addToChains({ ruleId, timeMs }: WindowEvent): boolean {
    const { rules, timespanMs } = this.#correlation;
    const never = Number.NEGATIVE_INFINITY;
    for (let index = rules.length - 1; index >= 0; index--) {
      if (rules[index] !== ruleId) continue;
      const before = index === 0 ? timeMs : (this.#chains[index - 1] ?? never);
      if (timeMs - before <= timespanMs) this.#chains[index] = Math.max(before, this.#chains[index] ?? never);
    }
    return rules.at(-1) === ruleId && timeMs - (this.#chains.at(-1) ?? never) <= timespanMs;
  }

  #insert(event: WindowEvent): void {
    const events = this.#events;
    let at = events.length;
    while (at > this.#first && (events[at - 1]?.timeMs ?? 0) > event.timeMs) at--;
    if (at === events.length) events.push(event);
    else events.splice(at, 0, event);
    this.#result.add(event);
  }

  #forget(): void {
    const { timespanMs } = this.#correlation;
    const newest = this.#events.at(-1)?.timeMs ?? 0;
    for (;;) {
      const oldest = this.#events[this.#first];
      if (oldest === undefined) break;
      const isTooMany = this.#events.length - this.#first > MOST_EVENTS;
      if (!isTooMany && newest - oldest.timeMs <= timespanMs) break;
      this.#result.remove(oldest);
      this.#first++;
    }
    if (this.#first < MOST_FORGOTTEN) return;
    this.#events = this.#events.slice(this.#first);
    this.#first = 0;
  }
}

/** A number over the events of a window, kept while they come and go. */
interface WindowResult {
  add(event: WindowEvent): void;
  remove(event: WindowEvent): void;
  value(): number;
}

function resultOf({ type, percentile }: SigmaCorrelation): WindowResult {
  switch (type) {
    case "value_count":
      return new DistinctResult(({ value }) => value ?? "");
    case "temporal":
    case "temporal_ordered":
      return new DistinctResult(({ ruleId }) => ruleId);
    case "value_percentile":
      return new RankResult(percentile / 100);
    case "value_median":
      return new RankResult(0.5);
    default:
      return new SumResult(type);
  }
}

class DistinctResult implements WindowResult {
  readonly #counts = new Map<string, number>();
  readonly #textOf: (event: WindowEvent) => string;

  constructor(textOf: (event: WindowEvent) => string) {
    this.#textOf = textOf;
  }

  add(event: WindowEvent): void {
    const value = this.#textOf(event);
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
  }

  remove(event: WindowEvent): void {
    const value = this.#textOf(event);
    const count = (this.#counts.get(value) ?? 0) - 1;
    if (count > 0) this.#counts.set(value, count);
    else this.#counts.delete(value);
  }

  value(): number {
    return this.#counts.size;
  }
}

/** Values that are no numbers count for nothing. */
function numberOf({ value }: WindowEvent): number | null {
  const number = value === null || value.trim() === "" ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : null;
}

class SumResult implements WindowResult {
  readonly #type: "event_count" | "value_sum" | "value_avg";
  #sum = 0;
  #count = 0;
  #events = 0;

  constructor(type: "event_count" | "value_sum" | "value_avg") {
    this.#type = type;
  }

  add(event: WindowEvent): void {
    this.#change(event, 1);
  }

  remove(event: WindowEvent): void {
    this.#change(event, -1);
  }

  #change(event: WindowEvent, sign: 1 | -1): void {
    this.#events += sign;
    const number = this.#type === "event_count" ? null : numberOf(event);
    if (number === null) return;
    this.#sum += sign * number;
    this.#count += sign;
  }

  value(): number {
    if (this.#type === "event_count") return this.#events;
    if (this.#type === "value_sum") return this.#sum;
    return this.#count === 0 ? Number.NaN : this.#sum / this.#count;
  }
}

/** The nearest rank, as percentiles of logs are usually told. */
class RankResult implements WindowResult {
  readonly #share: number;
  /** Ascending. */
  readonly #numbers: number[] = [];

  constructor(share: number) {
    this.#share = share;
  }

  add(event: WindowEvent): void {
    const number = numberOf(event);
    if (number !== null) this.#numbers.splice(this.#placeOf(number), 0, number);
  }

  remove(event: WindowEvent): void {
    const number = numberOf(event);
    if (number !== null) this.#numbers.splice(this.#placeOf(number), 1);
  }

  /** The first index whose number is not less. */
  #placeOf(number: number): number {
    let low = 0;
    let high = this.#numbers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#numbers[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  value(): number {
    const rank = Math.max(1, Math.ceil(this.#share * this.#numbers.length));
    return this.#numbers[rank - 1] ?? Number.NaN;
  }
}
