/** Aggregates: one value from the rows of a group. NULLs are left out. */
import { type FunctionEntry, functionsOf, gives, givesBy, optional, required } from "./entry.ts";

const ORDERED = required("value", "ordered");
const ANY = required("value", "any");
const NUMBER = required("number", "number");

/** The list. */
export const AGGREGATES: readonly FunctionEntry[] = functionsOf("aggregate", [
  {
    spelling: "COUNT",
    signatures: [gives("long", optional("value", "any"))],
    description:
      "How many rows; of a condition: for how many it is true; of another value: for how many there is one.",
    example: "count(status >= 500)",
  },
  {
    spelling: "SUM SUM_LONG",
    signatures: [
      givesBy({ kind: "sum", of: 0 }, NUMBER),
      gives("duration", required("duration", "duration")),
    ],
    description: "The sum: LONG of whole numbers, else DOUBLE.",
    example: "sum(bytes)",
  },
  {
    spelling: "AVG MEAN",
    signatures: [gives("double", NUMBER)],
    description: "The mean.",
    example: "avg(time_taken)",
  },
  {
    spelling: "MIN",
    signatures: [givesBy({ kind: "same", of: 0 }, ORDERED)],
    description: "The least value.",
    example: "min(timestamp)",
  },
  {
    spelling: "MAX",
    signatures: [givesBy({ kind: "same", of: 0 }, ORDERED)],
    description: "The greatest value.",
    example: "max(timestamp)",
  },
  {
    spelling: "FIRST",
    signatures: [givesBy({ kind: "same", of: 0 }, ANY)],
    description: "The value of the first row, in the order of the rows.",
    example: "first(uri)",
  },
  {
    spelling: "LAST",
    signatures: [givesBy({ kind: "same", of: 0 }, ANY)],
    description: "The value of the last row, in the order of the rows.",
    example: "last(uri)",
  },
  {
    spelling: "ANY",
    signatures: [givesBy({ kind: "same", of: 0 }, ANY)],
    description: "Some value of the group, the same in every run.",
    example: "any(agent)",
  },
  {
    spelling: "STDDEV",
    signatures: [gives("double", NUMBER)],
    description: "The standard deviation of a sample.",
    example: "stddev(time_taken)",
  },
  {
    spelling: "CORR",
    signatures: [gives("double", NUMBER, required("other", "number"))],
    description: "The correlation of two numbers, from -1 to 1; NULL where one of them never changes.",
    example: "corr(requests, errors)",
  },
  {
    spelling: "COUNT_DISTINCT",
    signatures: [gives("long", ANY)],
    description: "How many different values there are, exactly.",
    example: "count_distinct(client_ip)",
  },
  {
    spelling: "APPROX_COUNT_DISTINCT",
    signatures: [gives("long", ANY)],
    description: "About how many different values there are, with little memory.",
    example: "approx_count_distinct(client_ip)",
  },
  {
    spelling: "MEDIAN",
    signatures: [gives("double", NUMBER)],
    description: "The value in the middle.",
    example: "median(time_taken)",
  },
  {
    spelling: "PERCENTILE",
    signatures: [gives("double", NUMBER, required("share", "number"))],
    description: "The value below which that share (0 to 1) of the values lies.",
    example: "percentile(time_taken, 0.95)",
  },
  {
    spelling: "MODE",
    signatures: [givesBy({ kind: "same", of: 0 }, ANY)],
    description: "The most frequent value.",
    example: "mode(agent)",
  },
  {
    spelling: "ARG_MIN",
    signatures: [givesBy({ kind: "same", of: 0 }, ANY, required("by", "ordered"))],
    description: "The value of the row where another value is least.",
    example: "arg_min(uri, timestamp)",
  },
  {
    spelling: "ARG_MAX",
    signatures: [givesBy({ kind: "same", of: 0 }, ANY, required("by", "ordered"))],
    description: "The value of the row where another value is greatest.",
    example: "arg_max(uri, timestamp)",
  },
  {
    spelling: "ARRAY_AGG",
    signatures: [givesBy({ kind: "array-of", of: 0 }, ANY)],
    description: "All values as an array, in the order of the rows.",
    example: "array_agg(user)",
  },
]);
