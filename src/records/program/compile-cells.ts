/** CSV records: cells with separators between them, each taken apart by its column. */

import type { CsvNode, GroupNode, PatternNode } from "#language";
import { charsetOf } from "./compile-charset.ts";
import {
  type CompileContext,
  decoderIndexOf,
  END_FOLLOWS,
  type Place,
  rangeOf,
  slotsFor,
  wantedOf,
} from "./compile-context.ts";
import { TEXT_BOUNDS } from "./compile-matcher.ts";
import type { CellOperation, MatchOperation, PatternRange } from "./program.ts";
import { NOTHING_WANTED } from "./wanted.ts";

/** Compiles a sequence; passed in, since sequences hold records. */
export type CompileGroup = (
  group: GroupNode,
  place: Place,
  context: CompileContext,
) => readonly MatchOperation[];

const LINE_FEED = 0x0a;
const TEXT_MATCHERS: readonly string[] = ["STRING", "LD", "DATA", "DQS", "SQS", "CSVDQS", "CSVSQS"];

/** The operations of a CSV. */
export function cellsOperations(
  node: CsvNode,
  place: Place,
  context: CompileContext,
  compileGroup: CompileGroup,
): readonly MatchOperation[] {
  const at = rangeOf(node);
  const wanted = node.name === null ? place.wanted : (wantedOf(node, place, context) ?? NOTHING_WANTED);
  const separator: MatchOperation = { kind: "literal", at, bytes: [node.separator], ignoresCase: false };
  const record: MatchOperation[] = node.columns.flatMap((column, index) => {
    const cell = cellOperation(node, column, { ...place, wanted }, context, compileGroup);
    return index === 0 ? [cell] : [separator, cell];
  });
  return node.hasHeader ? [behindLine(at), ...record] : record;
}

/** A record behind a line feed: not the header, which is the first line. */
function behindLine(at: PatternRange): MatchOperation {
  const feed: MatchOperation = { kind: "literal", at, bytes: [LINE_FEED], ignoresCase: false };
  return { kind: "look", at, direction: "behind", isNegated: false, body: [feed] };
}

/** A column of text takes the cell as it is, unless it says how long it must be. */
function cellOperation(
  node: CsvNode,
  column: PatternNode,
  place: Place,
  context: CompileContext,
  compileGroup: CompileGroup,
): CellOperation {
  const { separator, quote } = node;
  const decoder = decoderIndexOf(context, { kind: "doubled", quote });
  const base = { kind: "cell", at: rangeOf(column), separator, quote, decoder } as const;
  const isText = column.kind === "matcher" && TEXT_MATCHERS.includes(column.matcher) && column.look === null;
  if (isText && column.quantifier === null && charsetOf(column.config) === null) {
    const { own: slot } = slotsFor(wantedOf(column, place, context), { kind: "string" });
    return { ...base, max: TEXT_BOUNDS.max, body: [], slot, emptyIsNull: column.isOptional };
  }
  const text: PatternNode = isText ? { ...column, matcher: "DATA", isOptional: false } : column;
  const required: PatternNode = { ...text, isOptional: false };
  const group: GroupNode = {
    kind: "group",
    members: [required],
    separator: null,
    span: column.span,
    quantifier: null,
    isOptional: false,
    name: null,
    look: null,
  };
  const inner: Place = { wanted: place.wanted, follow: END_FOLLOWS, isWholeText: true };
  const body = compileGroup(group, inner, context);
  const max = Math.max(column.quantifier?.max ?? 0, TEXT_BOUNDS.max);
  return { ...base, max, body, slot: -1, emptyIsNull: column.isOptional };
}
