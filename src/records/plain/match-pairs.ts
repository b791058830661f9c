/** Key-value pairs of which single members are wanted. */
import type { PairMember, PairsOperation } from "../program/program.ts";
import { type Captured, isText } from "./captured.ts";
import { decodedText } from "./decoded-text.ts";
import type { Machine } from "./machine.ts";
import { type MatchRound, type Rounds, roundsFrom } from "./match-repeat.ts";

/** Matches pairs from `at`; gives their end, or -1. */
export function matchPairs(
  machine: Machine,
  operation: PairsOperation,
  at: number,
  matchRound: MatchRound,
): number {
  machine.tests++;
  const rounds = roundsFrom(machine, operation, at, matchRound);
  machine.tests--;
  if (rounds === null) return -1;
  if (machine.tests === 0) captureMembers(machine, operation, rounds, matchRound);
  return rounds.end;
}

function captureMembers(
  machine: Machine,
  operation: PairsOperation,
  { bounds, first, last, end, hasEmpty }: Rounds,
  matchRound: MatchRound,
): void {
  const memo = machine.pairsOf(operation);
  const start = bounds[0] ?? 0;
  const behind = hasEmpty ? last + 1 : last;
  if (memo.start !== start || first < memo.from) {
    memo.start = start;
    memo.from = first;
    memo.known = first;
    memo.found.clear();
  }
  for (; memo.known < behind; memo.known++) {
    lookAt(machine, operation, [bounds[memo.known] ?? end, bounds[memo.known + 1] ?? end], matchRound);
  }
  for (const member of operation.members) {
    const found = firstFrom(memo.found.get(member) ?? [], first);
    machine.capture(member.slot, found !== null && found.round < behind ? found.value : null);
  }
  machine.forget(operation.body);
}

interface FoundPair {
  readonly round: number;
  readonly value: Captured;
}

/** The first that is in a round at or behind `first`; `found` is ascending. */
function firstFrom(found: readonly FoundPair[], first: number): FoundPair | null {
  let [low, high] = [0, found.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((found[middle]?.round ?? 0) < first) low = middle + 1;
    else high = middle;
  }
  return found[low] ?? null;
}

/** Matches one round and notes which members it is about. */
function lookAt(
  machine: Machine,
  operation: PairsOperation,
  [start, end]: readonly [number, number],
  matchRound: MatchRound,
): void {
  const { found, known: round } = machine.pairsOf(operation);
  machine.forget(operation.body);
  matchRound(machine, operation.body, start);
  const key = machine.run.slots[operation.key] ?? null;
  if (key === null || !isText(key)) return;
  const name = Buffer.from(decodedText(key).utf8);
  for (const member of operation.members) {
    if (!name.equals(Uint8Array.from(member.utf8))) continue;
    const values = found.get(member) ?? [];
    found.set(member, values);
    values.push({ round, value: valueOfRound(machine, operation, member, [start, end]) });
  }
}

function valueOfRound(
  machine: Machine,
  operation: PairsOperation,
  member: PairMember,
  [start, end]: readonly [number, number],
): Captured {
  const { slots, program, decoders } = machine.run;
  const slot = operation.values.find((value) => (slots[value] ?? null) !== null);
  if (slot === undefined) return null;
  const value = slots[slot] ?? null;
  if (value !== null && isText(value) && program.slots[slot]?.type.kind === "string") {
    const decode = value.decode === undefined ? decoders[member.textDecoder] : undefined;
    if (member.textDecoder < 0) return value;
    if (decode !== undefined) return { ...value, decode };
  }
  const decode = decoders[member.decoder];
  return decode === undefined ? null : { bytes: machine.bytes, start, end, encoding: "plain", decode };
}
