/** Character sets: `[a-z]`, `[^ \t]`, `[!:space:]`, `[[:alpha:]0-9]`. */
import { nearestName } from "#text";
import { type ByteRanges, normalRanges, otherBytes } from "./byte-ranges.ts";
import { SET_CLASSES } from "./matchers/texts.ts";
import { readEscape } from "./quoted-text.ts";
import type { PatternReader } from "./reader.ts";

type Range = readonly [first: number, last: number];

const CLASS_IN_BRACKETS = /\[[!^]?:[A-Za-z]+:\]/y;
const CLASS_ALONE = /:[A-Za-z]+:(?=\])/y;
const CLASS_AMONG_OTHERS = /:[A-Za-z]+:/y;

/**
 * set  = '[' ['^' | '!'] { class | character ['-' character] } ']'
 * class = ':' name ':' | '[' ['^' | '!'] ':' name ':]'
 *
 * Reads a set, which must begin here. An open one ends with its line and is reported.
 */
export function readSet(reader: PatternReader): ByteRanges {
  const start = reader.position;
  reader.position++;
  const isNegated = reader.take("^") || reader.take("!");
  const ranges: Range[] = [];
  const mistakesStart = reader.mistakeCount;
  const bodyStart = reader.position;
  while (!reader.sees("]")) {
    if (reader.isAtEnd || reader.sees("\n")) {
      reader.report("bracket-open", reader.span(start), "This character set is not closed on its line.", {
        help: "Close it with ]; a bracket inside is written \\] or \\[, a line feed \\n.",
      });
      return ranges;
    }
    const named = readClass(reader, reader.position === bodyStart);
    if (named !== null) ranges.push(...named);
    else readRange(reader, ranges);
  }
  reader.position++;
  const normal = isNegated ? otherBytes(ranges) : normalRanges(ranges);
  const isPointless = ranges.length === 0 || normal.length === 0;
  if (isPointless && reader.mistakeCount === mistakesStart) {
    const message = `This character set ${ranges.length === 0 ? "names no byte" : "leaves no byte that could match"}.`;
    reader.report("set-empty", reader.span(start), message, {
      help: "Name at least one character; ^ and ! in first place mean all others and are written \\^ and \\! else.",
    });
  }
  return normal;
}

/** A class by name, or null when none stands here. A name in full brackets must be known. */
function readClass(reader: PatternReader, isFirst: boolean): ByteRanges | null {
  const start = reader.position;
  const bracketed = reader.match(CLASS_IN_BRACKETS) ?? (isFirst ? reader.match(CLASS_ALONE) : null);
  if (bracketed !== null) {
    const name = bracketed.replace(/[^A-Za-z]/g, "");
    const known = SET_CLASSES.get(name.toLowerCase());
    if (known !== undefined) return /^\[[!^]/.test(bracketed) ? otherBytes(known) : known;
    reportUnknownClass(reader, start, name);
    return [];
  }
  const bare = reader.peek(CLASS_AMONG_OTHERS);
  const known = bare === null ? undefined : SET_CLASSES.get(bare.slice(1, -1).toLowerCase());
  if (bare === null || known === undefined) return null;
  reader.position += bare.length;
  return known;
}

function reportUnknownClass(reader: PatternReader, start: number, name: string): void {
  const nearest = nearestName(name, SET_CLASSES.keys());
  reader.report("set-class-unknown", reader.span(start), `No class of characters is named "${name}".`, {
    help:
      nearest === null ? `Classes: ${[...SET_CLASSES.keys()].join(", ")}.` : `Did you mean "[:${nearest}:]"?`,
  });
}

/** One character or a range of them; a dash at either end of the set stands for itself. */
function readRange(reader: PatternReader, ranges: Range[]): void {
  const start = reader.position;
  const first = readByte(reader);
  const isRange = reader.sees("-") && !reader.sees("-]");
  if (!isRange) {
    if (first !== null) ranges.push([first, first]);
    return;
  }
  const dash = reader.position;
  reader.position++;
  if (reader.isAtEnd || reader.sees("\n")) return;
  if (reader.peek(CLASS_IN_BRACKETS) !== null) {
    reader.position = dash + 1;
    ranges.push([0x2d, 0x2d]);
    if (first !== null) ranges.push([first, first]);
    return;
  }
  const last = readByte(reader);
  if (first === null || last === null) return;
  if (first <= last) {
    ranges.push([first, last]);
    return;
  }
  reader.report(
    "set-range",
    reader.span(start),
    `The range "${reader.text.slice(start, reader.position)}" is backwards.`,
    {
      help: "Put the smaller character first; a dash that stands for itself comes first or last, or is written \\-.",
    },
  );
}

/** One byte, plain or escaped; null for what is not a byte, which is reported. */
function readByte(reader: PatternReader): number | null {
  const start = reader.position;
  const unescaped = reader.take("\\") ? readEscape(reader, start) : takeCharacter(reader);
  if (unescaped === null) return null;
  if (unescaped.kind === "byte") return unescaped.byte;
  const code = unescaped.unit.codePointAt(0) ?? 0;
  if (code < 0x80) return code;
  reader.report(
    "set-character-wide",
    reader.span(start),
    `"${unescaped.unit}" takes more than one byte, and a set holds single bytes.`,
    {
      help: "Put the character into quotes as an alternative, or list its bytes as \\xHH.",
    },
  );
  return null;
}

function takeCharacter(reader: PatternReader): { readonly kind: "unit"; readonly unit: string } {
  const unit = reader.character;
  reader.position += unit.length;
  return { kind: "unit", unit };
}
