/** Puts sub-patterns where they are used, and gives JSON members that are patterns their names. */
import { nearestName, type TextSpan } from "#text";
import { childrenOf } from "./children.ts";
import { hasExports } from "./fields.ts";
import {
  DEEPEST_NESTING,
  type Definition,
  groupOf,
  MOST_ELEMENTS,
  type ParseContext,
  type PendingReference,
  reportTooDeep,
  reportTooLarge,
} from "./parse-context.ts";
import { orderDefinitions } from "./subpattern-order.ts";
import type { GroupNode, JsonMember, JsonShape, PatternNode } from "./tree.ts";

/** How many elements a pattern has, and how deep its brackets nest, the pattern itself being one; with its sub-patterns put in place. */
interface Measure {
  readonly elements: number;
  readonly depth: number;
}

/** Resolves all uses of sub-patterns. True when the tree can be walked: no cycles, and not too large. */
export function resolveNames(context: ParseContext, root: GroupNode): boolean {
  const inOrder = orderDefinitions(context);
  for (const reference of context.references) resolveReference(context, reference, inOrder);
  const measures = new Map<GroupNode, Measure>();
  for (const definition of inOrder.values()) {
    measures.set(definition.body, measure(definition.body, measures));
  }
  const parts = [{ body: root, span: root.span }].concat(
    [...inOrder.values()].map(({ body, nameSpan }) => ({ body, span: nameSpan })),
  );
  const isComplete = inOrder.size === context.definitions.size;
  const isSmall = parts.every(({ body, span }) => {
    const { elements, depth } = measures.get(body) ?? measure(body, measures);
    if (elements > MOST_ELEMENTS) reportTooLarge(context.reader, span);
    else if (depth > DEEPEST_NESTING + 1) reportTooDeep(context.reader, span);
    return elements <= MOST_ELEMENTS && depth <= DEEPEST_NESTING + 1;
  });
  if (isSmall) nameMembers(context);
  return isSmall && isComplete;
}

function resolveReference(
  context: ParseContext,
  reference: PendingReference,
  inOrder: ReadonlyMap<string, Definition>,
): void {
  const { node } = reference;
  const definition = context.definitions.get(node.target);
  if (definition === undefined) {
    reportUnknown(context, reference);
    node.definition = groupOf([unknownElement(node.span)], node.span);
  } else if (inOrder.has(node.target)) {
    node.definition = definition.body;
  }
}

/** Stands for what is not declared: takes bytes, ends an LD, has no known type. */
function unknownElement(span: TextSpan): PatternNode {
  const base = { span, quantifier: null, isOptional: false, name: null, look: null };
  return { ...base, kind: "matcher", matcher: "unknown", config: {} };
}

function reportUnknown(context: ParseContext, { node }: PendingReference): void {
  const names = [...context.definitions.keys()];
  const nearest = nearestName(node.target, names);
  const help =
    nearest !== null
      ? `Did you mean "$${nearest}"?`
      : `Declare it with $${node.target} = … ; before or behind the pattern.`;
  context.reader.report("subpattern-unknown", node.span, `No sub-pattern is named "$${node.target}".`, {
    help,
  });
}

type Measures = ReadonlyMap<GroupNode, Measure>;

const LEAF: Measure = { elements: 1, depth: 0 };

function measure(node: PatternNode, known: Measures): Measure {
  switch (node.kind) {
    case "reference":
      return around([known.get(node.definition) ?? LEAF]);
    case "group":
    case "csv":
      return around(childrenOf(node).map((child) => measure(child, known)));
    case "choice": {
      const { elements, depth } = around(node.branches.map((branch) => measure(branch, known)));
      return { elements, depth: depth - 1 };
    }
    case "structure":
    case "array":
    case "kvp":
      return measure(node.body, known);
    case "json":
      return measureShape(node.shape, known);
    default:
      return LEAF;
  }
}

function measureShape(shape: JsonShape, known: Measures): Measure {
  switch (shape.kind) {
    case "array":
      return around([measureShape(shape.element, known)]);
    case "object":
      return around(shape.object.members.map((member) => measureShape(member.shape, known)));
    case "text":
      return measure(shape.body, known);
    default:
      return LEAF;
  }
}

/** Something that stands around others. */
function around(inner: readonly Measure[]): Measure {
  let elements = 1;
  let depth = 0;
  for (const one of inner) {
    elements += one.elements;
    depth = Math.max(depth, one.depth);
  }
  return { elements, depth: depth + 1 };
}

/** A member that is a pattern: named parts take the place of its own name unless it has an alias. */
function nameMembers(context: ParseContext): void {
  for (const { member, isDropped, keepsName } of context.members) {
    const { shape } = member;
    const isSpread = shape.kind === "object" || (shape.kind === "text" && hasExports(shape.body));
    if (isSpread && isDropped) reportDroppedParts(context, member);
    else if (isSpread && !keepsName) member.name = null;
  }
}

function reportDroppedParts({ reader, nameSpans }: ParseContext, member: JsonMember): void {
  const message = `The member "${member.memberName}" is dropped, and yet its parts have names.`;
  reader.report("json-null-exports", nameSpans.get(member) ?? member.span, message, {
    help: "Take out :null, or the names inside.",
  });
}
