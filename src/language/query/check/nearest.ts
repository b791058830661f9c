/** Joins by nearness in time: `ON left.host = right.host AND left.t WITHIN 2 sec OF right.t`. */
import type { CommandSyntax, WithinSyntax } from "../syntax/tree.ts";
import type { Column, ColumnId, Expression, JoinType, Relation } from "../tree.ts";
import { reportArguments } from "./arguments.ts";
import { distanceMs, timesOf } from "./check-within.ts";
import type { ExpressionContext } from "./context.ts";
import type { Session } from "./session.ts";
import type { StreamState } from "./stream-state.ts";
import { simple } from "./type-rules.ts";
import { someIn } from "./walk.ts";

/** What WITHIN says in a join. */
export interface Nearness {
  readonly leftTime: Expression;
  readonly rightTime: Expression;
  readonly withinMs: number;
}

/** The nearness that a join asks for; null when it asks for none, or once reported. */
export function nearnessOf(
  [within, second]: readonly WithinSyntax[],
  { left, right }: { readonly left: StreamState; readonly right: StreamState },
  place: ExpressionContext,
): Nearness | null {
  if (within === undefined) return null;
  if (second !== undefined) {
    const help = "Put the other times into conditions: abs(left.a - right.a) <= 2000.";
    reportArguments(place.session, second.span, "A join takes one WITHIN.", help);
  }
  const [first, other] = timesOf(within, place);
  const withinMs = distanceMs(within, place);
  if (first === undefined || other === undefined || withinMs === null) return null;
  const leftColumns = new Set(left.relation.columns.map((column) => column.id));
  const rightColumns = new Set(right.relation.columns.map((column) => column.id));
  if (isOf(first, leftColumns) && isOf(other, rightColumns))
    return { leftTime: first, rightTime: other, withinMs };
  if (isOf(other, leftColumns) && isOf(first, rightColumns))
    return { leftTime: other, rightTime: first, withinMs };
  const help = "Write left.time WITHIN 2 sec OF right.time.";
  reportArguments(
    place.session,
    within.span,
    "WITHIN compares a time of the left stream with one of the right.",
    help,
  );
  return null;
}

function isOf(expression: Expression, columns: ReadonlySet<ColumnId>): boolean {
  return (
    someIn(expression, (part) => part.kind === "column") &&
    !someIn(expression, (part) => part.kind === "column" && !columns.has(part.column))
  );
}

/** The join; its hidden column `_others` counts the right rows that were near enough and were not taken. */
export function nearestRelation(
  join: {
    readonly joinType: JoinType;
    readonly left: Relation;
    readonly right: Relation;
    readonly condition: Expression;
    readonly columns: readonly Column[];
    readonly span: Relation["span"];
    readonly isOneToOne: boolean;
  },
  nearness: Nearness,
  command: CommandSyntax,
  session: Session,
): Relation {
  const { joinType } = join;
  if (joinType !== "inner" && joinType !== "left") {
    const help = "Use join(…) or leftjoin(…).";
    reportArguments(
      session,
      command.name.span,
      `"${command.name.text}" cannot look for the nearest row.`,
      help,
    );
  }
  const others: Column = { id: session.newColumn(), name: "_others", type: simple("long"), isHidden: true };
  return {
    ...join,
    ...nearness,
    kind: "nearest",
    joinType: joinType === "left" ? "left" : "inner",
    columns: [...join.columns, others],
    others: others.id,
  };
}
