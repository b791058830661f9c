/** Follows a scan and gives out, in pieces that can be looked at, the bytes that no record covers. */
import { type Batch, valueAt } from "../batch.ts";
import type { MatchProgram } from "../program/program.ts";
import type { ScanSpec } from "../program/scan-spec.ts";
import { assemble } from "../scan/assemble.ts";
import { emitModule } from "../scan/emit/module.ts";
import { Scanner } from "../scan/scanner.ts";
import { HeldBytes } from "./held-bytes.ts";

/** Spans up to this length are given out whole, of patterns whose records may have several lines. */
const LONGEST_WHOLE_BYTES = 64 << 10;
/** Lines are given out whole up to this length, then in parts. */
const LONGEST_LINE_BYTES = 1 << 20;
/** How much of what follows a piece can be seen by attempts that begin in it. */
const SEEN_BEHIND_BYTES = 16 << 10;
/** How much of what stands before it: as far as look-behinds reach. */
const SEEN_BEFORE_BYTES = 64;
const LINE_FEED = 0x0a;

/** A piece of unmatched bytes: a line or a part of one, or a whole short span of a pattern of several lines. */
export interface UnmatchedPiece {
  /** Offset of its first byte in the input. */
  readonly offset: number;
  readonly length: number;
  /** The piece with what stands around it, as far as attempts may see it. Valid during the call. */
  readonly bytes: Uint8Array;
  /** Where the piece begins in `bytes`. */
  readonly start: number;
}

/** What an input came to: bytes = matched + unmatched + skipped. */
export interface FollowedInput {
  readonly records: number;
  readonly matchedBytes: number;
  readonly unmatchedBytes: number;
  /** Read, and not decided because reading stopped before the end. */
  readonly skippedBytes: number;
}

/** Scans inputs one after the other: `begin`, `feed` for each chunk, `end`. Pieces come in their order, each once. */
export class UnmatchedSpans {
  readonly #program: MatchProgram;
  readonly #scanner: Scanner;
  readonly #give: (piece: UnmatchedPiece) => void;
  readonly #held = new HeldBytes();
  /** Everything before is covered by records or was given out. */
  #settled = 0;
  /** The span that began there is too long to be given out whole. */
  #longSpanAt = -1;
  #spanAt = 0;
  #unmatchedBytes = 0;

  constructor(program: MatchProgram, give: (piece: UnmatchedPiece) => void) {
    const spec = recordSpec(program);
    const { wat, layout } = emitModule(spec);
    this.#program = program;
    this.#scanner = new Scanner(assemble(wat), layout, spec, (batch) => this.#takeRecords(batch));
    this.#give = give;
  }

  /** Starts an input. */
  begin(uri: string, referenceTimeMs: bigint): void {
    const start = { inputIndex: 0, uri, referenceTimeMs, start: 0, headerState: null };
    this.#scanner.begin(start, new Uint8Array(0));
    this.#held.clear();
    this.#settled = 0;
    this.#spanAt = 0;
    this.#longSpanAt = -1;
    this.#unmatchedBytes = 0;
  }

  /** Takes the next bytes of the input. */
  feed(chunk: Uint8Array): void {
    this.#held.add(chunk);
    this.#scanner.room(chunk.length).set(chunk);
    this.#scanner.feed(chunk.length, null, false);
    this.#scanner.flushRows();
    this.#settleSpan(this.#scanner.offset, false);
    this.#held.forgetBefore(this.#settled - SEEN_BEFORE_BYTES);
  }

  /** Ends the input, at its real end or where reading stopped: what is not decided there counts as skipped. */
  end(isComplete: boolean): FollowedInput {
    if (isComplete) {
      this.#scanner.room(0);
      this.#scanner.feed(0, null, true);
    }
    const { records, matchedBytes } = this.#scanner.finish();
    const decided = isComplete ? this.#held.end : this.#scanner.offset;
    this.#settleSpan(decided, true);
    const unmatchedBytes = this.#unmatchedBytes;
    return { records, matchedBytes, unmatchedBytes, skippedBytes: this.#held.end - decided };
  }

  #takeRecords({ rowCount, columns }: Batch): void {
    const [offsets, lengths] = columns;
    if (offsets === undefined || lengths === undefined) return;
    for (let row = 0; row < rowCount; row++) {
      const offset = Number(valueAt(offsets, row));
      if (offset > this.#settled) this.#settleSpan(offset, true);
      this.#settled = offset + Number(valueAt(lengths, row));
      this.#spanAt = this.#settled;
    }
  }

  /** Gives out what is unmatched up to `end`; when the span may go on there, only what will not change. */
  #settleSpan(end: number, isClosed: boolean): void {
    if (this.#settled >= end) return;
    const isLong = end - this.#spanAt > LONGEST_WHOLE_BYTES;
    if (isLong) this.#longSpanAt = this.#spanAt;
    if (this.#program.isLineBound || this.#longSpanAt === this.#spanAt) this.#settleLines(end, isClosed);
    else if (isClosed) this.#settlePiece(end);
  }

  #settleLines(end: number, isClosed: boolean): void {
    while (this.#settled < end) {
      const limit = Math.min(end, this.#settled + LONGEST_LINE_BYTES);
      const feed = this.#held.indexOf(LINE_FEED, this.#settled, limit);
      const isCut = feed < 0 && limit < this.#settled + LONGEST_LINE_BYTES;
      if (isCut && !isClosed) return;
      this.#settlePiece(feed < 0 ? limit : feed + 1);
    }
  }

  #settlePiece(end: number): void {
    const offset = this.#settled;
    const seenAt = Math.max(this.#held.start, offset - SEEN_BEFORE_BYTES);
    this.#settled = end;
    this.#unmatchedBytes += end - offset;
    const bytes = this.#held.slice(seenAt, this.#seenEnd(end));
    this.#give({ offset, length: end - offset, bytes, start: offset - seenAt });
  }

  /** Records of one line see no more than it. */
  #seenEnd(end: number): number {
    const limit = end + SEEN_BEHIND_BYTES;
    if (!this.#program.isLineBound) return limit;
    const feed = this.#held.indexOf(LINE_FEED, end - 1, limit);
    return feed < 0 ? limit : feed + 1;
  }
}

/** Where records are, and nothing of what is in them. */
function recordSpec(program: MatchProgram): ScanSpec {
  return {
    program,
    filter: null,
    output: { kind: "rows", columns: [{ kind: "raw-offset" }, { kind: "raw-length" }] },
    rowLimit: null,
    givesUnmatched: false,
  };
}
