/** Moves conditions towards the scans and listings, which evaluate what they can. */

import type { ColumnId } from "#language";
import type { ScanPredicate } from "#records";
import { LISTING_TYPES, readsOnly, substitute } from "../plan/lower.ts";
import { LISTING_FIELDS, outputsOf } from "../plan/plan.ts";
import { columnsOf, conjunction, flatten, visitScalars } from "../plan/scalar.ts";
import type {
  FileChoice,
  JoinPlan,
  ListingPlan,
  Plan,
  ProjectPlan,
  Scalar,
  ScanPlan,
  UnionPlan,
} from "../plan/tree.ts";
import { allOf } from "./join-tests.ts";
import { type FindTestable, predicateOf } from "./predicate.ts";
import { testableColumn } from "./slots.ts";

/** Computed columns with more parts than this are not put into conditions in their place: they would be computed twice. */
const LARGEST_INLINED = 6;

/** The plan with its filters as far down as they go. */
export function pushFilters(plan: Plan): Plan {
  return push(plan, []);
}

/** The plan with conditions that hold for its rows. */
function push(plan: Plan, conditions: readonly Scalar[]): Plan {
  switch (plan.kind) {
    case "filter":
      return push(plan.input, [...flatten("and", plan.condition), ...conditions]);
    case "sort":
      return { ...plan, input: push(plan.input, conditions) };
    case "project":
      return pushThroughProject(plan, conditions);
    case "join":
      return pushThroughJoin(plan, conditions);
    case "union":
      return pushThroughUnion(plan, conditions);
    case "scan":
      return pushIntoScan(plan, conditions);
    case "listing":
      return pushIntoListing(plan, conditions);
    case "distinct": {
      const known = new Set(plan.columns);
      const [below, above] = split(conditions, (condition) => readsOnly(condition, known));
      return filtered({ ...plan, input: push(plan.input, below) }, above);
    }
    case "group": {
      const keys = new Set(plan.keys.map((key) => key.column));
      const [below, above] = split(
        conditions,
        (condition) => columnsOf(condition).size > 0 && readsOnly(condition, keys),
      );
      const moved = below.map((condition) => substitute(condition, plan.keys));
      return filtered({ ...plan, input: push(plan.input, moved) }, above);
    }
    case "limit":
    case "tail":
    case "sample":
    case "window":
    case "save":
      return filtered({ ...plan, input: push(plan.input, []) }, conditions);
    case "unnest":
    case "lookup": {
      const own = new Set(plan.items.map((item) => item.column));
      const [above, below] = split(conditions, (condition) =>
        [...columnsOf(condition)].some((column) => own.has(column)),
      );
      return filtered({ ...plan, input: push(plan.input, below) }, above);
    }
    case "nearest":
      return filtered({ ...plan, left: push(plan.left, []), right: push(plan.right, []) }, conditions);
    default:
      return filtered(plan, conditions);
  }
}

function filtered(plan: Plan, conditions: readonly Scalar[]): Plan {
  const condition = conjunction(conditions);
  return condition === null ? plan : { kind: "filter", input: plan, condition };
}

function split<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  const yes: T[] = [];
  const no: T[] = [];
  for (const item of items) (belongs(item) ? yes : no).push(item);
  return [yes, no];
}

function pushThroughProject(plan: ProjectPlan, conditions: readonly Scalar[]): Plan {
  const heavy = new Set(
    plan.items
      .filter((item) => sizeOf(item.scalar) > LARGEST_INLINED || mustStay(item.scalar))
      .map((item) => item.column),
  );
  const [below, above] = split(conditions, (condition) =>
    [...columnsOf(condition)].every((column) => !heavy.has(column)),
  );
  const moved = below.map((condition) => substitute(condition, plan.items));
  return filtered({ ...plan, input: push(plan.input, moved) }, above);
}

/** Calls that are not computed twice: they cost much, or give something else each time. */
const COMPUTED_ONCE: ReadonlySet<string> = new Set(["parse", "random"]);

function mustStay(scalar: Scalar): boolean {
  let isFound = false;
  visitScalars(scalar, (part) => {
    isFound ||= part.kind === "call" && COMPUTED_ONCE.has(part.function);
    return !isFound;
  });
  return isFound;
}

function sizeOf(scalar: Scalar): number {
  let size = 0;
  visitScalars(scalar, () => {
    size++;
    return size <= LARGEST_INLINED;
  });
  return size;
}

function pushThroughJoin(plan: JoinPlan, conditions: readonly Scalar[]): Plan {
  const left = outputsOf(plan.left);
  const right = outputsOf(plan.right);
  const { joinType } = plan;
  const [toLeft, notLeft] = split(
    conditions,
    (condition) => joinType !== "right" && joinType !== "full" && readsOnly(condition, left),
  );
  const [toRight, above] = split(
    notLeft,
    (condition) => (joinType === "inner" || joinType === "right") && readsOnly(condition, right),
  );
  // Parts of the join's condition that look at one side choose the rows of that side, unless the join keeps its rows anyhow.
  const [onRight, rest] = split(
    flatten("and", plan.condition),
    (part) => joinType !== "right" && joinType !== "full" && readsSome(part, right),
  );
  const [onLeft, both] = split(
    rest,
    (part) => (joinType === "inner" || joinType === "semi" || joinType === "right") && readsSome(part, left),
  );
  const condition = conjunction(both) ?? constantTrue(plan.condition);
  const joined: JoinPlan = {
    ...plan,
    condition,
    left: push(plan.left, [...toLeft, ...onLeft]),
    right: push(plan.right, [...toRight, ...onRight]),
  };
  return filtered(joined, above);
}

function readsSome(scalar: Scalar, columns: ReadonlySet<ColumnId>): boolean {
  return columnsOf(scalar).size > 0 && readsOnly(scalar, columns);
}

function constantTrue(like: Scalar): Scalar {
  return { kind: "constant", value: true, type: { kind: "boolean" }, span: like.span };
}

function pushThroughUnion(plan: UnionPlan, conditions: readonly Scalar[]): Plan {
  const known = new Set(
    plan.columns
      .filter((_, index) => plan.columnsOf.every((ids) => ids[index] !== null))
      .map((column) => column.id),
  );
  const [below, above] = split(conditions, (condition) => readsOnly(condition, known));
  const inputs = plan.inputs.map((input, position) => {
    const ids = plan.columnsOf[position] ?? [];
    const items = plan.columns.flatMap((column, index) => {
      const inner = ids[index] ?? null;
      return inner === null ? [] : [{ column: column.id, inner, type: column.type }];
    });
    const moved = below.map((condition) =>
      substitute(
        condition,
        items.map(({ column, inner, type }) => ({
          column,
          scalar: { kind: "column", column: inner, type, span: condition.span },
        })),
      ),
    );
    return push(input, moved);
  });
  return filtered({ ...plan, inputs }, above);
}

function pushIntoScan(plan: ScanPlan, conditions: readonly Scalar[]): Plan {
  if (plan.output.kind !== "rows" || plan.rowLimit !== null) return filtered(plan, conditions);
  const { columns } = plan.output;
  const inSlot: FindTestable = (id) => {
    const column = columns.find((candidate) => candidate.column === id);
    return column === undefined ? null : testableColumn(column);
  };
  const inFile: FindTestable = (id) => {
    const column = columns.find((candidate) => candidate.column === id);
    if (column?.source.kind !== "file") return null;
    // Members have addresses of their own, which are known only inside their archives.
    const { field } = column.source;
    return field === "uri" && plan.files.members !== null ? null : listingTestable(field);
  };
  const slotPredicates: ScanPredicate[] = plan.filter === null ? [] : [plan.filter];
  const filePredicates: ScanPredicate[] = plan.files.filter === null ? [] : [plan.files.filter];
  const rest = conditions.filter((condition) => {
    const onSlots = predicateOf(condition, inSlot);
    const onFile = onSlots === null ? predicateOf(condition, inFile) : null;
    if (onSlots !== null) slotPredicates.push(onSlots);
    if (onFile !== null) filePredicates.push(onFile);
    return onSlots === null && onFile === null;
  });
  const files: FileChoice = { ...plan.files, filter: conjunctionOf(filePredicates) };
  return filtered({ ...plan, files, filter: conjunctionOf(slotPredicates) }, rest);
}

function pushIntoListing(plan: ListingPlan, conditions: readonly Scalar[]): Plan {
  const find: FindTestable = (id) => {
    const field = plan.columns.find((column) => column.column === id)?.field;
    return field === undefined ? null : listingTestable(field);
  };
  const predicates: ScanPredicate[] = plan.files.filter === null ? [] : [plan.files.filter];
  const rest = conditions.filter((condition) => {
    const predicate = predicateOf(condition, find);
    if (predicate !== null) predicates.push(predicate);
    return predicate === null;
  });
  return filtered({ ...plan, files: { ...plan.files, filter: conjunctionOf(predicates) } }, rest);
}

function listingTestable(field: keyof typeof LISTING_TYPES): {
  slot: number;
  type: (typeof LISTING_TYPES)[typeof field];
} {
  return { slot: LISTING_FIELDS.indexOf(field), type: LISTING_TYPES[field] };
}

function conjunctionOf(predicates: readonly ScanPredicate[]): ScanPredicate | null {
  return predicates.length === 0 ? null : allOf(predicates);
}
