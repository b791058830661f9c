/** Settings in parentheses behind an element: `('MMM d', tz='GMT')`. */
import { nearestName, type TextSpan } from "#text";
import { settingValue, type WrittenValue } from "./config-values.ts";
import type { ConfigKey } from "./matchers/matcher.ts";
import { readQuotedText, seesQuote } from "./quoted-text.ts";
import type { PatternReader } from "./reader.ts";

/** A setting whose value is of its kind. */
interface Setting {
  readonly value: string | number | boolean;
  /** The bytes of a quoted value; empty for others. */
  readonly bytes: readonly number[];
  readonly span: TextSpan;
}

/** Settings by key; those that are wrong are reported and left out. */
export type Settings = ReadonlyMap<string, Setting>;

const KEY_IN_PARENTHESES = /\(\s*[a-z_]+/y;
const NAMED_CONFIG = /\(\s*[A-Za-z_][A-Za-z_0-9]*\s*=/y;
const EMPTY_CONFIG = /\(\s*\)/y;
const NUMBER = /[+-]?(?:0[xX][0-9A-Fa-f]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;
const UP_TO_CLOSE = /[^)]*\)?/y;

/**
 * Whether settings begin here: a parenthesis right behind the element that holds settings and not a group. With an unnamed key
 * every parenthesis that touches the element counts.
 */
export function seesConfig(reader: PatternReader, keys: readonly ConfigKey[]): boolean {
  if (!reader.sees("(")) return false;
  if (keys.some((key) => key.isUnnamed)) return true;
  const key = reader.peek(KEY_IN_PARENTHESES)?.replace(/^\(\s*/, "");
  if (key !== undefined && keys.some((candidate) => isKey(candidate, key))) return true;
  return reader.peek(NAMED_CONFIG) !== null || reader.peek(EMPTY_CONFIG) !== null;
}

/** Whether settings with keys stand here, perhaps after blanks; moves to them when they do. */
export function skipToConfig(reader: PatternReader): boolean {
  const start = reader.position;
  reader.skipBlanks();
  if (reader.peek(NAMED_CONFIG) !== null) return true;
  reader.position = start;
  return false;
}

/**
 * config = '(' [ value | key '=' value { ',' key '=' value } ] ')'
 *
 * Reads settings, which must begin here. `owner` is what messages call the element.
 */
export function readConfig(reader: PatternReader, keys: readonly ConfigKey[], owner: string): Settings {
  const start = reader.position;
  const settings = new Map<string, Setting>();
  reader.position++;
  for (let isFirst = true; ; isFirst = false) {
    reader.skipSeparators();
    if (reader.take(")")) break;
    if (reader.isAtEnd || !readSetting(reader, { keys, owner, settings, isFirst })) {
      reportOpenConfig(reader, start);
      break;
    }
  }
  checkBounds(reader, settings, reader.span(start));
  return settings;
}

function reportOpenConfig(reader: PatternReader, start: number): void {
  if (reader.isAtEnd) {
    reader.report("bracket-open", reader.span(start, start + 1), "These settings are not closed.", {
      help: "Close them with ).",
    });
    return;
  }
  const at = reader.position;
  reader.report("pattern-syntax", reader.span(at, at + 1), "A setting is expected here.", {
    help: "Settings are written key=value, with commas between them.",
  });
  reader.match(UP_TO_CLOSE);
}

interface SettingContext {
  readonly keys: readonly ConfigKey[];
  readonly owner: string;
  readonly settings: Map<string, Setting>;
  readonly isFirst: boolean;
}

/** Reads one setting into `settings`; false when none stands here. */
function readSetting(reader: PatternReader, context: SettingContext): boolean {
  const start = reader.position;
  const unnamed = context.keys.find((key) => key.isUnnamed);
  if (context.isFirst && unnamed !== undefined && seesQuote(reader)) {
    const written = readWritten(reader);
    if (written !== null) keep(reader, context.settings, unnamed, written);
    return true;
  }
  const name = reader.identifier();
  if (name === null) return false;
  const nameSpan = reader.span(start);
  reader.skipBlanks();
  if (!reader.take("=")) return false;
  reader.skipBlanks();
  const written = readWritten(reader);
  if (written === null) return false;
  const key = context.keys.find((candidate) => isKey(candidate, name.toLowerCase()));
  if (key === undefined) reportUnknownKey(reader, context, name, nameSpan);
  else if (context.settings.has(key.key)) {
    reader.report("config-key-twice", nameSpan, `The setting "${key.key}" is given twice.`);
  } else keep(reader, context.settings, key, written);
  return true;
}

function isKey(key: ConfigKey, name: string): boolean {
  return key.key === name || key.aliases?.includes(name) === true;
}

function reportUnknownKey(
  reader: PatternReader,
  context: SettingContext,
  name: string,
  span: TextSpan,
): void {
  const names = context.keys.map((key) => key.key);
  if (names.length === 0) {
    reader.report("config-not-here", span, `${context.owner} takes no settings.`);
    return;
  }
  const nearest = nearestName(name, names);
  reader.report("config-key-unknown", span, `${context.owner} has no setting "${name}".`, {
    help: nearest === null ? `Settings: ${names.join(", ")}.` : `Did you mean "${nearest}"?`,
  });
}

function readWritten(reader: PatternReader): WrittenValue | null {
  const start = reader.position;
  if (seesQuote(reader)) {
    const quoted = readQuotedText(reader);
    return { kind: "quoted", quoted, span: quoted.span };
  }
  const number = reader.match(NUMBER);
  if (number !== null) return { kind: "number", text: number, span: reader.span(start) };
  const word = reader.identifier();
  return word === null ? null : { kind: "word", text: word, span: reader.span(start) };
}

function keep(
  reader: PatternReader,
  settings: Map<string, Setting>,
  key: ConfigKey,
  written: WrittenValue,
): void {
  const value = settingValue(reader, key, written);
  if (value === null) return;
  settings.set(key.key, {
    value,
    bytes: written.kind === "quoted" ? written.quoted.bytes : [],
    span: written.span,
  });
}

function checkBounds(reader: PatternReader, settings: Settings, span: TextSpan): void {
  const min = settings.get("min")?.value;
  const max = settings.get("max")?.value;
  if (min === undefined || max === undefined || !isAbove(min, max)) return;
  reader.report("config-range", span, `No number is at least ${min} and at most ${max}.`);
}

function isAbove(min: string | number | boolean, max: string | number | boolean): boolean {
  if (typeof min === "number" && typeof max === "number") return min > max;
  return BigInt(min) > BigInt(max);
}
