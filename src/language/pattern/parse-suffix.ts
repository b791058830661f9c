/** What stands behind an element: quantifier, `?`, `:name`. */
import type { TextSpan } from "#text";
import type { ElementCore } from "./parse-context.ts";
import { readQuotedCharacters, seesQuote } from "./quoted-text.ts";
import type { PatternReader } from "./reader.ts";
import type { Quantifier } from "./tree.ts";

/** The maximum that `*`, `+` and an open bound stand for. */
export const OPEN_MAXIMUM = 4096;

/** Most repetitions of ARRAY and KVP. */
const MOST_ITEMS = 32_768;
const LARGEST_BOUND = 2 ** 31 - 1;
const BOUNDS = /\{\s*\d*\s*,?\s*\d*\s*\}/y;
const NO_NAME = /[\p{L}\p{N}_@#$%&.-]+/uy;
const LATE_CONFIG = /\(\s*[a-z_]+\s*=[^()\n]*\)?/y;
const BRACES = /\{[^{}\n]*\}?/y;

/** What stood behind an element. */
export interface Suffix {
  readonly quantifier: Quantifier | null;
  readonly isOptional: boolean;
  readonly name: string | null;
  readonly nameSpan: TextSpan | null;
}

/**
 * suffix = [quantifier] ['?'] [':' name]
 *
 * Parts in another order are reported and used all the same.
 */
export function readSuffix(reader: PatternReader, core: ElementCore): Suffix {
  const quantifier = readQuantifier(reader, core);
  const isOptional = takeAfterBlanks(reader, "?");
  reportLateParts(reader, isOptional ? "the ?" : "the quantifier");
  const named = readColonName(reader);
  if (named !== null) reportLateParts(reader, "the name");
  return { quantifier, isOptional, name: named?.name ?? null, nameSpan: named?.span ?? null };
}

/** quantifier = '*' | '+' | '{' n '}' | '{' [min] ',' [max] '}' */
function readQuantifier(reader: PatternReader, core: ElementCore): Quantifier | null {
  const before = reader.position;
  reader.skipBlanks();
  const start = reader.position;
  if (!/[*+{]/.test(reader.character)) {
    reader.position = before;
    return core.quantifier;
  }
  const quantifier = takeQuantifier(reader);
  if (quantifier === null) return core.quantifier;
  if (!mayStand(core, quantifier)) {
    reader.report(
      "quantifier-not-here",
      reader.span(start),
      `No such quantifier may stand behind ${core.label}.`,
      {
        help: quantifierHelp(core),
      },
    );
    return core.quantifier;
  }
  checkItems(reader, core, quantifier, reader.span(start));
  return quantifier;
}

/** Moves over a quantifier, which must begin here; null when its bounds are wrong, which is reported. */
export function takeQuantifier(reader: PatternReader): Quantifier | null {
  const start = reader.position;
  if (reader.take("*")) return { min: 0, max: OPEN_MAXIMUM };
  if (reader.take("+")) return { min: 1, max: OPEN_MAXIMUM };
  const written = reader.match(BOUNDS);
  const [low = "", high = low] = (written ?? "").replace(/[{}\s]/g, "").split(",");
  if (written === null || (low === "" && high === "")) {
    if (written === null) reader.match(BRACES);
    reader.report("pattern-syntax", reader.span(start), "A quantifier is expected in these braces.", {
      help: "Quantifiers are {n}, {min,max}, {min,}, {,max}, * and +.",
    });
    return null;
  }
  const min = low === "" ? 0 : Number(low);
  const max = high === "" ? OPEN_MAXIMUM : Number(high);
  return checkedBounds(reader, { min, max }, reader.span(start));
}

function checkedBounds(reader: PatternReader, quantifier: Quantifier, span: TextSpan): Quantifier | null {
  const { min, max } = quantifier;
  if (min > max) {
    reader.report("quantifier-range", span, `The smallest number, ${min}, is above the largest, ${max}.`, {
      help:
        max === OPEN_MAXIMUM ? `An open end means ${OPEN_MAXIMUM}; write the largest number.` : "Swap them.",
    });
    return null;
  }
  if (max >= 1 && max <= LARGEST_BOUND) return quantifier;
  reader.report("quantifier-range", span, `The largest number must be between 1 and ${LARGEST_BOUND}.`);
  return null;
}

function mayStand(core: ElementCore, quantifier: Quantifier): boolean {
  switch (core.quantifierUse) {
    case "bytes":
    case "repetitions":
      return true;
    case "presence":
      return quantifier.min <= 1 && (quantifier.max === OPEN_MAXIMUM || quantifier.max === 1);
    default:
      return false;
  }
}

function quantifierHelp(core: ElementCore): string {
  if (core.quantifierUse === "presence") return "It takes what it needs; * means that it may be missing.";
  if (core.node.kind === "choice") return "Put the alternatives into a group of their own: ((a | b)){2}.";
  return "Leave it out; ? means that the element may be missing.";
}

function checkItems(reader: PatternReader, core: ElementCore, quantifier: Quantifier, span: TextSpan): void {
  const { kind } = core.node;
  if ((kind !== "array" && kind !== "kvp") || quantifier.max <= MOST_ITEMS) return;
  reader.report("quantifier-range", span, `${core.label} holds ${MOST_ITEMS} items at most.`);
}

/** A name behind a colon. */
export interface Named {
  readonly name: string;
  readonly span: TextSpan;
  readonly isQuoted: boolean;
}

/** name = ':' ( identifier | quoted ); null when no colon stands here. A missing name is reported. */
export function readColonName(reader: PatternReader): Named | null {
  if (!takeAfterBlanks(reader, ":")) return null;
  const colon = reader.position - 1;
  reader.skipBlanks();
  const start = reader.position;
  const isQuoted = seesQuote(reader);
  const mistakes = reader.mistakeCount;
  const name = isQuoted ? readQuotedCharacters(reader) : reader.identifier();
  if (reader.mistakeCount > mistakes) return null;
  if (name !== null && name !== "") return { name, span: reader.span(start), isQuoted };
  const isOther = isQuoted || reader.match(NO_NAME) !== null;
  const span = isOther ? reader.span(start) : reader.span(colon, colon + 1);
  reader.report("name-missing", span, "A name is expected here.", {
    help: "Names are letters, digits and underscores; others stand in quotes, such as :'cs(Host)'.",
  });
  return null;
}

/** Moves over `text`, perhaps after blanks. */
export function takeAfterBlanks(reader: PatternReader, text: string): boolean {
  const start = reader.position;
  reader.skipBlanks();
  if (reader.take(text)) return true;
  reader.position = start;
  return false;
}

/** Moves over a part that should stand in front of what was just read, and reports it. */
function reportLateParts(reader: PatternReader, behind: string): void {
  const before = reader.position;
  if (reader.match(LATE_CONFIG) === null) reader.skipBlanks();
  const isConfig = reader.position > before && reader.text.startsWith("(", before);
  if (!isConfig && !/[?*+{]/.test(reader.character)) {
    reader.position = before;
    return;
  }
  const start = isConfig ? before : reader.position;
  if (!isConfig && reader.match(BRACES) === null) reader.position++;
  const written = reader.text.slice(start, reader.position);
  reader.report("element-order", reader.span(start), `"${written}" stands behind ${behind}.`, {
    help: "The order is: look-around, matcher, settings, quantifier, ?, :name.",
  });
}
