/** Name of a tuple's member in SQL: by position, for DuckDB's names ignore case and ours do not. */
export function memberName(index: number): string {
  return `m${index}`;
}
