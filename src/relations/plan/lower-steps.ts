/** From single commands of the language's tree to nodes of the plan. */
import type {
  Expression,
  JoinRelation,
  NearestRelation,
  Relation,
  SaveRelation,
  SortRelation,
  TableRelation,
  UnnestRelation,
  ValuesRelation,
} from "#language";
import { invariant } from "#text";
import type { ColumnIds } from "./column-ids.ts";
import { valuesOf, withAnswers, withAnswersOfSides } from "./lower-outside.ts";
import type { Plan, Scalar } from "./tree.ts";

/** How the parts of a command become parts of the plan. */
export interface Lowering {
  readonly lower: (relation: Relation) => Plan;
  readonly scalar: (expression: Expression) => Scalar;
  readonly ids: ColumnIds;
}

/** Rows written in the script. */
export function lowerValues(relation: ValuesRelation, { scalar, ids }: Lowering): Plan {
  const rows = relation.rows.map((row) => row.map(scalar));
  return valuesOf(relation.columns, rows, ids);
}

/** A sort. */
export function lowerSort(relation: SortRelation, { lower, scalar, ids }: Lowering): Plan {
  const written = relation.keys.map((key) => scalar(key.expression));
  const { input, scalars } = withAnswers(lower(relation.input), written, ids);
  const keys = relation.keys.map(({ isDescending, expression }, index) => ({
    scalar: scalars[index] ?? scalar(expression),
    isDescending,
  }));
  return { kind: "sort", input, keys };
}

/** A row per element. */
export function lowerUnnest(relation: UnnestRelation, { lower, scalar, ids }: Lowering): Plan {
  const written = relation.items.map((item) => scalar(item.expression));
  const { input, scalars } = withAnswers(lower(relation.input), written, ids);
  const items = relation.items.map(({ column, expression }, index) => ({
    column,
    scalar: scalars[index] ?? scalar(expression),
    type: relation.columns.find((each) => each.id === column)?.type ?? expression.type,
  }));
  return { kind: "unnest", input, items };
}

/** A stream that is stored. */
export function lowerSave(relation: SaveRelation, input: Plan): Plan {
  const { path, format, replaces, span } = relation;
  const columns = relation.columns.filter((column) => !column.isHidden);
  return { kind: "save", input, columns, path, format, replaces, span };
}

/** A table of files. */
export function lowerTable(relation: TableRelation): Plan {
  const { format, options, span, uris } = relation;
  const columns = relation.fields.flatMap(({ column, name }, index) => {
    const type = relation.columns.find((each) => each.id === column)?.type;
    return type === undefined ? [] : [{ column, name, type, index }];
  });
  return { kind: "table", format, paths: uris, options, columns, span };
}

/** A join. */
export function lowerJoin(relation: JoinRelation, { lower, scalar, ids }: Lowering): Plan {
  const { joinType } = relation;
  const sides = { left: lower(relation.left), right: lower(relation.right) };
  const { left, right, scalars } = withAnswersOfSides(sides, [scalar(relation.condition)], ids);
  return { kind: "join", joinType, left, right, condition: scalars[0] ?? scalar(relation.condition) };
}

/** A join by nearness in time. */
export function lowerNearest(relation: NearestRelation, { lower, scalar, ids }: Lowering): Plan {
  const { joinType, withinMs, isOneToOne, others } = relation;
  const written = [relation.condition, relation.leftTime, relation.rightTime].map(scalar);
  const sides = { left: lower(relation.left), right: lower(relation.right) };
  const { left, right, scalars } = withAnswersOfSides(sides, written, ids);
  const [condition, leftTime, rightTime] = scalars;
  invariant(
    condition !== undefined && leftTime !== undefined && rightTime !== undefined,
    "a nearest join has a condition and two times",
  );
  return {
    kind: "nearest",
    joinType,
    left,
    right,
    condition,
    leftTime,
    rightTime,
    withinMs,
    isOneToOne,
    others,
  };
}
