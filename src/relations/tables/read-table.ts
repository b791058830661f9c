/** Reads files that say themselves which columns they have, in an engine of its own that can see these files and nothing else. */
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ColumnId, DataType, Field, TableFormat, TableOptions } from "#language";
import { type Batch, valueAt } from "#records";
import { Failure } from "#text";
import { type Engine, startEngine } from "../engine/engine.ts";
import type { TablePlan } from "../plan/tree.ts";
import { quoteText } from "../sql/quote.ts";
import { foreignType } from "./duckdb-type-text.ts";
import { quoteName } from "./quote-name.ts";
import { restoredSql } from "./stored-types.ts";

/** Where a table is. */
export interface TablePlace {
  readonly format: TableFormat;
  /** Files of this machine. */
  readonly paths: readonly string[];
  readonly options: TableOptions;
}

/** A column of a file. */
interface TableColumn extends Field {
  /** SQL that gives its values from the file. */
  readonly sql: string;
}

/** The key under which Parquet files of ours carry the types of their columns. */
export const TYPES_KEY = "trawl";

/** The columns of a table. Throws `source-unreadable`. */
export async function describeTable(place: TablePlace, signal: AbortSignal): Promise<readonly Field[]> {
  const engine = startReader(place);
  try {
    return (await columnsOf(place, engine, signal)).map(({ name, type }) => ({ name, type }));
  } finally {
    await engine.close();
  }
}

/** The rows of a table with the columns `wanted`, in order. */
export async function* tableBatches(
  plan: TablePlan,
  wanted: readonly ColumnId[],
  signal: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  const engine = startReader(plan);
  try {
    const columns = await columnsOf(plan, engine, signal);
    const chosen = wanted.map((id) => {
      const column = plan.columns.find((each) => each.column === id);
      const found = columns.find((each) => each.name === column?.name);
      if (column === undefined || found === undefined) throw changed(plan);
      return { type: column.type, sql: found.sql };
    });
    const list = chosen.length === 0 ? "1" : chosen.map((column) => column.sql).join(", ");
    const results: readonly DataType[] =
      chosen.length === 0 ? [{ kind: "integer" }] : chosen.map((column) => column.type);
    const sql = `SELECT ${list} FROM ${sourceOf(plan)}`;
    for await (const batch of rowsOf(engine, sql, results, plan, signal)) {
      yield chosen.length === 0 ? { rowCount: batch.rowCount, columns: [] } : batch;
    }
  } finally {
    await engine.close();
  }
}

function startReader({ paths }: TablePlace): Engine {
  const spillDirectory = join(tmpdir(), `trawl-${process.pid}-${randomUUID()}`);
  // Why both: the pattern is looked at as it is written, and what it finds.
  const allowedPaths = [...new Set([...paths, ...paths.map(patternOf)])];
  return startEngine({ threads: 1, memoryBytes: null, spillDirectory, allowedPaths });
}

/** The engine takes paths for patterns: the one that fits this file and no other. */
function patternOf(path: string): string {
  return path.replace(/[*?[]/g, "[$&]");
}

function sourceOf({ format, paths, options }: TablePlace): string {
  const files = `[${paths.map((path) => quoteText(patternOf(path))).join(", ")}]`;
  switch (format) {
    case "parquet":
      return `read_parquet(${files}, union_by_name = true)`;
    case "json":
      return `read_json(${files}, union_by_name = true, maximum_object_size = 67108864)`;
    default: {
      const separator = options.separator === null ? "" : `, delim = ${quoteText(options.separator)}`;
      const header = options.hasHeader === null ? "" : `, header = ${options.hasHeader}`;
      return `read_csv(${files}, union_by_name = true${separator}${header})`;
    }
  }
}

async function columnsOf(
  place: TablePlace,
  engine: Engine,
  signal: AbortSignal,
): Promise<readonly TableColumn[]> {
  const text: DataType = { kind: "string" };
  const described = await allRows(
    engine,
    `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${sourceOf(place)})`,
    [text, text],
    place,
    signal,
  );
  const own = place.format === "parquet" ? await ownColumns(place, engine, signal) : null;
  return described.map(([name = "", type = ""]) => {
    const known = own?.get(name);
    if (known !== undefined) return { ...known, sql: restoredSql(quoteName(name), known.type) };
    const foreign = foreignType(type);
    return { name, type: foreign.type, sql: foreign.convert(quoteName(name)) };
  });
}

/** Names and types of columns by their name in the file, when the file was written by this program. */
async function ownColumns(
  place: TablePlace,
  engine: Engine,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Field> | null> {
  const [path] = place.paths;
  if (path === undefined || place.paths.length > 1) return null;
  const sql = `SELECT decode(value) FROM parquet_kv_metadata(${quoteText(patternOf(path))}) WHERE decode(key) = ${quoteText(TYPES_KEY)}`;
  const [row] = await allRows(engine, sql, [{ kind: "string" }], place, signal);
  const [json] = row ?? [];
  return json === undefined ? null : readOwnColumns(json);
}

/** What `ownColumnsText` wrote; null when it is something else. */
function readOwnColumns(json: string): ReadonlyMap<string, Field> | null {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch {
    return null;
  }
  if (!Array.isArray(data)) return null;
  const columns = new Map<string, Field>();
  for (const entry of data) {
    if (!isOwnColumn(entry)) return null;
    columns.set(entry.stored, { name: entry.name, type: entry.type });
  }
  return columns;
}

interface OwnColumn extends Field {
  readonly stored: string;
}

function isOwnColumn(data: unknown): data is OwnColumn {
  return (
    typeof data === "object" &&
    data !== null &&
    "stored" in data &&
    typeof data.stored === "string" &&
    "name" in data &&
    typeof data.name === "string" &&
    "type" in data &&
    isDataType(data.type)
  );
}

const KINDS: ReadonlySet<unknown> = new Set([
  "integer",
  "long",
  "float",
  "double",
  "boolean",
  "string",
  "timestamp",
  "timestamp-nano",
  "duration",
  "ip",
  "ipnet",
  "ipsocket",
  "mac",
  "bytes",
  "object",
  "variant",
]);

function isDataType(data: unknown): data is DataType {
  if (typeof data !== "object" || data === null || !("kind" in data)) return false;
  if (data.kind === "array") return "element" in data && isDataType(data.element);
  if (data.kind === "tuple")
    return (
      "fields" in data &&
      Array.isArray(data.fields) &&
      data.fields.every(
        (field: unknown) =>
          typeof field === "object" &&
          field !== null &&
          "name" in field &&
          typeof field.name === "string" &&
          "type" in field &&
          isDataType(field.type),
      )
    );
  return KINDS.has(data.kind);
}

/** What a Parquet file of ours says of its columns. */
export function ownColumnsText(columns: readonly OwnColumn[]): string {
  return JSON.stringify(columns);
}

async function allRows(
  engine: Engine,
  sql: string,
  results: readonly DataType[],
  place: TablePlace,
  signal: AbortSignal,
): Promise<readonly (readonly string[])[]> {
  const rows: string[][] = [];
  for await (const batch of rowsOf(engine, sql, results, place, signal)) {
    for (let row = 0; row < batch.rowCount; row++)
      rows.push(batch.columns.map((column) => String(valueAt(column, row))));
  }
  return rows;
}

async function* rowsOf(
  engine: Engine,
  sql: string,
  results: readonly DataType[],
  place: TablePlace,
  signal: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  try {
    yield* engine.run({ sql, leaves: [], results, signal });
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "engine-failed") throw error;
    throw unreadable(place, error);
  }
}

function unreadable({ paths, format }: TablePlace, cause: Failure): Failure {
  const [first = ""] = paths;
  const code = /No files found|does not exist/i.test(cause.message) ? "source-missing" : "source-unreadable";
  const reason = cause.message.split("\n", 1)[0] ?? "";
  const message =
    code === "source-missing"
      ? `There is no file "${first}".`
      : `"${first}" cannot be read as ${format.toUpperCase()}: ${reason}`;
  return new Failure(code, message, { place: { uri: first }, cause });
}

function changed({ paths }: TablePlace): Failure {
  return new Failure(
    "source-unreadable",
    `"${paths[0] ?? ""}" has other columns than when it was looked at.`,
    {
      help: "Run the query again.",
    },
  );
}
