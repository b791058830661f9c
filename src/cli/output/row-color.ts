/** Colours of rows: what a column `_rowcolor` says, as a terminal understands it. */

/** The column that says which colour a row has. It is not shown. */
export const ROW_COLOR_COLUMN = "_rowcolor";

/** Colours by name, as parameters of SGR (ECMA-48). */
const COLORS: Readonly<Record<string, string>> = {
  black: "30",
  red: "31",
  green: "32",
  yellow: "33",
  blue: "34",
  magenta: "35",
  purple: "35",
  cyan: "36",
  white: "37",
  gray: "90",
  grey: "90",
  orange: "38;5;208",
  pink: "38;5;213",
  brown: "38;5;130",
};

/** A line in a colour: a name, or `#rrggbb`. Other texts colour nothing: nothing of a log steers a terminal. */
export function inRowColor(line: string, color: string): string {
  const name = color.trim().toLowerCase();
  const [, red, green, blue] = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/.exec(name) ?? [];
  const exact =
    red === undefined
      ? undefined
      : `38;2;${[red, green, blue].map((digits) => Number.parseInt(digits ?? "0", 16)).join(";")}`;
  const code = exact ?? (Object.hasOwn(COLORS, name) ? COLORS[name] : undefined);
  return code === undefined ? line : `\u001b[${code}m${line}\u001b[0m`;
}
