/** From a pattern's tree to the program that matches it, with slots for what one query wants. */

import type { Pattern } from "#language";
import { type Diagnostic, invariant } from "#text";
import { type CompileContext, END_FOLLOWS } from "./compile-context.ts";
import { groupOperations } from "./compile-sequence.ts";
import { firstBytesOf } from "./first-bytes.ts";
import { isLineBound } from "./line-bound.ts";
import type { MatchOperation, MatchProgram, Slot } from "./program.ts";
import { type Wanted, wantedTree } from "./wanted.ts";

/** What a compilation needs besides pattern and query. */
export interface CompileOptions {
  /** IANA name or offset: the zone of times that name none. */
  readonly timeZone: string;
}

/** Most elements of a program, those counted twice that end an LD. */
const MOST_OPERATIONS = 50_000;
/** How far back look-behinds reach. */
const LOOK_BEHIND_BYTES = 64;

/**
 * Compiles a pattern. Slots stand in the order of `wanted`, those that the program needs for itself behind them; without any it only
 * recognises. A path names a field, then
 * members of tuples, of greedy rests and of untyped JSON; the same path may be wanted with several types. Tuples as a whole are
 * not given: their fields are. The pattern must have passed `unsupportedElements`. Cost: linear in the pattern for the most part;
 * time zones with many changes take some 50 ms each.
 */
export function compileProgram(
  pattern: Pattern,
  wanted: readonly Slot[],
  { timeZone }: CompileOptions,
): MatchProgram {
  const tree = wantedTree(wanted);
  const context = newContext(timeZone, wanted.length);
  const body = compileBody(pattern, tree, context);
  invariant(context.budget.operationsLeft >= 0, "a pattern is checked before it is compiled");
  checkFound(tree, [], context);
  const { header } = pattern;
  const isBound = isLineBound(body);
  invariant(header === null || isBound, "records below headers are lines");
  return {
    slots: [...wanted, ...context.ownSlots],
    body,
    firstBytes: firstBytesOf(body),
    isLineBound: isBound,
    lookBehindBytes: body.some(looksBehind) ? LOOK_BEHIND_BYTES : 0,
    zones: [...context.zones.values()],
    decoders: context.decoders,
    header,
  };
}

/** What of a pattern cannot be compiled, told to its author. Empty: `compileProgram` takes it. */
export function unsupportedElements(pattern: Pattern): readonly Diagnostic[] {
  const context = newContext("UTC", 0);
  compileBody(pattern, wantedTree([]), context);
  if (context.budget.operationsLeft >= 0) return [];
  const message = "This pattern has too many elements, those counted again that end an LD or DATA.";
  const help =
    "Put the text that ends an LD directly behind it, rather than a group that begins with another LD.";
  return [{ code: "pattern-too-large", severity: "error", span: pattern.root.span, message, help }];
}

function newContext(timeZone: string, slotCount: number): CompileContext {
  return {
    timeZone,
    zones: new Map(),
    found: new Set(),
    budget: { operationsLeft: MOST_OPERATIONS },
    decoders: [],
    ownSlots: [],
    slotCount,
  };
}

function compileBody(pattern: Pattern, wanted: Wanted, context: CompileContext): readonly MatchOperation[] {
  return groupOperations(pattern.root, { wanted, follow: END_FOLLOWS, isWholeText: false }, context);
}

function checkFound(wanted: Wanted, path: readonly string[], context: CompileContext): void {
  for (const [name, member] of wanted.members) {
    const place = [...path, name];
    const isFound = member.slots.length === 0 || context.found.has(member);
    invariant(isFound, `the pattern gives "${place.join(".")}"`);
    checkFound(member, place, context);
  }
}

function looksBehind(operation: MatchOperation): boolean {
  if (operation.kind === "look") return operation.direction === "behind" || operation.body.some(looksBehind);
  if (operation.kind === "until") return operation.stop.some(looksBehind);
  if (operation.kind === "choice") return operation.branches.some((branch) => branch.some(looksBehind));
  return "body" in operation && operation.body.some(looksBehind);
}
