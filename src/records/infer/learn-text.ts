/** What the texts of one place have in common. */
import { learnJson } from "./learn-json.ts";
import { LEVELS } from "./levels.ts";
import {
  type CellText,
  type Counts,
  cellsOf,
  LONGEST_LOOKED_INTO,
  type Part,
  partsOf,
  signatureOf,
  VALUE_KEY,
} from "./parts.ts";
import { blanks, type ChoiceSketch, fieldOf, joined, literal, type Sketch } from "./sketch.ts";
import { type Token, tokensOf } from "./tokens.ts";
import { typeOfValues } from "./value-types.ts";

/** How deep texts are taken apart. */
const MOST_DEPTH = 6;
/** What stands where a value is missing. */
const MISSING: ReadonlySet<string> = new Set([
  "-",
  "--",
  "null",
  "NULL",
  "none",
  "None",
  "N/A",
  "(null)",
  "nil",
]);

/** The pieces that all texts are made of. Texts without blanks that have nothing in common are one field. */
export function learnText(counts: Counts, depth = 0): readonly Sketch[] {
  const [first] = counts.keys();
  if (first === undefined) return [];
  if (counts.size === 1) return learnConstant(first, counts);
  const values = [...counts.keys()];
  const type = typeOfValues(values);
  if (type !== null) return [fieldOf(type, counts)];
  return (
    withMissing(counts) ??
    learnJsonText(values) ??
    (depth < MOST_DEPTH && values.every(({ length }) => length <= LONGEST_LOOKED_INTO)
      ? (learnQuoted(counts, depth) ?? learnCells(counts, depth) ?? learnParts(counts, depth))
      : null) ?? [fieldOf({ kind: "text" }, counts)]
  );
}

/** A text that is always the same: what is a value in it may be another one elsewhere. */
export function learnConstant(text: string, counts: Counts): readonly Sketch[] {
  const times = counts.get(text) ?? 1;
  const type = typeOfValues([text]);
  if (type !== null || isProtocol(text)) return [fieldOf(type ?? { kind: "text" }, counts)];
  const json = learnJsonText([text]);
  if (json !== null) return json;
  if (isQuoted(text, '"') && text.length > 2) {
    const inner = new Map([[text.slice(1, -1), times]]);
    const learned = text.includes("\\") ? [] : learnConstant(text.slice(1, -1), inner);
    const isFixed = isAgent(text.slice(1)) || learned.every(({ kind }) => kind === "literal");
    if (!isFixed) return joined([literal('"'), ...learned, literal('"')]);
    return [fieldOf({ kind: "quoted", matcher: "DQS" }, inner)];
  }
  return joined(constantParts(text, times));
}

/** Words of web requests that are values even when they are always the same. */
function isProtocol(text: string): boolean {
  return /^(?:HTTP\/\d(?:\.\d)?|GET|POST|HEAD|PUT|DELETE)$/.test(text);
}

/** What browsers and robots call themselves is one text. */
function isAgent(text: string): boolean {
  return /^(?:Mozilla|Opera)\/\d/.test(text);
}

function constantParts(text: string, times: number): Sketch[] {
  const sketches: Sketch[] = [];
  let before: Token | undefined;
  const isWhole = text.length === text.trim().length && /^\[?\w+\]?$/.test(text);
  for (const token of text.length > LONGEST_LOOKED_INTO ? [] : tokensOf(text)) {
    const part = text.slice(token.start, token.end);
    const isValue = token.kind === "time" || token.kind === "value" || isProtocol(part);
    const isOfKey = token.kind === "word" && before !== undefined && text.charAt(before.start) === "=";
    const type = isValue ? typeOfValues([part]) : null;
    const isLevel =
      LEVELS.has(part.toLowerCase()) && (part === part.toUpperCase() || (isWhole && text.startsWith("[")));
    if (isOfKey || isValue || isLevel) {
      sketches.push(fieldOf(type ?? { kind: "text" }, new Map([[part, times]])));
    } else sketches.push(literal(part));
    before = token;
  }
  return sketches.length === 0 ? [literal(text)] : sketches;
}

/** Whether a piece says nothing about its texts. */
export function isPlainText(sketches: readonly Sketch[]): boolean {
  const [only] = sketches;
  return (
    sketches.length === 1 &&
    only?.kind === "field" &&
    (only.type.kind === "text" || only.type.kind === "free")
  );
}

/** A typed value, or a mark that there is none. */
function withMissing(counts: Counts): readonly Sketch[] | null {
  const marks = [...counts.keys()].filter((value) => MISSING.has(value));
  if (marks.length === 0 || counts.size === marks.length) return null;
  const others = new Map([...counts].filter(([value]) => !MISSING.has(value)));
  const type = typeOfValues([...others.keys()]);
  if (type === null) return null;
  const branches = [[fieldOf(type, others)], ...marks.sort().map((mark) => [literal(mark)])];
  return [{ kind: "choice", branches, hint: null }];
}

function learnJsonText(values: readonly string[]): readonly Sketch[] | null {
  const json = values.every((value) => value.startsWith("{")) ? learnJson(values) : null;
  return json === null ? null : [json];
}

/** Texts in quotes: taken apart when they have a structure, else one quoted field. */
function learnQuoted(counts: Counts, depth: number): readonly Sketch[] | null {
  const values = [...counts.keys()];
  const quote = values[0]?.charAt(0) ?? "";
  if (quote !== '"' && quote !== "'") return null;
  if (!values.every((value) => isQuoted(value, quote))) return null;
  const inner = new Map([...counts].map(([value, count]): [string, number] => [value.slice(1, -1), count]));
  const hasEscapes = values.some((value) => value.includes("\\"));
  const agents = [...inner.keys()].filter(isAgent).length;
  const learned = hasEscapes || agents > 0 ? null : learnText(inner, depth + 1);
  if (learned !== null && !isPlainText(learned)) {
    return joined([literal(quote), ...learned, literal(quote)]);
  }
  const request = agents > 0 ? null : learnMajority(inner, quote, depth + 1);
  if (request !== null) return joined([literal(quote), request]);
  const matcher = quote === '"' ? "DQS" : "SQS";
  return [{ ...fieldOf({ kind: "quoted", matcher }, inner), mayBeEmpty: false }];
}

/** Without a quote inside that is not escaped. */
function isQuoted(value: string, quote: string): boolean {
  if (value.length < 2 || !value.startsWith(quote) || !value.endsWith(quote)) return false;
  for (let at = 1; at < value.length - 1; at++) {
    if (value.charAt(at) === "\\") at++;
    else if (value.charAt(at) === quote) return false;
    if (at === value.length - 1) return false;
  }
  return true;
}

/** So many of the texts must share a structure that the others are exceptions. */
const MAJORITY = 0.6;

const REQUEST = /^[A-Z]{3,16} \S+ HTTP\/\d/;

/** Most texts have a structure of cells, such as the requests of web servers; the others are one field. */
function learnMajority(counts: Counts, end: string, depth: number): ChoiceSketch | null {
  const byCells = new Map<number, Map<string, number>>();
  let rows = 0;
  for (const [value, count] of counts) {
    const length = value.includes("\\") ? 0 : cellsOf(value).cells.length;
    const group = byCells.get(length) ?? new Map<string, number>();
    byCells.set(length, group.set(value, count));
    rows += count;
  }
  const sizeOf = (group: Counts) => [...group.values()].reduce((sum, count) => sum + count, 0);
  const [best] = [...byCells]
    .filter(([length]) => length >= 3 && length < 8)
    .sort((a, b) => sizeOf(b[1]) - sizeOf(a[1]));
  if (best === undefined || sizeOf(best[1]) < MAJORITY * rows || best[1].size < 2) return null;
  const [cells, group] = best;
  const learned = learnCells(group, depth);
  const plain = learned?.filter((sketch) => isPlainText([sketch])).length ?? 0;
  const isRequest = [...group.keys()].every((value) => REQUEST.test(value));
  if (learned === null) return null;
  if (!isRequest && (plain > cells / 2 || hasMissingStructure(learned))) return null;
  const others = new Map([...counts].filter(([value]) => !group.has(value)));
  const hint = isRequest ? "request" : null;
  const free = { ...fieldOf({ kind: "free" }, others), mayBeEmpty: others.has(""), hint };
  return {
    kind: "choice",
    branches: [joined([...learned, literal(end)]), [free, literal(end)]],
    hint: null,
  };
}

/** Nothing but texts and blanks. */
function hasMissingStructure(sketches: readonly Sketch[]): boolean {
  return (
    sketches.every(
      (sketch) => sketch.kind === "literal" || sketch.kind === "blanks" || isPlainText([sketch]),
    ) && !sketches.some((sketch) => sketch.kind === "field" && sketch.bytes.isSmallSet)
  );
}

/** Texts of the same number of cells, cell by cell. */
export function learnCells(counts: Counts, depth: number): readonly Sketch[] | null {
  const rows = [...counts].map(([value, count]): [CellText, number] => [cellsOf(value), count]);
  const width = rows[0]?.[0].cells.length ?? 0;
  const hasGaps = rows.some(([{ gaps, cells }]) => cells.length > 1 || gaps.some((gap) => gap !== ""));
  if (!hasGaps || rows.some(([{ cells }]) => cells.length !== width)) return null;
  const sketches: Sketch[] = [];
  for (let index = 0; index <= width; index++) {
    sketches.push(...learnGap(rows.map(([{ gaps }]) => gaps[index] ?? "")));
    if (index === width) break;
    sketches.push(...learnText(columnOf(rows, index), depth + 1));
  }
  return joined(sketches);
}

function columnOf(rows: readonly [CellText, number][], index: number): Counts {
  const counts = new Map<string, number>();
  for (const [{ cells }, count] of rows) {
    const cell = cells[index] ?? "";
    counts.set(cell, (counts.get(cell) ?? 0) + count);
  }
  return counts;
}

/** Blanks between cells. */
export function learnGap(gaps: readonly string[]): readonly Sketch[] {
  const distinct = new Set(gaps);
  const [only = ""] = distinct;
  if (distinct.size === 1) return joined([literal(only)]);
  return [blanks(distinct)];
}

/** Marks that separate only texts are no structure beyond so many. */
const MOST_PLAIN_MARKS = 2;

/** A cell whose texts have the same marks in the same order, or all but one chunk that is missing in some. */
function learnParts(counts: Counts, depth: number): readonly Sketch[] | null {
  const groups = new Map<string, Row[]>();
  for (const [value, count] of counts) {
    const parts = partsOf(value);
    const signature = signatureOf(parts);
    const group = groups.get(signature) ?? [];
    groups.set(signature, group);
    group.push({ parts, count });
    if (groups.size > 2) return null;
  }
  const [first = [], second] = [...groups.values()].sort((a, b) => widthOf(b) - widthOf(a));
  if (widthOf(first) < 2 || looksLikePath(first)) return null;
  if (hasVaryingKey(first)) return null;
  if (second === undefined) return worthwhile(learnColumns(first, 0, widthOf(first), depth), first);
  return learnWithChunk(first, second, depth);
}

/** What stands before an equals sign is the name of what stands behind it: two names are two structures. */
function hasVaryingKey(rows: readonly Row[]): boolean {
  const keys = rows[0]?.parts.flatMap(({ key }, index) => (key === "=" ? [index - 1] : [])) ?? [];
  return keys.some((index) => countedColumn(rows, index).size > 1);
}

interface Row {
  readonly parts: readonly Part[];
  readonly count: number;
}

function widthOf(rows: readonly Row[]): number {
  return rows[0]?.parts.length ?? 0;
}

function looksLikePath(rows: readonly Row[]): boolean {
  return rows.some(({ parts }) => parts[0]?.key === VALUE_KEY && /^\/|[%?&]|^arn$/.test(parts[0].text));
}

function learnColumns(rows: readonly Row[], start: number, end: number, depth: number): readonly Sketch[] {
  const sketches: Sketch[] = [];
  for (let index = start; index < end; index++) {
    const part = rows[0]?.parts[index];
    if (part === undefined) continue;
    const unit = unitColumn(rows, index, depth);
    if (unit !== null) {
      sketches.push(...unit);
      index += 2;
    } else if (part.key !== VALUE_KEY) sketches.push(literal(part.text));
    else sketches.push(...learnText(countedColumn(rows, index), depth + 1));
  }
  return joined(sketches);
}

/** What opens here, its content and its end as one value: JSON, or a quoted text. */
function unitColumn(rows: readonly Row[], index: number, depth: number): readonly Sketch[] | null {
  const parts = rows[0]?.parts ?? [];
  const ends = `${parts[index]?.text}${parts[index + 2]?.text}`;
  if (parts[index]?.key === VALUE_KEY || parts[index + 1]?.key !== VALUE_KEY) return null;
  if (ends === '""') {
    const quoted = new Map([...countedColumn(rows, index + 1)].map(([text, count]) => [`"${text}"`, count]));
    return learnText(quoted, depth + 1);
  }
  const json = ends === "{}" ? jsonColumn(rows, index + 1) : null;
  return json === null ? null : [json];
}

/** What stands between braces, when it is JSON with them. */
function jsonColumn(rows: readonly Row[], index: number): Sketch | null {
  return learnJson([...new Set(rows.map(({ parts }) => `{${parts[index]?.text ?? ""}}`))]);
}

function countedColumn(rows: readonly Row[], index: number): Counts {
  const counts = new Map<string, number>();
  for (const { parts, count } of rows) {
    const text = parts[index]?.text ?? "";
    counts.set(text, (counts.get(text) ?? 0) + count);
  }
  return counts;
}

function worthwhile(sketches: readonly Sketch[], rows: readonly Row[]): readonly Sketch[] | null {
  const marks = rows[0]?.parts.filter(({ key }) => key !== VALUE_KEY).length ?? 0;
  const hasMore = sketches.some((sketch) => sketch.kind !== "literal" && !isPlainText([sketch]));
  return hasMore || marks <= MOST_PLAIN_MARKS ? sketches : null;
}

/** `name[pid]:` and `name:`: the longer texts have a chunk more. */
function learnWithChunk(
  long: readonly Row[],
  short: readonly Row[],
  depth: number,
): readonly Sketch[] | null {
  const keys = (rows: readonly Row[]) => (rows[0]?.parts ?? []).map(({ key }) => key);
  const [more, fewer] = [keys(long), keys(short)];
  const chunk = more.length - fewer.length;
  let start = 0;
  while (start < fewer.length && more[start] === fewer[start]) start++;
  if (chunk === 0 || !fewer.slice(start).every((key, index) => key === more[start + chunk + index]))
    return null;
  if (start === 0 && more[0] === VALUE_KEY) return null;
  if (countOf(long) < LEAST_CHUNKS * (countOf(long) + countOf(short))) return null;
  const all = [...long.map((row) => without(row, start, start + chunk)), ...short];
  const body = learnColumns(long, start, start + chunk, depth);
  const isBracket = "[(<{".includes(more[start] ?? "") && more[start] !== VALUE_KEY;
  const hasValue = body.some((sketch) => sketch.kind === "field" && sketch.type.kind !== "text");
  if (more[start] === "=" || !(isBracket || hasValue)) return null;
  return joined([
    ...learnColumns(all, 0, start, depth),
    { kind: "optional", body },
    ...learnColumns(all, start, fewer.length, depth),
  ]);
}

/** So many of the texts must have the chunk. */
const LEAST_CHUNKS = 0.05;

function countOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}

function without({ parts, count }: Row, start: number, end: number): Row {
  return { parts: [...parts.slice(0, start), ...parts.slice(end)], count };
}
