/** Which members of key-value pairs a scan can give by themselves. */
import {
  type DataType,
  fieldsOf,
  type JsonShape,
  type KvpNode,
  type Pattern,
  type PatternNode,
} from "#language";

/**
 * Whether `path` below an object of a pattern can be wanted as a slot of a type. JSON gives members at any depth, in every type that
 * JSON values are cast to; key-value pairs give single values, as they are or as text. Objects are told apart by the last name of
 * their path alone: one that shares its name with pairs is treated like them.
 */
export function givesMember(
  pattern: Pattern,
  object: readonly string[],
  { path, type }: { readonly path: readonly string[]; readonly type: DataType },
): boolean {
  const pairs = pairsIn(pattern.root).filter(({ name }) => name === object.at(-1));
  if (pairs.length === 0) return true;
  const isPlain = path.length === 1 && (type.kind === "string" || type.kind === "variant");
  return isPlain && pairs.every(hasPlainValues);
}

const COMPOSED: readonly string[] = ["array", "tuple", "object", "variant"];

function hasPlainValues(node: KvpNode): boolean {
  return fieldsOf(node.body).every(({ type }) => !COMPOSED.includes(type.kind));
}

function pairsIn(node: PatternNode): readonly KvpNode[] {
  switch (node.kind) {
    case "kvp":
      return [node];
    case "group":
      return node.members.flatMap(pairsIn);
    case "choice":
      return node.branches.flatMap(pairsIn);
    case "reference":
      return pairsIn(node.definition);
    case "structure":
      return pairsIn(node.body);
    case "csv":
      return node.columns.flatMap(pairsIn);
    case "json":
      return pairsInShape(node.shape);
    default:
      return [];
  }
}

/** Not in the elements of arrays: those are no fields of the record. */
function pairsInShape(shape: JsonShape): readonly KvpNode[] {
  if (shape.kind === "text") return pairsIn(shape.body);
  return shape.kind === "object" ? shape.object.members.flatMap((member) => pairsInShape(member.shape)) : [];
}
