/** How lists are written: one reader per format, line by line. */
import { readRange } from "../tables/address-words.ts";

/** All formats. */
export const LIST_FORMAT_NAMES = ["plain", "ipsum", "drop-json", "csv", "hosts"] as const;

/** The name of a format. */
export type ListFormat = (typeof LIST_FORMAT_NAMES)[number];

/** What one line can need to be read. */
export interface LineContext {
  /** Of CSV: counted from 1. */
  readonly column: number;
  readonly separator: string;
}

/** What a line says: a range with a count, names of hosts, nothing (a comment), or what it must not. */
export type LineReader = (line: string, sink: LineSink, context: LineContext) => LineOutcome;
export type LineOutcome = "read" | "nothing" | "wrong";

/** Takes what lines say. */
export interface LineSink {
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  /** Takes the range in `start` and `end`. */
  range(count: number): void;
  host(name: string): void;
}

const HOST = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*\.?$/i;
/** Names that hosts files hold for the machine itself. */
const OWN_HOSTS = new Set([
  "localhost",
  "localhost.localdomain",
  "local",
  "broadcasthost",
  "ip6-localhost",
  "0.0.0.0",
]);

/** The formats by name. */
const READERS: Readonly<Record<ListFormat, LineReader>> = {
  /** An address, a network or a range `first-last` on each line; `#` and `;` begin comments. FireHOL's netsets and Tor's exits too. */
  plain: (line, sink) => {
    const text = withoutComment(line);
    if (text === "") return "nothing";
    const [word = ""] = text.split(/[\s,]/, 1);
    const isRange = text.includes("-") && readRange(text, sink.start, sink.end);
    if (!isRange && !readRange(word, sink.start, sink.end)) return "wrong";
    sink.range(1);
    return "read";
  },
  /** An address and on how many lists it stands. */
  ipsum: (line, sink) => {
    const text = withoutComment(line);
    if (text === "") return "nothing";
    const [address = "", count = ""] = text.split(/\s+/);
    if (!/^\d{1,6}$/.test(count) || !readRange(address, sink.start, sink.end)) return "wrong";
    sink.range(Number(count));
    return "read";
  },
  /** Spamhaus DROP: an object with `cidr` on each line; the last line tells of the list. */
  "drop-json": (line, sink) => {
    if (line.trim() === "") return "nothing";
    const content = parsed(line);
    if (typeof content !== "object" || content === null) return "wrong";
    if (!("cidr" in content)) return "type" in content ? "nothing" : "wrong";
    if (typeof content.cidr !== "string" || !readRange(content.cidr, sink.start, sink.end)) return "wrong";
    sink.range(1);
    return "read";
  },
  /** A column of a CSV; `#` begins comments. A first line without an address is the header. */
  csv: (line, sink, { column, separator }) => {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) return "nothing";
    const cell = cellsOf(text, separator)[column - 1]?.trim() ?? "";
    if (!readRange(cell, sink.start, sink.end)) return "wrong";
    sink.range(1);
    return "read";
  },
  /** A hosts file, or a name of a host on each line. */
  hosts: (line, sink) => {
    const words = withoutComment(line)
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== "");
    if (words.length === 0) return "nothing";
    const names =
      words.length > 1 && readRange(words[0] ?? "", sink.start, sink.end) ? words.slice(1) : words;
    if (!names.every((name) => HOST.test(name))) return "wrong";
    for (const name of names) if (!OWN_HOSTS.has(name)) sink.host(name.replace(/\.$/, ""));
    return "read";
  },
};

/** What reads the lines of a format. */
export function readerOf(format: ListFormat): LineReader {
  return READERS[format];
}

function withoutComment(line: string): string {
  const end = line.search(/[#;]/);
  return (end < 0 ? line : line.slice(0, end)).trim();
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function cellsOf(line: string, separator: string): readonly string[] {
  const cells: string[] = [];
  for (let at = 0; at <= line.length; ) {
    if (line[at] === '"') {
      const close = line.indexOf('"', at + 1);
      const end = close < 0 ? line.length : close;
      cells.push(line.slice(at + 1, end));
      const next = line.indexOf(separator, end);
      at = next < 0 ? line.length + 1 : next + separator.length;
      continue;
    }
    const next = line.indexOf(separator, at);
    cells.push(line.slice(at, next < 0 ? line.length : next));
    at = next < 0 ? line.length + 1 : next + separator.length;
  }
  return cells;
}
