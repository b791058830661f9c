/** Parquet: columns for other programs, with types. */
import type { OutputFormat } from "./output-format.ts";

/** A Parquet file. */
export const PARQUET_FORMAT: OutputFormat = {
  name: "parquet",
  sentence: "A Parquet file; addresses are text, times are timestamps in UTC.",
  isTerminalSafe: false,
  storedAs: "parquet",
  open: () => {
    throw new Error("Internal error: Parquet is written as a whole");
  },
};
