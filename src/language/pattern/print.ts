/** From a tree to the text of a pattern that parses to the same tree. */
import { childrenOf } from "./children.ts";
import { printElements } from "./print-element.ts";
import type { GroupNode, Pattern, PatternNode } from "./tree.ts";

/** The text of a pattern: its sub-patterns line by line, then the pattern in one line. Parsed again it gives the same tree. */
export function printPattern(pattern: Pattern): string {
  const definitions = new Map<string, GroupNode>();
  collectDefinitions(pattern.root, definitions);
  const lines = [...definitions].map(([name, body]) => `$${name} = ${printElements(body.members)};`);
  return [...lines, printElements(pattern.root.members)].join("\n");
}

/** Sub-patterns in the order of their first use. */
function collectDefinitions(node: PatternNode, definitions: Map<string, GroupNode>): void {
  if (node.kind === "reference" && !definitions.has(node.target)) {
    definitions.set(node.target, node.definition);
    collectDefinitions(node.definition, definitions);
  }
  for (const child of childrenOf(node)) collectDefinitions(child, definitions);
}
