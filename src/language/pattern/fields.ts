/** Which fields a pattern exports, and of which types. */
import { unreachable } from "#text";
import type { DataType, Field } from "../types.ts";
import { findMatcher } from "./matchers.ts";
import { mergedType } from "./merged-type.ts";
import type { ChoiceNode, GroupNode, JsonMember, JsonObjectShape, JsonShape, PatternNode } from "./tree.ts";

/** An exported field, and the node or JSON member that names it. */
export interface Export extends Field {
  readonly owner: PatternNode | JsonMember | JsonObjectShape;
}

/** Called when two exports of one record have the same name: in a sequence, or in alternatives whose types do not agree. */
export type OnClash = (first: Export, second: Export, isChoice: boolean) => void;

const STRING: DataType = { kind: "string" };
const UNKNOWN: DataType = { kind: "unknown" };

function ignoreClash(): void {
  // A pattern without errors has no clashes.
}

/** The fields a sequence exports, in the order of writing; alternatives share fields of the same name. */
export function fieldsOf(group: GroupNode): readonly Field[] {
  return exportsOf(group).map(({ name, type }) => ({ name, type }));
}

/**
 * The type of a node's value, whether it is exported or not. An ARRAY whose body exports one field has elements of its type; with several
 * they are tuples; with none, texts. Nodes that an error stands for are `unknown`.
 */
export function typeOfNode(node: PatternNode): DataType {
  switch (node.kind) {
    case "literal":
    case "set":
    case "group":
    case "choice":
    case "constant":
      return STRING;
    case "matcher":
      return findMatcher(node.matcher)?.type ?? UNKNOWN;
    case "reference":
      return tupleOrText(fieldsOf(node.definition));
    case "structure":
      return tupleOrText(fieldsOf(node.body));
    case "array":
      return { kind: "array", element: itemType(fieldsOf(node.body)) };
    case "kvp":
      return { kind: "object" };
    case "enum":
      return { kind: "integer" };
    case "csv":
      return tupleOrText(inSequence(node.columns, ignoreClash));
    case "json":
      return typeOfShape(node.shape);
    default:
      return unreachable(node);
  }
}

/** The type of a JSON value of a shape. */
function typeOfShape(shape: JsonShape): DataType {
  switch (shape.kind) {
    case "any":
      return { kind: "variant" };
    case "any-object":
      return { kind: "object" };
    case "any-array":
      return { kind: "array", element: { kind: "variant" } };
    case "array":
      return { kind: "array", element: typeOfShape(shape.element) };
    case "object":
      return { kind: "tuple", fields: plainFields(exportsOfObject(shape.object)) };
    case "scalar":
      return typeOfNode(shape.matcher);
    case "text":
      return tupleOrText(fieldsOf(shape.body));
    default:
      return unreachable(shape);
  }
}

function plainFields(fields: readonly Field[]): readonly Field[] {
  return fields.map(({ name, type }) => ({ name, type }));
}

function tupleOrText(fields: readonly Field[]): DataType {
  return fields.length === 0 ? STRING : { kind: "tuple", fields: plainFields(fields) };
}

function itemType(fields: readonly Field[]): DataType {
  const [only] = fields;
  return fields.length === 1 && only !== undefined ? only.type : tupleOrText(fields);
}

/** What a node adds to the record it stands in. `onClash` hears of names that meet inside of it. */
export function exportsOf(node: PatternNode, onClash: OnClash = ignoreClash): readonly Export[] {
  return node.look === null ? exportsInside(node, onClash) : [];
}

function exportsInside(node: PatternNode, onClash: OnClash = ignoreClash): readonly Export[] {
  const inner = innerExports(node, onClash);
  if (node.name === null) return inner;
  const own: Export = { name: node.name, type: typeOfNode(node), owner: node };
  return inner.length === 0 ? [own] : withoutClashes([inner, [own]], onClash);
}

function innerExports(node: PatternNode, onClash: OnClash): readonly Export[] {
  switch (node.kind) {
    case "group":
      return inSequence(node.members, onClash);
    case "choice":
      return inChoice(node, onClash);
    case "reference":
      return node.name === null ? exportsOf(node.definition, onClash) : [];
    case "structure":
      return node.name === null ? exportsOf(node.body, onClash) : [];
    case "csv":
      return node.name === null ? inSequence(node.columns, onClash) : [];
    case "json":
      return node.shape.kind === "object" && node.shape.object.isFlat
        ? exportsOfObject(node.shape.object, onClash)
        : [];
    case "literal":
    case "set":
    case "matcher":
    case "array":
    case "kvp":
    case "enum":
    case "constant":
      return [];
    default:
      return unreachable(node);
  }
}

function inSequence(nodes: readonly PatternNode[], onClash: OnClash): readonly Export[] {
  return withoutClashes(
    nodes.map((node) => exportsOf(node, onClash)),
    onClash,
  );
}

/** All exports in order; of equal names the first stays. */
function withoutClashes(parts: readonly (readonly Export[])[], onClash: OnClash): readonly Export[] {
  const byName = new Map<string, Export>();
  for (const part of parts) {
    for (const field of part) {
      const first = byName.get(field.name);
      if (first === undefined) byName.set(field.name, field);
      else onClash(first, field, false);
    }
  }
  return [...byName.values()];
}

/** The fields of all branches; those of one name are one field of a type that holds them all. */
function inChoice(node: ChoiceNode, onClash: OnClash): readonly Export[] {
  const byName = new Map<string, Export>();
  for (const branch of node.branches) {
    for (const field of exportsOf(branch, onClash)) {
      const first = byName.get(field.name);
      const type = first === undefined ? field.type : mergedType(first.type, field.type);
      if (first !== undefined && type === null) onClash(first, field, true);
      else byName.set(field.name, { ...(first ?? field), type: type ?? field.type });
    }
  }
  return [...byName.values()];
}

/** The members of a JSON object as fields: what a flat one adds to its record, or the fields of its tuple. */
export function exportsOfObject(object: JsonObjectShape, onClash: OnClash = ignoreClash): readonly Export[] {
  const parts = object.members.map((member) => exportsOfMember(member, onClash));
  const { greedy } = object;
  if (greedy !== null) parts.push([{ name: greedy, type: { kind: "object" }, owner: object }]);
  return withoutClashes(parts, onClash);
}

function exportsOfMember(member: JsonMember, onClash: OnClash): readonly Export[] {
  const { name, shape } = member;
  if (name !== null) return [{ name, type: typeOfShape(shape), owner: member }];
  if (shape.kind === "text") return exportsOf(shape.body, onClash);
  return shape.kind === "object" && shape.object.isFlat ? exportsOfObject(shape.object, onClash) : [];
}

/** Whether a pattern names parts of itself. */
export function hasExports(group: GroupNode): boolean {
  return exportsOf(group).length > 0;
}
