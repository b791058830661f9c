/** The order in which sub-patterns can be put in place, and those that call themselves. */
import type { Definition, ParseContext, PendingReference } from "./parse-context.ts";

type Uses = ReadonlyMap<string, readonly PendingReference[]>;

/** Declarations such that each stands behind all it uses; those that lead into a cycle, which is reported, are missing. */
export function orderDefinitions(context: ParseContext): ReadonlyMap<string, Definition> {
  const { definitions } = context;
  const uses = usesByOwner(context);
  const users = usersByTarget(uses);
  const waits = new Map([...uses].map(([owner, list]): [string, number] => [owner, list.length]));
  const inOrder = new Map<string, Definition>();
  const ready = [...definitions.values()].filter(({ name }) => !waits.has(name));
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    inOrder.set(next.name, next);
    for (const user of users.get(next.name) ?? []) {
      const left = (waits.get(user) ?? 0) - 1;
      waits.set(user, left);
      const definition = definitions.get(user);
      if (left === 0 && definition !== undefined) ready.push(definition);
    }
  }
  const rest = new Set([...definitions.keys()].filter((name) => !inOrder.has(name)));
  reportCycles(context, uses, rest);
  return inOrder;
}

/** The uses of declared sub-patterns inside of each declaration that has some. */
function usesByOwner({ definitions, references }: ParseContext): Uses {
  const uses = new Map<string, PendingReference[]>();
  for (const reference of references) {
    const { owner, node } = reference;
    if (owner === null || !definitions.has(node.target)) continue;
    const list = uses.get(owner);
    if (list === undefined) uses.set(owner, [reference]);
    else list.push(reference);
  }
  return uses;
}

function usersByTarget(uses: Uses): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const [owner, list] of uses) {
    for (const { node } of list) {
      const known = users.get(node.target);
      if (known === undefined) users.set(node.target, [owner]);
      else known.push(owner);
    }
  }
  return users;
}

/** Follows uses among `rest` until they close a cycle, reports it, takes it out, and goes on with what is left. */
function reportCycles(context: ParseContext, uses: Uses, rest: Set<string>): void {
  for (const start of rest) {
    const path: string[] = [];
    let name = start;
    while (!context.reader.hasGivenUp) {
      path.push(name);
      const next = uses.get(name)?.find(({ node }) => rest.has(node.target));
      if (next === undefined) break;
      const closesAt = path.indexOf(next.node.target);
      if (closesAt >= 0) {
        reportCycle(context, path.slice(closesAt), next);
        break;
      }
      name = next.node.target;
    }
    for (const visited of path) rest.delete(visited);
  }
}

function reportCycle({ reader }: ParseContext, cycle: readonly string[], closing: PendingReference): void {
  const [first = ""] = cycle;
  const through = cycle.length === 1 ? "" : ` (${[...cycle, first].map((name) => `$${name}`).join(" → ")})`;
  reader.report(
    "subpattern-cycle",
    closing.node.span,
    `The sub-pattern "$${first}" calls itself${through}.`,
    {
      help: "A repetition is written with a quantifier: ( … ){1,10}.",
    },
  );
}
