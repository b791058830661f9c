/** What the compiler carries along while it walks a pattern, and what all parts of it need. */

import type { DataType, PatternNode } from "#language";
import { invariant } from "#text";
import type { Decoder, MatchOperation, PatternRange, Slot, SlotIndex, Zone } from "./program.ts";
import type { Wanted } from "./wanted.ts";
import { zoneOf } from "./zones.ts";

/** State of one compilation. */
export interface CompileContext {
  /** The query's time zone. */
  readonly timeZone: string;
  /** Tables made so far, by name; their order is that of the program's `zones`. */
  readonly zones: Map<string, Zone>;
  /** What was found of what is wanted. */
  readonly found: Set<Wanted>;
  readonly budget: { operationsLeft: number };
  /** The program's decoders so far. */
  readonly decoders: Decoder[];
  /** Slots that the program needs for itself; they count behind the `slotCount` that are wanted. */
  readonly ownSlots: Slot[];
  readonly slotCount: number;
}

/** Where an element stands: which names are wanted there, and what comes behind it. */
export interface Place {
  /** What is wanted of the record or tuple that the element's names belong to. */
  readonly wanted: Wanted;
  readonly follow: Follow;
  /** The text of a JSON member is taken apart: it must match as a whole. */
  readonly isWholeText: boolean;
}

/** What can stand behind an element, as what an LD or DATA there has to look for. */
export interface Follow {
  /** The next required unit; several where one of them follows. Compiled when asked for, without slots. */
  readonly units: readonly (() => readonly MatchOperation[])[];
  /** Nothing at all may follow. */
  readonly mayEnd: boolean;
}

/** Nothing follows. */
export const END_FOLLOWS: Follow = { units: [], mayEnd: true };

/** The bound of what nobody bounds. */
export const UNBOUNDED = 0x7fff_ffff;

/** The place in the pattern's text that operations of a node name. */
export function rangeOf(node: { readonly span: PatternRange }): PatternRange {
  return { start: node.span.start, end: node.span.end };
}

/** The wanted parts of what a node names, or null when the node has no name or nothing of it is wanted. */
export function wantedOf(
  node: { readonly name: string | null },
  place: Place,
  context: CompileContext,
): Wanted | null {
  const wanted = node.name === null ? undefined : place.wanted.members.get(node.name);
  if (wanted === undefined) return null;
  context.found.add(wanted);
  return wanted;
}

/** Slots for one value: of its own type, and for its text. */
export interface ValueSlots {
  readonly own: SlotIndex;
  readonly text: SlotIndex;
}

/** No slot. */
export const NO_SLOTS: ValueSlots = { own: -1, text: -1 };

const NUMBER_KINDS: readonly string[] = ["integer", "long", "float", "double"];

/** The slots of a value of a type. Numbers of alternatives may share a slot of a wider type; every value can be had as text. */
export function slotsFor(wanted: Wanted | null, type: DataType): ValueSlots {
  let { own, text } = NO_SLOTS;
  for (const slot of wanted?.slots ?? []) {
    if (fits(slot.type, type)) {
      invariant(own < 0, "a typed field is wanted with one type");
      own = slot.index;
    } else {
      invariant(slot.type.kind === "string", `${type.kind} is not wanted as ${slot.type.kind}`);
      text = slot.index;
    }
  }
  return { own, text };
}

function fits(slot: DataType, value: DataType): boolean {
  if (slot.kind === value.kind) return true;
  return NUMBER_KINDS.includes(slot.kind) && NUMBER_KINDS.includes(value.kind);
}

/** Operations with their text captured, when a slot wants it. */
export function captured(
  body: readonly MatchOperation[],
  slot: SlotIndex,
  at: PatternRange,
  emptyIsNull = false,
): readonly MatchOperation[] {
  return slot < 0 ? body : [{ kind: "capture", at, body, slot, emptyIsNull }];
}

/** The index of a zone's table. */
export function zoneIndex(name: string, context: CompileContext): number {
  const { zones } = context;
  if (!zones.has(name)) zones.set(name, zoneOf(name));
  return [...zones.keys()].indexOf(name);
}

/** Whether a quantifier lets an element take nothing. */
export function mayBeEmpty(node: PatternNode): boolean {
  return node.quantifier?.min === 0;
}

/** Adds a decoder; gives its index. */
export function decoderIndex(context: CompileContext, decoder: Decoder): number {
  return context.decoders.push(decoder) - 1;
}

/** The index of a decoder of a few words, which is there once. */
export function decoderIndexOf(context: CompileContext, decoder: Decoder): number {
  const key = JSON.stringify(decoder);
  const known = context.decoders.findIndex(({ kind }, index) =>
    kind === decoder.kind ? JSON.stringify(context.decoders[index]) === key : false,
  );
  return known >= 0 ? known : decoderIndex(context, decoder);
}
