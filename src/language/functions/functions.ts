/** The functions of the query language: one list for checker, planner, completion and manual. */
import { AGGREGATES } from "./aggregates.ts";
import { CASTS } from "./casts.ts";
import type { FunctionEntry } from "./entry.ts";
import { OUTSIDE_FUNCTIONS } from "./outside.ts";
import { ROW_ORDER_FUNCTIONS } from "./row-order.ts";
import { TEXT_FUNCTIONS } from "./text.ts";
import { TIME_FUNCTIONS } from "./time.ts";
import { ARRAY_FUNCTIONS, CONDITION_FUNCTIONS, MATHS_FUNCTIONS, NETWORK_FUNCTIONS } from "./values.ts";

/** All functions. */
export const FUNCTIONS: readonly FunctionEntry[] = [
  ...CASTS,
  ...TIME_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...NETWORK_FUNCTIONS,
  ...ARRAY_FUNCTIONS,
  ...MATHS_FUNCTIONS,
  ...CONDITION_FUNCTIONS,
  ...AGGREGATES,
  ...ROW_ORDER_FUNCTIONS,
  ...OUTSIDE_FUNCTIONS,
];

const BY_SPELLING: ReadonlyMap<string, FunctionEntry> = new Map(
  FUNCTIONS.flatMap((entry) => entry.spellings.map((spelling) => [spelling.toLowerCase(), entry] as const)),
);

/** The function a user means by a word in any case, or null. */
export function findFunction(word: string): FunctionEntry | null {
  return BY_SPELLING.get(word.toLowerCase()) ?? null;
}
