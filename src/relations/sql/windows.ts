/** Functions that look at the rows around a row, in SQL. */
import type { Scalar, WindowScalar } from "../plan/tree.ts";
import { AGGREGATE_RENDERINGS, ORDER_SENSITIVE } from "./aggregates.ts";
import type { Argument, RenderContext } from "./render.ts";

const UP_TO_HERE = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW";
const ALL_ROWS = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING";

type RenderWindow = (call: WindowScalar, values: readonly string[], over: Over) => string;

/** The words inside `OVER (…)`. */
interface Over {
  readonly partition: string;
  /** What the script orders by; empty: nothing. */
  readonly keys: string;
  /** That, and the rows' own order behind it. */
  readonly rows: string;
}

/** How functions of the row order are printed. */
export const WINDOW_RENDERINGS: Readonly<Record<string, RenderWindow>> = {
  keep: (_call, [value], over) =>
    `last_value(${value} IGNORE NULLS) ${windowOf(over, over.rows, UP_TO_HERE)}`,
  lag: (call, [value], over) => `lag(${value}, ${distanceOf(call)}) ${windowOf(over, over.rows)}`,
  lead: (call, [value], over) => `lead(${value}, ${distanceOf(call)}) ${windowOf(over, over.rows)}`,
  row_number: (_call, _values, over) => `row_number() ${windowOf(over, over.rows)}`,
  rank: (_call, _values, over) => `rank() ${windowOf(over, over.keys === "" ? over.rows : over.keys)}`,
};

function distanceOf({ arguments: [, distance] }: WindowScalar): string {
  return distance?.kind === "constant" ? String(distance.value) : "1";
}

function windowOf({ partition }: Over, order: string, frame = ""): string {
  const words = [
    partition === "" ? "" : `PARTITION BY ${partition}`,
    order === "" ? "" : `ORDER BY ${order}`,
    frame,
  ];
  return `OVER (${words.filter((word) => word !== "").join(" ")})`;
}

/** A window as an SQL expression; `context.order` lists the columns of the rows' own order. */
export function printWindow(
  call: WindowScalar,
  context: RenderContext & { readonly order: string },
  print: (scalar: Scalar) => string,
): string {
  const keys = call.order
    .map((key) => `${print(key.scalar)} ${key.isDescending ? "DESC" : "ASC"} NULLS LAST`)
    .join(", ");
  const rows = [keys, context.order].filter((part) => part !== "").join(", ");
  const over: Over = { partition: call.partition.map(print).join(", "), keys, rows };
  const render = WINDOW_RENDERINGS[call.function];
  if (render !== undefined) return render(call, call.arguments.map(print), over);
  const aggregate = AGGREGATE_RENDERINGS[call.function];
  if (aggregate === undefined) throw new Error(`Internal error: no SQL for "${call.function}" over rows`);
  const values = call.arguments.map(
    (scalar): Argument => ({ sql: print(scalar), type: scalar.type, scalar }),
  );
  const { type, span } = call;
  const plain = {
    kind: "aggregate",
    function: call.function,
    arguments: call.arguments,
    type,
    span,
  } as const;
  return aggregate(values, plain, { ...context, order: "", over: ` ${aggregateWindow(call, over)}` });
}

/** With an order the rows up to this one, else the whole partition; DISTINCT and medians have no order inside a window. */
function aggregateWindow(call: WindowScalar, over: Over): string {
  if (call.order.length > 0) return windowOf(over, over.rows, UP_TO_HERE);
  return ORDER_SENSITIVE.has(call.function) ? windowOf(over, over.rows, ALL_ROWS) : windowOf(over, "");
}
