/** Bytes per day of the log, UTC. */

const DAY_MS = 86_400_000;
/** Days that are kept; a log of ten years has fewer. */
const KEPT_DAYS = 4_000;

/** The sum of one day. `day` counts from 1970-01-01. */
export interface DayTotal {
  readonly day: number;
  bytes: number;
  events: number;
}

/** Totals per day, whatever order events come in. One day, the usual case, costs one comparison. */
export class DayTotals {
  #current: DayTotal | null = null;
  #days: Map<number, DayTotal> | null = null;

  add(timeMs: number, bytes: number): void {
    const day = Math.floor(timeMs / DAY_MS);
    let total = this.#current;
    if (total === null || total.day !== day) total = this.#open(day);
    total.bytes += bytes;
    total.events++;
  }

  #open(day: number): DayTotal {
    if (this.#current === null) {
      this.#current = { day, bytes: 0, events: 0 };
      return this.#current;
    }
    this.#days ??= new Map([[this.#current.day, this.#current]]);
    let total = this.#days.get(day);
    if (total === undefined) {
      total = { day, bytes: 0, events: 0 };
      if (this.#days.size < KEPT_DAYS) this.#days.set(day, total);
    }
    this.#current = total;
    return total;
  }

  /** All days with events, in order. */
  list(): readonly Readonly<DayTotal>[] {
    if (this.#days === null) return this.#current === null ? [] : [this.#current];
    return [...this.#days.values()].sort((a, b) => a.day - b.day);
  }

  /** Bytes of all days. */
  total(): number {
    return this.list().reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

/** The first millisecond of a day. */
export function startOfDay(day: number): number {
  return day * DAY_MS;
}
