/** Lines of columns: tables with a delimiter between their cells, with or without a line of names. */
import { learnText } from "./learn-text.ts";
import { type Counts, countsOf } from "./parts.ts";
import { type ChoiceSketch, type FieldSketch, fieldOf, joined, literal, type Sketch } from "./sketch.ts";
import { clockEnd, timeFormatsOf } from "./time-reading.ts";
import { epochFormat, TIME_KEY, typeOfValues } from "./value-types.ts";

/** What may stand between columns, and how many columns there must be for that to be no accident. */
const DELIMITERS: readonly (readonly [delimiter: string, leastColumns: number])[] = [
  ["\t", 2],
  ["|", 3],
  [";", 3],
  [",", 3],
];
/** Blanks separate columns only where their names are known. */
const BLANK_DELIMITER: readonly [delimiter: string, leastColumns: number] = [" ", 2];
/** So many of the cells must be one value or word, lest commas of prose count. */
const LEAST_SIMPLE = 0.7;
/** Cells with quotes inside, braces or equals signs are pieces of something else, such as JSON. */
const MOST_FOREIGN = 0.2;
const MOST_COLUMNS = 200;

/** A table that was learned. */
export interface LearnedColumns {
  readonly sketches: readonly Sketch[];
  /** The first line names the columns and is no record. */
  readonly hasHeader: boolean;
  /** Which lines are rows of the table. */
  readonly isRow: readonly boolean[];
}

/** What is known of a table before its cells are looked at. */
export interface TableHints {
  /** Names of the columns, from a comment. */
  readonly names: readonly string[] | null;
  /** The first line may name the columns. */
  readonly mayHaveHeader: boolean;
}

/** The columns of lines, all of which must have the same number of them; null when they are no table. */
export function learnColumns(lines: readonly string[], hints: TableHints): LearnedColumns | null {
  const learned = learnTableColumns(lines, hints);
  return learned?.isRow.every((isRow) => isRow) === true ? learned : null;
}

/** As `learnColumns`, when most of the lines have the same number of columns. */
export function learnTableColumns(lines: readonly string[], hints: TableHints): LearnedColumns | null {
  if (lines.length < 2) return null;
  const delimiters = hints.names === null ? DELIMITERS : [...DELIMITERS, BLANK_DELIMITER];
  for (const [delimiter, leastColumns] of delimiters) {
    const all = lines.map((line) => splitRow(line, delimiter));
    const width = usualWidth(all);
    if (width < leastColumns || width > MOST_COLUMNS) continue;
    if (delimiter === " " && width !== hints.names?.length) continue;
    const isRow = all.map((row) => row.length === width);
    const rows = all.filter((row) => row.length === width);
    if (delimiter !== "\t" && delimiter !== " " && !isTable(rows, delimiter)) continue;
    return { ...learnRows(rows, delimiter, hints, lines[0] ?? ""), isRow };
  }
  return null;
}

/** So many of the lines must have the usual number of columns. */
const MOST_LINES = 0.7;

/** The number of columns of most lines, or 0. */
function usualWidth(rows: readonly (readonly string[])[]): number {
  const counts = new Map<number, number>();
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
  const [best] = [...counts].sort((a, b) => b[1] - a[1]);
  return best !== undefined && best[1] >= MOST_LINES * rows.length ? best[0] : 0;
}

function learnRows(
  rows: readonly (readonly string[])[],
  delimiter: string,
  { names, mayHaveHeader }: TableHints,
  firstLine: string,
): Omit<LearnedColumns, "isRow"> {
  const header = mayHaveHeader && names === null && hasHeader(rows) ? (rows[0] ?? null) : null;
  const given = names?.length === rows[0]?.length ? names : null;
  const sketches = sketchOf(
    header === null ? rows : rows.slice(1),
    delimiter,
    header?.map(unquoted) ?? given,
  );
  const skip: readonly Sketch[] = header === null ? [] : [{ kind: "header", text: firstLine }];
  return { sketches: joined([...skip, ...sketches]), hasHeader: header !== null };
}

/** The cells of a line, those in quotes with their quotes. */
function splitRow(line: string, delimiter: string): readonly string[] {
  const cells: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === '"' && (isQuoted || at === start)) isQuoted = !isQuoted;
    if (character !== delimiter || isQuoted) continue;
    cells.push(line.slice(start, at));
    start = at + 1;
  }
  cells.push(line.slice(start));
  return cells;
}

function isTable(rows: readonly (readonly string[])[], delimiter: string): boolean {
  let cells = 0;
  let simple = 0;
  let foreign = 0;
  for (const row of rows) {
    for (const cell of row) {
      cells++;
      if (!isCsvQuoted(cell) && /["{=]/.test(cell)) foreign++;
      if (isCsvQuoted(cell) || !/\s/.test(cell.trim()) || timeFormatsOf([cell]) !== null) simple++;
    }
    if (delimiter === "," && row.slice(1).every((cell) => cell.startsWith(" "))) return false;
  }
  return simple >= LEAST_SIMPLE * cells && foreign <= MOST_FOREIGN * cells;
}

function isCsvQuoted(cell: string): boolean {
  return /^"(?:[^"]|"")*"$/.test(cell);
}

function unquoted(cell: string): string {
  return isCsvQuoted(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell;
}

/** The first line is names: words without values, of which none stands again in its column. */
function hasHeader(rows: readonly (readonly string[])[]): boolean {
  const [first = [], ...others] = rows;
  const names = first.map((cell) => unquoted(cell).trim());
  if (new Set(names).size < names.length || others.length === 0) return false;
  if (!names.every((name) => /^[A-Za-z_][\w .()/%#-]{0,60}$/.test(name) && typeOfValues([name]) === null))
    return false;
  return names.every((name, index) => others.every((row) => unquoted(row[index] ?? "").trim() !== name));
}

function sketchOf(
  rows: readonly (readonly string[])[],
  delimiter: string,
  names: readonly string[] | null,
): readonly Sketch[] {
  const width = rows[0]?.length ?? 0;
  const sketches: Sketch[] = [];
  for (let index = 0; index < width; index++) {
    if (index > 0) sketches.push(literal(delimiter));
    const column = (at: number) => rows.map((row) => row[at] ?? "");
    const joint = index + 1 < width ? dateAndClock(column(index), column(index + 1), delimiter) : null;
    if (joint !== null) {
      sketches.push(joint);
      index++;
    } else sketches.push(...columnSketch(countsOf(column(index)), names?.[index] ?? null, delimiter));
  }
  return sketches;
}

/** A date and the clock in the column behind it are one time. */
function dateAndClock(
  dates: readonly string[],
  clocks: readonly string[],
  delimiter: string,
): FieldSketch | null {
  if (
    (delimiter !== "\t" && delimiter !== " ") ||
    !clocks.every((clock) => clock !== "" && clockEnd(clock, 0) === clock.length)
  )
    return null;
  const texts = dates.map((date, index) => `${date}${delimiter}${clocks[index] ?? ""}`);
  const formats = timeFormatsOf([...new Set(texts)]);
  return formats === null ? null : fieldOf({ kind: "time", formats }, countsOf(texts));
}

function columnSketch(counts: Counts, name: string | null, delimiter: string): readonly Sketch[] {
  const values = [...counts.keys()];
  const hint = name === null || name.trim() === "" ? null : name;
  const filled = values.filter((value) => value !== "");
  if (filled.length > 0 && filled.every(isCsvQuoted)) return quotedColumn(counts, hint);
  if (filled.some(isCsvQuoted)) return mixedColumn(counts, hint);
  const epoch = name !== null && TIME_KEY.test(name) ? epochFormat(values) : null;
  if (epoch !== null) return [{ ...fieldOf({ kind: "time", formats: [epoch] }, counts), hint }];
  const type = typeOfValues(values);
  const isPadded = values.some((value) => value !== value.trim());
  if (type !== null) return [{ ...fieldOf(type, counts), hint }];
  const trimmed = isPadded ? countsOf(values.map((value) => value.trim())) : null;
  if (trimmed !== null && delimiter !== " ") return paddedColumn(counts, trimmed, hint);
  const learned = counts.size === 1 ? [fieldOf({ kind: "text" }, counts)] : learnText(counts);
  return withHint(learned, hint) ?? [{ ...fieldOf({ kind: "text" }, counts), hint }];
}

/** One field, named by its column; null when the column is made of several. */
function withHint(learned: readonly Sketch[], hint: string | null): readonly Sketch[] | null {
  const fields = learned.filter(({ kind }) => kind !== "literal");
  const [only] = fields;
  if (only?.kind === "choice" && learned.length === 1) {
    const branches = only.branches.map((branch) =>
      branch.map((sketch) => (sketch.kind === "field" ? { ...sketch, hint } : sketch)),
    );
    return [{ ...only, branches }];
  }
  if (fields.length !== 1 || only === undefined) return hint === null && fields.length > 0 ? learned : null;
  return learned.map((sketch) => (sketch.kind === "field" ? { ...sketch, hint } : sketch));
}

function paddedColumn(counts: Counts, trimmed: Counts, hint: string | null): readonly Sketch[] {
  const hasFront = [...counts.keys()].some((value) => /^\s/.test(value));
  const type = typeOfValues([...trimmed.keys()]) ?? { kind: "text" };
  const blanks: Sketch = { kind: "blanks", hasTabs: false, min: 0 };
  const whole: FieldSketch = { ...fieldOf({ kind: "text" }, counts), hint };
  if (type.kind === "text" && [...trimmed.keys()].some((value) => /\s/.test(value))) return [whole];
  return [...(hasFront ? [blanks] : []), { ...fieldOf(type, trimmed), hint }, blanks];
}

function quotedColumn(counts: Counts, hint: string | null): readonly Sketch[] {
  const inner = innerOf(counts);
  const type = typeOfValues([...inner.keys()]);
  if (type !== null && !counts.has("") && !inner.has("")) {
    return [literal('"'), { ...fieldOf(type, inner), hint }, literal('"')];
  }
  const field: FieldSketch = {
    ...fieldOf({ kind: "quoted", matcher: "CSVDQS" }, inner),
    mayBeEmpty: false,
    hint,
  };
  return counts.has("") ? [{ kind: "optional", body: [field] }] : [field];
}

function mixedColumn(counts: Counts, hint: string | null): readonly Sketch[] {
  const [quoted, plain] = [new Map<string, number>(), new Map<string, number>()];
  for (const [value, count] of counts) (isCsvQuoted(value) ? quoted : plain).set(value, count);
  const inner = innerOf(quoted);
  const choice: ChoiceSketch = {
    kind: "choice",
    hint: null,
    branches: [
      [{ ...fieldOf({ kind: "quoted", matcher: "CSVDQS" }, inner), mayBeEmpty: false, hint }],
      [{ ...fieldOf({ kind: "text" }, plain), hint }],
    ],
  };
  return [choice];
}

function innerOf(counts: Counts): Counts {
  const inner = new Map<string, number>();
  for (const [value, count] of counts) {
    const text = unquoted(value);
    if (value !== "") inner.set(text, (inner.get(text) ?? 0) + count);
  }
  return inner;
}
