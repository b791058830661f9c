/** LD and DATA: as little as possible up to what follows. */

import type { MatcherNode, Quantifier } from "#language";
import { type Follow, rangeOf } from "./compile-context.ts";
import { firstBytesOf } from "./first-bytes.ts";
import type { MatchOperation, PatternRange, SlotIndex, UntilOperation } from "./program.ts";

const LINE_FEED = 0x0a;

/** The operation of an LD or DATA. One that may be missing takes nothing where its end stands at once. */
export function untilOperation(
  node: MatcherNode,
  bounds: Quantifier,
  follow: Follow,
  slot: SlotIndex,
): UntilOperation {
  const at = rangeOf(node);
  const { max } = bounds;
  const min = node.isOptional ? 0 : bounds.min;
  const isLine = node.matcher === "LD";
  const stop = stopOf(follow, isLine, at);
  const staysInLine = isLine || isLineEnd(stop);
  const stopFirst = firstBytesOf(stop);
  return { kind: "until", at, staysInLine, min, max, stop, stopFirst, slot, emptyIsNull: node.isOptional };
}

/** DATA up to the end of a line cannot leave the line: it ends at the first line feed. */
function isLineEnd(stop: readonly MatchOperation[]): boolean {
  const [only] = stop;
  if (stop.length !== 1 || only === undefined) return false;
  if (only.kind === "line-end") return true;
  return only.kind === "literal" && only.bytes.length === 1 && only.bytes[0] === LINE_FEED;
}

function stopOf(follow: Follow, isLine: boolean, at: PatternRange): readonly MatchOperation[] {
  const branches = follow.units.map((unit) => unit());
  if (branches.length === 0) return [];
  if (follow.mayEnd) branches.push(...endBranches(isLine, at));
  const [only] = branches;
  return branches.length === 1 && only !== undefined ? only : [{ kind: "choice", at, branches }];
}

/** Where something may follow or nothing: the end of the input, and for LD that of the line. */
function endBranches(isLine: boolean, at: PatternRange): readonly (readonly MatchOperation[])[] {
  const end: MatchOperation = { kind: "edge", at, edge: "end" };
  const feed: MatchOperation = { kind: "literal", at, bytes: [LINE_FEED], ignoresCase: false };
  return isLine ? [[feed], [end]] : [[end]];
}
