/** WebAssembly text as a tree of lists and words. */
import { invariant } from "#text";

/** A word, a string in its quotes, or a list in parentheses. */
export type Node = string | readonly Node[];

/** The one list a module's text holds. Reads only what the emitter writes: no block comments, no annotations, no quotes in strings. */
export function parseText(text: string): readonly Node[] {
  const root: Node[] = [];
  const open: Node[][] = [root];
  for (const [token] of text.matchAll(/;;[^\n]*|"[^"]*"|[()]|[^\s()";]+/g)) {
    if (token.startsWith(";;")) continue;
    if (token === "(") {
      const list: Node[] = [];
      open.at(-1)?.push(list);
      open.push(list);
    } else if (token === ")") open.pop();
    else open.at(-1)?.push(token);
  }
  invariant(open.length === 1, "the parentheses of a module's text are balanced");
  const [module] = root;
  invariant(Array.isArray(module), "a module's text is one list");
  return module;
}

/** A node that must be a word. */
export function word(node: Node | undefined): string {
  invariant(typeof node === "string", "a word stands here");
  return node;
}

/** Whether a node is a list that begins with this word. */
export function isList(node: Node | undefined, head: string): node is readonly Node[] {
  return Array.isArray(node) && node[0] === head;
}
