/** Adds up what the stretches of the inputs came to, and tells whether a stretch counts. */
import type { HeaderState } from "../program/header-sections.ts";
import type { StretchAccount } from "./scanner.ts";

/** What the accepted stretches came to. */
export interface Totals {
  readonly coveredBytes: number;
  readonly matchedBytes: number;
  readonly records: number;
}

/**
 * Joins stretches in the order of an input. A stretch was scanned from a line start that someone chose; a scan from the input's
 * start would have come by there only if no record of the stretch before reaches over it. When one does, the stretch still counts
 * if its first record starts behind that one's end: from there on both scans are the same, since a scan's future depends on its
 * position alone.
 */
export class InputAccount {
  /** How far the accepted stretches reach. */
  end = 0;
  /** What holds of headers there; null before anything was accepted, and for programs without headers. */
  headerState: HeaderState | null = null;
  #matchedBytes = 0;
  #records = 0;

  /** Whether a stretch continues what was accepted so far. */
  fits(account: StretchAccount): boolean {
    if (account.start > this.end || !this.#continuesHeader(account)) return false;
    return account.start === this.end || account.firstMatch < 0 || account.firstMatch >= this.end;
  }

  #continuesHeader({ headers }: StretchAccount): boolean {
    if (this.headerState === null || headers === null) return true;
    const { isGoverned, isBehindComment } = headers.start;
    return isGoverned === this.headerState.isGoverned && isBehindComment === this.headerState.isBehindComment;
  }

  /** Adds a stretch that fits. */
  accept(account: StretchAccount): void {
    this.end = Math.max(this.end, account.end);
    this.headerState = account.headers?.end ?? null;
    this.#matchedBytes += account.matchedBytes;
    this.#records += account.records;
  }

  /** What was accepted. */
  totals(): Totals {
    return { coveredBytes: this.end, matchedBytes: this.#matchedBytes, records: this.#records };
  }
}
