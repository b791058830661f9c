/** Finds the header of a sample: the columns that it names, and what stands for nothing. */
import { HEADER_STYLES, readHeaderLine } from "#language";
import type { FormatHeader, HeaderColumn } from "./shipped-format.ts";

/** What a header says. */
export interface HeaderContent {
  readonly columns: readonly HeaderColumn[];
  /** The text that stands for no value. */
  readonly unset: string;
  /** The text that stands for an empty value; null when nothing does. */
  readonly empty: string | null;
  /** What the header calls the log as a whole, as Zeek does in `#path`; null when it does not. */
  readonly logName: string | null;
}

/** More columns are no header. */
const MOST_COLUMNS = 500;

/** The first header of a sample, or null. Cost: one pass over the lines up to it. */
export function readHeader(sample: string, header: FormatHeader): HeaderContent | null {
  const style = HEADER_STYLES[header.style];
  const known = new Set(header.columns.keys());
  for (let start = 0; start < sample.length; ) {
    const found = sample.indexOf("\n", start);
    const end = found < 0 ? sample.length : found;
    const line = sample.slice(start, end).trimEnd();
    const names = readHeaderLine(line, style, known);
    if (names !== null) return names.length > MOST_COLUMNS ? null : contentOf(names, sample, end, header);
    start = end + 1;
  }
  return null;
}

/** What the format's usual header says. */
export function usualHeader({ usual, style }: FormatHeader): HeaderContent {
  return { columns: usual, unset: "-", empty: style === "zeek" ? "(empty)" : null, logName: null };
}

function contentOf(
  names: readonly string[],
  sample: string,
  end: number,
  header: FormatHeader,
): HeaderContent {
  if (header.style !== "zeek") {
    return { columns: names.map((name) => ({ name, type: null })), unset: "-", empty: null, logName: null };
  }
  const types = /^\n#types\t([^\n\r]*)/.exec(sample.slice(end))?.[1]?.split("\t") ?? [];
  const before = sample.slice(0, end);
  const setting = (name: string, otherwise: string) =>
    new RegExp(`^#${name}_field\t([^\n\r]+)`, "m").exec(before)?.[1] ?? otherwise;
  return {
    columns: names.map((name, index) => ({ name, type: types[index] ?? null })),
    unset: setting("unset", "-"),
    empty: setting("empty", "(empty)"),
    logName: /^#path\t([\w-]{1,64})\r?$/m.exec(before)?.[1] ?? null,
  };
}
