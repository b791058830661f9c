/** YAML texts (1.2) as values that know their place, so that mistakes in rule files can be shown where they stand. */

import { type Document, isAlias, isMap, isScalar, isSeq, type ParsedNode, parseAllDocuments } from "yaml";
import { type Diagnostics, spanOf, type TextSource, type TextSpan } from "#text";

/** A value with its place. Plain data. */
export type YamlValue = YamlScalar | YamlList | YamlMap;

/** A single value. Whole numbers that a double does not hold are bigints; `text` is how it is written, without quotes. */
export interface YamlScalar {
  readonly kind: "scalar";
  readonly value: string | number | bigint | boolean | null;
  readonly text: string;
  readonly span: TextSpan;
}

/** Values in order. */
export interface YamlList {
  readonly kind: "list";
  readonly items: readonly YamlValue[];
  readonly span: TextSpan;
}

/** Named values, each name once, in their order. */
export interface YamlMap {
  readonly kind: "map";
  readonly entries: readonly YamlEntry[];
  readonly span: TextSpan;
}

/** A name and what stands behind it. */
export interface YamlEntry {
  readonly key: string;
  readonly keySpan: TextSpan;
  readonly value: YamlValue;
}

/** The first mistakes of a document are told: the others are mostly what the parser makes of what comes behind them. */
const MOST_ERRORS = 3;

/** Larger files are no rules. */
const LONGEST_TEXT = 16 * 1024 * 1024;

/** The documents of a text; those that are not well formed are left out, each with a diagnostic. Names are not merged (`<<`), links (`*a`) are refused. */
export function parseYaml(source: TextSource, diagnostics: Diagnostics): readonly YamlValue[] {
  const refuse = (start: number, end: number, message: string) =>
    diagnostics.report({ code: "yaml-syntax", span: spanOf(source, start, end), message });
  if (source.text.length > LONGEST_TEXT) {
    refuse(
      0,
      0,
      `The file has more than ${LONGEST_TEXT} characters, the most that a file of rules may have.`,
    );
    return [];
  }
  const documents = parseDocuments(source.text);
  if (documents === null) {
    refuse(0, 0, "Values are nested too deep to be a file of rules.");
    return [];
  }
  return documents.flatMap((document) => {
    for (const { pos, message } of document.errors.slice(0, MOST_ERRORS))
      refuse(pos[0], pos[1], `${message.replace(/\.?$/, ".")}`);
    if (document.errors.length > 0 || document.contents === null) return [];
    const value = readValue(document.contents, source, refuse);
    return value === null ? [] : [value];
  });
}

/** Null: so deep that the parser gave up. */
function parseDocuments(text: string): readonly Document.Parsed[] | null {
  try {
    const documents = parseAllDocuments(text, { version: "1.2", intAsBigInt: true, prettyErrors: false });
    return "empty" in documents ? [] : documents;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

type Refuse = (start: number, end: number, message: string) => void;

function readValue(node: ParsedNode, source: TextSource, refuse: Refuse): YamlValue | null {
  const [start, end] = node.range;
  const span = spanOf(source, start, end);
  if (isAlias(node)) {
    refuse(start, end, "Links to other values (*name) are not followed in files of rules. Repeat the value.");
    return null;
  }
  if (isScalar(node)) {
    const value = scalarOf(node.value);
    const text = typeof value === "string" ? value : (node.source ?? String(value));
    return { kind: "scalar", value, text, span };
  }
  if (isSeq(node)) {
    const items = node.items.flatMap((item) => {
      const value = readValue(item, source, refuse);
      return value === null ? [] : [value];
    });
    return { kind: "list", items, span };
  }
  if (!isMap(node)) return null;
  const entries = node.items.flatMap(({ key, value }): YamlEntry[] => {
    if (!isScalar(key)) {
      refuse(key.range[0], key.range[1], "A name must be a single value.");
      return [];
    }
    const keySpan = spanOf(source, key.range[0], key.range[1]);
    const nothing: YamlScalar = { kind: "scalar", value: null, text: "", span: keySpan };
    const read = value === null ? nothing : readValue(value, source, refuse);
    return read === null ? [] : [{ key: String(key.value), keySpan, value: read }];
  });
  return { kind: "map", entries, span };
}

function scalarOf(value: unknown): YamlScalar["value"] {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") return value;
  return value === null || value === undefined ? null : String(value);
}
