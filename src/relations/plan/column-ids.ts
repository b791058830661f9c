/** Ids for columns that a plan has and its script has not. */
import type { ColumnId, Relation } from "#language";

/** Gives ids for columns that the script does not have. */
export class ColumnIds {
  #next: ColumnId;

  /** @param first  larger than every id of the script */
  constructor(first: ColumnId) {
    this.#next = first;
  }

  next(): ColumnId {
    return this.#next++;
  }
}

/** A source of fresh ids for a script's tree. */
export function columnIdsFor(relation: Relation): ColumnIds {
  let largest = 0;
  const waiting: unknown[] = [relation];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (isRelation(next)) for (const column of next.columns) largest = Math.max(largest, column.id);
    for (const [name, part] of Object.entries(Object(next))) {
      const isPlain = name === "span" || name === "pattern" || name === "type";
      if (!isPlain && typeof part === "object" && part !== null) waiting.push(part);
    }
  }
  return new ColumnIds(largest + 1);
}

function isRelation(part: unknown): part is Relation {
  return typeof part === "object" && part !== null && "columns" in part && "kind" in part && "span" in part;
}
