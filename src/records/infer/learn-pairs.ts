/** Lines of `key=value`: members in one order, missing in some lines. */
import { isPlainText, learnText } from "./learn-text.ts";
import { type Counts, countsOf } from "./parts.ts";
import { blanks, fieldOf, joined, literal, type Sketch } from "./sketch.ts";
import { tokensOf } from "./tokens.ts";
import { epochFormat, TIME_KEY, typeOfValues } from "./value-types.ts";

/** What may stand between pairs. */
const SEPARATORS: readonly string[] = ["\t", "; ", ", ", ";", ",", "|", " "];
const KEY = /^["']?([A-Za-z_@][\w.@/-]{0,63})["']?=/;
/** So many of the items must be pairs. */
const LEAST_SHARE = 0.6;
/** Words between pairs, of which there may be so many. */
const MOST_FLAGS = 24;
/** In so many lines keys in different orders are no accident. */
const LEAST_MIXED = 5;
const FLAG = /^[A-Za-z][\w-]{0,15}$/;

/** An item of a line: a pair, or a word by itself. */
interface Item {
  /** Tells items apart that occur in one line. */
  readonly id: string;
  readonly key: string | null;
  readonly value: string;
}

/** The pieces of lines of pairs, or null when they are not that. */
export function learnPairs(lines: readonly string[]): readonly Sketch[] | null {
  const first = lines.slice(0, 20);
  const separator = SEPARATORS.find((candidate) => isPairs(first, candidate));
  if (separator === undefined || !isPairs(lines, separator)) return null;
  const rows = lines.map((line) => itemsOf(line, separator));
  const flags = new Set(rows.flatMap((items) => items.filter(({ key }) => key === null).map(({ id }) => id)));
  const isMixed = flags.size === 0 && lines.length >= LEAST_MIXED;
  if (flags.size > MOST_FLAGS || [...flags].some((flag) => !FLAG.test(flag.replace(/#\d+$/, ""))))
    return null;
  const order = orderOf(rows);
  if (order !== null) return sketchOf(rows, order, separator, lines);
  return isMixed ? learnMixed(rows, separator, lines) : null;
}

/** Keys in different orders: those that always come first, and all others as one object. */
function learnMixed(
  rows: readonly (readonly Item[])[],
  separator: string,
  lines: readonly string[],
): readonly Sketch[] {
  const [first = []] = rows;
  let shared = 0;
  while (
    shared < first.length &&
    rows.every((items) => items[shared]?.id === first[shared]?.id && items.length > shared + 1)
  ) {
    shared++;
  }
  const pairs: Sketch = { kind: "pairs", separator, hint: "pairs" };
  if (shared === 0) return [pairs];
  const heads = rows.map((items) => items.slice(0, shared));
  const order = first.slice(0, shared).map(({ id }) => id);
  const isSingle = separator !== " " || lines.every((line) => !/[ \t]{2}|\t/.test(line.trim()));
  const gap = isSingle ? literal(separator) : blanks([" ", "\t"]);
  return joined([
    ...sketchOf(
      heads,
      order,
      separator,
      lines.map((line) => line.trim()),
    ),
    gap,
    pairs,
  ]);
}

function isPairs(lines: readonly string[], separator: string): boolean {
  let pairs = 0;
  let words = 0;
  for (const line of lines) {
    const items = splitAt(line.trim(), separator);
    const own = items.filter((item) => KEY.test(item)).length;
    if (own < 2 && (own < 1 || items.length > 1)) return false;
    pairs += own;
    words += items.length - own;
  }
  return pairs >= LEAST_SHARE * (pairs + words) && pairs >= 1.5 * lines.length;
}

/** The texts between separators outside of quotes and brackets; runs of blanks count once. */
function splitAt(text: string, separator: string): readonly string[] {
  const items: string[] = [];
  let depth = 0;
  let start = 0;
  let skipTo = 0;
  for (const token of tokensOf(text)) {
    if (token.kind === "open") depth++;
    if (token.kind === "close") depth--;
    if (depth > 0 || token.start < skipTo || token.kind === "open" || token.kind === "close") continue;
    if (token.kind !== "blank" && token.kind !== "mark") continue;
    const isBlank = separator === " " && token.kind === "blank";
    if (!isBlank && !text.startsWith(separator, token.start)) continue;
    items.push(text.slice(start, token.start));
    start = isBlank ? token.end : token.start + separator.length;
    skipTo = start;
  }
  items.push(text.slice(start));
  return items.filter((item) => item !== "");
}

function itemsOf(line: string, separator: string): readonly Item[] {
  const seen = new Map<string, number>();
  return splitAt(line.trim(), separator).map((text) => {
    const key = KEY.exec(text)?.[1] ?? null;
    const name = key ?? text;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const id = count === 1 ? name : `${name}#${count}`;
    return { id, key, value: key === null ? text : text.slice(text.indexOf("=") + 1) };
  });
}

/** An order of all items that every line keeps, or null. Of items that are not bound, the one that comes earlier on average is first. */
function orderOf(rows: readonly (readonly Item[])[]): readonly string[] | null {
  const places = new Map<string, { sum: number; count: number }>();
  const before = new Map<string, Set<string>>();
  for (const items of rows) {
    for (const [index, { id }] of items.entries()) {
      const place = places.get(id) ?? { sum: 0, count: 0 };
      place.sum += index / items.length;
      place.count++;
      places.set(id, place);
      const earlier = before.get(id) ?? new Set<string>();
      before.set(id, earlier);
      const previous = items[index - 1];
      if (previous !== undefined) earlier.add(previous.id);
    }
  }
  const average = (id: string) => (places.get(id)?.sum ?? 0) / (places.get(id)?.count ?? 1);
  const waiting = new Set(places.keys());
  const order: string[] = [];
  while (waiting.size > 0) {
    const free = [...waiting].filter((id) =>
      [...(before.get(id) ?? [])].every((other) => !waiting.has(other)),
    );
    const [next] = free.sort((a, b) => average(a) - average(b) || (a < b ? -1 : 1));
    if (next === undefined) return null;
    waiting.delete(next);
    order.push(next);
  }
  return order;
}

function sketchOf(
  rows: readonly (readonly Item[])[],
  order: readonly string[],
  separator: string,
  lines: readonly string[],
): readonly Sketch[] {
  const byId = new Map(rows.flatMap((items) => items.map((item): [string, Item] => [item.id, item])));
  const values = new Map<string, string[]>();
  for (const items of rows) {
    for (const { id, value } of items) {
      const list = values.get(id);
      if (list === undefined) values.set(id, [value]);
      else list.push(value);
    }
  }
  const isSingle = separator !== " " || lines.every((line) => !/[ \t]{2}|\t/.test(line.trim()));
  const gap = isSingle ? literal(separator) : blanks([" ", "\t"]);
  const sketches: Sketch[] = lines.some((line) => /^[ \t]/.test(line)) ? [blanks(["", " ", "\t"])] : [];
  let isFirst = true;
  for (const id of order) {
    const item = byId.get(id);
    const isOptional = (values.get(id)?.length ?? 0) < rows.length;
    if (item === undefined) continue;
    const body = itemSketch(item, countsOf(values.get(id) ?? []), isOptional);
    if (isOptional)
      sketches.push({ kind: "optional", body: joined(isFirst ? [...body, gap] : [gap, ...body]) });
    else {
      sketches.push(...(isFirst ? body : [gap, ...body]));
      isFirst = false;
    }
  }
  if (lines.some((line) => /[ \t]$/.test(line))) sketches.push(blanks(["", " "]));
  return joined(sketches);
}

function itemSketch({ key, value }: Item, counts: Counts, isOptional: boolean): readonly Sketch[] {
  if (key === null) return [literal(value, isOptional ? value.toLowerCase() : null)];
  const epoch = TIME_KEY.test(key) ? epochFormat([...counts.keys()]) : null;
  if (epoch !== null) {
    return [literal(`${key}=`), { ...fieldOf({ kind: "time", formats: [epoch] }, counts), hint: key }];
  }
  const learned = counts.size === 1 ? learnValue(value, counts) : learnText(counts);
  const named = learned.map((sketch): Sketch => {
    const isAlone = learned.length === 1 || !isPlainText([sketch]);
    return sketch.kind === "field" && isAlone ? { ...sketch, hint: key } : sketch;
  });
  return [literal(`${key}=`), ...named];
}

/** The value of a key is a field even when it is always the same. */
function learnValue(value: string, counts: Counts): readonly Sketch[] {
  if (value === "") return [{ ...fieldOf({ kind: "text" }, counts), mayBeEmpty: true }];
  const learned = /^["'{]/.test(value)
    ? learnText(counts)
    : [fieldOf(typeOfValues([value]) ?? { kind: "text" }, counts)];
  return learned.every(({ kind }) => kind === "literal") ? [fieldOf({ kind: "text" }, counts)] : learned;
}
