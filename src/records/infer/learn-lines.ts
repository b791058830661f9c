/** What whole lines have in common: a header of cells, then what differs from kind to kind. */

import { learnColumns } from "./learn-columns.ts";
import { readObject } from "./learn-json.ts";
import { learnMessages } from "./learn-messages.ts";
import { learnPairs } from "./learn-pairs.ts";
import { learnSyslog } from "./learn-syslog.ts";
import { isPlainText, learnCells, learnGap, learnText } from "./learn-text.ts";
import { LEVELS } from "./levels.ts";
import { type CellText, cellsOf, countsOf, LONGEST_LOOKED_INTO } from "./parts.ts";
import { blanks, type FieldSketch, fieldOf, joined, type Sketch } from "./sketch.ts";

/** Cells that are only words, in a row, before what can still be a header ends. */
const MOST_PLAIN_CELLS = 5;

/** The pieces of lines without their ends. */
export function learnLines(lines: readonly string[]): readonly Sketch[] {
  const counts = countsOf(lines);
  if (lines.some(({ length }) => length > LONGEST_LOOKED_INTO)) return learnLong(lines);
  if (lines.includes("")) return learnWithEmpty(lines);
  const whole = lines.every((line) => line.startsWith("{") && readObject(line) !== null)
    ? learnText(counts)
    : null;
  return (
    whole ??
    learnPairs(lines) ??
    learnSyslogLines(lines) ??
    learnColumns(lines, { names: null, mayHaveHeader: false })?.sketches ??
    learnHeader(lines)
  );
}

function learnWithEmpty(lines: readonly string[]): readonly Sketch[] {
  const body = learnLines(lines.filter((line) => line !== ""));
  return lines.every((line) => line === "") ? [] : [{ kind: "optional", body }];
}

function learnSyslogLines(lines: readonly string[]): readonly Sketch[] | null {
  const header = learnSyslog(lines);
  return header === null ? null : joined([...header.sketches, ...learnLines(header.rest)]);
}

/** Lines that are too long to be taken apart by cells. */
function learnLong(lines: readonly string[]): readonly Sketch[] {
  const learned = lines.every((line) => readObject(line) !== null) ? learnText(countsOf(lines)) : null;
  return learned ?? [freeText(lines)];
}

/** A field that takes all of a line. */
export function freeText(texts: readonly string[]): FieldSketch {
  return { ...fieldOf({ kind: "free" }, countsOf(texts)), hint: "message" };
}

/** A column of the header. */
interface Column {
  readonly sketches: readonly Sketch[];
  readonly isPlain: boolean;
}

function learnHeader(lines: readonly string[]): readonly Sketch[] {
  const rows = lines.map(cellsOf);
  const fewest = rows.reduce((least, { cells }) => Math.min(least, cells.length), Number.MAX_SAFE_INTEGER);
  const most = rows.reduce((largest, { cells }) => Math.max(largest, cells.length), 0);
  const columns: Column[] = [];
  let plain = 0;
  while (columns.length < fewest && plain <= MOST_PLAIN_CELLS) {
    const pairs = pairsFrom(lines, rows, columns.length);
    if (pairs !== null) return joined([...columns.flatMap(({ sketches }) => sketches), ...pairs]);
    const column = learnColumn(rows, columns.length);
    plain = column.isPlain ? plain + 1 : 0;
    columns.push(column);
  }
  const strong = columns.filter(({ isPlain }) => !isPlain).length;
  const isWhole =
    fewest === most && columns.length === fewest && (plain <= 1 || 2 * strong >= columns.length);
  if (isWhole) return joined([...columns.flatMap(({ sketches }) => sketches), ...lastGap(rows)]);
  while (columns.at(-1)?.isPlain === true) columns.pop();
  return joined([...columns.flatMap(({ sketches }) => sketches), ...learnRest(lines, rows, columns.length)]);
}

const PAIR = /^["']?[A-Za-z_@][\w.@/-]*["']?=/;

/** All that stands from a cell on, when it is pairs in all lines. */
function pairsFrom(
  lines: readonly string[],
  rows: readonly CellText[],
  index: number,
): readonly Sketch[] | null {
  if (!rows.every(({ cells }) => PAIR.test(cells[index] ?? ""))) return null;
  const pairs = learnPairs(lines.map((line, row) => line.slice(rows[row]?.starts[index] ?? 0)));
  return pairs === null ? null : [...learnGap(rows.map(({ gaps }) => gaps[index] ?? "")), ...pairs];
}

function lastGap(rows: readonly CellText[]): readonly Sketch[] {
  return learnGap(rows.map(({ gaps }) => gaps.at(-1) ?? ""));
}

function learnColumn(rows: readonly CellText[], index: number): Column {
  const gap = learnGap(rows.map(({ gaps }) => gaps[index] ?? ""));
  const counts = countsOf(rows.map(({ cells }) => cells[index] ?? ""));
  const absent = counts.size === 1 && counts.has("-") ? nameOfAbsent(rows, index) : null;
  if (absent !== null) {
    return { sketches: [...gap, { ...fieldOf({ kind: "text" }, counts), hint: absent }], isPlain: true };
  }
  const sketches = learnText(counts);
  const isLevel = [...counts.keys()].every((value) => LEVELS.has(value.toLowerCase()));
  return { sketches: [...gap, ...sketches], isPlain: isPlainText(sketches) && !isLevel };
}

/** The names behind a client's address that web servers log, mostly as dashes. */
function nameOfAbsent(rows: readonly CellText[], index: number): string | null {
  const opensBracket = (at: number) => rows.every(({ cells }) => cells[at]?.startsWith("[") === true);
  if (index === 0 || index > 3) return null;
  if (opensBracket(index + 1)) return "user";
  return opensBracket(index + 2) ? "ident" : null;
}

/** What stands behind the header; missing where lines end with it. */
function learnRest(lines: readonly string[], rows: readonly CellText[], width: number): readonly Sketch[] {
  const given = rows.flatMap((row, index) =>
    row.cells.length > width ? [{ row, line: lines[index] ?? "" }] : [],
  );
  if (given.length === 0) return lastGap(rows);
  const gap = learnGap(given.map(({ row }) => row.gaps[width] ?? ""));
  const texts = given.map(({ row, line }) => line.slice(row.starts[width] ?? 0));
  const rest = [...gap, ...learnTail(texts)];
  if (given.length === rows.length) return rest;
  return [{ kind: "optional", body: joined(rest) }, blanks(["", " "])];
}

/** Texts up to the ends of their lines. */
function learnTail(texts: readonly string[]): readonly Sketch[] {
  const pairs = learnPairs(texts);
  if (pairs !== null) return pairs;
  return learnMessages(texts, (group) => learnCells(countsOf(group), 0)) ?? [freeText(texts)];
}
