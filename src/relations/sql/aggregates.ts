/** Aggregates in SQL, by their name in the language's list, and those over partial groups. */

import type { DataType } from "#language";
import { Failure } from "#text";
import type { Scalar } from "../plan/tree.ts";
import { quoteValue } from "./quote.ts";
import { type Argument, at, failWith, type RenderContext } from "./render.ts";

type AggregateScalar = Extract<Scalar, { readonly kind: "aggregate" }>;

/** Prints an aggregate; `order` lists the columns that give the rows' order (`ORDER BY` without the words), or is empty. */
export type RenderAggregate = (
  parts: readonly Argument[],
  aggregate: AggregateScalar,
  context: RenderContext & { readonly order: string },
) => string;

/** Aggregates whose value depends on the order of the rows. */
export const ORDER_SENSITIVE: ReadonlySet<string> = new Set([
  "first",
  "last",
  "arg_min",
  "arg_max",
  "array_agg",
]);

/** How each aggregate is printed. */
export const AGGREGATE_RENDERINGS: Readonly<Record<string, RenderAggregate>> = {
  count: ([argument]) => {
    if (argument === undefined) return "count(*)";
    return argument.type.kind === "boolean"
      ? `count(*) FILTER (WHERE ${argument.sql})`
      : `count(${argument.sql})`;
  },
  sum: (parts, aggregate, context) => {
    const { sql } = at(parts, 0);
    return isReal(aggregate.type)
      ? `sum(CAST(${sql} AS DOUBLE))`
      : checkedSum(`sum(${sql})`, aggregate, context);
  },
  avg: (parts) => {
    const { sql, type } = at(parts, 0);
    if (isReal(type)) return `avg(CAST(${sql} AS DOUBLE))`;
    return mean(`sum(${sql})`, `count(${sql})`);
  },
  min: (parts) => `min(${at(parts, 0).sql})`,
  max: (parts) => `max(${at(parts, 0).sql})`,
  first: (parts, _aggregate, { order }) => present("first", at(parts, 0).sql, order),
  last: (parts, _aggregate, { order }) => present("last", at(parts, 0).sql, order),
  any: (parts) => `min(${at(parts, 0).sql})`,
  stddev: (parts) => `stddev_samp(CAST(${at(parts, 0).sql} AS DOUBLE))`,
  count_distinct: (parts) => `count(DISTINCT ${at(parts, 0).sql})`,
  approx_count_distinct: (parts) => `approx_count_distinct(${at(parts, 0).sql})`,
  median: (parts) => `quantile_cont(CAST(${at(parts, 0).sql} AS DOUBLE), 0.5)`,
  percentile: (parts, aggregate) =>
    `quantile_cont(CAST(${at(parts, 0).sql} AS DOUBLE), ${share(at(parts, 1), aggregate)})`,
  // Of values that are equally frequent the least counts, so that the answer does not depend on threads.
  mode: (parts) => `mode(${at(parts, 0).sql} ORDER BY ${at(parts, 0).sql})`,
  arg_min: (parts, _aggregate, { order }) =>
    `arg_min(${at(parts, 0).sql}, ${at(parts, 1).sql}${orderedBy(order)})`,
  arg_max: (parts, _aggregate, { order }) =>
    `arg_max(${at(parts, 0).sql}, ${at(parts, 1).sql}${orderedBy(order)})`,
  array_agg: (parts, _aggregate, { order }) => `coalesce(${present("list", at(parts, 0).sql, order)}, [])`,
  sum_of_counts: (parts) => `CAST(coalesce(sum(${at(parts, 0).sql}), 0) AS BIGINT)`,
  sum_of_sums: (parts, aggregate, context) => checkedSum(`sum(${at(parts, 0).sql})`, aggregate, context),
  first_of_parts: (parts) => `arg_min(${at(parts, 0).sql}, ${at(parts, 1).sql})`,
  last_of_parts: (parts) => `arg_max(${at(parts, 0).sql}, ${at(parts, 1).sql})`,
  avg_of_sums: (parts) => mean(`sum(${at(parts, 0).sql})`, `sum(${at(parts, 1).sql})`),
};

function isReal(type: DataType): boolean {
  return type.kind === "double" || type.kind === "float";
}

function present(name: string, value: string, order: string): string {
  return `${name}(${value}${orderedBy(order)}) FILTER (WHERE ${value} IS NOT NULL)`;
}

function orderedBy(order: string): string {
  return order === "" ? "" : ` ORDER BY ${order}`;
}

/** The same arithmetic whether the parts were added up in the scan or here. */
function mean(sum: string, count: string): string {
  return `CAST(${sum} AS DOUBLE) / nullif(CAST(${count} AS DOUBLE), 0)`;
}

function checkedSum(sum: string, aggregate: AggregateScalar, context: RenderContext): string {
  const fails = failWith(context, aggregate.span, "The sum is larger than a LONG can hold.");
  return `CASE WHEN ${sum} BETWEEN (-9223372036854775808) AND 9223372036854775807 THEN CAST(${sum} AS BIGINT) WHEN ${sum} IS NOT NULL THEN ${fails} END`;
}

function share({ scalar }: Argument, aggregate: AggregateScalar): string {
  const value = scalar.kind === "constant" ? Number(scalar.value) : Number.NaN;
  if (value >= 0 && value <= 1) return quoteValue(value, { kind: "double" });
  const { text } = aggregate.span.source;
  throw new Failure("engine-failed", "A percentile needs a share that is a constant from 0 to 1.", {
    help: `Write percentile(x, 0.95) instead of ${text.slice(aggregate.span.start, aggregate.span.end)}.`,
  });
}
