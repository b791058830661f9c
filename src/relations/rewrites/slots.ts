/** Slots of a scan: what the match program captures. */
import { type DataType, typeName } from "#language";
import { RAW_TEXT_SLOT, type Slot } from "#records";
import type { ScanPlanColumn } from "../plan/tree.ts";
import type { Testable } from "./predicate.ts";

/** The index of a slot for a path and type, added when there is none yet. */
export function addSlot(slots: Slot[], path: readonly string[], type: DataType): number {
  const key = slotKey({ path, type });
  const known = slots.findIndex((slot) => slotKey(slot) === key);
  if (known >= 0) return known;
  slots.push({ path, type });
  return slots.length - 1;
}

/** The slot that a predicate of the scan finds a column's values in, or null when it cannot look at them. */
export function testableColumn({ source, type }: ScanPlanColumn): Testable | null {
  if (type.kind === "huge") return null;
  if (source.kind === "raw-text") return { slot: RAW_TEXT_SLOT, type };
  return source.kind === "slot" ? { slot: source.slot, type } : null;
}

/** Equal for slots that are the same. */
export function slotKey(slot: Slot): string {
  return `${JSON.stringify(slot.path)} ${typeName(slot.type)}`;
}
