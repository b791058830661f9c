/** Matchers without a body, settings, and names that no matcher has. */
import { nearestName } from "#text";
import type { ConfigKey, Matcher } from "./matchers/matcher.ts";
import { matcherNames } from "./matchers.ts";
import { readConfig, type Settings, seesConfig, skipToConfig } from "./parse-config.ts";
import type { ElementCore } from "./parse-context.ts";
import { readQuotedText, seesQuote } from "./quoted-text.ts";
import type { PatternReader } from "./reader.ts";

/** Reads settings when they stand here; `owner` is what messages call the element. */
export function readSettings(reader: PatternReader, keys: readonly ConfigKey[], owner: string): Settings {
  if (!seesConfig(reader, keys) && !skipToConfig(reader)) return new Map();
  return readConfig(reader, keys, owner);
}

/** A matcher without a body, of which the name is already read. */
export function plainMatcher(reader: PatternReader, matcher: Matcher): ElementCore {
  const settings = readSettings(reader, matcher.config, matcher.name);
  const config = writtenConfig(matcher.config, settings);
  const { quantifierUse, name: label } = matcher;
  if (matcher.ranges !== null) {
    const { ranges, quantifier } = matcher;
    const hasConfig = Object.keys(config).length > 0;
    return {
      node: { kind: "set", ranges, ...(hasConfig ? { config } : {}) },
      label,
      quantifierUse,
      quantifier,
    };
  }
  const node = { kind: "matcher", matcher: matcher.name, config } as const;
  const hasValue = matcher.category !== "edge";
  return { node, label, quantifierUse, quantifier: null, isWrapped: matcher.category === "line", hasValue };
}

/** Settings that differ from their defaults. */
export function writtenConfig(
  keys: readonly ConfigKey[],
  settings: Settings,
): Record<string, string | number | boolean> {
  const config: Record<string, string | number | boolean> = {};
  for (const { key, defaultValue } of keys) {
    const value = settings.get(key)?.value;
    if (value !== undefined && value !== defaultValue) config[key] = value;
  }
  return config;
}

/** Matchers of others that are known and not run: what does the same work. */
const FOREIGN: ReadonlyMap<string, string> = new Map([
  ["PCAP", "Packets are not read here. Let Zeek or Suricata read them: their logs are known."],
]);

/** Reports a name that no matcher has, and moves over what seems to belong to it. */
export function readUnknown(reader: PatternReader, name: string, start: number): ElementCore {
  const nearest = nearestName(name, matcherNames());
  reader.report("matcher-unknown", reader.span(start), `No matcher is named "${name}".`, {
    help:
      FOREIGN.get(name) ??
      (nearest === null ? "Text that stands for itself is quoted." : `Did you mean "${nearest}"?`),
  });
  skipBody(reader);
  const node = { kind: "matcher", matcher: name, config: {} } as const;
  return { node, label: name, quantifierUse: "bytes", quantifier: null };
}

const TEXT_IN_PARENTHESES = /\(\s*(?:'[^'\n]*'|"[^"\n]*")\s*[,)]/y;
const QUANTIFIER = /\s*\{[\s\d,]*\}/y;

/** Moves over what look like the settings and the body of a matcher. */
function skipBody(reader: PatternReader): void {
  if (reader.peek(TEXT_IN_PARENTHESES) !== null || seesConfig(reader, [])) skipBalanced(reader);
  if (reader.sees("{") && reader.peek(QUANTIFIER) === null) skipBalanced(reader);
}

/** Moves over brackets, which must begin here, and all they hold. */
function skipBalanced(reader: PatternReader): void {
  let depth = 0;
  do {
    const { character } = reader;
    if (seesQuote(reader)) {
      readQuotedText(reader);
    } else {
      if (character === "(" || character === "{") depth++;
      if (character === ")" || character === "}") depth--;
      reader.position += character.length;
    }
    if (depth > 0) reader.skipBlanks();
  } while (depth > 0 && !reader.isAtEnd);
}
