/** Looks at scalars and takes them apart. */
import type { ColumnId } from "#language";
import type { Scalar } from "./tree.ts";

/** The scalar with every part below it replaced by what `change` gives for it; `change` is asked from the top and stops where it gives one. */
export function replaceScalars(scalar: Scalar, change: (part: Scalar) => Scalar | null): Scalar {
  const changed = change(scalar);
  if (changed !== null) return changed;
  switch (scalar.kind) {
    case "call":
    case "aggregate":
      return { ...scalar, arguments: scalar.arguments.map((part) => replaceScalars(part, change)) };
    case "in-plan":
      return { ...scalar, operand: replaceScalars(scalar.operand, change) };
    case "window": {
      const inside = (part: Scalar) => replaceScalars(part, change);
      return {
        ...scalar,
        arguments: scalar.arguments.map(inside),
        partition: scalar.partition.map(inside),
        order: scalar.order.map((key) => ({ ...key, scalar: inside(key.scalar) })),
      };
    }
    default:
      return scalar;
  }
}

/** Calls `visit` for the scalar and everything below it; a visit that gives false keeps out of what lies below. */
export function visitScalars(scalar: Scalar, visit: (part: Scalar) => boolean | undefined): void {
  if (visit(scalar) === false) return;
  if (scalar.kind === "call" || scalar.kind === "aggregate") {
    for (const part of scalar.arguments) visitScalars(part, visit);
  } else if (scalar.kind === "in-plan") {
    visitScalars(scalar.operand, visit);
  } else if (scalar.kind === "window") {
    const parts = [...scalar.arguments, ...scalar.partition, ...scalar.order.map((key) => key.scalar)];
    for (const part of parts) visitScalars(part, visit);
  }
}

/** Adds the columns that a scalar reads. */
export function addColumnsOf(scalar: Scalar, columns: Set<ColumnId>): void {
  visitScalars(scalar, (part) => {
    if (part.kind === "column") columns.add(part.column);
    return undefined;
  });
}

/** The columns that scalars read. */
export function columnsOf(...scalars: readonly Scalar[]): Set<ColumnId> {
  const columns = new Set<ColumnId>();
  for (const scalar of scalars) addColumnsOf(scalar, columns);
  return columns;
}

/** The text of a constant argument; null when the argument is not a constant text. */
export function constantText(scalar: Scalar | undefined): string | null {
  return scalar?.kind === "constant" && typeof scalar.value === "string" ? scalar.value : null;
}

/** The operands of nested calls of one name (`and`, `or`), flattened. Not recursive: conditions can be long. */
export function flatten(name: string, scalar: Scalar): Scalar[] {
  const flat: Scalar[] = [];
  const waiting: Scalar[] = [scalar];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === "call" && next.function === name) waiting.push(...[...next.arguments].reverse());
    else flat.push(next);
  }
  return flat;
}

/** Both conditions, or the one there is. */
export function conjunction(conditions: readonly Scalar[]): Scalar | null {
  const [first, ...others] = conditions;
  if (first === undefined) return null;
  if (others.length === 0) return first;
  return { kind: "call", function: "and", arguments: conditions, type: first.type, span: first.span };
}
