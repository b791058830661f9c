/** What was learned of a text, before it is written as a pattern. Texts here have one character per byte. */

/** A piece of a pattern that is being learned. */
export type Sketch =
  | LiteralSketch
  | BlanksSketch
  | FieldSketch
  | OptionalSketch
  | ChoiceSketch
  | JsonSketch
  | LookSketch
  | HeaderSketch
  | CommentsSketch
  | PairsSketch;

/** Bytes that always stand there; with a name they are a field, for texts that may be missing. */
export interface LiteralSketch {
  readonly kind: "literal";
  readonly text: string;
  readonly hint: string | null;
}

/** Blanks in varying numbers. */
export interface BlanksSketch {
  readonly kind: "blanks";
  readonly hasTabs: boolean;
  readonly min: number;
}

/** A value. */
export interface FieldSketch {
  readonly kind: "field";
  readonly type: ValueType;
  /** Some values are empty. */
  readonly mayBeEmpty: boolean;
  /** What the text itself calls it, or null. */
  readonly hint: string | null;
  /** Distinct values, some of them when they are many. */
  readonly values: readonly string[];
  readonly bytes: TextShape;
}

/** What the values of a field look like as texts. */
export interface TextShape {
  /** Which bytes occur, by their number. */
  readonly occurs: readonly boolean[];
  readonly minLength: number;
  readonly maxLength: number;
  /** So few different values in so many records that they are names of something. */
  readonly isSmallSet: boolean;
  /** All values have the same length and are hexadecimal digits, some of them letters. */
  readonly isHash: boolean;
}

/** How a value is written. `quoted`: with its quotes. */
export type ValueType =
  | { readonly kind: "text" }
  /** Whatever there is up to what follows. */
  | { readonly kind: "free" }
  | { readonly kind: "quoted"; readonly matcher: "DQS" | "SQS" | "CSVDQS" }
  | { readonly kind: "time"; readonly formats: readonly string[] }
  | { readonly kind: "matcher"; readonly matcher: string };

/** Something that is missing in some records. */
export interface OptionalSketch {
  readonly kind: "optional";
  readonly body: readonly Sketch[];
}

/** Alternatives in the order they are tried. `hint`: all of the text is a field of this name. */
export interface ChoiceSketch {
  readonly kind: "choice";
  readonly branches: readonly (readonly Sketch[])[];
  readonly hint: string | null;
}

/** A JSON object. `isFlat`: its members are fields of the record. */
export interface JsonSketch {
  readonly kind: "json";
  readonly members: readonly JsonMemberSketch[];
  readonly isFlat: boolean;
  readonly hint: string | null;
  /** There are more members than are named. */
  readonly hasMore: boolean;
  readonly maxBytes: number;
}

/** A member of a JSON object. */
export interface JsonMemberSketch {
  readonly name: string;
  readonly isMandatory: boolean;
  readonly shape: JsonSketch | { readonly kind: "matcher"; readonly text: string };
}

/** `>>( … | … )`: what must stand behind, but is not taken. */
export interface LookSketch {
  readonly kind: "look";
  readonly at: "line-end";
}

/** A line of names before the first record. */
export interface HeaderSketch {
  readonly kind: "header";
  readonly text: string;
}

/** Lines that begin with a mark and are passed over. */
export interface CommentsSketch {
  readonly kind: "comments";
  readonly mark: string;
}

/** Pairs of keys and values in any order, as one object. */
export interface PairsSketch {
  readonly kind: "pairs";
  readonly separator: string;
  readonly hint: string;
}

/** Bytes that always stand there. */
export function literal(text: string, hint: string | null = null): LiteralSketch {
  return { kind: "literal", text, hint };
}

/** The pieces with neighbouring literals joined and empty ones left out. */
export function joined(sketches: readonly Sketch[]): readonly Sketch[] {
  const result: Sketch[] = [];
  for (const sketch of sketches) {
    const last = result.at(-1);
    if (sketch.kind !== "literal" || sketch.hint !== null) result.push(sketch);
    else if (last?.kind === "literal" && last.hint === null) {
      result[result.length - 1] = literal(last.text + sketch.text);
    } else if (sketch.text !== "") result.push(sketch);
  }
  return result;
}

/** Blanks in varying numbers, as these are. */
export function blanks(gaps: Iterable<string>): BlanksSketch {
  const distinct = [...new Set(gaps)];
  return {
    kind: "blanks",
    hasTabs: distinct.some((gap) => gap.includes("\t")),
    min: distinct.includes("") ? 0 : 1,
  };
}

/** Most values kept of a field. */
const MOST_VALUES = 64;
/** Texts with more different values are no small set. */
const SMALL_SET = 12;

/** A field of values that occur as often as `counts` says. */
export function fieldOf(type: ValueType, counts: ReadonlyMap<string, number>): FieldSketch {
  const values = [...counts.keys()];
  return {
    kind: "field",
    type,
    mayBeEmpty: counts.has(""),
    hint: null,
    values: values.slice(0, MOST_VALUES),
    bytes: shapeOf(values, counts),
  };
}

function shapeOf(values: readonly string[], counts: ReadonlyMap<string, number>): TextShape {
  const occurs = new Array<boolean>(256).fill(false);
  let minLength = Number.MAX_SAFE_INTEGER;
  let maxLength = 0;
  let rows = 0;
  for (const value of values) {
    for (let at = 0; at < value.length; at++) occurs[value.charCodeAt(at)] = true;
    if (value !== "") minLength = Math.min(minLength, value.length);
    maxLength = Math.max(maxLength, value.length);
    rows += counts.get(value) ?? 0;
  }
  const isHash =
    minLength === maxLength &&
    minLength >= 6 &&
    values.every((value) => /^(?:[\da-f]+|[\dA-F]+)$/.test(value));
  const hasLetters = values.some((value) => /[a-fA-F]/.test(value) && /\d/.test(value));
  const isSmallSet = values.length <= SMALL_SET && rows >= 4 * values.length;
  return { occurs, minLength, maxLength, isSmallSet, isHash: isHash && hasLetters };
}
