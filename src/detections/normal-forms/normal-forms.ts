/** The normal forms of a value: what it says once its disguises are undone. */
import { undoBlanks, undoPathTricks, undoShellQuotes, undoSqlComments } from "./disguises.ts";
import {
  decodeEntities,
  decodeEscapes,
  decodePercent,
  decodePlus,
  decodeShapes,
  lowerCase,
} from "./encodings.ts";
import { type Edit, type Rewritten, rangeBefore } from "./rewritten.ts";

/** Names of what can be undone, in the order in which it is. */
export type NormalStep =
  | "plus"
  | "percent"
  | "entities"
  | "escapes"
  | "shapes"
  | "lower"
  | "comments"
  | "blanks"
  | "path"
  | "quotes";

/** A value in one form. */
export interface NormalForm {
  readonly text: string;
  /** What was undone, in order; empty: as it stands. */
  readonly steps: readonly NormalStep[];
  /** Per undone step its edits; `lower` has none. */
  readonly edits: readonly (readonly Edit[])[];
}

/** A value in the form in which it stands in the log. */
export function asItStands(text: string): NormalForm {
  return { text, steps: [], edits: [] };
}

/** Rounds of decoding: more than three layers are a sign of their own, and decoding must end. */
const MOST_ROUNDS = 3;

/** What some step undoes begins with one of these; a text without them has no other form but its lower case. */
const HIDING = /[^ -~]|[%+\\'"`$^#*]|&(?:#|[a-z]{2,7};)|--|\/\/|\/\.| {2}/i;

/**
 * The value as it stands and its normal forms, each text once: decoded; decoded without SQL comments and repeated blanks; with its path
 * put straight; without a shell's quotes. At most five, each at most as long as the value. Cost: linear.
 */
export function normalForms(value: string): readonly NormalForm[] {
  const raw = asItStands(value);
  if (!HIDING.test(value)) {
    const lower = lowered(raw);
    return lower === raw ? [raw] : [raw, lower];
  }
  const decoded = lowered(decodedForm(raw, true));
  const forms = [
    raw,
    decoded,
    undone(undone(decoded, "comments", undoSqlComments), "blanks", undoBlanks),
    undone(decoded, "path", undoPathTricks),
    undone(undone(decoded, "quotes", undoShellQuotes), "blanks", undoBlanks),
  ];
  const known = new Set<string>();
  return forms.filter(({ text }) => !known.has(text) && known.add(text));
}

/** Words between single blanks of a query; nothing else in them is ever undone. */
const SIMPLE = /^[\w/.?=&,:~()@!-]*(?:(?:\+|%20)[\w/.?=&,:~()@!-]+)*$/;

/**
 * The texts of a value's forms but for the case of letters, without the way back: of simple values, which most are. Null: see `normalForms`.
 * Cost: far below that of `normalForms`.
 */
export function simpleTexts(value: string): readonly string[] | null {
  if (!SIMPLE.test(value) || value.includes("//") || value.includes("/.")) return null;
  const isEncoded = value.includes("%");
  if (!isEncoded && !value.includes("+")) return [value];
  const plain = value.replaceAll("+", " ");
  return [value, isEncoded ? plain.replaceAll("%20", " ") : plain];
}

/** A text decoded until nothing changes, at most three times; `isQuery`: its `+` are blanks. Letters keep their case. */
export function decodedForm(form: NormalForm, isQuery: boolean): NormalForm {
  let current = isQuery ? undone(form, "plus", decodePlus) : form;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = current;
    current = undone(current, "percent", decodePercent);
    current = undone(current, "entities", decodeEntities);
    current = undone(current, "escapes", decodeEscapes);
    if (current === before) break;
  }
  return undone(current, "shapes", decodeShapes);
}

/** A form in lower case. */
export function lowered(form: NormalForm): NormalForm {
  const text = lowerCase(form.text);
  return text === form.text ? form : { text, steps: [...form.steps, "lower"], edits: [...form.edits, []] };
}

/** The range of the original value that a range of the form came of. UTF-16 units, half open. */
export function originalRange(
  form: NormalForm,
  start: number,
  end: number,
): { readonly start: number; readonly end: number } {
  return form.edits.reduceRight((range, edits) => rangeBefore(edits, range.start, range.end), { start, end });
}

function undone(form: NormalForm, step: NormalStep, undo: (text: string) => Rewritten | null): NormalForm {
  const rewritten = undo(form.text);
  if (rewritten === null) return form;
  return {
    text: rewritten.text,
    steps: [...form.steps, step],
    edits: [...form.edits, rewritten.edits],
  };
}
