/** How many events, or distinct values, lie in a window of time that ends with the last event. */

/** Counts in a window that moves on with the events; they come in the order of time. */
export class SlidingCount {
  readonly #withinMs: number;
  #times: number[] = [];
  #start = 0;
  /** Value → when it was last seen, the longest unseen first. Null: events are counted, whatever their value. */
  readonly #lastSeen: Map<number, number> | null;

  constructor(withinMs: number, isDistinct: boolean) {
    this.#withinMs = withinMs;
    this.#lastSeen = isDistinct ? new Map() : null;
  }

  add(timeMs: number, value: number): void {
    this.#forget(timeMs);
    this.#times.push(timeMs);
    this.#lastSeen?.delete(value);
    this.#lastSeen?.set(value, timeMs);
  }

  /** What counts: distinct values, or events. */
  get size(): number {
    return this.#lastSeen?.size ?? this.events;
  }

  get events(): number {
    return this.#times.length - this.#start;
  }

  /** The time of the oldest event in the window. */
  get firstMs(): number | null {
    return this.#times[this.#start] ?? null;
  }

  values(): Iterable<number> {
    return this.#lastSeen?.keys() ?? [];
  }

  clear(): void {
    this.#times = [];
    this.#start = 0;
    this.#lastSeen?.clear();
  }

  #forget(nowMs: number): void {
    const oldest = nowMs - this.#withinMs;
    while ((this.#times[this.#start] ?? nowMs) < oldest) this.#start++;
    if (this.#start > 64 && this.#start * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#start);
      this.#start = 0;
    }
    if (this.#lastSeen === null) return;
    for (const [value, timeMs] of this.#lastSeen) {
      if (timeMs >= oldest) break;
      this.#lastSeen.delete(value);
    }
  }
}
