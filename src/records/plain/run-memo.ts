/** What is known of runs and searches, so that the same bytes are not looked at again from every place an attempt starts. */

/** Remembers the last run of bytes of one kind. Cost of all calls with rising places together: linear. */
export class RunMemo {
  readonly #isMember: (byte: number) => boolean;
  #start = 0;
  /** `[start, end)` are members; `isClosed`: the byte at `end` is none. */
  #end = 0;
  #isClosed = false;

  /** `isMember` decides which bytes make up a run. */
  constructor(isMember: (byte: number) => boolean) {
    this.#isMember = isMember;
  }

  /** Where the run that starts at `at` ends, `limit` at the latest. */
  runEnd(bytes: Uint8Array, at: number, limit: number): number {
    if (at < this.#start || at > this.#end) {
      this.#start = at;
      this.#end = at;
      this.#isClosed = false;
    }
    const last = Math.min(limit, bytes.length);
    while (!this.#isClosed && this.#end < last) {
      if (this.#isMember(bytes[this.#end] ?? 0)) this.#end++;
      else this.#isClosed = true;
    }
    return Math.max(at, Math.min(this.#end, last));
  }
}

/** Remembers the last search for a stop unit: no place in `[from, to)` has one; `found`: there is one at `to`. */
export interface SearchMemo {
  from: number;
  to: number;
  found: boolean;
}

/** Whether a byte is an ASCII digit. */
export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
