/** Which slots operations fill. */
import type { JsonValueOperation, MatchOperation, SlotIndex } from "./program.ts";

/** The slots that operations and all inside of them fill, ascending. Cost: linear. */
export function slotsIn(operations: readonly MatchOperation[]): readonly SlotIndex[] {
  return [...new Set(operations.flatMap(slotsOf))].filter((slot) => slot >= 0).sort((a, b) => a - b);
}

function slotsOf(operation: MatchOperation): readonly SlotIndex[] {
  switch (operation.kind) {
    case "optional":
    case "repeat":
      return slotsIn(operation.body);
    case "capture":
    case "decode":
    case "cell":
      return [operation.slot, ...slotsIn(operation.body)];
    case "pairs":
      return [...operation.members.map(({ slot }) => slot), ...slotsIn(operation.body)];
    case "choice":
      return operation.branches.flatMap(slotsIn);
    case "json":
      return slotsInJson(operation.value);
    case "literal":
    case "line-end":
    case "edge":
    case "look":
    case "card":
      return [];
    default:
      return [operation.slot];
  }
}

/** The slots that a JSON value fills. */
export function slotsInJson(value: JsonValueOperation): readonly SlotIndex[] {
  switch (value.kind) {
    case "any":
    case "array":
      return [value.slot];
    case "scalar":
      return [value.slot, ...slotsIn(value.body)];
    case "object":
      return [value.greedySlot, ...value.members.flatMap((member) => slotsInJson(member.value))];
    default:
      return [];
  }
}
