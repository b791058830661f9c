/** Hover in patterns. */
import type { TextSource } from "#text";
import { childrenOf } from "../pattern/children.ts";
import { typeOfNode } from "../pattern/fields.ts";
import type { ConfigKey, Matcher } from "../pattern/matchers/matcher.ts";
import { GROUP_CONFIG, LITERAL_CONFIG } from "../pattern/matchers/structures.ts";
import { findMatcher } from "../pattern/matchers.ts";
import { parsePattern, type TextRange } from "../pattern/parse.ts";
import type { Pattern, PatternNode } from "../pattern/tree.ts";
import { typeName } from "../types.ts";
import { isPatternSymbol, openBrackets, type PatternToken, readPatternTokens } from "./pattern-tokens.ts";

/** What is said about a place: `code` as code, then sentences. */
export interface Hover {
  readonly range: TextRange;
  readonly code: string;
  readonly sentences: readonly string[];
}

/** What the word at `offset` of the pattern in `range` means; null when there is nothing to say. */
export function hoverPattern(source: TextSource, range: TextRange, offset: number): Hover | null {
  const tokens = readPatternTokens(source.text, range);
  const index = tokens.findIndex(
    ({ kind, start, end }) => kind !== "symbol" && start <= offset && offset <= end,
  );
  const token = tokens[index];
  if (token === undefined) return null;
  const place = { start: token.start, end: token.end };
  if (isPatternSymbol(tokens[index - 1], ":")) {
    const { pattern } = parsePattern(source, range);
    const node = pattern === null ? null : namedNode(pattern, token);
    return node === null
      ? null
      : { range: place, code: `${node.name} ${typeName(typeOfNode(node))}`, sentences: [] };
  }
  if (token.kind === "reference") return aboutReference(source, tokens, token);
  if (token.kind !== "word") return null;
  const setting = settingAt(tokens, index);
  if (setting !== null) return { range: place, code: setting.key, sentences: [setting.description] };
  const matcher = findMatcher(token.text);
  return matcher === null ? null : { range: place, ...aboutMatcher(matcher) };
}

function aboutMatcher(matcher: Matcher): Omit<Hover, "range"> {
  const { name, type, aliases, config, quantifier, description, example, exampleText } = matcher;
  const keys = config.map(({ key }) => `\`${key}\``).join(", ");
  const bounds = quantifier === null ? "" : ` {${quantifier.min},${quantifier.max}}`;
  return {
    code: `${name}${type === null ? "" : ` ${typeName(type)}`}${bounds}`,
    sentences: [
      description,
      `Example: \`${example}\` matches \`${exampleText.replaceAll("\n", "\\n")}\`.`,
      ...(keys === "" ? [] : [`Settings: ${keys}.`]),
      ...(aliases.length === 0 ? [] : [`Also written ${aliases.join(", ")}.`]),
    ],
  };
}

function settingAt(tokens: readonly PatternToken[], index: number): ConfigKey | null {
  const token = tokens[index];
  const head = openBrackets(tokens.slice(0, index)).at(-1)?.head ?? null;
  if (head === null || token === undefined || !isPatternSymbol(tokens[index + 1], "=")) return null;
  const keys =
    head.kind === "quoted"
      ? LITERAL_CONFIG
      : head.kind === "symbol"
        ? GROUP_CONFIG
        : (findMatcher(head.text)?.config ?? []);
  return keys.find(({ key, aliases }) => key === token.text || aliases?.includes(token.text)) ?? null;
}

function aboutReference(
  source: TextSource,
  tokens: readonly PatternToken[],
  token: PatternToken,
): Hover | null {
  const at = tokens.findIndex(
    ({ text }, index) => text === token.text && isPatternSymbol(tokens[index + 1], "="),
  );
  const declared = tokens[at];
  if (declared === undefined) return null;
  const end =
    tokens.slice(at).find((each) => isPatternSymbol(each, ";"))?.end ?? tokens.at(-1)?.end ?? token.end;
  const code = source.text.slice(declared.start, Math.min(end, declared.start + 200));
  return { range: { start: token.start, end: token.end }, code, sentences: ["A sub-pattern."] };
}

/** The smallest node around a token that has its text as name. */
function namedNode(pattern: Pattern, token: PatternToken): PatternNode | null {
  const isHere = ({ span, name }: PatternNode) =>
    span.start <= token.start &&
    token.end <= span.end &&
    (name === token.text || name === token.text.slice(1, -1));
  const open: PatternNode[] = [pattern.root];
  const seen = new Set<PatternNode>();
  let best: PatternNode | null = null;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const size = node.span.end - node.span.start;
    if (isHere(node) && (best === null || size < best.span.end - best.span.start)) best = node;
    open.push(...childrenOf(node), ...(node.kind === "reference" ? [node.definition] : []));
  }
  return best;
}
