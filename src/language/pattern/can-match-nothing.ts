/** Whether elements must take bytes, and whether they can end an LD. */
import { unreachable } from "#text";
import type { PatternNode } from "./tree.ts";

/** Whether a node can match without taking a byte. */
export function canMatchNothing(node: PatternNode): boolean {
  if (node.look !== null || node.isOptional || node.quantifier?.min === 0) return true;
  switch (node.kind) {
    case "literal":
    case "set":
    case "json":
      return false;
    case "matcher":
      return isEdge(node.matcher);
    case "group":
      return (node.separator === null || node.members.length < 2) && node.members.every(canMatchNothing);
    case "choice":
      return node.branches.some(canMatchNothing);
    case "reference":
      return canMatchNothing(node.definition);
    case "structure":
    case "array":
    case "kvp":
      return canMatchNothing(node.body);
    case "enum":
      return node.entries.some(({ bytes }) => bytes.length === 0);
    case "csv":
      return node.columns.length < 2 && node.columns.every(canMatchNothing);
    case "constant":
      return true;
    default:
      return unreachable(node);
  }
}

/** BOS, MOS and EOS are places. */
function isEdge(matcher: string): boolean {
  return matcher === "BOS" || matcher === "MOS" || matcher === "EOS";
}

/** Whether a node is, or holds, a required unit: what ends an LD or DATA in front of it. Look-behinds and constants are none. */
export function isRequired(node: PatternNode): boolean {
  if (node.look === "behind" || node.look === "not-behind") return false;
  if (node.isOptional || node.quantifier?.min === 0) return false;
  switch (node.kind) {
    case "constant":
      return false;
    case "group":
      return node.members.some(isRequired);
    case "choice":
      return node.branches.every(isRequired);
    case "reference":
      return isRequired(node.definition);
    case "structure":
    case "array":
    case "kvp":
      return isRequired(node.body);
    default:
      return true;
  }
}
