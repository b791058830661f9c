/** Moves questions to the outside behind what leaves out rows: who asks for ten rows, asks ten times. */
import type { ColumnId } from "#language";
import { inputsOf, scalarsOf, withInputs } from "../plan/plan.ts";
import { columnsOf } from "../plan/scalar.ts";
import type { LookupPlan, Plan, PlanItem, ProjectPlan } from "../plan/tree.ts";

/** The plan with lookups above the sorts, limits and filters that do not read their answers. Rows stay the same. */
export function liftLookups(plan: Plan): Plan {
  const inputs = inputsOf(plan).map(liftLookups);
  const changed = withInputs(plan, inputs);
  switch (changed.kind) {
    case "sort":
    case "limit":
    case "tail":
    case "sample":
    case "filter":
      return lift(changed, changed.input);
    default:
      return changed;
  }
}

/** A node over a tower of projects and lookups: what needs no answers stays below, the rest comes to stand above. */
function lift(node: Plan, tower: Plan): Plan {
  const stories: (ProjectPlan | LookupPlan)[] = [];
  let below = tower;
  while (below.kind === "project" || below.kind === "lookup") {
    stories.unshift(below);
    below = below.input;
  }
  if (!stories.some((story) => story.kind === "lookup")) return node;
  const late = new Set<ColumnId>();
  const above: (ProjectPlan | LookupPlan)[] = [];
  for (const story of stories) {
    if (story.kind === "lookup") {
      for (const item of story.items) late.add(item.column);
      above.push(story);
      continue;
    }
    const isLate = (item: PlanItem) => [...columnsOf(item.scalar)].some((column) => late.has(column));
    const early = story.items.filter((item) => !isLate(item));
    const lateItems = story.items.filter(isLate);
    for (const item of lateItems) late.add(item.column);
    if (early.length > 0) below = { ...story, input: below, items: early };
    if (lateItems.length > 0) above.push({ ...story, items: lateItems });
  }
  const reads = columnsOf(...scalarsOf(node));
  if ([...reads].some((column) => late.has(column))) return node;
  return above.reduce<Plan>((input, story) => ({ ...story, input }), withInputs(node, [below]));
}
