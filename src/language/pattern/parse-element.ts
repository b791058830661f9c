/** Elements: everything that can stand in a sequence. */

import { LITERAL_CONFIG } from "./matchers/structures.ts";
import { findMatcher } from "./matchers.ts";
import { countElement, type ElementCore, groupOf, type ParseContext } from "./parse-context.ts";
import { readJson } from "./parse-json.ts";
import { plainMatcher, readSettings, readUnknown } from "./parse-matcher.ts";
import { readSet } from "./parse-set.ts";
import { readStructure } from "./parse-structures.ts";
import { readSuffix, type Suffix } from "./parse-suffix.ts";
import { readQuotedCharacters, readQuotedText, seesQuote } from "./quoted-text.ts";
import type { PatternReader } from "./reader.ts";
import type { PatternNode } from "./tree.ts";

const SUBPATTERN = /\$[\p{L}_][\p{L}\p{N}_]*/uy;

type Look = NonNullable<PatternNode["look"]>;

const LOOKS: readonly (readonly [written: string, look: Look])[] = [
  ["!>>", "not-ahead"],
  ["!<<", "not-behind"],
  [">>", "ahead"],
  ["<<", "behind"],
];

/** element = [look] matcher ['(' config ')'] [quantifier] ['?'] [':' name]; null when none begins here. */
export function readElement(context: ParseContext): PatternNode | null {
  const { reader } = context;
  const start = reader.position;
  const look = LOOKS.find(([written]) => reader.take(written))?.[1] ?? null;
  const signEnd = reader.position;
  if (look !== null) reader.skipBlanks();
  const core = readCore(context);
  if (core === null) {
    if (look === null) return null;
    reader.report(
      "pattern-syntax",
      reader.span(start, signEnd),
      "An element to look for is expected behind this.",
    );
    return null;
  }
  const coreEnd = reader.position;
  countElement(context, start);
  const suffix = readSuffix(reader, core);
  checkSuffix(reader, core, suffix, start, coreEnd);
  const node = assemble(context, core, suffix, { start, coreEnd, look });
  if (suffix.nameSpan !== null) context.nameSpans.set(node, suffix.nameSpan);
  if (node.kind === "reference") context.references.push({ node, owner: context.owner });
  return node;
}

interface Place {
  readonly start: number;
  readonly coreEnd: number;
  readonly look: Look | null;
}

function assemble(context: ParseContext, core: ElementCore, suffix: Suffix, place: Place): PatternNode {
  const { reader } = context;
  const span = reader.span(place.start);
  const { quantifier, isOptional } = suffix;
  const isFlat =
    core.node.kind === "json" && core.node.shape.kind === "object" && core.node.shape.object.isFlat;
  const name = isFlat ? null : suffix.name;
  const { look } = place;
  if (core.isWrapped !== true || (name === null && quantifier === null)) {
    return { ...core.node, span, quantifier, isOptional, name, look };
  }
  const innerSpan = reader.span(place.start, place.coreEnd);
  const inner = { span: innerSpan, quantifier: null, isOptional: false, name: null, look: null };
  return { ...groupOf([{ ...core.node, ...inner }], span), quantifier, isOptional, name, look };
}

function checkSuffix(
  reader: PatternReader,
  core: ElementCore,
  suffix: Suffix,
  start: number,
  end: number,
): void {
  const span = reader.span(start, end);
  if (core.node.kind === "array" && suffix.quantifier === null) {
    reader.report("quantifier-missing", span, "An ARRAY must say how many items it may hold.", {
      help: "Write ARRAY{ … }{min,max}.",
    });
  }
  if (core.node.kind === "constant" && suffix.name === null) {
    reader.report("name-missing", span, "A constant without a name has no effect.", {
      help: "Write <'text'>:name.",
    });
  }
  if (core.hasValue === false && suffix.nameSpan !== null) {
    reader.report(
      "name-without-value",
      suffix.nameSpan,
      `${core.label} takes no bytes and has no value to name.`,
    );
  }
}

/** The element proper; null when none begins here. */
function readCore(context: ParseContext): ElementCore | null {
  const { reader } = context;
  if (seesQuote(reader)) return readLiteral(reader);
  if (reader.sees("[")) {
    return { ...PLAIN, node: { kind: "set", ranges: readSet(reader) }, label: "a character set" };
  }
  if (reader.sees("(")) return context.readGroup(context);
  if (reader.sees("<")) return readConstant(reader);
  if (reader.sees("$")) return readReference(reader);
  return readMatcher(context);
}

const PLAIN = { quantifierUse: "repetitions", quantifier: null } as const;

function readLiteral(reader: PatternReader): ElementCore {
  const { bytes, span } = readQuotedText(reader);
  if (bytes.length === 0 && !reader.hasGivenUp) {
    reader.report("text-empty", span, "An empty text matches nothing.", {
      help: "Leave it out; an element that may be missing has ? behind it.",
    });
  }
  const settings = readSettings(reader, LITERAL_CONFIG, "A literal");
  const ignoresCase = settings.get("cis")?.value === true;
  return { ...PLAIN, node: { kind: "literal", bytes, ignoresCase }, label: "a literal" };
}

/** constant = '<' quoted '>' */
function readConstant(reader: PatternReader): ElementCore | null {
  const start = reader.position;
  reader.position++;
  reader.skipBlanks();
  if (!seesQuote(reader)) {
    reader.position = start;
    return null;
  }
  const value = readQuotedCharacters(reader);
  reader.skipBlanks();
  if (!reader.take(">")) {
    reader.report("bracket-open", reader.span(start, start + 1), "This constant is not closed.", {
      help: "Constants are written <'text'>:name.",
    });
  }
  return { node: { kind: "constant", value }, label: "a constant", quantifierUse: "none", quantifier: null };
}

function readReference(reader: PatternReader): ElementCore | null {
  const start = reader.position;
  const written = reader.match(SUBPATTERN);
  if (written === null) return null;
  const definition = groupOf([], reader.span(start));
  return {
    ...PLAIN,
    node: { kind: "reference", target: written.slice(1), definition },
    label: "a sub-pattern",
  };
}

function readMatcher(context: ParseContext): ElementCore | null {
  const { reader } = context;
  const start = reader.position;
  const name = reader.identifier();
  if (name === null) return null;
  const matcher = findMatcher(name);
  if (matcher === null) return readUnknown(reader, name, start);
  if (matcher.category === "json") return readJson(context, matcher);
  if (matcher.body !== "none") return readStructure(context, matcher, start);
  return plainMatcher(reader, matcher);
}
