/** Completion inside the text of a pattern. */
import type { ConfigKey } from "../pattern/matchers/matcher.ts";
import { GROUP_CONFIG, LITERAL_CONFIG } from "../pattern/matchers/structures.ts";
import { findMatcher, MATCHERS } from "../pattern/matchers.ts";
import type { TextRange } from "../pattern/parse.ts";
import { type CompletionItem, matcherItem, plainItem, settingItem } from "./items.ts";
import {
  isPatternSymbol,
  type OpenPatternBracket,
  openBrackets,
  type PatternToken,
  readPatternTokens,
} from "./pattern-tokens.ts";
import { type Candidate, rankItems } from "./ranking.ts";

/** Items and the range of text that they replace. */
export interface Completions {
  readonly range: TextRange;
  readonly items: readonly CompletionItem[];
}

/** What could stand at `offset` of the pattern in `range`. */
export function completePattern(text: string, range: TextRange, offset: number): Completions {
  const tokens = readPatternTokens(text, range);
  const at = tokens.find((token) => token.start < offset && offset <= insideEnd(token));
  const nothing = { range: { start: offset, end: offset }, items: [] };
  if (at?.kind === "word" || at?.kind === "reference") {
    const typed = text.slice(at.start, offset);
    const before = tokens.slice(0, tokens.indexOf(at));
    return { range: { start: at.start, end: at.end }, items: offer(tokens, before, typed) };
  }
  if (at !== undefined) return nothing;
  const before = tokens.filter((token) => token.end <= offset);
  return { ...nothing, items: offer(tokens, before, "") };
}

/** Up to where a cursor counts as inside a token; -1: never. */
function insideEnd(token: PatternToken): number {
  switch (token.kind) {
    case "symbol":
      return -1;
    case "quoted":
      return token.text.length > 1 && token.text.endsWith(token.text.charAt(0)) ? token.end - 1 : token.end;
    case "set":
      return token.text.endsWith("]") ? token.end - 1 : token.end;
    case "comment":
      return token.text.endsWith("*/") ? token.end - 1 : token.end;
    default:
      return token.end;
  }
}

function offer(
  tokens: readonly PatternToken[],
  before: readonly PatternToken[],
  typed: string,
): readonly CompletionItem[] {
  const last = before.at(-1);
  if (isPatternSymbol(last, ":")) return [];
  const bracket = openBrackets(before).at(-1);
  const keys = bracket === undefined ? null : settingsOf(bracket);
  if (keys !== null && isPatternSymbol(last, "=")) return rankItems(valuesOf(keys, before), typed);
  const settings = keys === null ? [] : keys.map((key) => ({ item: settingItem(key), weight: 0 }));
  if (keys !== null && bracket?.head?.kind === "word") return rankItems(settings, typed);
  const subpatterns = declaredNames(tokens).map((name) => ({
    item: plainItem("subpattern", `$${name}`, "sub-pattern"),
    weight: 1,
  }));
  const matchers = MATCHERS.map((matcher) => ({ item: matcherItem(matcher), weight: 2 }));
  return rankItems([...settings, ...subpatterns, ...matchers], typed);
}

/** The settings that a parenthesis takes; null when it is a group. */
function settingsOf({ symbol, head }: OpenPatternBracket): readonly ConfigKey[] | null {
  if (symbol !== "(" || head === null) return null;
  if (head.kind === "quoted") return LITERAL_CONFIG;
  if (isPatternSymbol(head, ")")) return GROUP_CONFIG;
  return head.kind === "word" ? (findMatcher(head.text)?.config ?? null) : null;
}

function valuesOf(keys: readonly ConfigKey[], before: readonly PatternToken[]): readonly Candidate[] {
  const word = before.at(-2)?.text ?? "";
  const key = keys.find((each) => each.key === word || each.aliases?.includes(word));
  if (key?.value !== "boolean") return [];
  return ["true", "false"].map((label) => ({ item: plainItem("keyword", label), weight: 0 }));
}

/** Names of sub-patterns that the pattern declares. */
function declaredNames(tokens: readonly PatternToken[]): readonly string[] {
  const declared = tokens.filter(
    (token, index) => token.kind === "reference" && isPatternSymbol(tokens[index + 1], "="),
  );
  return [...new Set(declared.map((token) => token.text.slice(1)))];
}
