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
  context: AggregateContext,
) => string;

/** Where an aggregate is printed. */
export interface AggregateContext extends RenderContext {
  readonly order: string;
  /** ` OVER (…)` behind each aggregate of SQL; empty in groups. */
  readonly over: string;
}

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
  count: ([argument], _aggregate, { over }) => {
    if (argument === undefined) return `count(*)${over}`;
    return argument.type.kind === "boolean"
      ? `count(*) FILTER (WHERE ${argument.sql})${over}`
      : `count(${argument.sql})${over}`;
  },
  sum: (parts, aggregate, context) => {
    const { sql } = at(parts, 0);
    return isReal(aggregate.type)
      ? `sum(CAST(${sql} AS DOUBLE))${context.over}`
      : checkedSum(`sum(${sql})${context.over}`, aggregate, context);
  },
  avg: (parts, _aggregate, { over }) => {
    const { sql, type } = at(parts, 0);
    if (isReal(type)) return `avg(CAST(${sql} AS DOUBLE))${over}`;
    return mean(`sum(${sql})${over}`, `count(${sql})${over}`);
  },
  min: plain("min"),
  max: plain("max"),
  first: (parts, _aggregate, { order, over }) => present("first", at(parts, 0).sql, order, over),
  last: (parts, _aggregate, { order, over }) => present("last", at(parts, 0).sql, order, over),
  any: plain("min"),
  stddev: (parts, _aggregate, { over }) => `stddev_samp(CAST(${at(parts, 0).sql} AS DOUBLE))${over}`,
  corr: (parts, _aggregate, { over }) => {
    const [x, y] = [at(parts, 0), at(parts, 1)].map(({ sql }) => `CAST(${sql} AS DOUBLE)`);
    const value = `corr(${x}, ${y})${over}`;
    return `CASE WHEN isfinite(${value}) THEN ${value} END`;
  },
  count_distinct: (parts, _aggregate, { over }) => `count(DISTINCT ${at(parts, 0).sql})${over}`,
  approx_count_distinct: plain("approx_count_distinct"),
  median: (parts, _aggregate, { over }) => `quantile_cont(CAST(${at(parts, 0).sql} AS DOUBLE), 0.5)${over}`,
  percentile: (parts, aggregate, { over }) =>
    `quantile_cont(CAST(${at(parts, 0).sql} AS DOUBLE), ${share(at(parts, 1), aggregate)})${over}`,
  // Of values that are equally frequent the least counts, so that the answer does not depend on threads.
  mode: (parts, _aggregate, { over }) =>
    over === ""
      ? `mode(${at(parts, 0).sql} ORDER BY ${at(parts, 0).sql})`
      : `mode(${at(parts, 0).sql})${over}`,
  arg_min: (parts, _aggregate, { order, over }) =>
    `arg_min(${at(parts, 0).sql}, ${at(parts, 1).sql}${orderedBy(order)})${over}`,
  arg_max: (parts, _aggregate, { order, over }) =>
    `arg_max(${at(parts, 0).sql}, ${at(parts, 1).sql}${orderedBy(order)})${over}`,
  array_agg: (parts, _aggregate, { order, over }) =>
    `coalesce(${present("list", at(parts, 0).sql, order, over)}, [])`,
  sum_of_counts: (parts) => `CAST(coalesce(sum(${at(parts, 0).sql}), 0) AS BIGINT)`,
  sum_of_sums: (parts, aggregate, context) => checkedSum(`sum(${at(parts, 0).sql})`, aggregate, context),
  first_of_parts: (parts) => `arg_min(${at(parts, 0).sql}, ${at(parts, 1).sql})`,
  last_of_parts: (parts) => `arg_max(${at(parts, 0).sql}, ${at(parts, 1).sql})`,
  avg_of_sums: (parts) => mean(`sum(${at(parts, 0).sql})`, `sum(${at(parts, 1).sql})`),
};

function plain(name: string): RenderAggregate {
  return (parts, _aggregate, { over }) => `${name}(${at(parts, 0).sql})${over}`;
}

function isReal(type: DataType): boolean {
  return type.kind === "double" || type.kind === "float";
}

function present(name: string, value: string, order: string, over: string): string {
  if (over !== "" && name !== "list") return `${name}_value(${value} IGNORE NULLS)${over}`;
  return `${name}(${value}${orderedBy(order)}) FILTER (WHERE ${value} IS NOT NULL)${over}`;
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
