/** Help about patterns, made from the list of matchers. */
import {
  CATEGORY_TITLES,
  factsOf,
  findMatcher,
  MATCHERS,
  type Matcher,
  type MatcherCategory,
  matcherNames,
  settingFacts,
} from "#language";
import { visibleText } from "#text";
import { LINE_WIDTH, row, wrapText } from "./help-text.ts";

/** The word that asks for the pattern language as a whole. */
export const PATTERN_TOPIC = "pattern";

const SYNTAX: readonly (readonly [written: string, meaning: string])[] = [
  ["'text'", "The text itself."],
  ["[a-z_] [^ ]", "One byte of a set, or none of it."],
  ["( a b ) ( a | b )", "A group; the first alternative that matches."],
  ["$x = …; $x", "A named part, used by its name."],
  ["<'text'>:name", "A field that is always this text."],
  [">>x !>>x <<x !<<x", "Tests what stands ahead or behind, and takes nothing."],
  ["x{2,5} x{3} x* x+", "How many bytes or repetitions."],
  ["x?", "May be missing; the field is NULL then."],
  ["x:name", "The value becomes a field of the record."],
];

/** The pattern language on one screen: its signs, and all matchers. */
export function printPatternHelp(): string {
  const categories = [...new Set(MATCHERS.map(({ category }) => category))];
  return `${[
    "A pattern says from left to right what the bytes of a record are.",
    "",
    "Elements:",
    ...SYNTAX.map(([written, meaning]) => row(written, meaning)),
    ...categories.flatMap((category) => ["", `${CATEGORY_TITLES[category]}:`, ...matcherRows(category)]),
    "",
    "More about a matcher: trawl help MATCHER. The manual: docs/patterns/README.md",
  ].join("\n")}\n`;
}

function matcherRows(category: MatcherCategory): readonly string[] {
  return MATCHERS.filter((matcher) => matcher.category === category).map(({ name, aliases, description }) =>
    row([name, ...aliases].join(" "), description),
  );
}

/** The matcher that a word names, in any case, or null. */
export function matcherOfWord(word: string): Matcher | null {
  return findMatcher(word.toUpperCase());
}

/** What people may ask help for besides commands. */
export function patternWords(): readonly string[] {
  return [PATTERN_TOPIC, ...matcherNames()];
}

/** All that is known of a matcher. */
export function printMatcherHelp(matcher: Matcher): string {
  const { name, description, example, exampleText, config } = matcher;
  const settings = settingFacts(config).map(({ key, takes, defaultText, description: meaning }) =>
    row(
      key,
      `${meaning} Takes ${takes}.${defaultText === "" ? "" : ` Default: ${visibleText(defaultText)}.`}`,
    ),
  );
  return `${[
    `${name}: ${description}`,
    "",
    ...factsOf(matcher).map(({ label, text }) => row(label, text)),
    ...(settings.length === 0 ? [] : ["", "Settings:", ...settings]),
    "",
    "Example:",
    ...wrapText(`  ${example}  matches  ${visibleText(exampleText)}`, LINE_WIDTH),
    "",
    `The manual: docs/patterns/${pageOf(matcher)}`,
  ].join("\n")}\n`;
}

/** The name of a matcher's page in the manual. */
export function pageOf({ name }: Matcher): string {
  return `${name.toLowerCase().replaceAll("_", "-")}.md`;
}
