/** One query in DuckDB as a process of its own: prints the milliseconds from opening the database to the last row, and a check. */
import { DuckDBInstance } from "@duckdb/node-api";

const [sql = "", threads = "2"] = process.argv.slice(2);
const started = performance.now();
const instance = await DuckDBInstance.create(":memory:", { threads });
const connection = await instance.connect();
const reader = await connection.runAndReadAll(sql);
const rows = reader.getRowsJson();
const elapsedMs = performance.now() - started;
process.stdout.write(`${JSON.stringify({ elapsedMs, rows: rows.length, first: rows[0] ?? null })}\n`);
