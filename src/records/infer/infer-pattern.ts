/** Learns a pattern for unknown bytes, and makes sure that it matches what it was learned from. */
import { type Pattern, parsePattern } from "#language";
import { Failure, invariant } from "#text";
import { explainMismatch } from "../plain/explain-mismatch.ts";
import { matchText } from "../plain/match-text.ts";
import { compileProgram, unsupportedElements } from "../program/compile.ts";
import type { MatchProgram } from "../program/program.ts";
import type { Widening } from "./field-types.ts";
import { learnTableColumns } from "./learn-columns.ts";
import { readObject } from "./learn-json.ts";
import { freeText, learnLines } from "./learn-lines.ts";
import { learnSyslog } from "./learn-syslog.ts";
import { nameFields } from "./names.ts";
import { type PrintedSketch, printSketch, type RecordEnd } from "./print-sketch.ts";
import { recordsOf, type SampleRecord } from "./records-of.ts";
import { REFERENCE_TIME_MS } from "./sample-account.ts";
import { type ChoiceSketch, joined, type Sketch } from "./sketch.ts";

/** What was learned of a sample. */
export interface Inference {
  readonly text: string;
  readonly pattern: Pattern;
  /** How many kinds of records it tells apart at their beginning. */
  readonly kinds: number;
}

/** Kinds of records at most. */
const MOST_KINDS = 8;
/** A kind has at least this share of the records, or it is given up. */
const LEAST_SHARE = 0.002;
/** How often a pattern is made wider until it matches what it was learned from. */
const MOST_REPAIRS = 24;
/** Text has few of these. */
const MOST_CONTROLS = 0.1;

/**
 * A pattern for the records of a sample of whole lines. Deterministic. Cost: linear in the sample.
 *
 * @throws Failure sample-empty, sample-binary
 */
export function inferPattern(sample: Uint8Array): Inference {
  if (sample.length === 0) throw new Failure("sample-empty", "There are no bytes to learn a pattern from.");
  if (isBinary(sample)) {
    throw new Failure("sample-binary", "These bytes are no text, so there are no lines to learn from.");
  }
  const { records, hasCarriageReturns, isMultiLine } = recordsOf(sample);
  const filled = records.filter(({ text }) => text !== "");
  if (filled.length === 0)
    throw new Failure("sample-empty", "There are only empty lines to learn a pattern from.");
  const ends: LineEnds = {
    line: hasCarriageReturns ? "EOL(any=true)" : "EOL",
    blanks: filled.length === records.length ? "" : hasCarriageReturns ? " [\\r\\n]*" : " [\\n]*",
    isMultiLine,
  };
  const { kinds, isPartial } = learnKinds(filled, ends);
  return compose(kinds, isPartial);
}

/** How lines end. */
interface LineEnds {
  readonly line: string;
  /** What takes empty lines between records. */
  readonly blanks: string;
  readonly isMultiLine: boolean;
}

function isBinary(bytes: Uint8Array): boolean {
  let controls = 0;
  for (const byte of bytes) if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b) controls++;
  return controls > bytes.length * MOST_CONTROLS;
}

/** A kind of records. */
interface Kind {
  readonly sketches: readonly Sketch[];
  readonly widening: Widening;
  readonly end: RecordEnd;
}

/** The kinds of records. `isPartial`: there are records of no kind. */
interface LearnedKinds {
  readonly kinds: readonly Kind[];
  readonly isPartial: boolean;
}

function learnKinds(records: readonly SampleRecord[], ends: LineEnds): LearnedKinds {
  const table = ends.isMultiLine ? null : learnTable(records, ends);
  const groups = new Map<string, SampleRecord[]>();
  for (const record of table?.others ?? records) {
    const group = groups.get(record.opening);
    if (group === undefined) groups.set(record.opening, [record]);
    else group.push(record);
  }
  const waiting = [...groups.values()].sort((a, b) => b.length - a.length);
  const kinds: Kind[] = table === null ? [] : [table.kind];
  while (waiting.length > 0 && kinds.length < MOST_KINDS) {
    const group = waiting.shift() ?? [];
    if (group.length < LEAST_SHARE * records.length) {
      waiting.push(group);
      break;
    }
    const kind = learnKind(group, ends);
    kinds.push(kind);
  }
  const isPartial = waiting.length > 0 || !records.every(isLearnable);
  return { kinds: withoutTwins(kinds), isPartial };
}

/** Kinds that are nothing but a text are one kind, and the last. */
function withoutTwins(kinds: readonly Kind[]): readonly Kind[] {
  const isFree = ({ sketches }: Kind) => {
    const [only] = sketches;
    return sketches.length === 1 && only?.kind === "field" && only.type.kind === "free";
  };
  const free = kinds.filter(isFree);
  const longest = free.reduce<Kind | null>(
    (best, kind) => (best === null || roomOf(kind) > roomOf(best) ? kind : best),
    null,
  );
  return [...kinds.filter((kind) => !isFree(kind)), ...(longest === null ? [] : [longest])];
}

function roomOf({ sketches }: Kind): number {
  const [only] = sketches;
  return only?.kind === "field" ? only.bytes.maxLength : 0;
}

const COMMENT = /^#/;
const COLUMN_NAMES = /^#\s?fields:?\s(.+)$/i;

/** A table, and the records that are none of it. */
interface LearnedTable {
  readonly kind: Kind;
  readonly others: readonly SampleRecord[];
}

/** A table, with comments before it that may name its columns. */
function learnTable(records: readonly SampleRecord[], ends: LineEnds): LearnedTable | null {
  const comments = records.filter(({ text }) => COMMENT.test(text));
  const body = records.filter(({ text }) => !COMMENT.test(text));
  const named = comments.map(({ text }) => COLUMN_NAMES.exec(text)?.[1]?.trim());
  const names = named.find((found) => found !== undefined)?.split(/[ \t]+/) ?? null;
  const texts = body.map(({ text }) => text);
  if (learnSyslog(texts) !== null) return null;
  const learned = learnTableColumns(texts, { names, mayHaveHeader: true });
  if (learned === null) return null;
  const skip: readonly Sketch[] = comments.length === 0 ? [] : [{ kind: "comments", mark: "#" }];
  const kind: Kind = {
    sketches: [...skip, ...learned.sketches],
    widening: new Map(),
    end: { text: ends.line, whole: ends.line + ends.blanks, isMultiLine: false },
  };
  const rows = body.filter((_, index) => learned.isRow[index] === true);
  const others = body.filter((_, index) => learned.isRow[index] !== true);
  return { kind: repaired(kind, learned.hasHeader ? rows.slice(1) : rows), others };
}

function learnKind(records: readonly SampleRecord[], { line, blanks, isMultiLine }: LineEnds): Kind {
  const learnable = records.filter(isLearnable);
  const sketches = runnable(learnLines(textsOf(learnable.length === 0 ? records : learnable)));
  const whole = isMultiLine ? endBefore(sketches, line) : line + blanks;
  const end: RecordEnd = { text: line, whole, isMultiLine };
  return repaired({ sketches, widening: new Map(), end }, records);
}

/** A line end, where the next record begins with what this one began with, or nothing is left. */
function endBefore(sketches: readonly Sketch[], lineEnd: string): string {
  const [first, second] = sketches;
  const opening = first?.kind === "literal" && second !== undefined ? [first, second] : sketches.slice(0, 1);
  const { text } = printSketch(opening, new Map(), new Map(), { text: "", whole: "", isMultiLine: false });
  return `(${lineEnd} >>(${text.replaceAll("\n", " ").trim()} | EOS))`;
}

/** Pairs in any order as one text, where objects of pairs cannot be matched. */
function runnable(sketches: readonly Sketch[]): readonly Sketch[] {
  const pairs = sketches.find(({ kind }) => kind === "pairs");
  if (pairs?.kind !== "pairs") return sketches;
  const { pattern } = parsePattern({ name: "pairs", text: "KVP{WORD:key '=' WORD:value ' '?}:pairs EOL" });
  if (pattern !== null && unsupportedElements(pattern).length === 0) return sketches;
  return sketches.map((sketch) => (sketch === pairs ? { ...freeText([]), hint: pairs.hint } : sketch));
}

/** The kind, made wider until it matches its records. */
function repaired(kind: Kind, records: readonly SampleRecord[]): Kind {
  const learnable = records.filter(isLearnable);
  let current = kind;
  for (let round = 0; round < MOST_REPAIRS; round++) {
    const { pattern, printed } = parsed(current);
    const program = compileProgram(pattern, [], { timeZone: "UTC" });
    const first = learnable.find(({ text }) => !isMatch(program, text));
    if (first === undefined) return current;
    const mismatch = explainMismatch(program, bytesOf(first.text), REFERENCE_TIME_MS);
    const place = printed.places.findLast(({ start }) => start <= (mismatch?.at.start ?? 0));
    const next = widened(current, place?.sketch ?? null, learnable);
    if (next === null) return current;
    current = next;
  }
  return { ...kind, sketches: [freeText(textsOf(learnable))], widening: new Map() };
}

/** Texts take at most 65,536 bytes; longer records can only be JSON. */
const LONGEST_TEXT = 65_536;

function isLearnable({ text }: SampleRecord): boolean {
  return text.length <= LONGEST_TEXT || readObject(text) !== null;
}

function textsOf(records: readonly SampleRecord[]): readonly string[] {
  return records.map(({ text }) => text);
}

function isMatch(program: MatchProgram, text: string): boolean {
  return matchText(program, bytesOf(text), REFERENCE_TIME_MS) !== null;
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

const MOST_WIDENING = 2;

/** The kind with one piece made wider; null when there is nothing left to widen. */
function widened(kind: Kind, sketch: object | null, records: readonly SampleRecord[]): Kind | null {
  const steps = sketch === null ? MOST_WIDENING : (kind.widening.get(sketch) ?? 0);
  if (sketch !== null && steps < MOST_WIDENING) {
    return { ...kind, widening: new Map(kind.widening).set(sketch, steps + 1) };
  }
  const index = Math.max(
    0,
    kind.sketches.findIndex((one) => holds(one, sketch)),
  );
  const piece = kind.sketches[index];
  const isLast = index === kind.sketches.length - 1;
  if (isLast && piece?.kind === "field" && piece.type.kind === "free") return null;
  const kept = kind.sketches.slice(0, index);
  if (piece?.kind === "choice" && piece.hint !== null && !hasRest(piece)) {
    const rest: Sketch = { ...freeText(textsOf(records)), hint: null };
    const choice: Sketch = { ...piece, branches: [...piece.branches, [rest]] };
    return { ...kind, sketches: [...kept, choice, ...kind.sketches.slice(index + 1)] };
  }
  // What stands from this piece on is learned as one text.
  return { ...kind, sketches: joined([...kept, freeText(textsOf(records))]) };
}

/** Whether the last alternative takes any text. */
function hasRest({ branches }: ChoiceSketch): boolean {
  const last = branches.at(-1);
  return last?.length === 1 && last[0]?.kind === "field" && last[0].type.kind === "free";
}

function holds(sketch: Sketch, wanted: object | null): boolean {
  if (sketch === wanted) return true;
  if (sketch.kind === "optional") return sketch.body.some((inner) => holds(inner, wanted));
  return (
    sketch.kind === "choice" && sketch.branches.some((branch) => branch.some((inner) => holds(inner, wanted)))
  );
}

function parsed(kind: Kind): { readonly pattern: Pattern; readonly printed: PrintedSketch } {
  const printed = print(kind, new Map());
  return { pattern: parsedText(printed.text), printed };
}

function print({ sketches, widening, end }: Kind, kindsOfNames: Map<string, string>): PrintedSketch {
  return printSketch(sketches, nameFields(sketches, widening, kindsOfNames), widening, end);
}

function parsedText(text: string): Pattern {
  const { pattern, diagnostics } = parsePattern({ name: "inferred", text });
  const problems = pattern === null ? diagnostics : unsupportedElements(pattern);
  const [first] = problems;
  invariant(
    pattern !== null && first === undefined,
    `a learned pattern is right: ${first?.message} in ${text}`,
  );
  return pattern;
}

/** Records begin where lines do: said where lines that are not matched could hold what looks like a record. */
const AT_LINE_START = "!<<[!\\n] // at the start of a line\n";

/** One pattern of all kinds. */
function compose(kinds: readonly Kind[], isPartial: boolean): Inference {
  const start = isPartial ? AT_LINE_START : "";
  const [only] = kinds;
  invariant(only !== undefined, "there is at least one kind");
  if (kinds.length === 1) {
    const text = start + parsed(only).printed.text;
    return { text, pattern: parsedText(text), kinds: 1 };
  }
  const kindsOfNames = new Map<string, string>();
  const texts = kinds.map((kind) => print(kind, kindsOfNames).text.split("\n").join("\n  "));
  const text = `${start}(\n  ${texts.join("\n|\n  ")}\n)`;
  return { text, pattern: parsedText(text), kinds: kinds.length };
}
