/**
 * Sends filters along to clusters that can search. They give every row for which the filter is true, and perhaps others: the filter stays, and
 * what the cluster leaves out need not travel.
 */
import type { ColumnId, Expression, ListingRelation, Relation, SearchableField } from "#language";
import { printAddress } from "#text";

/** A condition as a cluster takes it. */
type Clause = Readonly<Record<string, unknown>>;

/** What clauses are made with. */
interface Searching {
  readonly fields: ReadonlyMap<ColumnId, SearchableField>;
  /** How far times there and here may lie apart. */
  readonly toleranceMs: bigint;
}

/** Longer lists are not sent along. */
const MOST_VALUES = 1000;
/** Whole numbers up to here are the same in every type of numbers. */
const EXACT = 2n ** 53n;
/** Parts of milliseconds are cut off, here or there. */
const CUT_OFF_MS = 1n;
/** Times without a zone are in UTC there, and in the query's zone here: no zone is further away. */
const ZONES_APART_MS = 16n * 3_600_000n;

/**
 * The tree with searches behind the addresses of documents, after "#".
 *
 * @param isUtc  whether the query's time zone is UTC
 */
export function pushSearches(relation: Relation, isUtc: boolean): Relation {
  return push(relation, [], isUtc ? CUT_OFF_MS : ZONES_APART_MS);
}

/** An address with what is sent along to be read by people. */
export function shownAddress(uri: string): string {
  return uri.replace(/#(%7B.*)$/s, (_whole, search: string) => ` where ${decodeURIComponent(search)}`);
}

/** @param conditions  what must be true of the rows above, in columns that keep their ids */
function push(relation: Relation, conditions: readonly Expression[], toleranceMs: bigint): Relation {
  const on = (input: Relation, still: readonly Expression[] = []) => push(input, still, toleranceMs);
  switch (relation.kind) {
    case "listing":
    case "values":
    case "dual":
    case "table":
      return relation;
    case "parse": {
      const { listing } = relation;
      if (listing.kind !== "listing" || listing.searchable === undefined) return relation;
      return { ...relation, listing: searched(listing, listing.searchable, conditions, toleranceMs) };
    }
    case "filter":
      return { ...relation, input: on(relation.input, [...conditions, ...partsOf(relation.condition)]) };
    case "project": {
      const looksAround = relation.items.some(({ expression }) => hasWindow(expression));
      return { ...relation, input: on(relation.input, looksAround ? [] : conditions) };
    }
    case "sort":
    case "render":
      return { ...relation, input: on(relation.input, conditions) };
    case "join":
    case "nearest":
      return { ...relation, left: on(relation.left), right: on(relation.right) };
    case "union":
      return { ...relation, inputs: relation.inputs.map((input) => on(input)) };
    default:
      return { ...relation, input: on(relation.input) };
  }
}

function searched(
  listing: ListingRelation,
  searchable: readonly SearchableField[],
  conditions: readonly Expression[],
  toleranceMs: bigint,
): ListingRelation {
  const fields = new Map(searchable.map((field) => [field.column, field]));
  const clauses = conditions.flatMap((condition) => clauseOf(condition, { fields, toleranceMs }) ?? []);
  if (clauses.length === 0) return listing;
  // Why encoded: a path is looked through for parts that lead upwards, and values may look like them.
  const search = encodeURIComponent(JSON.stringify({ bool: { filter: clauses } }));
  return { ...listing, uris: listing.uris.map((uri) => `${uri}#${search}`) };
}

/** The parts that must all be true. */
function partsOf(condition: Expression): readonly Expression[] {
  const parts: Expression[] = [];
  const stack = [condition];
  for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
    if (part.kind === "call" && part.function === "and") stack.push(...part.arguments);
    else parts.push(part);
  }
  return parts;
}

/** Whether values depend on other rows. What may hold streams is taken to. */
function hasWindow(expression: Expression): boolean {
  const stack = [expression];
  for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
    switch (part.kind) {
      case "column":
      case "constant":
        break;
      case "call":
        stack.push(...part.arguments);
        break;
      case "member":
        stack.push(part.object);
        break;
      case "case":
        stack.push(...part.branches.flatMap(({ when, then }) => [when, then]));
        if (part.otherwise !== null) stack.push(part.otherwise);
        break;
      case "tuple":
        stack.push(...part.members);
        break;
      case "time-shift":
      case "time-truncate":
        stack.push(part.time);
        break;
      default:
        return true;
    }
  }
  return false;
}

/** The clause that is true wherever the condition is; null: there is none. */
function clauseOf(condition: Expression, searching: Searching): Clause | null {
  if (condition.kind === "column") {
    const field = searching.fields.get(condition.column);
    return field?.search === "boolean" ? { term: { [field.path]: true } } : null;
  }
  if (condition.kind !== "call") return null;
  const [first, second, third] = condition.arguments;
  if (condition.function === "or") return anyOf(condition.arguments, searching);
  if (first === undefined || second === undefined) return null;
  const field = fieldOf(first, searching);
  if (field === null) {
    const turned = TURNED[condition.function];
    const other = fieldOf(second, searching);
    return turned === undefined || other === null ? null : comparison(turned, other, first, searching);
  }
  if (condition.function === "in") return oneOf(field, condition.arguments.slice(1), searching);
  if (condition.function !== "between") return comparison(condition.function, field, second, searching);
  const bounds = [
    comparison("greater_equal", field, second, searching),
    third === undefined ? null : comparison("less_equal", field, third, searching),
  ].filter((bound) => bound !== null);
  return bounds.length === 0 ? null : { bool: { filter: bounds } };
}

/** Why not deeper: each level of "or" asks for its own; deep ones are rare, and stay here. */
function anyOf(operands: readonly Expression[], searching: Searching): Clause | null {
  const stack = [...operands];
  const clauses: Clause[] = [];
  for (let operand = stack.pop(); operand !== undefined; operand = stack.pop()) {
    if (operand.kind === "call" && operand.function === "or") stack.push(...operand.arguments);
    else {
      const clause = clauseOf(operand, searching);
      if (clause === null || clauses.push(clause) > MOST_VALUES) return null;
    }
  }
  return { bool: { should: clauses, minimum_should_match: 1 } };
}

function oneOf(field: SearchableField, values: readonly Expression[], searching: Searching): Clause | null {
  if (values.length > MOST_VALUES) return null;
  const clauses = values.map((value) => comparison("equal", field, value, searching));
  const told = clauses.filter((clause) => clause !== null);
  return told.length < clauses.length ? null : { bool: { should: told, minimum_should_match: 1 } };
}

function fieldOf(expression: Expression, { fields }: Searching): SearchableField | null {
  return expression.kind === "column" ? (fields.get(expression.column) ?? null) : null;
}

const TURNED: Readonly<Record<string, string>> = {
  equal: "equal",
  less: "greater",
  less_equal: "greater_equal",
  greater: "less",
  greater_equal: "less_equal",
};

const BOUNDS: Readonly<Record<string, readonly ("gte" | "lte" | "gt" | "lt")[]>> = {
  equal: ["gte", "lte"],
  less: ["lt"],
  less_equal: ["lte"],
  greater: ["gt"],
  greater_equal: ["gte"],
};

function comparison(
  operator: string,
  field: SearchableField,
  value: Expression,
  { toleranceMs }: Searching,
): Clause | null {
  const bounds = Object.hasOwn(BOUNDS, operator) ? BOUNDS[operator] : undefined;
  if (bounds === undefined || value.kind !== "constant" || value.value === null) return null;
  const { value: given, type } = value;
  switch (field.search) {
    case "time":
      return type.kind === "timestamp" && typeof given === "bigint"
        ? timeRange(field.path, bounds, given, toleranceMs)
        : null;
    case "number": {
      const number = exactNumber(given, type.kind);
      return number === null
        ? null
        : { range: { [field.path]: Object.fromEntries(bounds.map((bound) => [bound, number])) } };
    }
    default: {
      const term = operator === "equal" ? termOf(field, given, type.kind) : null;
      return term === null ? null : { term: { [field.path]: term } };
    }
  }
}

function timeRange(path: string, bounds: readonly string[], ms: bigint, toleranceMs: bigint): Clause {
  const limits = bounds.map((bound) =>
    bound.startsWith("g") ? ["gte", String(ms - toleranceMs)] : ["lte", String(ms + toleranceMs)],
  );
  return { range: { [path]: { ...Object.fromEntries(limits), format: "epoch_millis" } } };
}

/** A number as text: JSON's own may lose digits on the way. */
function exactNumber(value: unknown, kind: string): string | null {
  if (typeof value === "bigint") return kind === "long" ? String(value) : null;
  const isExact = typeof value === "number" && Number.isFinite(value) && Math.abs(value) < Number(EXACT);
  return isExact ? String(value) : null;
}

function termOf(field: SearchableField, value: unknown, kind: string): string | boolean | null {
  switch (field.search) {
    case "text": {
      const isFound =
        typeof value === "string" && value.length <= (field.mostCharacters ?? Number.POSITIVE_INFINITY);
      return isFound && kind === "string" ? value : null;
    }
    case "boolean":
      return typeof value === "boolean" ? value : null;
    default:
      if (kind === "ip" && typeof value === "bigint") return printAddress(value);
      return kind === "ipnet" && typeof value === "string" ? value : null;
  }
}
