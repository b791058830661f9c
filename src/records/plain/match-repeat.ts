/** Repeated groups. Where rounds ended is remembered: an attempt that starts at one of those places need not go through them again. */
import type { MatchOperation, PairsOperation, RepeatOperation } from "../program/program.ts";
import type { Machine, RoundMemo } from "./machine.ts";

/** Matches a sequence; passed in, since sequences hold repetitions. */
export type MatchRound = (machine: Machine, operations: readonly MatchOperation[], at: number) => number;

/** Matches rounds from `at`; gives their end, or -1. Slots inside hold the last round. */
export function matchRepeat(
  machine: Machine,
  operation: RepeatOperation,
  at: number,
  matchRound: MatchRound,
): number {
  const rounds = roundsFrom(machine, operation, at, matchRound);
  if (rounds === null) return -1;
  const { bounds, first, last, end, hasEmpty } = rounds;
  const round = hasEmpty ? end : last > first ? (bounds[last - 1] ?? at) : -1;
  captureRound(machine, operation.body, round, matchRound);
  return end;
}

/** Rounds `[first, last)` of which each begins at its bound and ends at the next; `hasEmpty`: one more that takes nothing. */
export interface Rounds {
  readonly bounds: readonly number[];
  readonly first: number;
  readonly last: number;
  readonly end: number;
  readonly hasEmpty: boolean;
}

/** The rounds from `at`, or null when there are too few. */
export function roundsFrom(
  machine: Machine,
  operation: RepeatOperation | PairsOperation,
  at: number,
  matchRound: MatchRound,
): Rounds | null {
  const { body, min, max } = operation;
  const memo = machine.roundsOf(operation);
  let first = indexOf(memo.bounds, at);
  if (first < 0) {
    memo.bounds = [at];
    memo.isClosed = false;
    memo.endsEmpty = false;
    first = 0;
  }
  while (!memo.isClosed && memo.bounds.length - 1 - first < max) addRound(machine, body, memo, matchRound);
  const last = Math.min(memo.bounds.length - 1, first + max);
  const isAtEnd = last === memo.bounds.length - 1;
  const hasEmpty = isAtEnd && memo.endsEmpty && last - first < max;
  const rounds = last - first + (hasEmpty ? 1 : 0);
  if (rounds < min) return null;
  return { bounds: memo.bounds, first, last, end: memo.bounds[last] ?? at, hasEmpty };
}

function addRound(
  machine: Machine,
  body: readonly MatchOperation[],
  memo: RoundMemo,
  matchRound: MatchRound,
): void {
  const start = memo.bounds.at(-1) ?? 0;
  const end = matchRound(machine, body, start);
  if (end > start) {
    memo.bounds.push(end);
    return;
  }
  memo.isClosed = true;
  memo.endsEmpty = end === start;
}

/** Puts into the slots what the round from `start` captures; -1: there was no round. */
function captureRound(
  machine: Machine,
  body: readonly MatchOperation[],
  start: number,
  matchRound: MatchRound,
): void {
  if (machine.tests > 0 || machine.slotsIn(body).length === 0) return;
  machine.forget(body);
  if (start >= 0) matchRound(machine, body, start);
}

/** The index of a number in an ascending list, or -1. */
function indexOf(list: readonly number[], wanted: number): number {
  let [low, high] = [0, list.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = list[middle] ?? 0;
    if (found === wanted) return middle;
    if (found < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
