/**
 * Functions of a row and the rows around it. Without OVER they go by the order of all rows; `OVER(PARTITION BY … ORDER BY …)` names
 * rows that belong together and their order. Aggregates take OVER as well.
 */
import { type FunctionEntry, functionsOf, gives, givesBy, optional, required } from "./entry.ts";

const ANY = required("value", "any");

/** The list. */
export const ROW_ORDER_FUNCTIONS: readonly FunctionEntry[] = functionsOf("row order", [
  {
    spelling: "KEEP",
    signatures: [givesBy({ kind: "same", of: 0 }, ANY)],
    description: "The last value up to this row that is not NULL.",
    example: "KEEP(session_start)",
  },
  {
    spelling: "LAG",
    signatures: [givesBy({ kind: "same", of: 0 }, ANY, optional("rows", "integral"))],
    description: "The value of the row before, or so many rows before; NULL when there is none.",
    example: "LAG(timestamp) OVER(PARTITION BY client_ip ORDER BY timestamp)",
  },
  {
    spelling: "LEAD",
    signatures: [givesBy({ kind: "same", of: 0 }, ANY, optional("rows", "integral"))],
    description: "The value of the row behind, or so many rows behind; NULL when there is none.",
    example: "LEAD(uri) OVER(PARTITION BY client_ip ORDER BY timestamp)",
  },
  {
    spelling: "ROW_NUMBER",
    signatures: [gives("long")],
    description: "The number of the row, counted from 1.",
    example: "ROW_NUMBER() OVER(PARTITION BY client_ip)",
  },
  {
    spelling: "RANK",
    signatures: [gives("long")],
    description: "The place of the row in the order; equal rows share one, and the next place is skipped.",
    example: "RANK() OVER(ORDER BY hits DESC)",
  },
]);
