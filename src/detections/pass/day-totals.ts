/** Bytes per day of the log, UTC. */

const DAY_MS = 86_400_000;
/** Days that are kept; a log of ten years has fewer. */
const KEPT_DAYS = 4_000;

/** The sum of one day. `day` counts from 1970-01-01. */
export interface DayTotal {
  readonly day: number;
  readonly bytes: number;
  readonly events: number;
}

/** Totals per day, whatever order events come in. One day, the usual case, costs one comparison. */
export class DayTotals {
  #day = Number.NaN;
  #bytes = 0;
  #events = 0;
  /** The other days; the current one is not among them. */
  #others: Map<number, DayTotal> | null = null;

  add(timeMs: number, bytes: number): void {
    const day = Math.floor(timeMs / DAY_MS);
    if (day !== this.#day) this.#turnTo(day);
    this.#bytes += bytes;
    this.#events++;
  }

  #turnTo(day: number): void {
    if (this.#events > 0) {
      this.#others ??= new Map();
      if (this.#others.size < KEPT_DAYS) {
        this.#others.set(this.#day, { day: this.#day, bytes: this.#bytes, events: this.#events });
      }
    }
    const known = this.#others?.get(day);
    this.#others?.delete(day);
    this.#day = day;
    this.#bytes = known?.bytes ?? 0;
    this.#events = known?.events ?? 0;
  }

  /** All days with events, in order. */
  list(): readonly DayTotal[] {
    if (this.#events === 0) return [];
    const current = { day: this.#day, bytes: this.#bytes, events: this.#events };
    return [...(this.#others?.values() ?? []), current].sort((a, b) => a.day - b.day);
  }
}

/** The first millisecond of a day. */
export function startOfDay(day: number): number {
  return day * DAY_MS;
}
