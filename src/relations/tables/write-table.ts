/** Writes rows as a file: Parquet, CSV or lines of JSON, by an engine that can write this file and nothing else. */
import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { SaveFormat } from "#language";
import { type Batch, type ResultColumn, valueAt } from "#records";
import { Failure } from "#text";
import { startEngine } from "../engine/engine.ts";
import { quoteText } from "../sql/quote.ts";
import { zoneSql } from "../sql/zone.ts";
import { quoteName } from "./quote-name.ts";
import { ownColumnsText, TYPES_KEY } from "./read-table.ts";
import { storedNames, storedSql } from "./stored-types.ts";

/** A file that rows go to. */
export interface TableTarget {
  /** A file of this machine; its folder is made when it is not there. */
  readonly path: string;
  readonly format: SaveFormat;
  readonly replaces: boolean;
  readonly timeZone: string;
  readonly signal: AbortSignal;
}

/** Writes all rows. The file appears only when it is complete. Gives how many rows it has. Throws `save-refused` and `output-unwritable`. */
export async function writeTable(
  rows: AsyncIterable<Batch>,
  columns: readonly ResultColumn[],
  target: TableTarget,
): Promise<number> {
  const { path } = target;
  if (!target.replaces && (await isThere(path))) {
    throw new Failure("save-refused", `"${path}" is there already.`, {
      help: "Replace it: save('…', true); or choose another name.",
    });
  }
  const partial = join(dirname(path), `.${basename(path)}.${randomUUID()}.partial`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const rowCount = await copyRows(rows, columns, { ...target, path: partial });
    await rename(partial, path);
    return rowCount;
  } catch (error) {
    await rm(partial, { force: true });
    throw isOwn(error) ? error : unwritable(path, error);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

function isOwn(error: unknown): boolean {
  return error instanceof Failure && error.code !== "engine-failed";
}

function unwritable(path: string, cause: unknown): Failure {
  const reason = cause instanceof Error ? (cause.message.split("\n", 1)[0] ?? "") : String(cause);
  return new Failure("output-unwritable", `"${path}" cannot be written: ${reason}`, { cause });
}

async function copyRows(
  rows: AsyncIterable<Batch>,
  columns: readonly ResultColumn[],
  target: TableTarget,
): Promise<number> {
  const engine = startEngine({
    threads: 1,
    memoryBytes: null,
    spillDirectory: null,
    allowedPaths: [target.path],
  });
  try {
    const leaf = {
      columns: columns.map(({ type }, index) => ({ name: `c${index}`, type, source: index })),
      batches: rows,
    };
    let written = 0;
    const { signal } = target;
    const sql = copySql(columns, target);
    for await (const batch of engine.run({ sql, leaves: [leaf], results: [{ kind: "long" }], signal })) {
      for (let row = 0; row < batch.rowCount; row++) {
        const [count] = batch.columns;
        written += count === undefined ? 0 : Number(valueAt(count, row));
      }
    }
    return written;
  } finally {
    await engine.close();
  }
}

function copySql(columns: readonly ResultColumn[], { path, format, timeZone }: TableTarget): string {
  const names = storedNames(columns.map((column) => column.name));
  const zone = zoneSql(timeZone);
  const items = columns.map(({ type }, index) => {
    const value = storedSql(`c${index}`, type, { format, zone });
    return `${value} AS ${quoteName(names[index] ?? "")}`;
  });
  const own = columns.map(({ name, type }, index) => ({ stored: names[index] ?? "", name, type }));
  const settings = {
    parquet: `FORMAT parquet, COMPRESSION zstd, KV_METADATA {${TYPES_KEY}: ${quoteText(ownColumnsText(own))}}`,
    csv: "FORMAT csv, HEADER",
    ndjson: "FORMAT json",
  }[format];
  return `COPY (SELECT ${items.join(", ")} FROM leaf(0)) TO ${quoteText(path)} (${settings})`;
}
