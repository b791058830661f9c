/** What a list is: where it comes from, how it is written, and what it means to stand on it. */
import { Failure, nearestName } from "#text";
import { LIST_FORMAT_NAMES, type ListFormat } from "./list-formats.ts";

/** What it means to stand on a list. */
export const LIST_KINDS = ["malicious", "benign-scanner", "proxy", "tor", "allow"] as const;
export type ListKind = (typeof LIST_KINDS)[number];

/** A list, as configuration says it. */
export interface ListDefinition {
  readonly name: string;
  /** http(s) address, `file:` address or path. */
  readonly source: string;
  readonly format: ListFormat;
  readonly kind: ListKind;
  /** An update asks again after so long; milliseconds. */
  readonly refreshMs: number;
  /** One sentence. */
  readonly description: string;
  /** Licence or terms, as far as they are known; null: not said. */
  readonly licence: string | null;
  /** Of CSV: the column of the address, counted from 1, and the separator. */
  readonly column: number;
  readonly separator: string;
}

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const HOUR_MS = 3_600_000;
const UNITS_MS: Readonly<Record<string, number>> = { min: 60_000, h: HOUR_MS, d: 24 * HOUR_MS };
const MEMBERS = [
  "name",
  "source",
  "format",
  "kind",
  "refresh",
  "description",
  "licence",
  "column",
  "separator",
];

/** Whether a text can be the name of a list. */
export function isListName(text: string): boolean {
  return NAME.test(text);
}

/** The definition that parsed YAML or JSON holds. Throws a `list-definition` failure that names `from` and what would be right. */
export function readListDefinition(content: unknown, from: string): ListDefinition {
  if (typeof content !== "object" || content === null || Array.isArray(content))
    throw wrong(from, "it must be one object with name, source and format");
  const members = new Map<string, unknown>(Object.entries(content));
  for (const key of members.keys()) {
    if (MEMBERS.includes(key)) continue;
    const nearest = nearestName(key, MEMBERS);
    const help = nearest === null ? `Members: ${MEMBERS.join(", ")}.` : `Did you mean "${nearest}"?`;
    throw wrong(from, `a list has no member "${key}"`, help);
  }
  const text = (key: string, initial?: string): string => {
    const value = members.get(key) ?? initial;
    if (typeof value !== "string" || value === "") throw wrong(from, `"${key}" must be a text`);
    return value;
  };
  const name = text("name");
  if (!isListName(name)) throw wrong(from, `the name "${name}" must be of a-z, 0-9, - and _, at most 64`);
  const column = members.get("column") ?? 1;
  if (typeof column !== "number" || !Number.isInteger(column) || column < 1 || column > 1000)
    throw wrong(from, '"column" must be a whole number from 1 up');
  return {
    name,
    source: text("source"),
    format: oneOf(text("format", "plain"), LIST_FORMAT_NAMES, { from, key: "format" }),
    kind: oneOf(text("kind", "malicious"), LIST_KINDS, { from, key: "kind" }),
    refreshMs: readRefresh(text("refresh", "24h"), from),
    description: text("description", "A list of this installation."),
    licence: members.has("licence") ? text("licence") : null,
    column,
    separator: text("separator", ","),
  };
}

function oneOf<T extends string>(
  text: string,
  allowed: readonly T[],
  place: { from: string; key: string },
): T {
  const found = allowed.find((one) => one === text);
  if (found === undefined) throw wrong(place.from, `"${place.key}" must be one of ${allowed.join(", ")}`);
  return found;
}

function readRefresh(text: string, from: string): number {
  const [, amount = "", unit = ""] = /^(\d{1,4}) ?(min|h|d)$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit];
  if (unitMs === undefined) throw wrong(from, '"refresh" must be a duration such as "30min", "12h" or "7d"');
  return Number(amount) * unitMs;
}

function wrong(from: string, what: string, help?: string): Failure {
  const message = `The definition of a list in "${from}" cannot be used: ${what}.`;
  return new Failure("list-definition", message, {
    place: { uri: from },
    ...(help === undefined ? {} : { help }),
  });
}
