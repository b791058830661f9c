/** Runs of programs. */
import type { MatchProgram } from "../program/program.ts";
import { decodersOf } from "./decoders.ts";
import type { OnMismatch, Run } from "./machine.ts";

/** A run that has captured nothing yet. */
export function newRun(
  program: MatchProgram,
  referenceTimeMs: bigint,
  onMismatch: OnMismatch | null = null,
): Run {
  return {
    program,
    slots: program.slots.map(() => null),
    referenceTimeMs,
    onMismatch,
    derived: { slots: new Map(), objects: new Map() },
    decoders: decodersOf(program, referenceTimeMs),
  };
}
