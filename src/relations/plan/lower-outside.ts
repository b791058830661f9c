/**
 * Takes what a row alone cannot give out of scalars: answers of outside functions and values of the rows around. Nodes below compute
 * them; columns stand in their place.
 */
import { type ColumnId, FUNCTIONS } from "#language";
import { Failure } from "#text";
import type { ColumnIds } from "./column-ids.ts";
import { outputsOf } from "./plan.ts";
import { columnsOf, replaceScalars, visitScalars } from "./scalar.ts";
import type { CallScalar, ColumnScalar, LookupItem, Plan, PlanItem, Scalar } from "./tree.ts";

const OUTSIDE: ReadonlySet<string> = new Set(
  FUNCTIONS.filter((entry) => entry.category === "outside").map((entry) => entry.name),
);

/** Whether a scalar asks something outside the query. */
export function asksOutside(scalar: Scalar): boolean {
  let asks = false;
  visitScalars(scalar, (part) => {
    asks ||= part.kind === "call" && OUTSIDE.has(part.function);
    return !asks;
  });
  return asks;
}

/** Nodes put above an input, one by one. */
class Tower {
  plan: Plan;
  readonly #ids: ColumnIds;
  readonly #known = new Map<string, ColumnScalar>();

  constructor(plan: Plan, ids: ColumnIds) {
    this.plan = plan;
    this.#ids = ids;
  }

  /** The scalar with columns in the place of outside calls. Calls in a branch of CASE are asked only for the branch's rows. */
  take(scalar: Scalar): Scalar {
    if (!asksOutside(scalar)) return scalar;
    if (scalar.kind === "call" && OUTSIDE.has(scalar.function)) return this.#ask(scalar);
    if (scalar.kind === "call" && scalar.function === "case") return this.#takeCase(scalar);
    return replaceScalars(scalar, (part) => {
      const isPart = part !== scalar && part.kind === "call";
      return isPart && asksOutside(part) && (OUTSIDE.has(part.function) || part.function === "case")
        ? this.take(part)
        : null;
    });
  }

  #takeCase(scalar: CallScalar): Scalar {
    const parts: Scalar[] = [];
    const earlier: Scalar[] = [];
    for (let index = 0; index + 1 < scalar.arguments.length; index += 2) {
      const [when, value] = [scalar.arguments[index], scalar.arguments[index + 1]];
      if (when === undefined || value === undefined) continue;
      const condition = this.take(when);
      earlier.push(condition);
      parts.push(condition, this.take(guarded(value, condition)));
    }
    const otherwise = scalar.arguments.length % 2 === 1 ? scalar.arguments.at(-1) : undefined;
    if (otherwise !== undefined) parts.push(this.take(guarded(otherwise, noneOf(earlier))));
    return { ...scalar, arguments: parts };
  }

  #ask(call: CallScalar): ColumnScalar {
    const key = JSON.stringify(call, (name, value: unknown) =>
      name === "span" ? undefined : typeof value === "bigint" ? `${value}n` : value,
    );
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const values = call.arguments.map((argument) => this.#asColumn(this.take(argument)));
    const { type, span } = call;
    const column = this.#ids.next();
    const item: LookupItem = { column, function: call.function, arguments: values, type, span };
    const below = this.plan;
    const isSameNode =
      below.kind === "lookup" &&
      values.every((value) => !below.items.some((each) => each.column === value.column));
    this.plan = isSameNode
      ? { ...below, items: [...below.items, item] }
      : { kind: "lookup", input: below, items: [item] };
    const answer: ColumnScalar = { kind: "column", column, type, span };
    this.#known.set(key, answer);
    return answer;
  }

  #asColumn(scalar: Scalar): ColumnScalar {
    if (scalar.kind === "column") return scalar;
    const column = this.#ids.next();
    this.plan = withWindows(this.plan, [{ column, scalar }], this.#ids);
    return { kind: "column", column, type: scalar.type, span: scalar.span };
  }
}

/** The scalar with the arguments of its outside calls NULL where a condition does not hold. */
function guarded(scalar: Scalar, condition: Scalar): Scalar {
  return replaceScalars(scalar, (part) => {
    if (part.kind !== "call" || !OUTSIDE.has(part.function)) return null;
    const values = part.arguments.map(
      (argument, index): Scalar =>
        index > 0
          ? argument
          : {
              kind: "call",
              function: "case",
              arguments: [condition, argument],
              type: argument.type,
              span: part.span,
            },
    );
    return { ...part, arguments: values };
  });
}

function noneOf(conditions: readonly Scalar[]): Scalar {
  const [first] = conditions;
  if (first === undefined) throw new Error("Internal error: CASE has a branch");
  const { span } = first;
  const type = { kind: "boolean" } as const;
  const no: Scalar = { kind: "constant", value: false, type, span };
  const known = conditions.map(
    (condition): Scalar => ({
      kind: "call",
      function: "coalesce",
      arguments: [condition, no],
      type,
      span,
    }),
  );
  const some: Scalar = { kind: "call", function: "or", arguments: known, type, span };
  return { kind: "call", function: "not", arguments: [some], type, span };
}

/** The input with all answers, and the scalars that read them. */
export function withAnswers(
  input: Plan,
  scalars: readonly Scalar[],
  ids: ColumnIds,
): { readonly input: Plan; readonly scalars: readonly Scalar[] } {
  const tower = new Tower(input, ids);
  const taken = scalars.map((scalar) => tower.take(scalar));
  return { input: tower.plan, scalars: taken };
}

/** As `withAnswers`, for scalars over two inputs: each call must look at one of them. */
export function withAnswersOfSides(
  sides: { readonly left: Plan; readonly right: Plan },
  scalars: readonly Scalar[],
  ids: ColumnIds,
): { readonly left: Plan; readonly right: Plan; readonly scalars: readonly Scalar[] } {
  const left = new Tower(sides.left, ids);
  const right = new Tower(sides.right, ids);
  const ofLeft = outputsOf(sides.left);
  const ofRight = outputsOf(sides.right);
  const taken = scalars.map((scalar) =>
    replaceScalars(scalar, (part) => {
      if (part.kind !== "call" || !OUTSIDE.has(part.function)) return null;
      const read = [...columnsOf(part)];
      if (read.every((column) => ofLeft.has(column))) return left.take(part);
      if (read.every((column) => ofRight.has(column))) return right.take(part);
      throw new Failure("engine-failed", "A join cannot ask about values of both of its streams at once.", {
        help: "Join first, then ask in a select or filter.",
      });
    }),
  );
  return { left: left.plan, right: right.plan, scalars: taken };
}

/** Computed columns over an input, whatever they look at. */
export function projectOver(input: Plan, items: readonly PlanItem[], ids: ColumnIds): Plan {
  const answered = withAnswers(
    input,
    items.map((item) => item.scalar),
    ids,
  );
  const taken = items.map((item, index) => ({ ...item, scalar: answered.scalars[index] ?? item.scalar }));
  return withWindows(answered.input, taken, ids);
}

/** Windows become columns of a node of their own. */
function withWindows(input: Plan, items: readonly PlanItem[], ids: ColumnIds): Plan {
  const windows: PlanItem[] = [];
  const replaced = items.map((item) => ({
    ...item,
    scalar: replaceScalars(item.scalar, (part) => {
      if (part.kind !== "window") return null;
      const column = ids.next();
      windows.push({ column, scalar: part });
      return { kind: "column", column, type: part.type, span: part.span };
    }),
  }));
  const below: Plan = windows.length === 0 ? input : { kind: "window", input, items: windows };
  return { kind: "project", input: below, items: replaced };
}

/** A group; what it asks about keys and aggregates is asked once per group. */
export function lowerGroup(
  input: Plan,
  group: { readonly keys: readonly PlanItem[]; readonly aggregates: readonly PlanItem[] },
  ids: ColumnIds,
): Plan {
  const above = group.aggregates.filter((item) => asksAboutGroup(item.scalar));
  const parts: PlanItem[] = [];
  const late = above.map(
    (item): PlanItem => ({
      ...item,
      scalar: replaceScalars(item.scalar, (part) => {
        if (part.kind !== "aggregate") return null;
        const column = ids.next();
        parts.push({ column, scalar: part });
        return { kind: "column", column, type: part.type, span: part.span };
      }),
    }),
  );
  const own = [...group.aggregates.filter((item) => !above.includes(item)), ...parts];
  const scalars = [...group.keys, ...own].map((item) => item.scalar);
  const answered = withAnswers(input, scalars, ids);
  const taken = [...group.keys, ...own].map((item, index) => ({
    ...item,
    scalar: answered.scalars[index] ?? item.scalar,
  }));
  const plan: Plan = {
    kind: "group",
    input: answered.input,
    keys: taken.slice(0, group.keys.length),
    aggregates: taken.slice(group.keys.length),
  };
  return late.length === 0 ? plan : projectOver(plan, late, ids);
}

/** Whether an outside call stands around aggregates or keys, rather than inside an aggregate. */
function asksAboutGroup(scalar: Scalar): boolean {
  let asks = false;
  visitScalars(scalar, (part) => {
    if (part.kind === "aggregate") return false;
    asks ||= part.kind === "call" && OUTSIDE.has(part.function);
    return !asks;
  });
  return asks;
}

/** Rows written in the script; those that ask outside are asked column by column. */
export function valuesOf(
  columns: (Plan & { readonly kind: "values" })["columns"],
  rows: readonly (readonly Scalar[])[],
  ids: ColumnIds,
): Plan {
  if (!rows.some((row) => row.some(asksOutside))) return { kind: "values", columns, rows };
  const inputs = rows.map((row): Plan => {
    const items = row.map((scalar, index) => ({ column: columns[index]?.id ?? ids.next(), scalar }));
    return projectOver({ kind: "values", columns: [], rows: [[]] }, items, ids);
  });
  const places: readonly ColumnId[] = columns.map((column) => column.id);
  return { kind: "union", columns, inputs, columnsOf: inputs.map(() => places) };
}
