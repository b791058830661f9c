/** The members that a quoted name in `x['…']` can mean. */
import type { TextSource } from "#text";
import { observeStatement } from "../query/check-script.ts";
import type { CheckEnvironment } from "../query/environment.ts";
import { typeName } from "../types.ts";
import type { CodeCursor } from "./cursor.ts";
import { collectFacts } from "./facts.ts";
import { plainItem } from "./items.ts";
import { typeBefore } from "./place-facts.ts";
import type { Candidate } from "./ranking.ts";

/** The members of the value in front of the innermost bracket, when its type names them. */
export function memberNames(
  source: TextSource,
  { enclosing }: CodeCursor,
  environment: CheckEnvironment,
): readonly Candidate[] {
  const start = enclosing.at(-1)?.start ?? 0;
  const { observer, facts } = collectFacts(source, environment);
  observeStatement(source, environment, observer, start);
  const type = typeBefore(facts(), start);
  if (type?.kind !== "tuple") return [];
  return type.fields.map((field) => ({
    item: plainItem("field", field.name, typeName(field.type)),
    weight: 0,
  }));
}
