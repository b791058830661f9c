/** Rule files as YAML: members with their types, and what is wrong with them, each at its place. */
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseAllDocuments, type YAMLMap } from "yaml";
import { type Diagnostics, nearestName, spanOf, type TextSource, type TextSpan } from "#text";

/** Longer files are refused: rules are written by hand. */
const LONGEST_FILE = 1_000_000;
/** Deeper nesting is refused. */
const DEEPEST = 40;

/** A plain value of YAML's core schema. */
export type YamlValue = string | number | boolean | null;

/** A value and where it stands. */
export interface Placed<Value> {
  readonly value: Value;
  readonly span: TextSpan;
}

/**
 * The mappings that a file consists of, one per document. What is no mapping, or no YAML, is reported. Aliases are refused: what they stand
 * for could grow without bound.
 */
export function readYamlMappings(source: TextSource, diagnostics: Diagnostics): readonly RuleMapping[] {
  const whole = spanOf(source, 0, 0);
  if (source.text.length > LONGEST_FILE) {
    report(diagnostics, whole, `The file is longer than ${LONGEST_FILE} characters.`, "Divide it.");
    return [];
  }
  try {
    return parseDocuments(source, diagnostics);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report(
      diagnostics,
      whole,
      "The file is nested deeper than can be read.",
      "Rules need a few levels only.",
    );
    return [];
  }
}

function parseDocuments(source: TextSource, diagnostics: Diagnostics): readonly RuleMapping[] {
  const documents = parseAllDocuments(source.text, { schema: "core", merge: false, logLevel: "silent" });
  const mappings: RuleMapping[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    for (const { pos, message } of [...document.errors, ...document.warnings]) {
      const sentence = message.split("\n", 1)[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? "";
      report(diagnostics, spanOf(source, pos[0], pos[1]), `This is not well formed: ${sentence}.`);
    }
    const { contents } = document;
    if (contents === null || document.errors.length > 0) continue;
    const span = spanOfNode(source, contents);
    if (!isMap(contents))
      report(diagnostics, span, "A rule is a mapping of names to values.", 'Begin with "id: …".');
    else if (depthOf(contents) > DEEPEST)
      report(diagnostics, span, `The rule is nested deeper than ${DEEPEST}.`);
    else mappings.push(new RuleMapping(source, diagnostics, contents));
  }
  return mappings;
}

function report(diagnostics: Diagnostics, span: TextSpan, message: string, help?: string): void {
  diagnostics.report({ code: "rule-syntax", span, message, ...(help === undefined ? {} : { help }) });
}

function spanOfNode(source: TextSource, node: Node): TextSpan {
  const [start = 0, end = 0] = node.range ?? [];
  return spanOf(source, start, end);
}

function depthOf(node: unknown): number {
  let depth = 0;
  let level: unknown[] = [node];
  while (level.length > 0 && depth <= DEEPEST + 1) {
    depth++;
    level = level.flatMap((inner) => {
      if (isMap(inner)) return inner.items.map(({ value }) => value);
      return isSeq(inner) ? inner.items : [];
    });
  }
  return depth;
}

/** A mapping of a rule file. Members are asked for by name; `checkKeys` reports those that nobody knows. */
export class RuleMapping {
  readonly source: TextSource;
  readonly diagnostics: Diagnostics;
  readonly #node: YAMLMap;

  constructor(source: TextSource, diagnostics: Diagnostics, node: YAMLMap) {
    this.source = source;
    this.diagnostics = diagnostics;
    this.#node = node;
  }

  /** The mapping's place. */
  get span(): TextSpan {
    return spanOfNode(this.source, this.#node);
  }

  /** Names of all members, with their places. */
  keys(): readonly Placed<string>[] {
    return this.#node.items.map((pair) => ({ value: keyOf(pair), span: this.#spanOfKey(pair) }));
  }

  /** Reports members that are not in the list. */
  checkKeys(known: readonly string[]): void {
    for (const { value, span } of this.keys()) {
      if (known.includes(value)) continue;
      const near = nearestName(value, known);
      this.#report("rule-member-unknown", span, `A rule has no member "${value}" here.`, {
        help: near === null ? `There are: ${known.join(", ")}.` : `Did you mean "${near}"?`,
      });
    }
  }

  has(key: string): boolean {
    return this.#pair(key) !== undefined;
  }

  /** Where a member's value stands, or the mapping's first character when it has none. */
  spanOf(key: string): TextSpan {
    const value = this.#pair(key)?.value;
    const { start } = this.span;
    return isNode(value) ? spanOfNode(this.source, value) : spanOf(this.source, start, start + 1);
  }

  /** A text; numbers are taken as they are written. Null, and a report, when it is missing and needed or of another type. */
  text(key: string, isNeeded: boolean): string | null {
    const scalar = this.#scalar(key, isNeeded);
    if (scalar === null) return null;
    if (typeof scalar.value === "string" && scalar.value !== "") return scalar.value;
    if (typeof scalar.value === "number")
      return this.source.text.slice(scalar.span.start, scalar.span.end).trim();
    this.wrong(key, `"${key}" must be a text.`);
    return null;
  }

  /** Texts: one, or a list of them; empty when there is no such member. */
  texts(key: string): readonly string[] {
    return this.values(key).flatMap(({ value }) => (value === null ? [] : [String(value)]));
  }

  /** Plain values: one, or a list of them. */
  values(key: string): readonly Placed<YamlValue>[] {
    const node = this.#pair(key)?.value;
    if (node === undefined || node === null) return [];
    const items = isSeq(node) ? node.items : [node];
    return items.flatMap((item) => {
      const placed = this.#plain(item);
      if (placed === null) this.wrong(key, `"${key}" must be a value or a list of values.`);
      return placed === null ? [] : [placed];
    });
  }

  /** A whole number that is not negative. */
  count(key: string, isNeeded: boolean): number | null {
    const scalar = this.#scalar(key, isNeeded);
    if (scalar === null) return null;
    const { value } = scalar;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
    this.wrong(key, `"${key}" must be a whole number of 0 or more.`);
    return null;
  }

  /** A span of time in milliseconds, written like `500ms`, `10s`, `5m`, `2h`, `1d`. */
  duration(key: string): number | null {
    const scalar = this.#scalar(key, false);
    if (scalar === null) return null;
    const ms = typeof scalar.value === "string" ? durationMs(scalar.value) : null;
    if (ms === null) this.wrong(key, `"${key}" must be a time such as 500ms, 10s, 5m, 2h or 1d.`);
    return ms;
  }

  /** One of some words. */
  oneOf<Word extends string>(key: string, words: readonly Word[], isNeeded: boolean): Word | null {
    const scalar = this.#scalar(key, isNeeded);
    if (scalar === null) return null;
    const word = words.find((known) => known === scalar.value);
    if (word === undefined) this.wrong(key, `"${key}" must be one of ${words.join(", ")}.`);
    return word ?? null;
  }

  /** A mapping inside; null when there is none. */
  mapping(key: string): RuleMapping | null {
    const [only, ...others] = this.mappings(key);
    if (others.length > 0) this.wrong(key, `"${key}" must be one mapping.`);
    return only ?? null;
  }

  /** One mapping, or a list of them; empty when there is no such member. */
  mappings(key: string): readonly RuleMapping[] {
    const node = this.#pair(key)?.value;
    if (node === undefined || node === null) return [];
    return (isSeq(node) ? node.items : [node]).flatMap((item) => {
      if (isMap(item)) return [new RuleMapping(this.source, this.diagnostics, item)];
      this.wrong(key, `"${key}" must be a mapping, or a list of mappings.`);
      return [];
    });
  }

  /** Reports that a member is not what it must be. */
  wrong(key: string, message: string, help?: string): void {
    this.#report("rule-value", this.spanOf(key), message, help === undefined ? {} : { help });
  }

  /** Reports that a member is missing. */
  missing(key: string, message: string): void {
    const { start } = this.span;
    this.#report("rule-member-missing", spanOf(this.source, start, start + 1), message, {
      help: `Add "${key}".`,
    });
  }

  #scalar(key: string, isNeeded: boolean): Placed<YamlValue> | null {
    const pair = this.#pair(key);
    if (pair === undefined) {
      if (isNeeded) this.missing(key, `The rule has no "${key}".`);
      return null;
    }
    const plain = this.#plain(pair.value);
    if (plain === null) this.wrong(key, `"${key}" must be a single value.`);
    return plain;
  }

  #plain(node: unknown): Placed<YamlValue> | null {
    if (isAlias(node) || !isScalar(node)) return null;
    const { value } = node;
    const isPlain =
      value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    return isPlain ? { value, span: spanOfNode(this.source, node) } : null;
  }

  #pair(key: string): Pair | undefined {
    return this.#node.items.find((pair) => keyOf(pair) === key);
  }

  #spanOfKey(pair: Pair): TextSpan {
    return isNode(pair.key) ? spanOfNode(this.source, pair.key) : this.span;
  }

  #report(
    code: "rule-value" | "rule-member-missing" | "rule-member-unknown",
    span: TextSpan,
    message: string,
    more: { help?: string },
  ): void {
    this.diagnostics.report({ code, span, message, ...more });
  }
}

function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value);
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : "";
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a text such as `10s`; null when it is none, or not more than nothing. */
export function durationMs(text: string): number | null {
  const parts = /^(\d+(?:\.\d+)?) ?(ms|s|m|h|d)$/.exec(text);
  const ms = Number(parts?.[1]) * (UNIT_MS[parts?.[2] ?? ""] ?? Number.NaN);
  return ms >= 1 && ms <= 36_500 * 86_400_000 ? Math.round(ms) : null;
}
