/** From the text of a pattern to its checked tree. */
import { type Diagnostic, Diagnostics, type TextSource } from "#text";
import { checkPattern } from "./check.ts";
import { fieldsOf } from "./fields.ts";
import type { ParseContext } from "./parse-context.ts";
import { readElements, readGroup, readPattern } from "./parse-sequence.ts";
import { PatternReader } from "./reader.ts";
import { resolveNames } from "./resolve.ts";
import type { GroupNode, Pattern } from "./tree.ts";

/** Longest text of a pattern, in UTF-16 units. */
const LONGEST_TEXT = 1_000_000;

/** A pattern, and what is wrong with its text. `pattern` is null when there are errors; warnings leave it. */
export interface ParsedPattern {
  readonly pattern: Pattern | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** A half-open range of a source's text, in UTF-16 units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Parses and checks a pattern. With a range only that part of the text is the pattern, as in a here-document of a script; spans
 * point into the whole source all the same. Never throws on hostile text. Cost: linear in the text's length.
 */
export function parsePattern(
  source: TextSource,
  range: TextRange = { start: 0, end: source.text.length },
): ParsedPattern {
  const diagnostics = new Diagnostics();
  const reader = new PatternReader(source, range.start, range.end, diagnostics);
  const root = readRoot(reader, range);
  const list = diagnostics.list();
  if (root === null || diagnostics.hasErrors) return { pattern: null, diagnostics: list };
  return { pattern: { source, root, fields: fieldsOf(root), header: null }, diagnostics: list };
}

function readRoot(reader: PatternReader, range: TextRange): GroupNode | null {
  if (range.end - range.start > LONGEST_TEXT) {
    const message = `A pattern may be ${LONGEST_TEXT} characters long at most.`;
    reader.report("pattern-too-large", reader.span(range.start, range.start + 1), message);
    return null;
  }
  const context: ParseContext = {
    reader,
    definitions: new Map(),
    references: [],
    members: [],
    nameSpans: new Map(),
    owner: null,
    depth: 0,
    elements: 0,
    readElements,
    readGroup,
  };
  const root = readPattern(context);
  if (root.members.length === 0 && reader.mistakeCount === 0) reportEmpty(reader, root);
  if (resolveNames(context, root) && !reader.hasGivenUp) checkPattern(context, root);
  return root;
}

function reportEmpty(reader: PatternReader, root: GroupNode): void {
  reader.report("pattern-empty", root.span, "There is no pattern here.", {
    help: "Write the elements of a record, such as LD:line EOL; declarations alone match nothing.",
  });
}
