/** Reads cases of queries, runs them, and writes rows as text: for tests. */
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  checkScript,
  type DataType,
  OWN_INCLUDE,
  printAddress,
  type Relation,
  type Value,
  type Wanted,
  type WantedAnswer,
  wantedKey,
} from "#language";
import { detectFormat, loadFormats, valueAt } from "#records";
import { listObjects, mappedFields, ObjectStreams, type Stores } from "#sources";
import { drawDiagnostic, Failure } from "#text";
import type { Engine } from "./engine/engine.ts";
import type { OutsideLookups } from "./lookups/outside-lookups.ts";
import type { QueryOptions, RunningQuery } from "./options.ts";
import { openQuery } from "./query.ts";
import { describeTable } from "./tables/read-table.ts";

/** A case: a query, its input files, and the rows it must give. */
export interface QueryCase {
  readonly title: string;
  readonly timeZone: string;
  readonly query: string;
  readonly inputs: readonly { readonly name: string; readonly text: string }[];
  readonly rows: string;
}

/** The clock of all cases: 2026-11-20T12:00:00Z. */
export const NOW_MS = 1_795_176_000_000n;

interface Block {
  readonly kind: string;
  readonly settings: ReadonlyMap<string, string>;
  readonly text: string;
}

/** The cases of a file: headings with fenced blocks `query [zone=…]`, `input name=…`, and the answer. */
export function readCases(markdown: string, answer: string = "rows"): QueryCase[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const title = section.split("\n", 1)[0] ?? "";
      const blocks = blocksOf(section);
      const query = blocks.find((block) => block.kind === "query");
      const inputs = blocks.filter((block) => block.kind === "input");
      return {
        title,
        timeZone: query?.settings.get("zone") ?? "UTC",
        query: query?.text ?? "",
        inputs: inputs.map(({ settings, text }) => ({ name: settings.get("name") ?? "input", text })),
        rows: blocks.find((block) => block.kind === answer)?.text ?? "",
      };
    });
}

function blocksOf(section: string): Block[] {
  return [...section.matchAll(/^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm)].map(([, kind, settings, text]) => ({
    kind: kind ?? "",
    settings: new Map(
      [...(settings ?? "").matchAll(/(\w+)=(\S+)/g)].map(([, key, value]) => [key ?? "", value ?? ""]),
    ),
    text: text ?? "",
  }));
}

/** The file with the answer of each case replaced. */
export function withAnswers(
  markdown: string,
  answers: ReadonlyMap<string, string>,
  answer: string = "rows",
): string {
  return markdown
    .split(/^(?=## )/m)
    .map((section) => {
      const title = /^## (.*)$/m.exec(section)?.[1];
      const text = title === undefined ? undefined : answers.get(title);
      if (text === undefined) return section;
      const block = `\`\`\`${answer}\n${text}\`\`\``;
      const old = new RegExp(`^\`\`\`${answer}\\n[\\s\\S]*?^\`\`\`$`, "m");
      return old.test(section) ? section.replace(old, () => block) : `${section.trimEnd()}\n\n${block}\n\n`;
    })
    .join("");
}

/** Writes a case's inputs below a folder; they were modified at the clock of all cases. */
export function writeInputs(folder: string, { inputs }: Pick<QueryCase, "inputs">): void {
  for (const { name, text } of inputs) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    utimesSync(path, Number(NOW_MS) / 1000, Number(NOW_MS) / 1000);
  }
}

/** Checks a script that must be right and asks for nothing. */
export function checked(query: string, timeZone = "UTC"): Relation {
  const { relation, diagnostics } = checkScript(
    { name: "case.sx", text: query },
    { nowMs: NOW_MS, timeZone, arguments: {}, answers: new Map(), isOffline: false },
  );
  if (relation === null) throw new Error(diagnostics.map((one) => drawDiagnostic(one)).join("\n"));
  return relation;
}

/** Checks a script with the files of its case; the pictures of its mistakes when it has some. */
export async function checkedIn(
  query: string,
  { workingDirectory: folder, timeZone, stores }: QueryOptions,
): Promise<Relation | string> {
  const answers = new Map<string, WantedAnswer>();
  for (;;) {
    const { relation, diagnostics, wanted } = checkScript(
      { name: "case.sx", text: query },
      { nowMs: NOW_MS, timeZone, arguments: {}, answers, isOffline: false },
    );
    if (relation !== null) return relation;
    const open = wanted.filter((each) => !answers.has(wantedKey(each)));
    if (open.length === 0) return `${diagnostics.map((one) => drawDiagnostic(one)).join("\n")}\n`;
    for (const each of open) answers.set(wantedKey(each), await answerIn(folder, each, stores ?? null));
  }
}

async function answerIn(folder: string, wanted: Wanted, stores: Stores | null): Promise<WantedAnswer> {
  try {
    if (wanted.kind === "format") return await formatIn(folder, wanted.uris);
    if (wanted.kind === "mapping") {
      const [uri = ""] = wanted.uris;
      if (stores === null) return { kind: "missing", message: "No cluster is asked here." };
      return { kind: "mapping", fields: await mappedFields(uri, stores, new AbortController().signal) };
    }
    if (wanted.kind === "text") {
      const path = textPath(folder, wanted.path, wanted.from);
      return { kind: "text", source: { name: path, text: readFileSync(join(folder, path), "utf8") } };
    }
    const paths = wanted.uris.map((uri) => join(folder, uri));
    const { format, options } = wanted;
    const columns = await describeTable({ format, paths, options }, new AbortController().signal);
    return { kind: "table", columns, paths };
  } catch (error) {
    const reason = error instanceof Failure ? error.code : "no file";
    return { kind: "missing", message: `There is none: ${reason}.` };
  }
}

/** The path below the folder: absolute paths begin there, others beside the text that asks. */
function textPath(folder: string, path: string, from: string): string {
  if (path !== OWN_INCLUDE) return path.startsWith("/") ? path.slice(1) : join(dirname(from), path);
  let own = dirname(from);
  while (own !== "." && !existsSync(join(folder, own, path))) own = dirname(own);
  return join(own, path);
}

/** The format of the first file that the addresses name. */
async function formatIn(folder: string, uris: readonly string[]): Promise<WantedAnswer> {
  for await (const [object] of listObjects(uris, { workingDirectory: folder })) {
    if (object === undefined) continue;
    const choice = detectFormat(
      (await new ObjectStreams({ signal: new AbortController().signal }).readSample(object, 64 << 10)).bytes,
      loadFormats(),
    );
    if (choice === null) break;
    return { kind: "format", formatName: choice.format.name, pattern: choice.pattern };
  }
  return { kind: "missing", message: "No shipped format fits." };
}

/** Answers for all: addresses that end with an odd number have no name, and nothing can be fetched. */
const TEST_LOOKUPS: OutsideLookups = {
  answer: async ({ function: name, arguments: [value] }) => {
    const last = typeof value === "bigint" ? Number(value & 0xffn) : 0;
    switch (name) {
      case "cc":
        return last < 100 ? "EE" : "--";
      case "asn":
        return 64_500n + BigInt(last);
      case "asname":
        return `Network ${last}`;
      case "city":
        return last === 1 ? "Tallinn" : null;
      case "geo":
        return [59.4, 24.7];
      case "in_list":
        return last === 7 || value === "bad.example.com";
      case "list_info":
        return last === 7 ? [["bad", "malicious", 3n, BigInt(Date.UTC(2026, 9, 1))]] : [];
      case "dns_lookup":
        return last % 2 === 1 ? null : `host-${last}.example.com`;
      case "dns_resolve":
        return value === "one.example.com" ? (0xffffn << 32n) | 0xc0_00_02_01n : null;
      default:
        throw new Error("no answer");
    }
  },
};

/** Options of a run in tests: no limits, everything in this thread but the engine. */
export function testOptions(folder: string, engine: Engine, more: Partial<QueryOptions> = {}): QueryOptions {
  return {
    threads: 0,
    timeZone: "UTC",
    nowMs: NOW_MS,
    maxRows: null,
    maxBytes: null,
    memoryBytes: null,
    signal: new AbortController().signal,
    workingDirectory: folder,
    lookups: TEST_LOOKUPS,
    savePlaces: { fileFor: async (path) => join(folder, path) },
    engine,
    ...more,
  };
}

/** Runs a script and gives its rows as lines of JSON; a failure is the last line. */
export async function rowsOf(query: string, options: QueryOptions): Promise<string> {
  const relation = await checkedIn(query, options);
  if (typeof relation === "string") return relation;
  const lines: string[] = [];
  try {
    const running = await openQuery(relation, options);
    try {
      for await (const line of linesOf(running)) lines.push(line);
    } finally {
      await running.close();
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    lines.push(`${error.code}: ${error.message}${error.help === null ? "" : ` ${error.help}`}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** Rows as lines of JSON. */
export async function* linesOf(running: Pick<RunningQuery, "columns" | "batches">): AsyncGenerator<string> {
  for await (const batch of running.batches) {
    for (let row = 0; row < batch.rowCount; row++) {
      const members = running.columns.map(({ name, type }, index) => {
        const column = batch.columns[index];
        const value = column === undefined ? null : valueAt(column, row);
        return `${JSON.stringify(name)}:${json(value, type)}`;
      });
      yield `{${members.join(",")}}`;
    }
  }
}

function json(value: Value, type: DataType): string {
  if (value === null) return "null";
  switch (type.kind) {
    case "ip":
      return typeof value === "bigint" ? `"${printAddress(value)}"` : String(value);
    case "timestamp":
      return `"${new Date(Number(value)).toISOString()}"`;
    case "object":
    case "variant":
      return String(value);
    case "array":
      return Array.isArray(value) ? `[${value.map((item) => json(item, type.element)).join(",")}]` : "";
    case "tuple": {
      if (!Array.isArray(value)) return "";
      const members = type.fields.map(
        (field, index) => `${JSON.stringify(field.name)}:${json(value[index] ?? null, field.type)}`,
      );
      return `{${members.join(",")}}`;
    }
    default:
      if (value instanceof Uint8Array) return `"${Buffer.from(value).toString("hex")}"`;
      return typeof value === "string" ? JSON.stringify(value) : String(value);
  }
}
