/** The languages whose shapes are judged, and the test of a value. */
import { LiteralFinder } from "../engine/literal-finder.ts";
import { lowerCase } from "../normal-forms/encodings.ts";
import {
  asItStands,
  decodedForm,
  lowered,
  type NormalForm,
  originalRange,
  simpleTexts,
} from "../normal-forms/normal-forms.ts";
import { parametersOf, splitTarget } from "../normal-forms/parameters.ts";
import { ownText } from "../pass/event-values.ts";
import type { ShapeLanguage, ShapeParts, ShapeTest } from "../rule.ts";
import { HTML_LITERALS, htmlShape } from "./html-shape.ts";
import { SHAPE_WORDS } from "./shape-words.ts";
import { SHELL_LITERALS, shellShape } from "./shell-shape.ts";
import { SQL_LITERALS, sqlShape } from "./sql-shape.ts";

/** How a language is judged. */
interface Shape {
  /** What makes a decoded lower-case text look like it; null: nothing does. */
  readonly judge: (text: string) => string | null;
  /** Of these every text that looks like it holds at least one. */
  readonly literals: readonly string[];
}

/** All languages. */
export const SHAPES: Readonly<Record<ShapeLanguage, Shape>> = {
  sql: { judge: sqlShape, literals: SQL_LITERALS },
  html: { judge: htmlShape, literals: HTML_LITERALS },
  shell: { judge: shellShape, literals: SHELL_LITERALS },
};

/**
 * One of these stands in every value that is judged, once it is decoded: a character that no sentence is made of, or a text. Values without
 * any of them look like no language: so most requests need not be looked at. Controls and what is not ASCII count too.
 */
export const SHAPE_SIGNS: { readonly characters: string; readonly texts: readonly string[] } = {
  characters: "\"#$%'()*;<>[\\]^`{|}",
  texts: ["&&", "--", "=/"],
};

const SIGN = /["#$%'()*;<>[\\\]^`{|}]|&&|--|=\/|[^ -~]/;
const wordFinder = new LiteralFinder(SHAPE_WORDS);

/** Whether a value, as it stands in the log, is worth judging: a sign or a word stands in it. */
function isWorthJudging(value: string): boolean {
  const simple = simpleTexts(value);
  const text = simple === null ? decodedForm(asItStands(value), true).text : (simple.at(-1) ?? value);
  if (SIGN.test(text)) return true;
  const found: number[] = [];
  wordFinder.find(lowerCase(simple === null ? `${value}\n${text}` : text), found);
  return found.length > 0;
}

/** A part of a value that looks like a language. Offsets in the value, UTF-16 units. */
export interface ShapeMatch {
  /** What it looks like, in a few words. */
  readonly reason: string;
  /** The part in the form that was judged. */
  readonly text: string;
  /** What was undone, in order. */
  readonly form: readonly string[];
  readonly start: number;
  readonly length: number;
}

interface Part {
  readonly text: string;
  readonly start: number;
}

/** The first part of a value, as it stands in the log, that looks like the language; null: none does. Cost: linear. */
export function testShape(test: ShapeTest, value: string): ShapeMatch | null {
  return new ShapeMemory().test(test, value);
}

/** Parts that look like nothing and are remembered: parameters of logs repeat themselves. */
const MOST_REMEMBERED = 20_000;
/** Longer parts are not worth remembering. */
const LONGEST_REMEMBERED = 128;

/** A bit for each language. */
const BIT_OF_LANGUAGE: Readonly<Record<ShapeLanguage, number>> = { sql: 1, html: 2, shell: 4 };

/** `testShape` for many values: takes a value apart once for all languages, and remembers the parts that look like nothing. */
export class ShapeMemory {
  /** The languages that a part does not look like, a bit each. By whether its `+` are blanks, as they are not in texts. */
  readonly #harmless = { query: new Map<string, number>(), text: new Map<string, number>() };
  /** Per way to take values apart the value that was looked at last: rules ask of the same one by one. */
  readonly #last = new Map<ShapeParts, TakenApart>();

  test({ language, parts: kind }: ShapeTest, value: string): ShapeMatch | null {
    const last = this.#last.get(kind);
    const apart = last?.value === value ? last : this.#takenApart(value, kind);
    const bit = BIT_OF_LANGUAGE[language];
    if ((apart.harmless & bit) !== 0) return null;
    const harmless = this.#harmless[kind === "text" ? "text" : "query"];
    for (const part of apart.parts) {
      if (((harmless.get(part.text) ?? 0) & bit) !== 0) continue;
      const form = lowered(decodedForm(asItStands(part.text), kind !== "text"));
      const reason = SHAPES[language].judge(form.text);
      if (reason !== null) return matchOf(part, form, reason);
      remember(harmless, part.text, bit);
    }
    apart.harmless |= bit;
    return null;
  }

  #takenApart(value: string, kind: ShapeParts): TakenApart {
    const parts = isWorthJudging(value) ? partsOf(value, kind) : [];
    const known = this.#harmless[kind === "text" ? "text" : "query"];
    const harmless = parts.reduce((bits, { text }) => bits & (known.get(text) ?? 0), ALL_LANGUAGES);
    const apart = { value, parts, harmless };
    this.#last.set(kind, apart);
    return apart;
  }
}

/** A value and its parts. */
interface TakenApart {
  readonly value: string;
  readonly parts: readonly Part[];
  /** The languages that no part looks like, as far as that is known. */
  harmless: number;
}

const ALL_LANGUAGES = 7;

function remember(harmless: Map<string, number>, text: string, bit: number): void {
  if (text.length > LONGEST_REMEMBERED) return;
  const known = harmless.get(text);
  if (known === undefined && harmless.size >= MOST_REMEMBERED) harmless.clear();
  harmless.set(known === undefined ? ownText(text) : text, (known ?? 0) | bit);
}

function matchOf(part: Part, form: NormalForm, reason: string): ShapeMatch {
  const { start, end } = originalRange(form, 0, form.text.length);
  return {
    reason,
    text: form.text,
    form: form.steps,
    start: part.start + start,
    length: end - start,
  };
}

function partsOf(value: string, parts: ShapeParts): readonly Part[] {
  switch (parts) {
    case "text":
      return [{ text: value, start: 0 }];
    case "path":
      return segmentsOf(value);
    case "query":
      return partsOfQuery(value, 0);
    default: {
      const { query } = splitTarget(value);
      return query === null ? [] : partsOfQuery(query, value.length - query.length);
    }
  }
}

function partsOfQuery(query: string, offset: number): readonly Part[] {
  const parts: Part[] = [];
  for (const { name, value, start, valueStart } of parametersOf(query)) {
    if (value !== "") parts.push({ text: value, start: offset + valueStart });
    // Most names are words, and words are no code.
    if (!/^[\w.-]*$/.test(name)) parts.push({ text: name, start: offset + start });
  }
  // Injections that nobody encoded hold `&` and `=` of their own.
  const isCut = /&(?:&|\s|%20|\+|%26)/.test(query);
  return isCut ? [...parts, ...wholeValue(query, offset)] : parts;
}

/** The query from its first value on, as one text. */
function wholeValue(query: string, offset: number): readonly Part[] {
  const start = query.indexOf("=") + 1;
  return [{ text: query.slice(start), start: offset + start }];
}

function segmentsOf(path: string): readonly Part[] {
  const segments: Part[] = [];
  let start = 0;
  for (const text of path.split("/")) {
    if (text !== "" && !/^[\w.~-]*$/.test(text)) segments.push({ text, start });
    start += text.length + 1;
  }
  return segments;
}
