/** Slots of a scan: what the match program captures. */
import { type DataType, typeName } from "#language";
import type { Slot } from "#records";

/** The index of a slot for a path and type, added when there is none yet. */
export function addSlot(slots: Slot[], path: readonly string[], type: DataType): number {
  const key = slotKey({ path, type });
  const known = slots.findIndex((slot) => slotKey(slot) === key);
  if (known >= 0) return known;
  slots.push({ path, type });
  return slots.length - 1;
}

/** Equal for slots that are the same. */
export function slotKey(slot: Slot): string {
  return `${JSON.stringify(slot.path)} ${typeName(slot.type)}`;
}
