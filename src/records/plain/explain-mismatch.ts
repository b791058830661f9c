/** Where a program stops fitting a text, for people who write patterns. */

import { describeOperation } from "../program/describe.ts";
import type { MatchOperation, MatchProgram, PatternRange } from "../program/program.ts";
import { attemptAt, nextAttempt } from "./attempt.ts";
import { Machine } from "./machine.ts";
import { newRun } from "./new-run.ts";

/** The attempt that got furthest, and what it failed at. */
export interface Mismatch {
  /** The byte where the attempt began. */
  readonly start: number;
  /** The byte where it failed. */
  readonly offset: number;
  /** The element of the pattern that failed. */
  readonly at: PatternRange;
  /** What would have been right there: `INT`, `literal " \""`, `end of line`. */
  readonly expected: string;
}

/** A part of some bytes, as offsets. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Of all attempts that fail, the one that took most bytes before it did; of equals the first. Of several elements that failed at that
 * byte the last that was tried. Null when no attempt fails. With `within` only attempts that begin there are made; the bytes around it
 * are what they, and look-behinds, may see.
 */
export function explainMismatch(
  program: MatchProgram,
  bytes: Uint8Array,
  referenceTimeMs: bigint,
  within: ByteRange = { start: 0, end: bytes.length },
): Mismatch | null {
  let { start } = within;
  let furthest: { readonly operation: MatchOperation; readonly offset: number } | null = null;
  const run = newRun(program, referenceTimeMs, (operation, offset) => {
    if (furthest === null || offset >= furthest.offset) furthest = { operation, offset };
  });
  const machine = new Machine(bytes, run);
  let best: Mismatch | null = null;
  while (start < within.end) {
    furthest = null;
    const end = attemptAt(machine, start);
    if (end < 0) best = further(best, mismatchOf(furthest, program, start));
    start = end < 0 ? nextAttempt(machine, start) : end;
  }
  return best;
}

function mismatchOf(
  failed: { readonly operation: MatchOperation; readonly offset: number } | null,
  program: MatchProgram,
  start: number,
): Mismatch | null {
  if (failed !== null) {
    const { operation, offset } = failed;
    return { start, offset, at: operation.at, expected: describeOperation(operation) };
  }
  // No byte that a record can start with: the first element is what is missing.
  const [first] = program.body;
  if (first === undefined) return null;
  return { start, offset: start, at: first.at, expected: describeOperation(first) };
}

function further(best: Mismatch | null, next: Mismatch | null): Mismatch | null {
  if (best === null || next === null) return best ?? next;
  return next.offset - next.start > best.offset - best.start ? next : best;
}
