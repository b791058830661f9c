/** What the parts of the pattern parser share. */
import { spanOf, type TextSpan } from "#text";
import type { QuantifierUse } from "./matchers/matcher.ts";
import type { PatternReader } from "./reader.ts";
import type { GroupNode, JsonMember, PatternNode, Quantifier, ReferenceNode } from "./tree.ts";

/** Brackets, braces and parentheses may nest this deep, sub-patterns put in place included. */
export const DEEPEST_NESTING = 100;

/** Most elements of a pattern, sub-patterns counted where they are used. */
export const MOST_ELEMENTS = 10_000;

type WithoutElementParts<Node> = Node extends unknown
  ? Omit<Node, "span" | "quantifier" | "isOptional" | "name" | "look">
  : never;

/** A node without what every element can carry. */
export type NodeCore = WithoutElementParts<PatternNode>;

/** An element before its quantifier and name are read, and what may follow. */
export interface ElementCore {
  readonly node: NodeCore;
  /** What messages call it. */
  readonly label: string;
  readonly quantifierUse: QuantifierUse;
  /** What holds in the tree when no quantifier is written. */
  readonly quantifier: Quantifier | null;
  /** Quantifier and name are carried by a group around it. */
  readonly isWrapped?: boolean;
  readonly hasValue?: boolean;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** A use of a sub-pattern, and the declaration it stands in (null: the pattern itself). */
export interface PendingReference {
  readonly node: Mutable<ReferenceNode>;
  readonly owner: string | null;
}

/** A JSON member that is a pattern: its name depends on whether the pattern names parts of itself. */
interface PendingMember {
  readonly member: Mutable<JsonMember>;
  readonly isDropped: boolean;
  /** It was given an alias, or is a bare `$name`: its named parts are members of it. */
  readonly keepsName: boolean;
}

/** A declared sub-pattern. */
export interface Definition {
  readonly name: string;
  readonly nameSpan: TextSpan;
  readonly body: GroupNode;
}

/** The state of one parse. */
export interface ParseContext {
  readonly reader: PatternReader;
  readonly definitions: Map<string, Definition>;
  readonly references: PendingReference[];
  readonly members: PendingMember[];
  /** Where the export names of nodes and JSON members are written. */
  readonly nameSpans: Map<object, TextSpan>;
  /** The declaration being read. */
  owner: string | null;
  depth: number;
  /** Elements and JSON members read so far. */
  elements: number;
  /** Reads elements up to a closing character; here so that the files of the grammar need not import each other. */
  readonly readElements: (context: ParseContext) => readonly PatternNode[];
  /** Reads a parenthesised group or choice with its settings, which must begin here. */
  readonly readGroup: (context: ParseContext) => ElementCore;
}

/** A group of members without anything else. */
export function groupOf(members: readonly PatternNode[], span: TextSpan): GroupNode {
  return {
    kind: "group",
    members,
    separator: null,
    span,
    quantifier: null,
    isOptional: false,
    name: null,
    look: null,
  };
}

/** Runs `read` one level deeper; too deep a text is given up and `otherwise` is the answer. */
export function nested<Result>(context: ParseContext, otherwise: Result, read: () => Result): Result {
  const { reader } = context;
  if (context.depth >= DEEPEST_NESTING) {
    reportTooDeep(reader, spanOf(reader.source, reader.position, reader.position + 1));
    reader.giveUp();
    return otherwise;
  }
  context.depth++;
  const result = read();
  context.depth--;
  return result;
}

/** Counts an element at `start`; too many and the rest of the text is given up. */
export function countElement(context: ParseContext, start: number): void {
  context.elements++;
  if (context.elements <= MOST_ELEMENTS) return;
  reportTooLarge(context.reader, context.reader.span(start));
  context.reader.giveUp();
}

/** Says that a pattern has too many elements. */
export function reportTooLarge(reader: PatternReader, span: TextSpan): void {
  const message = `A pattern may have ${MOST_ELEMENTS} elements at most, sub-patterns counted wherever they are used.`;
  reader.report("pattern-too-large", span, message);
}

/** Says that a pattern is nested too deep. */
export function reportTooDeep(reader: PatternReader, span: TextSpan): void {
  reader.report("pattern-too-deep", span, `Patterns may be nested ${DEEPEST_NESTING} deep at most.`, {
    help: "Take out groups that hold a single element.",
  });
}

/** Moves over `close`, or says that what was opened at `start` is not closed. */
export function takeClose(reader: PatternReader, close: ")" | "}", start: number): void {
  reader.skipSeparators();
  if (reader.take(close)) return;
  const open = reader.span(start, start + 1);
  const what = close === ")" ? "parenthesis" : "brace";
  reader.report("bracket-open", open, `This ${what} is not closed.`, { help: `Close it with ${close}.` });
}
