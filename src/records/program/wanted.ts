/** What a query wants, as a tree of names: the compiler walks it along with the pattern. */

import type { DataType } from "#language";
import { invariant } from "#text";
import type { Slot, SlotIndex } from "./program.ts";

/** What is wanted of one name and below it. */
export interface Wanted {
  /** Slots for the value itself; several when it is wanted with several types. */
  readonly slots: readonly WantedSlot[];
  readonly members: ReadonlyMap<string, Wanted>;
}

/** A slot and the type its value is to have. */
export interface WantedSlot {
  readonly index: SlotIndex;
  readonly type: DataType;
}

/** Nothing. */
export const NOTHING_WANTED: Wanted = { slots: [], members: new Map() };

interface MutableWanted {
  readonly slots: WantedSlot[];
  readonly members: Map<string, MutableWanted>;
}

/** The tree of a list of slots, which count from `first`. The same path may stand in it several times, with different types. */
export function wantedTree(slots: readonly Slot[], first = 0): Wanted {
  const root: MutableWanted = { slots: [], members: new Map() };
  for (const [index, { path, type }] of slots.entries()) {
    invariant(path.length > 0, "a wanted path names a field");
    const place = path.reduce(memberOf, root);
    const isTwice = place.slots.some((other) => other.type.kind === type.kind && type.kind !== "array");
    invariant(!isTwice, `"${path.join(".")}" is wanted once per type`);
    place.slots.push({ index: first + index, type });
  }
  return root;
}

function memberOf(wanted: MutableWanted, name: string): MutableWanted {
  const known = wanted.members.get(name);
  if (known !== undefined) return known;
  const member: MutableWanted = { slots: [], members: new Map() };
  wanted.members.set(name, member);
  return member;
}
