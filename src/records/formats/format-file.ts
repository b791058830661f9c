/** Reads `format.json` of a shipped format. It is ours: what does not fit is a mistake of ours. */
import { HEADER_STYLES, type HeaderStyleName } from "#language";
import { invariant } from "#text";
import {
  COLUMN_KINDS,
  FORMAT_CATEGORIES,
  type FormatHeader,
  type HeaderColumn,
  type KnownColumn,
  type ShippedFormat,
} from "./shipped-format.ts";

const KNOWN_KEYS: ReadonlySet<string> = new Set([
  "name",
  "title",
  "category",
  "description",
  "timestampField",
  "hint",
  "ecs",
  "header",
]);

/** All that `format.json` says. */
export function readFormatFile(
  name: string,
  json: string,
): Omit<ShippedFormat, "pattern" | "ecs" | "sample"> {
  const parts: unknown = JSON.parse(json);
  const file = new Members(`packs/${name}/format.json`, parts);
  for (const key of file.keys()) invariant(KNOWN_KEYS.has(key), `packs/${name}/format.json has no "${key}"`);
  invariant(file.text("name") === name, `packs/${name}/format.json says its folder's name`);
  const category = FORMAT_CATEGORIES.find((known) => known === file.text("category"));
  invariant(category !== undefined, `packs/${name}/format.json has a known category`);
  const header = file.member("header");
  return {
    name,
    title: file.text("title"),
    category,
    description: file.text("description"),
    timestampField: file.text("timestampField"),
    hint: new RegExp(file.text("hint"), "m"),
    ecsExceptions: file.texts("ecs"),
    header: header === undefined ? null : readFormatHeader(new Members(`${name}'s header`, header)),
  };
}

/** The names in the Elastic Common Schema of what fields are called in all formats. */
export function readFieldNames(json: string): Readonly<Record<string, string>> {
  return new Members("packs", { fields: JSON.parse(json) }).texts("fields");
}

function readFormatHeader(header: Members): FormatHeader {
  const style = header.text("style");
  invariant(isStyle(style), `"${style}" is a style of headers`);
  const columns = new Members("columns", header.member("columns"));
  return {
    style,
    separator: header.text("separator"),
    isQuoted: header.claim("isQuoted"),
    isAssumed: header.claim("isAssumed"),
    columns: new Map(columns.keys().map((name) => [name, readColumn(columns.text(name))])),
    usual: header.text("usual").split(" ").map(readUsual),
  };
}

function isStyle(name: string): name is HeaderStyleName {
  return Object.hasOwn(HEADER_STYLES, name);
}

/** `host client_ip client_host`: kind, field, and for hosts the field of names. */
function readColumn(text: string): KnownColumn {
  const [kindName, field, nameField] = text.split(" ");
  const kind = COLUMN_KINDS.find((known) => known === kindName);
  invariant(kind !== undefined && field !== undefined, `"${text}" says kind and field of a column`);
  return { kind, field, nameField: nameField ?? null };
}

/** `ts:time` in Zeek's headers, `date` in others. */
function readUsual(text: string): HeaderColumn {
  const [name = "", type] = text.split(":");
  return { name, type: type ?? null };
}

/** An object whose members are checked as they are asked for. */
class Members {
  readonly #place: string;
  readonly #members: ReadonlyMap<string, unknown>;

  constructor(place: string, value: unknown) {
    invariant(typeof value === "object" && value !== null, `${place} is an object`);
    this.#place = place;
    this.#members = new Map(Object.entries(value));
  }

  keys(): string[] {
    return [...this.#members.keys()];
  }

  member(key: string): unknown {
    return this.#members.get(key);
  }

  text(key: string): string {
    const value = this.#members.get(key);
    invariant(typeof value === "string", `${this.#place} has a text "${key}"`);
    return value;
  }

  /** False where it is not made. */
  claim(key: string): boolean {
    const value = this.#members.get(key) ?? false;
    invariant(typeof value === "boolean", `"${key}" of ${this.#place} is true or false`);
    return value;
  }

  /** An object of texts; empty where there is none. */
  texts(key: string): Readonly<Record<string, string>> {
    const inner = new Members(`"${key}" of ${this.#place}`, this.#members.get(key) ?? {});
    return Object.fromEntries(inner.keys().map((name) => [name, inner.text(name)]));
  }
}
