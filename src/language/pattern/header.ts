/** Headers: lines by which a log names the columns of the records below them. */

/** How a kind of log writes its headers. */
export interface HeaderStyle {
  /** Lines that begin with this byte are no records; null: only the header itself is none. */
  readonly comment: string | null;
  /** What the header line begins with; null: a line of nothing but known names is one. */
  readonly prefix: string | null;
  /** What stands between the names. */
  readonly between: RegExp;
}

/** What a style is called. */
export type HeaderStyleName = "w3c" | "zeek" | "columns";

/** All styles of headers, by name. */
export const HEADER_STYLES: Readonly<Record<HeaderStyleName, HeaderStyle>> = {
  // See https://www.w3.org/TR/WD-logfile: the extended log file format
  w3c: { comment: "#", prefix: "#Fields:", between: /[ \t]+/ },
  zeek: { comment: "#", prefix: "#fields", between: /\t/ },
  columns: { comment: null, prefix: null, between: /[ \t]+/ },
};

/** A pattern made from a header holds for records below headers with the same columns, and for no others. */
export interface PatternHeader {
  readonly style: HeaderStyleName;
  readonly columns: readonly string[];
  /** Records that stand below no header at all have these columns. */
  readonly isAssumed: boolean;
  /** Every name that a column can have; what a header without a prefix is known by. */
  readonly knownColumns: readonly string[];
}

/**
 * The columns that a line names, or null when it is no header.
 *
 * @param line   without its line end
 * @param known  the names of columns, for styles without a prefix
 */
export function readHeaderLine(
  line: string,
  style: HeaderStyle,
  known: ReadonlySet<string>,
): readonly string[] | null {
  const { prefix, between } = style;
  if (prefix !== null) {
    if (!line.startsWith(prefix)) return null;
    return line.slice(prefix.length).trim().split(between);
  }
  const names = line.trim().split(between);
  return names.length > 1 && names.every((name) => known.has(name)) ? names : null;
}
