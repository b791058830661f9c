/** Moves the bytes of one input after the other through a module's window, and batches out of it. Lives in one thread. */
import { Failure, invariant } from "#text";
import type { Batch } from "../batch.ts";
import { HeaderSections, type HeaderState } from "../program/header-sections.ts";
import type { ScanSpec } from "../program/scan-spec.ts";
import { endOfPiece, pieceBoundBehind, UNMATCHED_PIECE_BYTES } from "../program/unmatched-pieces.ts";
import type { ModuleLayout } from "./emit/module.ts";
import type { InputWindow } from "./host-twin.ts";
import { type Instance, instantiate } from "./instance.ts";
import {
  LONGEST_WINDOW_BYTES,
  LOOK_BEHIND_BYTES,
  PADDING_BYTES,
  READ_BYTES,
  SCAN_STATUS,
  WINDOW_BYTES,
} from "./layout.ts";
import { clearGroups, clearRows, setBound, takeGroups, takeRows, viewRows } from "./take-batch.ts";
import { pickRows, TopRows } from "./top-rows.ts";

const LINE_FEED = 10;
const DAY_MS = 86_400_000n;
/** What separates the window's content from the end of memory: 16-byte loads and table look-ups may run this far. */
const SLACK_BYTES = 65_536;

/** What a stretch of an input came to. Offsets count bytes of the uncompressed input. */
export interface StretchAccount {
  readonly start: number;
  /** Where the attempt after the last one would start: at least the stretch's end. */
  readonly end: number;
  /** Start of the first record, or -1 without one. */
  readonly firstMatch: number;
  readonly records: number;
  readonly matchedBytes: number;
  readonly rows: number;
  readonly isLimitReached: boolean;
  /** What held of headers where the stretch begins and ends; null for programs without one. */
  readonly headers: { readonly start: HeaderState; readonly end: HeaderState } | null;
  /** Where the first records stand whose header is not the pattern's; null when there are none. */
  readonly foreignAt: number | null;
}

/** Which stretch of which input is read. */
export interface Stretch {
  readonly inputIndex: number;
  readonly uri: string;
  readonly referenceTimeMs: bigint;
  /** Offset of the first byte that is fed. Look-behind bytes before it are fed with `feedBehind`. */
  readonly start: number;
  /** What holds of headers there; null at the start of an input. */
  readonly headerState: HeaderState | null;
}

/** A scan of one thread. Use: `begin`, then `room`/`feed` until `isDone`, then `finish`. */
export class Scanner {
  readonly #instance: Instance;
  readonly #layout: ModuleLayout;
  readonly #spec: ScanSpec;
  readonly #give: (batch: Batch) => void;
  readonly #top: TopRows | null;
  #windowAt: number;
  #windowBytes: number = WINDOW_BYTES;
  /** Addresses: the next attempt, and the end of the content. */
  #position = 0;
  #filled = 0;
  #uri = "";
  #referenceTimeMs = 0n;
  #start = 0;
  #rows = 0;
  #isLimitReached = false;
  readonly #sections: HeaderSections | null;
  #headerStart: HeaderState | null = null;
  #foreignAt: number | null = null;
  /** The bound of the unmatched span that is open, or of one that would begin now. */
  #pieceBound = UNMATCHED_PIECE_BYTES;
  /** Bytes that must be there before a record that was not all there is tried again. */
  #wantedBytes = 0;

  constructor(
    module: WebAssembly.Module,
    layout: ModuleLayout,
    spec: ScanSpec,
    give: (batch: Batch) => void,
  ) {
    this.#instance = instantiate(module, spec.program, layout, () => this.#window());
    this.#layout = layout;
    this.#spec = spec;
    this.#give = give;
    const { output } = spec;
    this.#top = output.kind === "rows" && output.top !== undefined ? new TopRows(output.top) : null;
    const { header } = spec.program;
    this.#sections = header === null ? null : new HeaderSections(header);
    this.#windowAt = layout.windowAt;
    this.#reserve();
    const { setNarrow } = this.#instance;
    setNarrow("heapBase", layout.heapAt);
    setNarrow("heapEnd", layout.heapAt + layout.heapBytes);
    setNarrow("arenaEnd", layout.heapAt + layout.heapBytes);
    this.#clear();
  }

  /** Whether no more bytes are wanted: the row limit was reached. */
  get isLimitReached(): boolean {
    return this.#isLimitReached;
  }

  /** Offset in the input of the next attempt. */
  get offset(): number {
    return this.#offsetOf(this.#position);
  }

  /** Records so far, for progress. */
  get records(): number {
    return Number(this.#instance.wide("records"));
  }

  /** Matched bytes so far in this stretch. */
  get matchedBytes(): number {
    return Number(this.#instance.wide("matchedBytes"));
  }

  /** Texts in which bytes were replaced, since the scanner was made. */
  get replacedTexts(): number {
    return this.#instance.replacedTexts();
  }

  /** Starts a stretch. `behind` are up to 64 bytes that stand before it. */
  begin(stretch: Stretch, behind: Uint8Array): void {
    const { setNarrow, setWide } = this.#instance;
    this.#position = this.#windowAt;
    this.#filled = this.#windowAt;
    this.#start = stretch.start;
    this.#uri = stretch.uri;
    this.#referenceTimeMs = stretch.referenceTimeMs;
    this.#rows = 0;
    this.#pieceBound = pieceBoundBehind(stretch.start);
    this.#isLimitReached = false;
    if (!this.#layout.isLineBound) this.#forgetTop();
    this.#sections?.begin(stretch.headerState);
    this.#headerStart = this.#sections?.state ?? null;
    this.#foreignAt = null;
    this.#wantedBytes = 0;
    this.#instance
      .bytes()
      .set(behind.subarray(-LOOK_BEHIND_BYTES), this.#windowAt - Math.min(behind.length, LOOK_BEHIND_BYTES));
    setWide("base", BigInt(stretch.start - this.#windowAt));
    setWide("records", 0n);
    setWide("matchedBytes", 0n);
    setWide("firstMatch", -1n);
    setNarrow("input", stretch.inputIndex);
    setNarrow("gap", -1);
    setNarrow("limited", 0);
    setNarrow("rowLimit", Math.min(this.#spec.rowLimit ?? 0x7fff_ffff, 0x7fff_ffff));
    setWide("latestMs", stretch.referenceTimeMs + DAY_MS);
    setNarrow("referenceYear", new Date(Number(stretch.referenceTimeMs + DAY_MS)).getUTCFullYear());
  }

  /** Where to put the next bytes of the input, at most `bytes` of them. */
  room(bytes: number): Uint8Array<ArrayBuffer> {
    this.#keepUnread();
    while (this.#filled + bytes > this.#windowAt + this.#windowBytes) this.#growWindow();
    return this.#instance.bytes().subarray(this.#filled, this.#filled + bytes);
  }

  /**
   * Tells that `bytes` were put where `room` said, and scans what can be scanned.
   *
   * @param stop    offset before which attempts are made; null: no bound
   * @param isLast  the input ends behind these bytes
   */
  feed(bytes: number, stop: number | null, isLast: boolean): void {
    this.#filled += bytes;
    if (!isLast && this.#filled - this.#position < this.#wantedBytes) return;
    const { setNarrow, narrow } = this.#instance;
    const memory = this.#instance.bytes();
    let end = this.#filled;
    if (!isLast && this.#layout.isLineBound) {
      // What was there before holds no line feed behind the position, or it would have been scanned.
      const fresh = Buffer.from(memory.buffer, this.#filled - bytes, bytes).lastIndexOf(LINE_FEED);
      if (fresh < 0) return;
      end = this.#filled - bytes + fresh + 1;
    } else memory.fill(0, this.#filled, this.#filled + PADDING_BYTES);
    setNarrow("realEnd", end);
    const needsLineFeed =
      isLast && this.#layout.isLineBound && end > this.#position && memory[end - 1] !== LINE_FEED;
    if (needsLineFeed) memory[end++] = LINE_FEED;
    setNarrow("end", end);
    setNarrow("isLast", isLast ? 1 : 0);
    // No attempt starts at a line feed that was added.
    const last = needsLineFeed ? end - 1 : end;
    const stopAt =
      stop === null ? last : Math.min(last, Math.max(this.#position, stop - this.#start + this.#originAt()));
    if (this.#sections === null) this.#scanInPieces(stopAt);
    else this.#scanSections(this.#sections, stopAt);
    // A long record is read again when there is twice as much of it, so that all attempts together stay linear.
    const unread = this.#filled - this.#position;
    const isCut = narrow("status") === SCAN_STATUS.needsBytes && unread >= READ_BYTES;
    this.#wantedBytes = isCut ? 2 * unread : 0;
    if (needsLineFeed) this.#position = Math.min(this.#position, last);
  }

  /** Ends the stretch: gives out the last unmatched span and the rows that are ready. */
  finish(): StretchAccount {
    this.#flushGap();
    if (this.#layout.groups === null) this.#flush();
    const { wide } = this.#instance;
    return {
      start: this.#start,
      end: this.offset,
      firstMatch: Number(wide("firstMatch")),
      records: Number(wide("records")),
      matchedBytes: Number(wide("matchedBytes")),
      rows: this.#rows,
      isLimitReached: this.#isLimitReached,
      headers: this.#headers(),
      foreignAt: this.#foreignAt,
    };
  }

  /** Gives out the rows that are ready, without waiting for a full batch. */
  flushRows(): void {
    if (this.#layout.groups === null && this.#instance.narrow("row") > 0) this.#flush();
  }

  /** Gives out all groups collected so far. */
  flushGroups(): void {
    if (this.#layout.groups !== null) this.#flush();
  }

  /** All groups collected since they were last given out; they stay and go on. Null: there are none. */
  peekGroups(): Batch | null {
    const { groups } = this.#layout;
    if (groups === null || this.#instance.narrow("groups") === 0) return null;
    return takeGroups(this.#instance, groups);
  }

  /** Scans the sections that the pattern holds for; making room may move the window, so what stays are offsets. */
  #scanSections(sections: HeaderSections, stop: number): void {
    const stopOffset = this.#offsetOf(stop);
    while (this.offset < stopOffset && !this.#isLimitReached) {
      const { buffer } = this.#instance.bytes();
      const { kind, length } = sections.next(Buffer.from(buffer, this.#position, stopOffset - this.offset));
      if (kind === "records") this.#scanInPieces(this.#position + length);
      else if (kind === "comment") this.#passComment(length);
      else this.#passForeign(length);
    }
  }

  #headers(): StretchAccount["headers"] {
    const start = this.#headerStart;
    return start === null || this.#sections === null ? null : { start, end: this.#sections.state };
  }

  #passComment(length: number): void {
    const { wide, setWide } = this.#instance;
    this.#flushGap();
    setWide("matchedBytes", wide("matchedBytes") + BigInt(length));
    this.#position += length;
  }

  #passForeign(length: number): void {
    const { narrow, setNarrow } = this.#instance;
    this.#foreignAt ??= this.offset;
    const openGap = () => {
      if (this.#spec.givesUnmatched && narrow("gap") === -1) setNarrow("gap", this.#position);
    };
    const end = this.offset + length;
    openGap();
    for (;;) {
      const bound = this.#spec.givesUnmatched ? this.#endOfPiece() : null;
      if (bound === null || bound >= end) break;
      this.#position += Math.max(0, bound - this.offset);
      this.#endPiece();
      openGap();
    }
    this.#position += end - this.offset;
  }

  #flushGap(): void {
    while (this.#spec.givesUnmatched && this.#instance.flushGap(this.#position) === 1) this.#makeRoom();
  }

  /** Scans, and ends unmatched spans where pieces end. */
  #scanInPieces(stop: number): void {
    if (!this.#spec.givesUnmatched) return this.#scanTo(stop);
    const stopOffset = this.#offsetOf(stop);
    while (!this.#isLimitReached) {
      const bound = this.#endOfPiece();
      // Until it is known where the piece ends, no attempt is made behind its bound.
      const isOpen = bound === null && this.#instance.narrow("isLast") === 0;
      const until = Math.min(stopOffset, isOpen ? this.#pieceBound : (bound ?? stopOffset));
      this.#scanTo(this.#position + (until - this.offset));
      if (bound === null || this.offset < bound) return;
      this.#endPiece();
    }
  }

  /** Offset at which the current piece ends; null: that is not known yet. */
  #endOfPiece(): number | null {
    const { buffer } = this.#instance.bytes();
    const from = Math.max(
      this.#windowAt,
      this.#windowAt + this.#pieceBound - this.#offsetOf(this.#windowAt) - 1,
    );
    if (from >= this.#filled) return null;
    const end = endOfPiece(Buffer.from(buffer, from, this.#filled - from), 1, this.#layout.isLineBound);
    return end === null ? null : this.#offsetOf(from + end);
  }

  /** Ends the span at the position, if it began before its bound. */
  #endPiece(): void {
    const start = this.#gapOffset();
    if (start !== null && start < this.#pieceBound) this.#flushGap();
    this.#pieceBound = pieceBoundBehind(this.#gapOffset() ?? this.offset);
  }

  /** Where the unmatched span began that is open. */
  #gapOffset(): number | null {
    const gap = this.#instance.narrow("gap");
    return gap === -1 ? null : this.#offsetOf(gap);
  }

  #scanTo(stop: number): void {
    const { narrow } = this.#instance;
    const stopOffset = this.#offsetOf(stop);
    for (;;) {
      // Making room may move the window.
      const stopAt = this.#position + (stopOffset - this.offset);
      this.#position = this.#instance.scan(this.#position, stopAt);
      switch (narrow("status")) {
        case SCAN_STATUS.noRoom:
          this.#makeRoom();
          break;
        case SCAN_STATUS.reachedLimit:
          this.#isLimitReached = true;
          return;
        case SCAN_STATUS.textTooLong:
          throw new Failure("limit-reached", "A text in the data is too long to be decoded and compared.", {
            help: "Texts with escapes may have about 1.3 million bytes where a filter or a group looks at them.",
            place: { uri: this.#uri, offset: this.offset },
          });
        default:
          return;
      }
    }
  }

  /** Gives out what is ready; when that was nothing, a single row needs more than the heap has. */
  #makeRoom(): void {
    const { narrow } = this.#instance;
    const isEmpty = this.#layout.groups === null ? narrow("row") === 0 : narrow("groups") === 0;
    if (isEmpty) this.#growHeap();
    else this.#flush();
  }

  #flush(): void {
    const { groups, columns } = this.#layout;
    if (groups !== null) {
      if (this.#instance.narrow("groups") > 0) this.#give(takeGroups(this.#instance, groups));
    } else {
      const rowCount = this.#instance.narrow("row");
      if (rowCount > 0 && this.#top === null) this.#give(takeRows(this.#instance, columns));
      else if (rowCount > 0 && this.#top !== null)
        this.#giveTop(this.#top, viewRows(this.#instance, columns));
      this.#rows += rowCount;
      this.#instance.setNarrow("limited", this.#rows);
    }
    this.#clear();
  }

  #giveTop(best: TopRows, batch: Batch): void {
    const rows = best.choose(batch);
    if (rows.length > 0) this.#give(pickRows(batch, rows));
    const { top } = this.#layout;
    const { bound } = best;
    if (top !== null && bound !== undefined) setBound(this.#instance, top, bound);
  }

  /** The stretch may be one that does not count: what it gives must not bound another. */
  #forgetTop(): void {
    this.#top?.clear();
    this.#instance.setNarrow("topState", 0);
  }

  #clear(): void {
    const { groups, columns } = this.#layout;
    if (groups === null) clearRows(this.#instance, columns);
    else clearGroups(this.#instance, groups);
  }

  /** Where the input lies, from its start or from some way before every look-behind. */
  #window(): InputWindow {
    const origin = -Number(this.#instance.wide("base"));
    const from = Math.max(origin, this.#windowAt - LOOK_BEHIND_BYTES - 1);
    const { narrow } = this.#instance;
    return {
      from,
      end: narrow("realEnd"),
      isLast: narrow("isLast") === 1,
      referenceTimeMs: this.#referenceTimeMs,
    };
  }

  /** Address at which the stretch's first byte would lie. */
  #originAt(): number {
    return this.#start - Number(this.#instance.wide("base"));
  }

  #offsetOf(address: number): number {
    return Number(this.#instance.wide("base")) + address;
  }

  /** Moves what is still needed to the window's start. */
  #keepUnread(): void {
    const gap = this.#instance.narrow("gap");
    const keep = gap === -1 ? this.#position : Math.min(gap, this.#position);
    const distance = keep - this.#windowAt;
    if (distance <= 0) return;
    this.#move(-distance);
  }

  /** Moves the content by a distance, with the bytes before it. */
  #move(distance: number): void {
    const { setNarrow, setWide, narrow, wide } = this.#instance;
    const from = (distance < 0 ? this.#windowAt - distance : this.#windowAt) - LOOK_BEHIND_BYTES;
    this.#instance.bytes().copyWithin(from + distance, from, this.#filled);
    this.#position += distance;
    this.#filled += distance;
    if (narrow("gap") !== -1) setNarrow("gap", narrow("gap") + distance);
    setWide("base", wide("base") - BigInt(distance));
  }

  #growWindow(): void {
    const bytes = this.#windowBytes * 2;
    if (bytes > LONGEST_WINDOW_BYTES) {
      throw new Failure("limit-reached", `A line or record has more than ${this.#windowBytes} bytes.`, {
        place: { uri: this.#uri, offset: this.offset },
      });
    }
    this.#windowBytes = bytes;
    this.#reserve();
  }

  /** Makes room for the row that did not fit; the window moves up. */
  #growHeap(): void {
    const { narrow, setNarrow } = this.#instance;
    const needed = narrow("heapNeeded");
    const more = (Math.max(needed, 1 << 20) + 65_535) & ~65_535;
    invariant(needed > 0, "a row that does not fit says how much it needs");
    this.#windowAt += more;
    if (this.#windowAt + this.#windowBytes > LONGEST_WINDOW_BYTES * 3) {
      throw new Failure("limit-reached", "A single row is larger than the memory for rows.", {
        place: { uri: this.#uri, offset: this.offset },
      });
    }
    this.#reserve();
    this.#windowAt -= more;
    this.#move(more);
    this.#windowAt += more;
    setNarrow("heapEnd", narrow("heapEnd") + more);
    setNarrow("arenaEnd", narrow("arenaEnd") + more);
    const end = narrow("end") + more;
    setNarrow("end", end);
    setNarrow("realEnd", narrow("realEnd") + more);
  }

  #reserve(): void {
    this.#instance.reserve(this.#windowAt + this.#windowBytes + SLACK_BYTES);
  }
}
