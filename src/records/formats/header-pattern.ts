/** Writes the pattern of the records below a header. */
import { type Pattern, parsePattern } from "#language";
import { invariant } from "#text";
import type { HeaderContent } from "./read-header.ts";
import type { ColumnKind, FormatHeader, HeaderColumn, KnownColumn } from "./shipped-format.ts";

/** What the texts of all columns share. */
interface Writing {
  readonly format: FormatHeader;
  readonly content: HeaderContent;
  /** Names that are taken. */
  readonly fields: Set<string>;
}

/** Zeek's types that are not texts. */
const ZEEK_TYPES: Readonly<Record<string, ColumnKind>> = {
  time: "seconds",
  interval: "double",
  double: "double",
  addr: "ip",
  port: "int",
  count: "long",
  int: "long",
};

/** The field of what the header calls the log as a whole: the same in all records. */
const LOG_NAME = "log_name";

/** The pattern for records with these columns. It holds below headers that name the same ones. */
export function headerPattern(name: string, format: FormatHeader, content: HeaderContent): Pattern {
  const text = patternText(format, content);
  const { pattern, diagnostics } = parsePattern({ name: `pattern of the format ${name}`, text });
  invariant(pattern !== null, `columns give a pattern without mistakes: ${diagnostics[0]?.message ?? ""}`);
  const header = {
    style: format.style,
    columns: content.columns.map((column) => column.name),
    isAssumed: format.isAssumed && isUsual(format, content),
    knownColumns: [...format.columns.keys()],
  };
  return { ...pattern, header };
}

function isUsual({ usual }: FormatHeader, { columns }: HeaderContent): boolean {
  return usual.map(({ name }) => name).join(" ") === columns.map(({ name }) => name).join(" ");
}

function patternText(format: FormatHeader, content: HeaderContent): string {
  const separator = quoted(format.separator);
  const { logName } = content;
  const writing = { format, content, fields: new Set<string>(logName === null ? [] : [LOG_NAME]) };
  const parts: string[] = [];
  for (let at = 0; at < content.columns.length; at++) {
    const [column, next] = content.columns.slice(at, at + 2);
    if (column === undefined) break;
    const isWhen = kindOf(column, format) === "date" && next !== undefined && kindOf(next, format) === "time";
    if (isWhen) at++;
    parts.push(isWhen ? timeText(writing) : columnText(column, writing));
  }
  return [
    `$end = >>(${separator} | EOL(any=true));`,
    "!<<[!\\n] // at the start of a line",
    `${parts.join(` ${separator}\n`)}${logName === null ? "" : ` <${quoted(logName)}>:${LOG_NAME}`} EOL(any=true)`,
    "",
  ].join("\n");
}

function kindOf({ name, type }: HeaderColumn, format: FormatHeader): ColumnKind {
  const kind = format.columns.get(name)?.kind ?? (format.style === "zeek" ? "zeek" : "text");
  return kind === "zeek" ? (ZEEK_TYPES[type ?? ""] ?? "text") : kind;
}

/** A date and the time of day in the column behind it. */
function timeText({ format, fields }: Writing): string {
  fields.add("timestamp");
  return `TIMESTAMP(${quoted(`yyyy-MM-dd${format.separator}HH:mm:ss`)}):timestamp`;
}

function columnText(column: HeaderColumn, writing: Writing): string {
  const { format, content, fields } = writing;
  const known = format.columns.get(column.name);
  const field = freeName(known?.field ?? cleanName(column.name), fields);
  const kind = kindOf(column, format);
  const nothing = `${quoted(content.unset)}? $end`;
  switch (kind) {
    case "text":
      return `(${textChoices(field, writing)})`;
    case "host":
      return `(IPADDR:${field} $end | ${textChoices(hostName(known, field, fields), writing)})`;
    case "seconds":
      return `(TIMESTAMP('s.S'):${field} $end | TIMESTAMP('s'):${field} $end | ${nothing})`;
    default:
      return `(${MATCHERS_OF[kind]}:${field} $end | ${nothing})`;
  }
}

/** The matcher of each kind of column that is one. */
const MATCHERS_OF: Readonly<Record<Exclude<ColumnKind, "text" | "host" | "seconds">, string>> = {
  int: "INT",
  long: "LONG",
  double: "DOUBLE",
  ip: "IPADDR",
  date: "TIMESTAMP('yyyy-MM-dd')",
  time: "NSPACE{1,64}",
  httpdate: "HTTPDATE",
  zeek: "NSPACE{1,64}",
};

function hostName(known: KnownColumn | undefined, field: string, fields: Set<string>): string {
  return freeName(known?.nameField ?? `${field}_name`, fields);
}

function textChoices(field: string, { format, content }: Writing): string {
  const { unset, empty } = content;
  const bare = `[!${inSet(format.separator)}\\r\\n]{0,65536}:${field}`;
  return [
    `${quoted(unset)} $end`,
    ...(empty === null ? [] : [`${quoted(empty)} <''>:${field} $end`]),
    ...(format.isQuoted ? [`'"' [!"\\n]{0,65536}:${field} '"' $end`] : []),
    bare,
  ].join(" | ");
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&").replaceAll("\t", "\\t")}'`;
}

function inSet(separator: string): string {
  return separator === "\t" ? "\\t" : separator;
}

/** A column's name as a field's: `cs(User-Agent)` becomes `cs_user_agent`. */
function cleanName(name: string): string {
  const clean = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return /^[a-z]/.test(clean) ? clean : `column_${clean}`;
}

function freeName(name: string, fields: Set<string>): string {
  let free = name;
  for (let count = 2; fields.has(free); count++) free = `${name}_${count}`;
  fields.add(free);
  return free;
}
