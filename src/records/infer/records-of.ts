/** Bytes cut into the records that a pattern is learned from: lines, and what belongs to the line before. */
import { readTime } from "./time-reading.ts";

/** A record of the sample. */
export interface SampleRecord {
  /** Bytes `[start, end)` of the sample, with the line end. */
  readonly start: number;
  readonly end: number;
  /** Its first line without the end, one character per byte. */
  readonly line: string;
  /** All of it without the last line end. */
  readonly text: string;
  /** What it begins with; records of one kind share it. */
  readonly opening: string;
}

/** The records of a sample, and how their lines end. */
export interface SampleRecords {
  readonly records: readonly SampleRecord[];
  readonly hasCarriageReturns: boolean;
  /** Some records have more than one line. */
  readonly isMultiLine: boolean;
}

interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly opening: string;
}

/** The records of a sample. Cost: linear. */
export function recordsOf(sample: Uint8Array): SampleRecords {
  const lines = linesOf(sample);
  const hasCarriageReturns = lines.some(({ end }) => sample[end - 2] === 0x0d && sample[end - 1] === 0x0a);
  const anchor = anchorOf(lines);
  const records: SampleRecord[] = [];
  for (const line of lines) {
    const last = records.at(-1);
    const isMore = anchor !== null && line.opening !== anchor && last !== undefined;
    if (isMore) records[records.length - 1] = { ...last, end: line.end, text: `${last.text}\n${line.text}` };
    else records.push({ ...line, line: line.text });
  }
  return { records, hasCarriageReturns, isMultiLine: anchor !== null };
}

function linesOf(sample: Uint8Array): readonly Line[] {
  const bytes = Buffer.from(sample.buffer, sample.byteOffset, sample.length);
  const lines: Line[] = [];
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed < 0 ? bytes.length : feed + 1;
    const text = bytes.toString("latin1", start, end).replace(/\r?\n$/, "");
    lines.push({ start, end, text, opening: openingOf(text) });
    start = end;
  }
  return lines;
}

const OPENINGS: readonly (readonly [name: string, form: RegExp])[] = [
  ["blank", /^\s/],
  ["address", /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-fA-F]{0,4}:[\da-fA-F:]+)(?![\w.])/],
  ["number", /^[+-]?\d/],
  ["name", /^[\w./\\@-]/],
];

/** What a line begins with: brackets before a time belong to it. */
function openingOf(text: string): string {
  const bracket = /^(?:[[(<"]|<\d{1,3}>\d? ?)/.exec(text)?.[0] ?? "";
  const time = readTime(text, bracket.length);
  if (time !== null) {
    // Day and month may be told apart only by other lines.
    const form = time.format.replace(/(?<!M)M{1,2}(?!M)|d{1,2}/g, "n").replace(/(.)\1*/g, "$1");
    return `${bracket.charAt(0)}time ${form}`;
  }
  return OPENINGS.find(([, form]) => form.test(text))?.[0] ?? text.charAt(0);
}

/** Lines of such a kind at least, before the others are taken for their continuation. */
const LEAST_ANCHORS = 2;
/** Lines that begin with a time must be this share of all. */
const LEAST_SHARE = 0.1;

/** Lines that have a time of their own are records, */
const OWN_TIME = /\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d/;
/** unless they are few. */
const MOST_FOREIGN = 0.05;

/** The opening with which all records begin, when the other lines continue them; null when each line is a record. */
function anchorOf(lines: readonly Line[]): string | null {
  const counts = new Map<string, number>();
  for (const { opening } of lines) counts.set(opening, (counts.get(opening) ?? 0) + 1);
  const [best, second] = [...counts]
    .filter(([opening]) => opening.includes("time "))
    .sort((a, b) => b[1] - a[1]);
  if (best === undefined || second !== undefined || lines[0]?.opening !== best[0]) return null;
  if (best[1] < LEAST_ANCHORS || best[1] < LEAST_SHARE * lines.length) return null;
  const others = [...counts.keys()].filter((opening) => opening !== best[0]);
  const foreign = lines.filter(
    ({ opening, text }) => opening !== best[0] && OWN_TIME.test(text.slice(0, 100)),
  );
  if (foreign.length > MOST_FOREIGN * lines.length) return null;
  const canContinue = others.length > 0 && others.every((opening) => !/^(?:address|#|\{)/.test(opening));
  return canContinue && lines.some(({ opening, text }) => opening !== best[0] && text !== "")
    ? best[0]
    : null;
}
