/** Attempts: from which places a program is tried, and which of them need not be. */
import { hasByte } from "../program/byte-set.ts";
import type { MatchOperation, UntilOperation } from "../program/program.ts";
import type { Machine } from "./machine.ts";
import { matchSequence } from "./match.ts";

/**
 * Tries the program at a place. Gives the end of the record, or -1; a match that takes no byte is none. The slots of the run hold
 * its values then.
 */
export function attemptAt(machine: Machine, at: number): number {
  const { program, slots } = machine.run;
  slots.fill(null);
  if (!hasByte(program.firstBytes, machine.byteAt(at))) return -1;
  const end = matchSequence(machine, program.body, at);
  return end > at ? end : -1;
}

/** The next place worth an attempt behind `at`, where one has just failed. Every place in between must fail too. */
export function nextAttempt(machine: Machine, at: number): number {
  const { program } = machine.run;
  const { length } = machine.bytes;
  let next = hasByte(program.firstBytes, machine.byteAt(at)) ? behindLeadingUntil(machine, at) : at + 1;
  while (next < length && !hasByte(program.firstBytes, machine.byteAt(next))) next++;
  return Math.min(next, length);
}

/**
 * A leading LD or DATA ends at the same place from wherever before it starts; so what follows it fails again. Where it found no end,
 * it finds none from the places up to where it gave up either.
 */
function behindLeadingUntil(machine: Machine, at: number): number {
  const operation = leadingUntil(machine.run.program.body);
  if (operation === null) return at + 1;
  const memo = machine.searchOf(operation);
  const isKnown = memo.from <= at + operation.min && memo.to >= at + operation.min;
  if (!isKnown) return at + 1;
  if (memo.found && memo.to <= at + operation.max) return Math.max(at + 1, memo.to - operation.min + 1);
  return at + 1;
}

function leadingUntil(operations: readonly MatchOperation[]): UntilOperation | null {
  for (const operation of operations) {
    if (operation.kind === "until") return operation;
    if (operation.kind === "capture") return leadingUntil(operation.body);
    if (operation.kind !== "constant") return null;
  }
  return null;
}
