/** The one list of matchers, and look-up by name or alias. */
import type { Matcher } from "./matchers/matcher.ts";
import { STRUCTURE_MATCHERS } from "./matchers/structures.ts";
import { CLASS_MATCHERS, TEXT_MATCHERS } from "./matchers/texts.ts";
import { VALUE_MATCHERS } from "./matchers/values.ts";

/** All matchers in the order the manual shows them. */
export const MATCHERS: readonly Matcher[] = [
  ...TEXT_MATCHERS,
  ...CLASS_MATCHERS,
  ...VALUE_MATCHERS,
  ...STRUCTURE_MATCHERS,
];

const BY_NAME: ReadonlyMap<string, Matcher> = new Map(
  MATCHERS.flatMap((matcher) =>
    [matcher.name, ...matcher.aliases].map((name): [string, Matcher] => [name, matcher]),
  ),
);

/** The matcher with this name or alias, or null. Names are in capitals. */
export function findMatcher(name: string): Matcher | null {
  return BY_NAME.get(name) ?? null;
}

/** Every name and alias, for suggestions. */
export function matcherNames(): Iterable<string> {
  return BY_NAME.keys();
}
