/** Arrow: columns for other programs, as a stream of record batches. */
import type { OutputFormat } from "./output-format.ts";

/** An Arrow IPC stream. */
export const ARROW_FORMAT: OutputFormat = {
  name: "arrow",
  sentence: "An Arrow IPC stream; addresses and nested values are text, times are timestamps in UTC.",
  isTerminalSafe: false,
  isBinary: true,
  // Loaded only here: no other format needs what writes Arrow.
  openLater: async (columns, options) => (await import("./arrow-writer.ts")).openArrow(columns, options),
  open: () => {
    throw new Error("Internal error: Arrow is opened later");
  },
};
