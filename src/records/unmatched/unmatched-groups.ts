/** Unmatched bytes by the element of the pattern that attempts in them got to. */
import { invariant } from "#text";
import { explainMismatch, type Mismatch } from "../plain/explain-mismatch.ts";
import { describeOperation } from "../program/describe.ts";
import type { MatchProgram, PatternRange } from "../program/program.ts";
import { shapeOf } from "./shape.ts";
import type { UnmatchedPiece } from "./unmatched-spans.ts";

/** How much is looked at. What is beyond it is counted as not examined. */
export interface ExaminationBudget {
  /** Pieces of one shape: a log that fails a thousand times in one way does so in all others. */
  readonly piecesPerShape: number;
  /** Bytes of a piece in which attempts begin. */
  readonly bytesPerPiece: number;
  /** Pieces in all: each may look at some of what stands behind it. */
  readonly pieces: number;
  /** Bytes in all: bounds the time, at some ten million bytes a second. */
  readonly bytes: number;
}

/** The budget of a run. */
export const EXAMINATION_BUDGET: ExaminationBudget = {
  piecesPerShape: 2000,
  bytesPerPiece: 16 << 10,
  pieces: 50_000,
  bytes: 64 << 20,
};

/** Shapes that are counted apart; all others count as one. */
const MOST_SHAPES = 4096;
const OTHER_SHAPE = 0;
const SAMPLE_BEFORE_BYTES = 60;
const SAMPLE_AFTER_BYTES = 40;
const LINE_FEED = 0x0a;

/** The first piece of a group. */
export interface FirstPiece {
  readonly uri: string;
  /** Of its first byte, in the uncompressed input. */
  readonly offset: number;
  /** Of the byte where matching failed; null: it was not examined. */
  readonly failedAt: number | null;
  /** Some bytes of the line around that place. */
  readonly sample: Uint8Array;
  /** Offset of the sample's first byte. */
  readonly sampleOffset: number;
}

/** Unmatched bytes that have the same reason. */
export interface UnmatchedGroup {
  /** What would have been right where matching failed, and the element that says so; null: these bytes were not examined. */
  readonly expected: { readonly text: string; readonly at: PatternRange } | null;
  readonly spans: number;
  readonly bytes: number;
  readonly first: FirstPiece;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Sorts pieces into groups. Memory is bounded by the pattern's size, time by the budget. */
export class UnmatchedGroups {
  readonly #program: MatchProgram;
  readonly #budget: ExaminationBudget;
  readonly #groups = new Map<string, Mutable<UnmatchedGroup>>();
  readonly #examined = new Map<number, number>();
  #bytesLeft: number;
  #piecesLeft: number;

  constructor(program: MatchProgram, budget: ExaminationBudget) {
    this.#program = program;
    this.#budget = budget;
    this.#bytesLeft = budget.bytes;
    this.#piecesLeft = budget.pieces;
  }

  /** Adds a piece of an input. */
  add(piece: UnmatchedPiece, uri: string, referenceTimeMs: bigint): void {
    const mismatch = this.#isWithinBudget(piece) ? this.#explain(piece, referenceTimeMs) : null;
    const key = mismatch === null ? "" : `${mismatch.at.start} ${mismatch.at.end} ${mismatch.expected}`;
    const known = this.#groups.get(key);
    if (known !== undefined) {
      known.spans++;
      known.bytes += piece.length;
      return;
    }
    const expected = mismatch === null ? null : { text: mismatch.expected, at: mismatch.at };
    const first = firstPiece(piece, uri, mismatch);
    this.#groups.set(key, { expected, spans: 1, bytes: piece.length, first });
  }

  /** The groups, those with most bytes first; of equals the one that was met first. */
  list(): readonly UnmatchedGroup[] {
    return [...this.#groups.values()].sort((one, other) => other.bytes - one.bytes);
  }

  #isWithinBudget({ bytes, start, length }: UnmatchedPiece): boolean {
    if (this.#bytesLeft <= 0 || this.#piecesLeft <= 0) return false;
    const own = shapeOf(bytes, start, start + length);
    const shape = this.#examined.has(own) || this.#examined.size < MOST_SHAPES ? own : OTHER_SHAPE;
    const count = this.#examined.get(shape) ?? 0;
    if (count >= this.#budget.piecesPerShape) return false;
    this.#examined.set(shape, count + 1);
    this.#piecesLeft--;
    this.#bytesLeft -= Math.min(length, this.#budget.bytesPerPiece);
    return true;
  }

  #explain({ bytes, start, length }: UnmatchedPiece, referenceTimeMs: bigint): Mismatch {
    const within = { start, end: start + Math.min(length, this.#budget.bytesPerPiece) };
    return explainMismatch(this.#program, bytes, referenceTimeMs, within) ?? this.#nothingBegins(start);
  }

  /** No attempt says where it failed: what is missing is what a record begins with. */
  #nothingBegins(start: number): Mismatch {
    const [first] = this.#program.body;
    invariant(first !== undefined, "a pattern has an element");
    return { start, offset: start, at: first.at, expected: describeOperation(first) };
  }
}

/** Cuts a sample out of the line around the place where matching failed. */
function firstPiece(piece: UnmatchedPiece, uri: string, mismatch: Mismatch | null): FirstPiece {
  const { bytes, start, offset } = piece;
  const at = mismatch?.offset ?? start;
  const lineStart = at === 0 ? 0 : bytes.lastIndexOf(LINE_FEED, at - 1) + 1;
  const feed = bytes.indexOf(LINE_FEED, at);
  const from = Math.max(lineStart, at - SAMPLE_BEFORE_BYTES);
  const wanted = Math.max(at + SAMPLE_AFTER_BYTES, from + SAMPLE_BEFORE_BYTES + SAMPLE_AFTER_BYTES);
  const end = Math.min(feed < 0 ? bytes.length : feed + 1, wanted);
  return {
    uri,
    offset,
    failedAt: mismatch === null ? null : offset + at - start,
    sample: bytes.slice(from, end),
    sampleOffset: offset + from - start,
  };
}
