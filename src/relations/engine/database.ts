/** Opens the database that computes: in memory, closed off from files and network. */
import { DuckDBInstance } from "@duckdb/node-api";
import { createScalarFunctions } from "../functions/scalar-functions.ts";
import { quoteText } from "../sql/quote.ts";
import { CREATE_LEAF, createLeafFunction, type FindLeaf } from "./leaf-function.ts";
import type { EngineOptions } from "./messages.ts";
import { createScalarFunction } from "./scalar-function.ts";
import type { TextFiller } from "./text-entries.ts";

/**
 * What each connection sets for itself: a result's rows are given out early, rather than when a megabyte of them has come together.
 * Why not even earlier: DuckDB 1.5 never gives out sorted rows when the buffer is a few bytes.
 */
export const CONNECTION_SETTING = "SET streaming_buffer_size = '64KB'";

/**
 * Optimizers that are switched off. One reads a leaf twice, which gives its rows once: an aggregate over a partition would become a join with
 * itself. The other makes a join of a long list behind IN, which may give the rows in another order than they came.
 */
const DISABLED_OPTIMIZERS = "window_self_join,in_clause";

/**
 * Opens a database and registers what statements need.
 *
 * The order matters: the spill folder can only be named before external access is switched off, and stays usable afterwards
 * (DuckDB's own temporary files are not "external"). Then the configuration is locked: no statement can undo it.
 */
export async function openDatabase(
  options: EngineOptions,
  findLeaf: FindLeaf,
  texts: TextFiller,
): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(options.threads),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
    preserve_insertion_order: "true",
    default_null_order: "nulls_last",
    ...(options.memoryBytes === null ? {} : { memory_limit: `${options.memoryBytes}B` }),
  });
  const connection = await instance.connect();
  const spill = (options.spillDirectory ?? "").replaceAll("'", "''");
  for (const setting of [
    "SET GLOBAL TimeZone = 'UTC'",
    `SET temp_directory = '${spill}'`,
    `SET allowed_paths = [${(options.allowedPaths ?? []).map(quoteText).join(", ")}]`,
    "SET allowed_configs = ['streaming_buffer_size']",
    `SET GLOBAL disabled_optimizers = '${DISABLED_OPTIMIZERS}'`,
    "SET enable_external_access = false",
    "SET lock_configuration = true",
  ]) {
    await connection.run(setting);
  }
  connection.registerTableFunction(createLeafFunction(findLeaf, texts));
  await connection.run(CREATE_LEAF);
  for (const scalar of createScalarFunctions())
    connection.registerScalarFunction(createScalarFunction(scalar));
  connection.disconnectSync();
  return instance;
}
