/** Sequences, groups, alternatives, sub-patterns: the walk over a pattern. */

import type {
  ArrayNode,
  ChoiceNode,
  GroupNode,
  KvpNode,
  LiteralNode,
  MatcherNode,
  PatternNode,
} from "#language";
import { isRequired } from "#language";
import { unreachable } from "#text";
import { cellsOperations } from "./compile-cells.ts";
import { withCharset } from "./compile-charset.ts";
import {
  type CompileContext,
  captured,
  END_FOLLOWS,
  type Follow,
  mayBeEmpty,
  type Place,
  rangeOf,
  slotsFor,
  wantedOf,
} from "./compile-context.ts";
import { jsonOperations } from "./compile-json.ts";
import { enumOperations, matcherOperations, setOperations, TEXT_BOUNDS } from "./compile-matcher.ts";
import { arrayOperations, type CompileRound, pairsOperations } from "./compile-rounds.ts";
import { untilOperation } from "./compile-until.ts";
import type { MatchOperation } from "./program.ts";
import { NOTHING_WANTED } from "./wanted.ts";

const STRING = { kind: "string" } as const;

/** The operations of a sequence. `place.follow` is what stands behind all of it. */
export function groupOperations(
  group: GroupNode,
  place: Place,
  context: CompileContext,
): readonly MatchOperation[] {
  const members = withSeparators(group);
  const operations: (readonly MatchOperation[])[] = [];
  let { follow } = place;
  let isLast = true;
  for (const member of [...members].reverse()) {
    const inner: Place = { ...place, follow, isWholeText: place.isWholeText && isLast };
    operations.push(nodeOperations(member, inner, context));
    if (isRequired(member)) follow = unitOf(member, inner, context);
    isLast = false;
  }
  return operations.reverse().flat();
}

/** What an LD in front of `node` looks for: all of it, without capturing. */
function unitOf(node: PatternNode, place: Place, context: CompileContext): Follow {
  const unit = () => nodeOperations(node, { ...place, wanted: NOTHING_WANTED }, context);
  return { units: [unit], mayEnd: false };
}

/** The members with the group's separator between neighbours that take bytes. */
function withSeparators(group: GroupNode): readonly PatternNode[] {
  const { separator, span } = group;
  if (separator === null) return group.members;
  const between: LiteralNode = {
    kind: "literal",
    bytes: separator,
    ignoresCase: false,
    span,
    quantifier: null,
    isOptional: false,
    name: null,
    look: null,
  };
  const isPlace = (node: PatternNode) => node.kind === "constant" || node.look !== null;
  const first = group.members.findIndex((member) => !isPlace(member));
  return group.members.flatMap((member, index) =>
    isPlace(member) || index <= first ? [member] : [between, member],
  );
}

function nodeOperations(node: PatternNode, place: Place, context: CompileContext): readonly MatchOperation[] {
  context.budget.operationsLeft--;
  if (context.budget.operationsLeft < 0) return [];
  const at = rangeOf(node);
  if (node.look !== null) {
    const tested = elementOperations(node, { ...place, wanted: NOTHING_WANTED, isWholeText: false }, context);
    const body: readonly MatchOperation[] = node.isOptional
      ? [{ kind: "optional", at, body: tested }]
      : tested;
    const direction = node.look.endsWith("ahead") ? "ahead" : "behind";
    return [{ kind: "look", at, direction, isNegated: node.look.startsWith("not"), body }];
  }
  const body = elementOperations(node, place, context);
  return node.isOptional && node.kind !== "constant" ? [{ kind: "optional", at, body }] : body;
}

function elementOperations(
  node: PatternNode,
  place: Place,
  context: CompileContext,
): readonly MatchOperation[] {
  const wanted = wantedOf(node, place, context);
  switch (node.kind) {
    case "literal": {
      const { bytes, ignoresCase } = node;
      return repeated(node, place, context, () => [
        { kind: "literal", at: rangeOf(node), bytes, ignoresCase },
      ]);
    }
    case "set":
      return withCharset(node, wanted, context, setOperations(node, slotsFor(wanted, STRING).own));
    case "matcher":
      return withCharset(node, wanted, context, textOrValue(node, place, context));
    case "group":
      return repeated(node, place, context, (inner) => groupOperations(node, inner, context), node);
    case "choice":
      return captured(choiceOperations(node, place, context), slotsFor(wanted, STRING).own, rangeOf(node));
    case "reference":
      return tupleOperations(node, node.definition, place, context);
    case "structure":
      return tupleOperations(node, node.body, place, context);
    case "enum":
      return enumOperations(node, wanted);
    case "constant": {
      const { own: slot } = slotsFor(wanted, STRING);
      if (slot < 0) return [];
      return [{ kind: "constant", at: rangeOf(node), utf8: [...new TextEncoder().encode(node.value)], slot }];
    }
    case "json":
      return jsonOperations(node, place.wanted, context, groupOperations);
    case "array":
      return arrayOperations(node, place, context, roundCompiler(node, place));
    case "kvp":
      return pairsOperations(node, place, context, roundCompiler(node, place));
    case "csv":
      return cellsOperations(node, place, context, groupOperations);
    default:
      return unreachable(node);
  }
}

function textOrValue(node: MatcherNode, place: Place, context: CompileContext): readonly MatchOperation[] {
  const wanted = wantedOf(node, place, context);
  const isUntil = node.matcher === "LD" || node.matcher === "DATA";
  // The last STRING of a JSON text is all that is left of it, blanks included.
  const isRest = node.matcher === "STRING" && place.isWholeText && place.follow.mayEnd;
  if (!isUntil && !isRest) return matcherOperations(node, wanted, context);
  const { own: slot } = slotsFor(wanted, STRING);
  return [untilOperation(node, node.quantifier ?? TEXT_BOUNDS, place.follow, slot)];
}

/** Names inside a sub-pattern belong to it when it has one itself. */
function tupleOperations(
  node: PatternNode,
  body: GroupNode,
  place: Place,
  context: CompileContext,
): readonly MatchOperation[] {
  const own = node.name === null ? place.wanted : (wantedOf(node, place, context) ?? NOTHING_WANTED);
  const inner: Place = { ...place, wanted: own };
  return repeated(
    node,
    place,
    context,
    (round) => groupOperations(body, { ...inner, follow: round.follow }, context),
    body,
  );
}

/**
 * An element with its repetitions and its text captured. `group` is what is repeated, when it has members: a last LD in it then ends
 * where another round begins, or where what follows all rounds does.
 */
function repeated(
  node: PatternNode,
  place: Place,
  context: CompileContext,
  once: (place: Place) => readonly MatchOperation[],
  group: GroupNode | null = null,
): readonly MatchOperation[] {
  const at = rangeOf(node);
  const wanted = wantedOf(node, place, context);
  const slot = slotsFor(wanted, STRING).own;
  const { quantifier } = node;
  if (quantifier === null) return captured(once(place), slot, at);
  const isRepeated = quantifier.max > 1;
  const follow = isRepeated && group !== null ? roundFollow(group, place, context) : place.follow;
  const body = once({ ...place, follow, isWholeText: place.isWholeText && !isRepeated });
  const { min, max } = quantifier;
  return captured([{ kind: "repeat", at, body, min, max }], slot, at, mayBeEmpty(node));
}

/** Compiles the rounds of an ARRAY or KVP. */
function roundCompiler(node: ArrayNode | KvpNode, place: Place): CompileRound {
  return (wanted, context) => {
    const inner: Place = { ...place, wanted, isWholeText: false };
    const follow = node.quantifier?.max === 1 ? place.follow : roundFollow(node.body, inner, context);
    return groupOperations(node.body, { ...inner, follow }, context);
  };
}

function roundFollow(group: GroupNode, place: Place, context: CompileContext): Follow {
  const members = withSeparators(group);
  const index = members.findIndex(isRequired);
  const first = members[index];
  if (first === undefined) return place.follow;
  const behind = members.slice(index + 1).find(isRequired);
  const inner: Place = { ...place, isWholeText: false };
  const next =
    behind === undefined ? place.follow : unitOf(behind, { ...inner, follow: END_FOLLOWS }, context);
  const round = unitOf(first, { ...inner, follow: next }, context);
  return { units: [...round.units, ...place.follow.units], mayEnd: place.follow.mayEnd };
}

function choiceOperations(
  node: ChoiceNode,
  place: Place,
  context: CompileContext,
): readonly MatchOperation[] {
  const at = rangeOf(node);
  const isLast = place.isWholeText;
  const branches = node.branches.map((branch) => {
    const operations = groupOperations(branch, place, context);
    return isLast ? [...operations, { kind: "edge", at, edge: "end" } as const] : operations;
  });
  return [{ kind: "choice", at, branches }];
}
