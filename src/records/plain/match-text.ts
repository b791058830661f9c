/** One whole value taken apart by a program: PARSE inside a row, previews. */
import type { Value } from "#language";
import type { MatchProgram } from "../program/program.ts";
import { valueOfCaptured } from "./captured.ts";
import { Machine } from "./machine.ts";
import { matchSequence } from "./match.ts";
import { newRun } from "./new-run.ts";

/**
 * The values of a program's slots when it matches all of `bytes`, else null. Times without a year are put at most a day after
 * `referenceTimeMs`.
 */
export function matchText(
  program: MatchProgram,
  bytes: Uint8Array,
  referenceTimeMs: bigint = 0n,
): Value[] | null {
  const machine = new Machine(bytes, newRun(program, referenceTimeMs));
  const end = matchSequence(machine, program.body, 0);
  if (end !== bytes.length) return null;
  return program.slots.map(({ type }, index) => valueOfCaptured(machine.run.slots[index] ?? null, type));
}
