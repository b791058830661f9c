/**
 * One query in a rival as a process of its own: prints the milliseconds from opening the database to the last row, of the first run and
 * of the best of several in the same process, and a check.
 */
import { createRequire } from "node:module";
import { DuckDBInstance } from "@duckdb/node-api";

const [engine = "", sql = "", threads = "2", runs = "1", packages = ""] = process.argv.slice(2);

async function openDuckdb(): Promise<() => Promise<readonly unknown[]>> {
  const instance = await DuckDBInstance.create(":memory:", { threads });
  const connection = await instance.connect();
  return async () => (await connection.runAndReadAll(sql)).getRowsJson();
}

/** ClickHouse as a library; it is installed for the benchmark alone, see `run.ts`. */
function openClickhouse(): () => Promise<readonly unknown[]> {
  const { query } = createRequire(packages)("chdb");
  const statement = `${sql} SETTINGS max_threads=${threads}`;
  return async () => String(query(statement, "JSONCompactEachRow")).trim().split("\n");
}

const started = performance.now();
const answer = engine === "duckdb" ? await openDuckdb() : openClickhouse();
let rows = await answer();
const elapsedMs = performance.now() - started;
let bestMs = elapsedMs;
for (let run = 1; run < Number(runs); run++) {
  const again = performance.now();
  rows = await answer();
  bestMs = Math.min(bestMs, performance.now() - again);
}
process.stdout.write(`${JSON.stringify({ elapsedMs, bestMs, rows: rows.length, first: rows[0] ?? null })}\n`);
