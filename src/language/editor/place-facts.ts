/** What the check found out about the place of a cursor. */
import type { ObservedPlace, ObservedRows } from "../query/check/observer.ts";
import type { Column } from "../query/tree.ts";
import type { DataType } from "../types.ts";
import type { CodeCursor } from "./cursor.ts";
import type { CommandFact, ScriptFacts } from "./facts.ts";

/** What can be named at the cursor's word; null when nothing is known. */
export function placeAtCursor(facts: ScriptFacts, code: CodeCursor): ObservedPlace | null {
  const at = code.word.start;
  const exact = facts.expressions.find(
    ({ syntax }) => syntax.kind === "field" && syntax.name.span.start === at,
  );
  if (exact !== undefined) return exact.place;
  const around = innermost(facts.expressions, at)?.place;
  const command = innermost([...facts.commands.values()], at);
  if (command === undefined) return around ?? null;
  return placeOfCommand(command, facts);
}

/** The smallest whose syntax holds the offset. */
function innermost<
  T extends { readonly syntax: { readonly span: { readonly start: number; readonly end: number } } },
>(list: readonly T[], at: number): T | undefined {
  let best: T | undefined;
  for (const each of list) {
    const { start, end } = each.syntax.span;
    const isInside = start <= at && at <= end;
    const size =
      best === undefined ? Number.POSITIVE_INFINITY : best.syntax.span.end - best.syntax.span.start;
    if (isInside && end - start < size) best = each;
  }
  return best;
}

function placeOfCommand({ syntax, before }: CommandFact, facts: ScriptFacts): ObservedPlace | null {
  if (before === null) return null;
  const left = { qualifiers: [], columns: before.relation.columns };
  const streams = syntax.arguments.flatMap(({ value }) => (value.kind === "stream" ? [value.stream] : []));
  const parts: ObservedRows["parts"] =
    syntax.on === null || streams.length === 0
      ? [left]
      : [
          { ...left, qualifiers: ["left"] },
          ...streams.map((stream) => ({
            qualifiers: ["right"],
            columns: facts.streams.get(stream)?.relation.columns ?? [],
          })),
        ];
  const rows = { parts, isOpen: before.isOpen };
  return { rows, aliases: new Map(), parameters: new Map(), aggregates: "refused" };
}

/** The columns that a qualifier such as `left` names, or all. */
export function columnsAt(place: ObservedPlace | null, qualifier: string | null): readonly Column[] {
  const parts = place?.rows?.parts ?? [];
  const word = qualifier?.toLowerCase();
  const fitting =
    qualifier === null
      ? parts
      : parts.filter(({ qualifiers }) => qualifiers.some((own) => own === qualifier || own === word));
  return fitting.flatMap(({ columns }) => columns);
}

/** The type of the expression that ends where a bracket opens; null when unknown. */
export function typeBefore(facts: ScriptFacts, start: number): DataType | null {
  return facts.expressions.findLast(({ syntax }) => syntax.span.end === start)?.typed.type ?? null;
}
