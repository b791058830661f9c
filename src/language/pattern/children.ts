/** The nodes directly inside a node: one walk for every check. */
import { unreachable } from "#text";
import type { JsonObjectShape, JsonShape, PatternNode } from "./tree.ts";

/** The nodes directly inside `node`; not what a sub-pattern refers to. */
export function childrenOf(node: PatternNode): readonly PatternNode[] {
  switch (node.kind) {
    case "group":
      return node.members;
    case "choice":
      return node.branches;
    case "structure":
    case "array":
    case "kvp":
      return [node.body];
    case "csv":
      return node.columns;
    case "json":
      return childrenOfShape(node.shape);
    case "literal":
    case "set":
    case "matcher":
    case "reference":
    case "enum":
    case "constant":
      return [];
    default:
      return unreachable(node);
  }
}

function childrenOfShape(shape: JsonShape): readonly PatternNode[] {
  switch (shape.kind) {
    case "array":
      return childrenOfShape(shape.element);
    case "object":
      return shape.object.members.flatMap((member) => childrenOfShape(member.shape));
    case "scalar":
      return [shape.matcher];
    case "text":
      return [shape.body];
    default:
      return [];
  }
}

/** All objects with named members inside a JSON shape, itself included. */
export function objectsOf(shape: JsonShape): readonly JsonObjectShape[] {
  if (shape.kind === "array") return objectsOf(shape.element);
  if (shape.kind !== "object") return [];
  return [shape.object, ...shape.object.members.flatMap((member) => objectsOf(member.shape))];
}
