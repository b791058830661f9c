/** ARRAY and KVP: recognised as repeated groups; their values are put together later, from what the rounds capture then. */

import { type ArrayNode, type Field, fieldsOf, type GroupNode, type KvpNode } from "#language";
import { invariant } from "#text";
import {
  type CompileContext,
  captured,
  decoderIndex,
  decoderIndexOf,
  type Place,
  rangeOf,
  slotsFor,
  wantedOf,
} from "./compile-context.ts";
import { shapeOf } from "./item-shape.ts";
import type { ItemShape, MatchOperation, PairMember, Slot, SlotIndex } from "./program.ts";
import { NOTHING_WANTED, type Wanted, wantedTree } from "./wanted.ts";

/** How often the pairs of a KVP stand that says nothing else. */
const PAIR_BOUNDS = { min: 1, max: 128 } as const;

/** Compiles one round with its names; passed in, since rounds are sequences. */
export type CompileRound = (wanted: Wanted, context: CompileContext) => readonly MatchOperation[];

/** The operations of an ARRAY. */
export function arrayOperations(
  node: ArrayNode,
  place: Place,
  context: CompileContext,
  compileRound: CompileRound,
): readonly MatchOperation[] {
  const at = rangeOf(node);
  const { own: slot } = slotsFor(wantedOf(node, place, context), {
    kind: "array",
    element: { kind: "null" },
  });
  const { min, max } = node.quantifier ?? { min: 1, max: 1 };
  const repeat = [{ kind: "repeat", at, body: compileRound(NOTHING_WANTED, context), min, max } as const];
  if (slot < 0) return repeat;
  const round = roundOf(node.body, context, compileRound);
  const [only] = round.shapes;
  const item: ItemShape =
    round.shapes.length === 1 && only !== undefined ? only.shape : { kind: "tuple", members: round.shapes };
  const { slots, body } = round;
  const decoder = decoderIndex(context, { kind: "items", slots, body, max, item });
  return decoded(captured(repeat, slot, at), slot, decoder, node);
}

/** The operations of a KVP: the whole object, single members of it, or both. */
export function pairsOperations(
  node: KvpNode,
  place: Place,
  context: CompileContext,
  compileRound: CompileRound,
): readonly MatchOperation[] {
  const at = rangeOf(node);
  const wanted = wantedOf(node, place, context) ?? NOTHING_WANTED;
  const { min, max } = node.quantifier ?? PAIR_BOUNDS;
  const { own: slot } = slotsFor(wanted, { kind: "object" });
  const rounds: MatchOperation =
    wanted.members.size === 0
      ? { kind: "repeat", at, body: compileRound(NOTHING_WANTED, context), min, max }
      : { ...memberRounds(node, wanted, context, compileRound), kind: "pairs", at, min, max };
  if (slot < 0) return [rounds];
  const decoder = decoderIndex(context, { ...pairOf(node, context, compileRound), kind: "pairs", max });
  return decoded(captured([rounds], slot, at), slot, decoder, node);
}

/** A text that a decoder of the program reads. */
export function decoded(
  body: readonly MatchOperation[],
  slot: SlotIndex,
  decoder: number,
  node: { readonly span: { readonly start: number; readonly end: number } },
): readonly MatchOperation[] {
  return [{ kind: "decode", at: rangeOf(node), body, slot, decoder }];
}

interface Round {
  readonly slots: readonly Slot[];
  readonly body: readonly MatchOperation[];
  readonly shapes: readonly { readonly name: string; readonly shape: ItemShape }[];
}

/** One round with everything it names in slots of its own; without names its text is what counts. */
function roundOf(group: GroupNode, context: CompileContext, compileRound: CompileRound): Round {
  const fields = fieldsOf(group);
  const slots: Slot[] = [];
  const shapes = fields.map(({ name, type }) => ({ name, shape: shapeOf(type, [name], slots) }));
  const inner: CompileContext = { ...context, found: new Set(), ownSlots: [], slotCount: slots.length };
  const body = compileRound(wantedTree(slots), inner);
  if (shapes.length > 0) return { slots, body, shapes };
  return {
    slots: [{ path: ["item"], type: { kind: "string" } }],
    body: captured(body, 0, rangeOf(group)),
    shapes: [{ name: "item", shape: { kind: "slot", slot: 0 } }],
  };
}

/** The key and the values of a round. */
function pairOf(node: KvpNode, context: CompileContext, compileRound: CompileRound) {
  const { slots, body, shapes } = roundOf(node.body, context, compileRound);
  const key = shapes.find(({ name }) => name === "key")?.shape;
  invariant(key?.kind === "slot", "the key of a pair is one value");
  const values = shapes.filter(({ name }) => name.startsWith("value")).map(({ shape }) => shape);
  return { slots, body, key: key.slot, values };
}

/** Rounds that look for the members that are wanted. */
function memberRounds(node: KvpNode, wanted: Wanted, context: CompileContext, compileRound: CompileRound) {
  const fields = fieldsOf(node.body).filter(({ name }) => name === "key" || name.startsWith("value"));
  const own = ownSlots(fields, context);
  const body = compileRound(own.wanted, { ...context, found: new Set() });
  const pair = pairOf(node, context, compileRound);
  const members = [...wanted.members].flatMap(([name, member]) => {
    invariant(member.members.size === 0, "the values of pairs have no members");
    context.found.add(member);
    return member.slots.map(({ index, type }): PairMember => {
      const isText = type.kind === "string";
      invariant(isText || type.kind === "variant", `a value of pairs is not wanted as ${type.kind}`);
      return {
        utf8: [...new TextEncoder().encode(name)],
        slot: index,
        textDecoder: isText ? -1 : decoderIndexOf(context, { kind: "json-string" }),
        decoder: decoderIndex(context, { ...pair, kind: "pair", max: 1, isText }),
      };
    });
  });
  return { body, key: own.key, values: own.values, members };
}

/** Slots of the program's own for the key and all leaves of the values. */
function ownSlots(
  fields: readonly Field[],
  context: CompileContext,
): { readonly wanted: Wanted; readonly key: SlotIndex; readonly values: readonly SlotIndex[] } {
  const leaves: Slot[] = [];
  for (const { name, type } of fields) shapeOf(type, [name], leaves);
  const first = context.slotCount + context.ownSlots.length;
  const key = leaves.findIndex(({ path }) => path[0] === "key");
  context.ownSlots.push(...leaves.map(({ type }) => ({ path: [], type })));
  const values = leaves.flatMap((_, index) => (index === key ? [] : [first + index]));
  return { wanted: wantedTree(leaves, first), key: first + key, values };
}
