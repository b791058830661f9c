/**
 * Prints a plan as one statement: a step per node (`WITH s1 AS (…), s2 AS (…)`), each with the columns that something above reads.
 *
 * Order. Rows have one, and SQL's relations have none, so each step says how it can be had: `stream`, as the rows come (leaves are
 * read by one thread, and filters and computed columns keep their order), or by sorting by columns that the step carries along.
 */

import type { ColumnId, DataType } from "#language";
import { unreachable } from "#text";
import type { LeafType } from "../engine/messages.ts";
import { LISTING_TYPES } from "../plan/lower.ts";
import { outputsOf, scanColumns } from "../plan/plan.ts";
import { columnsOf, visitScalars } from "../plan/scalar.ts";
import type {
  DistinctPlan,
  DualPlan,
  GroupPlan,
  JoinPlan,
  LeafPlan,
  LimitPlan,
  NearestPlan,
  Plan,
  PlanItem,
  ProjectPlan,
  SamplePlan,
  Scalar,
  SortPlan,
  TailPlan,
  UnionPlan,
  UnnestPlan,
  ValuesPlan,
  WindowPlan,
} from "../plan/tree.ts";
import { typedOutputs } from "../plan/typed-outputs.ts";
import { ORDER_SENSITIVE } from "./aggregates.ts";
import { castSql } from "./casts.ts";
import { columnName, printScalar, type ScalarContext } from "./print-scalar.ts";
import { quoteTyped } from "./quote.ts";
import type { Fragment, RenderContext } from "./render.ts";
import { sqlTypeOf } from "./sql-type.ts";

/** A column that a leaf must give. */
export interface StatementLeafColumn {
  readonly name: string;
  readonly type: LeafType;
  /** The plan's column, or the rows' running number. */
  readonly column: ColumnId | "ordinal";
}

/** What `leaf(n)` reads in a statement. */
export interface StatementLeaf {
  readonly plan: LeafPlan;
  readonly columns: readonly StatementLeafColumn[];
}

/** A printed plan. */
export interface Statement {
  readonly sql: string;
  readonly leaves: readonly StatementLeaf[];
  readonly fragments: readonly Fragment[];
}

/** Whether and how the rows' order is wanted: not at all, somehow, or as columns to sort by. */
type Demand = "none" | "any" | "keys";

/** Columns to sort by, first to last; null: the rows come in order. */
type Order = readonly OrderKey[] | null;
interface OrderKey {
  readonly column: string;
  readonly isDescending: boolean;
}

interface Step {
  readonly name: string;
  readonly order: Order;
}

/** The statement whose result has the columns `wanted`, in order. */
export function printPlan(plan: Plan, wanted: readonly ColumnId[], context: RenderContext): Statement {
  const printer = new PlanPrinter(context);
  const last = printer.print(plan, new Set(wanted), "any");
  const names = wanted.length === 0 ? "1 AS c" : wanted.map(columnName).join(", ");
  const select = `SELECT ${names} FROM ${last.name}${orderBy(last.order)}`;
  const { steps, leaves } = printer;
  return { sql: `WITH ${steps.join(",\n")}\n${select}`, leaves, fragments: context.fragments };
}

function orderBy(order: Order): string {
  return order === null || order.length === 0 ? "" : ` ORDER BY ${orderTerms(order)}`;
}

function orderTerms(order: readonly OrderKey[]): string {
  return order.map((key) => `${key.column} ${key.isDescending ? "DESC" : "ASC"} NULLS LAST`).join(", ");
}

class PlanPrinter {
  readonly steps: string[] = [];
  readonly leaves: StatementLeaf[] = [];
  readonly #context: RenderContext;
  #orderColumns = 0;

  constructor(context: RenderContext) {
    this.#context = context;
  }

  /** Prints a plan's steps; the last one has the needed columns and, by the demand, those of the order. */
  print(plan: Plan, needed: ReadonlySet<ColumnId>, demand: Demand): Step {
    switch (plan.kind) {
      case "scan":
      case "listing":
      case "table":
      case "lookup":
      case "save":
        return this.#leaf(plan, needed, demand);
      case "values":
        return this.#values(plan, demand);
      case "dual":
        return this.#dual(plan, demand);
      case "filter": {
        const input = this.print(plan.input, union(needed, columnsOf(plan.condition)), demand);
        return this.#step({
          columns: pass(needed, input.order),
          from: input,
          where: this.#scalar(plan.condition),
        });
      }
      case "project":
        return this.#project(plan, needed, demand);
      case "group":
        return this.#group(plan, needed, demand);
      case "sort":
        return this.#sort(plan, needed, demand);
      case "limit":
        return this.#limit(plan, needed, demand);
      case "distinct":
        return this.#distinct(plan, needed, demand);
      case "join":
        return this.#join(plan, needed, demand);
      case "union":
        return this.#union(plan, needed, demand);
      case "window":
        return this.#window(plan, needed);
      case "unnest":
        return this.#unnest(plan, needed, demand);
      case "tail":
      case "sample":
        return this.#chosen(plan, needed);
      case "nearest":
        return this.#nearest(plan, needed);
      default:
        return unreachable(plan);
    }
  }

  #add(sql: string, order: Order): Step {
    const name = `s${this.steps.length + 1}`;
    this.steps.push(`${name} AS NOT MATERIALIZED (${sql})`);
    return { name, order };
  }

  #step(parts: {
    columns: readonly string[];
    from: Step;
    where?: string;
    order?: Order;
    rest?: string;
  }): Step {
    const { columns, from, where, rest = "" } = parts;
    const list = columns.length === 0 ? "1 AS c" : columns.join(", ");
    const condition = where === undefined ? "" : ` WHERE ${where}`;
    const order = parts.order === undefined ? from.order : parts.order;
    return this.#add(`SELECT ${list} FROM ${from.name}${condition}${rest}`, order);
  }

  #scalar(scalar: Scalar, order = ""): string {
    return printScalar(scalar, this.#scalarContext(order));
  }

  #scalarContext(order: string): ScalarContext {
    return {
      ...this.#context,
      order,
      printPlan: (plan, column) => this.print(plan, new Set([column]), "none").name,
    };
  }

  #orderColumn(): string {
    this.#orderColumns++;
    return `o${this.#orderColumns}`;
  }

  #leaf(plan: LeafPlan, needed: ReadonlySet<ColumnId>, demand: Demand): Step {
    const given = leafColumns(plan);
    const columns: StatementLeafColumn[] = given
      .filter((column) => needed.has(column.column))
      .map(({ column, type }) => ({ name: columnName(column), type, column }));
    const ordinal = this.#orderColumn();
    const names = columns.map((column) => column.name);
    if (demand === "keys") names.push(ordinal);
    columns.push({ name: ordinal, type: { kind: "long" }, column: "ordinal" });
    this.leaves.push({ plan, columns });
    const list = names.length === 0 ? "1 AS c" : names.join(", ");
    return this.#add(`SELECT ${list} FROM leaf(${this.leaves.length - 1})`, ordinalOrder(demand, ordinal));
  }

  #values(plan: ValuesPlan, demand: Demand): Step {
    const ordinal = this.#orderColumn();
    const names = [...plan.columns.map((column) => columnName(column.id)), ordinal];
    const rows = plan.rows.map((row, index) => {
      const cells = row.map((cell, place) => {
        const type = plan.columns[place]?.type ?? cell.type;
        return index === 0 ? `CAST(${this.#cell(cell, type)} AS ${sqlTypeOf(type)})` : this.#cell(cell, type);
      });
      return `(${[...cells, String(index)].join(", ")})`;
    });
    const nothing = plan.columns.map((column) => quoteTyped(null, column.type));
    const sql =
      rows.length === 0
        ? `SELECT * FROM (VALUES (${[...nothing, "0"].join(", ")})) AS v(${names.join(", ")}) WHERE FALSE`
        : `SELECT * FROM (VALUES ${rows.join(", ")}) AS v(${names.join(", ")})`;
    return this.#add(sql, ordinalOrder(demand, ordinal));
  }

  #cell(cell: Scalar, type: DataType): string {
    return castSql(this.#scalar(cell), cell.type, type, this.#context);
  }

  #dual(plan: DualPlan, demand: Demand): Step {
    const ordinal = this.#orderColumn();
    const values: Readonly<Record<string, string>> = {
      i: "range",
      t: `range + ${this.#context.nowMs}`,
      s: "'row ' || range",
      ip: `281470681743360::UHUGEINT + CAST(range % 4294967296 AS UHUGEINT)`,
    };
    const columns = plan.columns.map(
      (column) =>
        `CAST(${values[column.name] ?? "NULL"} AS ${sqlTypeOf(column.type)}) AS ${columnName(column.id)}`,
    );
    const sql = `SELECT ${[...columns, `range AS ${ordinal}`].join(", ")} FROM range(${plan.rowCount})`;
    return this.#add(sql, ordinalOrder(demand, ordinal));
  }

  #project(plan: ProjectPlan, needed: ReadonlySet<ColumnId>, demand: Demand): Step {
    const items = plan.items.filter((item) => needed.has(item.column));
    const computed = new Set(plan.items.map((item) => item.column));
    const passed = new Set([...needed].filter((column) => !computed.has(column)));
    const below = union(passed, columnsOf(...items.map((item) => item.scalar)));
    const input = this.print(plan.input, below, demand);
    return this.#step({ columns: [...pass(passed, input.order), ...this.#items(items)], from: input });
  }

  #items(items: readonly PlanItem[], order = ""): string[] {
    return items.map(({ column, scalar }) => {
      const sql = this.#scalar(scalar, order);
      return `${scalar.type.kind === "null" ? "CAST(NULL AS INTEGER)" : sql} AS ${columnName(column)}`;
    });
  }

  /** Keys become columns of a step of their own, so that items can mix them with aggregates. */
  #group(plan: GroupPlan, needed: ReadonlySet<ColumnId>, demand: Demand): Step {
    const items = plan.aggregates.filter((item) => needed.has(item.column));
    const isOrdered = items.some((item) => hasOrderSensitive(item.scalar));
    const keyIds = new Set(plan.keys.map((key) => key.column));
    const read = new Set([...columnsOf(...items.map((item) => item.scalar))].filter((id) => !keyIds.has(id)));
    const isSame = (key: PlanItem) => key.scalar.kind === "column" && key.scalar.column === key.column;
    const below = union(read, columnsOf(...plan.keys.map((key) => key.scalar)));
    const input = this.print(plan.input, below, isOrdered ? "keys" : "none");
    const keyed = this.#step({
      columns: [
        ...pass(union(read, new Set(plan.keys.filter(isSame).map((key) => key.column))), input.order),
        ...this.#items(plan.keys.filter((key) => !isSame(key))),
      ],
      from: input,
    });
    const keyNames = plan.keys.map((key) => columnName(key.column));
    const order = input.order === null ? "" : orderTerms(input.order);
    const grouped = keyNames.length === 0 ? "" : ` GROUP BY ${keyNames.join(", ")}`;
    const list = [
      ...keyNames,
      ...this.#items(this.#resolvePlainKeys(items, plan.keys), isOrdered ? order : ""),
    ];
    const keys = keyNames.map((column): OrderKey => ({ column, isDescending: false }));
    return this.#step({
      columns: list,
      from: keyed,
      rest: grouped,
      order: demand === "none" ? [] : keys,
    });
  }

  /** Items name keys by their own column; where they name the column that a key is made of, it is the same. */
  #resolvePlainKeys(items: readonly PlanItem[], keys: readonly PlanItem[]): readonly PlanItem[] {
    const plain = new Map<ColumnId, ColumnId>();
    for (const key of keys) if (key.scalar.kind === "column") plain.set(key.scalar.column, key.column);
    const resolve = (scalar: Scalar): Scalar => {
      if (scalar.kind === "column") return { ...scalar, column: plain.get(scalar.column) ?? scalar.column };
      return scalar.kind === "call" ? { ...scalar, arguments: scalar.arguments.map(resolve) } : scalar;
    };
    return items.map((item) => ({ ...item, scalar: resolve(item.scalar) }));
  }

  #sort(plan: SortPlan, needed: ReadonlySet<ColumnId>, demand: Demand): Step {
    if (demand === "none") return this.print(plan.input, needed, "none");
    const below = union(needed, columnsOf(...plan.keys.map((key) => key.scalar)));
    const input = this.print(plan.input, below, "keys");
    const keys = plan.keys
      .filter((key) => key.scalar.type.kind !== "null")
      .map((key) => ({ column: this.#orderColumn(), isDescending: key.isDescending, scalar: key.scalar }));
    const columns = keys.map((key) => `${this.#scalar(key.scalar)} AS ${key.column}`);
    return this.#step({
      columns: [...pass(needed, input.order), ...columns],
      from: input,
      order: [...keys.map(({ column, isDescending }) => ({ column, isDescending })), ...(input.order ?? [])],
    });
  }

  #limit(plan: LimitPlan, needed: ReadonlySet<ColumnId>, demand: Demand): Step {
    const input = this.print(plan.input, needed, demand === "keys" ? "keys" : "any");
    return this.#step({
      columns: pass(needed, input.order),
      from: input,
      rest: `${orderBy(input.order)} LIMIT ${plan.rowCount}`,
    });
  }

  #distinct(plan: DistinctPlan, needed: ReadonlySet<ColumnId>, demand: Demand): Step {
    const alike = new Set(plan.columns);
    const others = [...needed].filter((column) => !alike.has(column));
    const isPlain = demand === "none" && others.length === 0;
    const input = this.print(plan.input, union(needed, alike), isPlain ? "none" : "keys");
    const names = plan.columns.map(columnName);
    if (isPlain)
      return this.#step({ columns: names, from: input, rest: ` GROUP BY ${names.join(", ")}`, order: [] });
    const { step, ordinal } = this.#withOrdinal(input, [...alike, ...others]);
    const column = this.#orderColumn();
    const first = others.map(
      (other) => `first(${columnName(other)} ORDER BY ${ordinal}) AS ${columnName(other)}`,
    );
    return this.#step({
      columns: [...names, ...first, `min(${ordinal}) AS ${column}`],
      from: step,
      rest: names.length === 0 ? " HAVING count(*) > 0" : ` GROUP BY ${names.join(", ")}`,
      order: demand === "none" ? [] : [{ column, isDescending: false }],
    });
  }

  /** A step whose order is one number per row. */
  #withOrdinal(input: Step, columns: readonly ColumnId[]): { step: Step; ordinal: string } {
    const [key, ...others] = input.order ?? [];
    const isOne = key !== undefined && others.length === 0 && !key.isDescending;
    if (isOne) return { step: input, ordinal: key.column };
    const ordinal = this.#orderColumn();
    const terms =
      input.order === null || input.order.length === 0 ? "" : `ORDER BY ${orderTerms(input.order)}`;
    const step = this.#step({
      columns: [...columns.map(columnName), `row_number() OVER (${terms}) AS ${ordinal}`],
      from: input,
      order: [{ column: ordinal, isDescending: false }],
    });
    return { step, ordinal };
  }

  #join(plan: JoinPlan, needed: ReadonlySet<ColumnId>, demand: Demand): Step {
    const read = union(needed, columnsOf(plan.condition));
    const isHalf = plan.joinType === "semi" || plan.joinType === "anti";
    const sideDemand = demand === "none" ? "none" : "keys";
    const left = this.print(plan.left, intersection(read, outputsOf(plan.left)), sideDemand);
    const right = this.print(
      plan.right,
      intersection(read, outputsOf(plan.right)),
      isHalf ? "none" : sideDemand,
    );
    const order = [...(left.order ?? []), ...(isHalf ? [] : (right.order ?? []))];
    const words = plan.joinType.toUpperCase();
    const from = `${left.name} ${words} JOIN ${right.name} ON ${this.#scalar(plan.condition)}`;
    const columns = [...pass(needed, order)];
    return this.#add(`SELECT ${columns.length === 0 ? "1 AS c" : columns.join(", ")} FROM ${from}`, order);
  }

  #window(plan: WindowPlan, needed: ReadonlySet<ColumnId>): Step {
    const items = plan.items.filter((item) => needed.has(item.column));
    const own = new Set(plan.items.map((item) => item.column));
    const passed = new Set([...needed].filter((column) => !own.has(column)));
    const below = union(passed, columnsOf(...items.map((item) => item.scalar)));
    const input = this.print(plan.input, below, "keys");
    const order = input.order === null ? "" : orderTerms(input.order);
    return this.#step({ columns: [...pass(passed, input.order), ...this.#items(items, order)], from: input });
  }

  #unnest(plan: UnnestPlan, needed: ReadonlySet<ColumnId>, demand: Demand): Step {
    const own = new Set(plan.items.map((item) => item.column));
    const passed = new Set([...needed].filter((column) => !own.has(column)));
    const below = union(passed, columnsOf(...plan.items.map((item) => item.scalar)));
    const input = this.print(plan.input, below, demand);
    const arrays = plan.items.map(({ column, scalar }) => ({ column, sql: this.#scalar(scalar) }));
    const columns = [
      ...pass(passed, input.order),
      ...arrays.map(({ column, sql }) => `unnest(${sql}) AS ${columnName(column)}`),
    ];
    if (demand === "none" || input.order === null) return this.#step({ columns, from: input });
    const subscript = this.#orderColumn();
    const lengths = arrays.map(({ sql }) => `coalesce(len(${sql}), 0)`);
    const longest = lengths.length === 1 ? lengths.join("") : `greatest(${lengths.join(", ")})`;
    columns.push(`unnest(generate_series(1, ${longest})) AS ${subscript}`);
    const order = [...input.order, { column: subscript, isDescending: false }];
    return this.#step({ columns, from: input, order });
  }

  /** The last rows, or some: by a number per row that says nothing about it but is the same in every run. */
  #chosen(plan: TailPlan | SamplePlan, needed: ReadonlySet<ColumnId>): Step {
    const input = this.print(plan.input, needed, "keys");
    const { step, ordinal } = this.#withOrdinal(input, [...needed]);
    const by = plan.kind === "tail" ? `${ordinal} DESC` : `hash(${ordinal}), ${ordinal}`;
    const order = [{ column: ordinal, isDescending: false }];
    return this.#step({
      columns: pass(needed, order),
      from: step,
      order,
      rest: ` ORDER BY ${by} LIMIT ${plan.rowCount}`,
    });
  }

  /** All pairs that are near enough, then the best of each left row; one to one, then the best of each right row among these. */
  #nearest(plan: NearestPlan, needed: ReadonlySet<ColumnId>): Step {
    const read = union(needed, columnsOf(plan.condition, plan.leftTime, plan.rightTime));
    const [ofLeft, ofRight] = [outputsOf(plan.left), outputsOf(plan.right)].map((own) =>
      intersection(read, own),
    );
    if (ofLeft === undefined || ofRight === undefined)
      throw new Error("Internal error: a join has two sides");
    const left = this.#withOrdinal(this.print(plan.left, ofLeft, "keys"), [...ofLeft]);
    const right = this.#withOrdinal(this.print(plan.right, ofRight, "keys"), [...ofRight]);
    const [leftTime, rightTime, best, others] = [0, 1, 2, 3].map(() => this.#orderColumn());
    const wide = (scalar: Scalar) => `CAST(${this.#scalar(scalar)} AS HUGEINT)`;
    const [from, to] = [wide(plan.leftTime), wide(plan.rightTime)];
    const near = `${to} BETWEEN ${from} - ${plan.withinMs} AND ${from} + ${plan.withinMs}`;
    const leftNames = [...ofLeft].map(columnName);
    const rightNames = [...ofRight].map(columnName);
    const all = [...leftNames, left.ordinal, ...rightNames, right.ordinal];
    const pairs = this.#add(
      `SELECT ${all.join(", ")}, ${from} AS ${leftTime}, ${to} AS ${rightTime} FROM ${left.step.name} ` +
        `${plan.joinType.toUpperCase()} JOIN ${right.step.name} ON ${this.#scalar(plan.condition)} AND ${near}`,
      [],
    );
    const distance = `abs(${leftTime} - ${rightTime})`;
    const ranked = this.#add(
      `SELECT *, row_number() OVER (PARTITION BY ${left.ordinal} ORDER BY ${distance} NULLS LAST, ${rightTime}, ${right.ordinal}) AS ${best}, ` +
        `greatest(count(${right.ordinal}) OVER (PARTITION BY ${left.ordinal}) - 1, 0) AS ${others} FROM ${pairs.name}`,
      [],
    );
    const chosen = this.#add(`SELECT * FROM ${ranked.name} WHERE ${best} = 1`, []);
    const order = [{ column: left.ordinal, isDescending: false }];
    const given = intersection(needed, new Set([...ofLeft, ...ofRight]));
    const columns = [
      ...pass(given, order),
      ...(needed.has(plan.others) ? [`${others} AS ${columnName(plan.others)}`] : []),
    ];
    if (!plan.isOneToOne) return this.#step({ columns, from: chosen, order });
    const place = this.#orderColumn();
    const numbered = this.#add(
      `SELECT *, row_number() OVER (PARTITION BY ${right.ordinal} ORDER BY ${distance}, ${leftTime}, ${left.ordinal}) AS ${place} FROM ${chosen.name}`,
      [],
    );
    if (plan.joinType === "inner")
      return this.#step({ columns, from: numbered, order, where: `${place} = 1` });
    const kept = new Set(rightNames);
    const masked = columns.map((column) =>
      kept.has(column) ? `CASE WHEN ${place} = 1 THEN ${column} END AS ${column}` : column,
    );
    return this.#step({ columns: masked, from: numbered, order });
  }

  #union(plan: UnionPlan, needed: ReadonlySet<ColumnId>, demand: Demand): Step {
    const places = plan.columns.flatMap((column, index) =>
      needed.has(column.id) ? [{ column, index }] : [],
    );
    const inputs = plan.inputs.map((input, position) => {
      const ids = plan.columnsOf[position] ?? [];
      const below = new Set(places.flatMap(({ index }) => ids[index] ?? []));
      return { ids, below, step: this.print(input, below, demand) };
    });
    const isStream = demand !== "keys" && inputs.every(({ step }) => step.order === null);
    const isOrdered = demand !== "none" && !isStream;
    const [branch, ordinal] = isOrdered ? [this.#orderColumn(), this.#orderColumn()] : ["", ""];
    const selects = inputs.map(({ ids, below, step }, position) => {
      const numbered = isOrdered ? this.#withOrdinal(step, [...below]) : null;
      const columns = places.map(({ column, index }) => {
        const id = ids[index] ?? null;
        const source = id === null ? "NULL" : columnName(id);
        return `CAST(${source} AS ${sqlTypeOf(column.type)}) AS ${columnName(column.id)}`;
      });
      if (numbered !== null) columns.push(`${position} AS ${branch}`, `${numbered.ordinal} AS ${ordinal}`);
      const list = columns.length === 0 ? "1 AS c" : columns.join(", ");
      return `SELECT ${list} FROM ${(numbered?.step ?? step).name}`;
    });
    const order = [branch, ordinal].map((column) => ({ column, isDescending: false }));
    return this.#add(selects.join(" UNION ALL "), isOrdered ? order : isStream ? null : []);
  }
}

function ordinalOrder(demand: Demand, column: string): Order {
  return demand === "keys" ? [{ column, isDescending: false }] : null;
}

/** The columns that a leaf gives, with their types. */
export function leafColumns(plan: Plan): readonly { column: ColumnId; type: LeafType }[] {
  switch (plan.kind) {
    case "scan":
      return scanColumns(plan);
    case "listing":
      return plan.columns.map(({ column, field }) => ({ column, type: LISTING_TYPES[field] }));
    case "table":
      return plan.columns;
    case "lookup":
      return [...typedOutputs(plan.input), ...plan.items];
    case "save":
      return typedOutputs(plan.input);
    default:
      return [];
  }
}

/** The names of columns that a step takes over from its input, those of the order included. */
function pass(columns: ReadonlySet<ColumnId>, order: Order): string[] {
  const names = [...columns].map(columnName);
  return [...new Set([...names, ...(order ?? []).map((key) => key.column)])];
}

function union(a: ReadonlySet<ColumnId>, b: ReadonlySet<ColumnId>): Set<ColumnId> {
  return new Set([...a, ...b]);
}

function intersection(a: ReadonlySet<ColumnId>, b: ReadonlySet<ColumnId>): Set<ColumnId> {
  return new Set([...a].filter((column) => b.has(column)));
}

function hasOrderSensitive(scalar: Scalar): boolean {
  let isFound = false;
  visitScalars(scalar, (part) => {
    isFound ||= part.kind === "aggregate" && ORDER_SENSITIVE.has(part.function);
    return !isFound;
  });
  return isFound;
}
