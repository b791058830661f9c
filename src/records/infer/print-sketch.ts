/** What was learned, as the text of a pattern: one field per line. */
import { printBytes, printName, printText } from "#language";
import { matcherOfMember, typeOfField, type Widening } from "./field-types.ts";
import type { Names } from "./names.ts";
import type {
  ChoiceSketch,
  FieldSketch,
  JsonMemberSketch,
  JsonSketch,
  PairsSketch,
  Sketch,
} from "./sketch.ts";

/** A pattern's text, and where in it the pieces stand that can be made wider, in order. */
export interface PrintedSketch {
  readonly text: string;
  readonly places: readonly { readonly start: number; readonly sketch: object }[];
}

/** How a record ends. */
export interface RecordEnd {
  /** The end of a line. */
  readonly text: string;
  /** The end of a record: of records of several lines, what follows is the beginning of the next. */
  readonly whole: string;
  /** Records may go on over line ends. */
  readonly isMultiLine: boolean;
}

interface Print {
  readonly names: Names;
  readonly widening: Widening;
  readonly end: RecordEnd;
  /** What marks stand for, by their number. */
  readonly marked: object[];
  /** Inside of alternatives and optional parts a text must not run past its place. */
  readonly depth: number;
}

/** Private characters, which printed texts never hold: a number between them stands for a piece. */
const MARK = /\u{e000}(\d+)\u{e001}/gu;

/** Prints the pieces of a record. */
export function printSketch(
  sketches: readonly Sketch[],
  names: Names,
  widening: Widening,
  end: RecordEnd,
): PrintedSketch {
  const marked: object[] = [];
  const print: Print = { names, widening, end, marked, depth: 0 };
  const units = [...printAll(print, sketches, END), { text: end.whole, isField: true }];
  return withoutMarks(layOut(units), marked);
}

/** Takes the marks out of a text and says where they stood. */
export function withoutMarks(text: string, marked: readonly object[]): PrintedSketch {
  const places: { start: number; sketch: object }[] = [];
  let plain = "";
  let at = 0;
  for (const match of text.matchAll(MARK)) {
    plain += text.slice(at, match.index);
    at = match.index + match[0].length;
    const sketch = marked[Number(match[1])];
    if (sketch !== undefined) places.push({ start: plain.length, sketch });
  }
  return { text: plain + text.slice(at), places };
}

/** A printed piece. */
interface Unit {
  readonly text: string;
  /** The line ends behind it. */
  readonly isField: boolean;
}

function layOut(units: readonly Unit[]): string {
  const lines: string[] = [];
  let line: string[] = [];
  for (const { text, isField } of units) {
    line.push(text);
    if (!isField) continue;
    lines.push(line.join(" "));
    line = [];
  }
  if (line.length > 0) lines.push(line.join(" "));
  return lines.join("\n");
}

/** Bytes that can stand behind a piece. */
type Follow = ReadonlySet<number>;
const END: Follow = new Set([0x0a, 0x0d]);
const BLANKS: readonly number[] = [0x20, 0x09];

function printAll(print: Print, sketches: readonly Sketch[], follow: Follow): readonly Unit[] {
  return sketches.flatMap((sketch, index) => {
    const behind = sketches.slice(index + 1);
    return printOne(print, sketch, { follow: firstOf(behind, follow), behind, isLast: follow === END });
  });
}

/** The bytes with which the pieces can begin, and those behind them when all may be missing. */
function firstOf(sketches: readonly Sketch[], follow: Follow): Follow {
  const [sketch, ...behind] = sketches;
  if (sketch === undefined) return follow;
  const rest = () => firstOf(behind, follow);
  switch (sketch.kind) {
    case "literal":
      return new Set([sketch.text.charCodeAt(0)]);
    case "blanks":
      return new Set([...BLANKS, ...(sketch.min === 0 ? rest() : [])]);
    case "field": {
      const quote = sketch.type.kind === "quoted" ? (sketch.type.matcher === "SQS" ? 0x27 : 0x22) : null;
      if (quote !== null) return new Set([quote]);
      const own = sketch.bytes.occurs.flatMap((occurs, byte) => (occurs ? [byte] : []));
      return new Set([...own, ...(sketch.mayBeEmpty ? rest() : [])]);
    }
    case "optional":
      return new Set([...firstOf(sketch.body, new Set()), ...rest()]);
    case "choice":
      return new Set(sketch.branches.flatMap((branch) => [...firstOf(branch, rest())]));
    case "json":
      return new Set([0x7b]);
    case "look":
      return END;
    case "header":
    case "comments":
    case "pairs":
      return new Set();
    default:
      return follow;
  }
}

interface Place {
  readonly follow: Follow;
  readonly behind: readonly Sketch[];
  /** The end of the record follows all of the pieces. */
  readonly isLast: boolean;
}

function printOne(print: Print, sketch: Sketch, place: Place): readonly Unit[] {
  switch (sketch.kind) {
    case "literal":
      return [
        { text: printBytes(bytesOf(sketch.text)) + nameIn(print, sketch), isField: sketch.hint !== null },
      ];
    case "blanks":
      return [
        { text: `${sketch.hasTabs ? "[ \\t]" : "' '"}${sketch.min === 0 ? "*" : "+"}`, isField: false },
      ];
    case "field":
      return [{ text: printField(print, sketch, place), isField: true }];
    case "optional": {
      const inner = { ...print, depth: print.depth + 1 };
      const units = printAll(inner, sketch.body, place.follow);
      return [{ text: printOptional(units), isField: units.some(({ isField }) => isField) }];
    }
    case "choice":
      return [{ text: printChoice(print, sketch, place), isField: true }];
    case "json":
      return [{ text: printJson(print, sketch), isField: true }];
    case "look":
      return [{ text: `>>${print.end.text}`, isField: false }];
    case "header":
      return [{ text: `(BOS ${printBytes(bytesOf(sketch.text))} ${print.end.text})?`, isField: true }];
    case "comments":
      return [
        { text: `(${printBytes(bytesOf(sketch.mark))} LD{0,${ROOM}} ${print.end.text})*`, isField: true },
      ];
    case "pairs":
      return [{ text: printPairs(print, sketch), isField: true }];
    default:
      return [];
  }
}

/** A literal that may be missing needs no parentheses. */
function printOptional(units: readonly Unit[]): string {
  const text = units.map((unit) => unit.text).join(" ");
  const [only] = units;
  const isLiteral = units.length === 1 && only !== undefined && /^'(?:[^'\\]|\\.)*'$/.test(only.text);
  return isLiteral ? `${text}?` : `(${text})?`;
}

function printChoice(print: Print, sketch: ChoiceSketch, { follow }: Place): string {
  const inner = { ...print, depth: print.depth + 1 };
  const branches = sketch.branches.map((branch) =>
    printAll(inner, branch, follow)
      .map(({ text }) => text)
      .join(" "),
  );
  const isShort = sketch.hint === null;
  const text = isShort ? `(${branches.join(" | ")})` : `(\n  ${branches.join("\n| ")}\n)`;
  return text + nameIn(print, sketch);
}

/** Keys with values in quotes or without. */
function printPairs(print: Print, sketch: PairsSketch): string {
  const separator = printBytes(bytesOf(sketch.separator));
  const plain = sketch.separator === " " ? "NSPACE*" : `[^${escapeInSet(sketch.separator.charAt(0))}\\n]*`;
  return `KVP{[^= \\n]+:key '=' (DQS:value_1 | ${plain}:value_2) ${separator}*}${nameIn(print, sketch)}`;
}

function nameIn({ names }: Print, sketch: object): string {
  const name = names.get(sketch);
  return name === undefined ? "" : `:${printName(name)}`;
}

/** Characters of one byte each as bytes. */
export function bytesOf(text: string): readonly number[] {
  return [...Buffer.from(text, "latin1")];
}

/** Texts longer than this in the sample get more room. */
const LONG_TEXT = 1500;
const ROOM = 65_536;

function printField(print: Print, field: FieldSketch, place: Place): string {
  const type = typeOfField(field, print.widening);
  const mark = `\u{e000}${print.marked.push(field) - 1}\u{e001}`;
  const name = nameIn(print, field);
  const empty = field.mayBeEmpty ? "*" : "";
  switch (type.kind) {
    case "matcher":
      return `${mark}${type.matcher}${empty}${name}`;
    case "time": {
      const times = type.formats.map((format) => `TIMESTAMP(${printText(format)})${name}`);
      const [only] = times;
      const text = times.length === 1 && only !== undefined ? only : `(${times.join(" | ")})`;
      return `${mark}${times.length === 1 && empty !== "" ? text.replace(/\)(?=:|$)/, ")*") : text + (empty === "" ? "" : "?")}`;
    }
    case "quoted":
      return `${mark}${type.matcher}${field.bytes.maxLength > LONG_TEXT ? `{0,${ROOM}}` : ""}${name}`;
    case "text":
      return mark + printTextField(print, field, place, name);
    case "free":
      return mark + printFree(print, field, place, name);
    default:
      return mark;
  }
}

interface TextClass {
  readonly name: string;
  readonly holds: RegExp;
  /** Only for texts that are few, or digests. */
  readonly isNarrow: boolean;
}

const CLASSES: readonly TextClass[] = [
  { name: "DIGIT", holds: /[0-9]/, isNarrow: false },
  { name: "UPPER", holds: /[A-Z]/, isNarrow: true },
  { name: "LOWER", holds: /[a-z]/, isNarrow: true },
  { name: "ALPHA", holds: /[A-Za-z]/, isNarrow: true },
  { name: "XDIGIT", holds: /[0-9A-Fa-f]/, isNarrow: true },
  { name: "WORD", holds: /\w/, isNarrow: false },
  { name: "NSPACE", holds: /[^ \t\n\r\v\f]/, isNarrow: false },
];

function printTextField(print: Print, field: FieldSketch, place: Place, name: string): string {
  const { bytes, mayBeEmpty } = field;
  const own = bytes.occurs.flatMap((occurs, byte) => (occurs ? [String.fromCharCode(byte)] : []));
  const follow = [...place.follow].map((byte) => String.fromCharCode(byte));
  if (own.length === 0) return `${follow.includes(",") ? "LD*" : "NSPACE*"}${name}`;
  const found = CLASSES.find(
    ({ name: className, holds, isNarrow }) =>
      (!isNarrow || (className === "XDIGIT" ? bytes.isHash : bytes.isSmallSet)) &&
      own.every((character) => holds.test(character)) &&
      !follow.some((character) => holds.test(character)),
  );
  const size = bytes.maxLength > LONG_TEXT ? `{${mayBeEmpty ? 0 : 1},${ROOM}}` : mayBeEmpty ? "*" : "";
  if (found !== undefined) return `${found.name}${size}${name}`;
  const isClear = own.every((character) => !/\s/.test(character) && !follow.includes(character));
  if (isClear && (print.depth > 0 || hasOptionalNext(place))) {
    const others = [...new Set([...follow.filter((character) => !/\s/.test(character)), " "])].map(
      escapeInSet,
    );
    return `[^${others.join("")}\\n]${size === "" ? "+" : size}${name}`;
  }
  return printFree(print, field, place, name);
}

function escapeInSet(character: string): string {
  if (/[[\]\\^!:-]/.test(character)) return `\\${character}`;
  const code = character.charCodeAt(0);
  return code < 0x20 || code > 0x7e ? `\\x${code.toString(16).padStart(2, "0")}` : character;
}

function hasOptionalNext({ behind }: Place): boolean {
  const [next] = behind;
  return next?.kind === "optional" || (next?.kind === "blanks" && next.min === 0);
}

/** LD ends where what must follow stands: where something may be missing, a look-ahead says what can follow. */
function printFree({ end }: Print, field: FieldSketch, place: Place, name: string): string {
  const { bytes, mayBeEmpty } = field;
  const isMultiLine = end.isMultiLine && place.behind.length === 0 && place.isLast;
  const size =
    bytes.maxLength > LONG_TEXT || isMultiLine ? `{${mayBeEmpty ? 0 : 1},${ROOM}}` : mayBeEmpty ? "*" : "";
  const text = `${isMultiLine ? "DATA" : "LD"}${size}${name}`;
  if (!hasOptionalNext(place)) return text;
  const firsts = [...place.follow].filter((byte) => byte !== 0x0a && byte !== 0x0d);
  const starts = firsts.map((byte) => printBytes([byte]));
  const ends = place.follow.has(0x0a) ? [end.text] : [];
  return `${text} >>(${[...starts, ...ends].join(" | ")})`;
}

function printJson(print: Print, json: JsonSketch): string {
  const settings = [
    ...(json.isFlat ? ["flat=true"] : []),
    ...(json.hasMore ? ["greedy='more'"] : []),
    ...(json.isFlat && json.maxBytes > 128_000 ? [`maxlen=${json.maxBytes}`] : []),
  ];
  const tail = settings.length === 0 ? "" : `(${settings.join(", ")})`;
  const open = json.isFlat ? "JSON{" : "{";
  if (json.members.length === 0) return "JSON:more";
  return `${open}\n${json.members.map((member) => printMember(print, member)).join(",\n")}\n}${tail}`;
}

function printMember(print: Print, member: JsonMemberSketch): string {
  const { name, shape, isMandatory } = member;
  const field = print.names.get(member);
  const alias = field === undefined || field === name ? "" : `:${printName(field)}`;
  const mark = `\u{e000}${print.marked.push(member) - 1}\u{e001}`;
  const steps = print.widening.get(member) ?? 0;
  const shown =
    shape.kind === "matcher"
      ? matcherOfMember(shape.text, member, print.widening)
      : steps > 0
        ? "JSON_VALUE"
        : printJson(print, shape).replaceAll("\n", "\n  ");
  return `  ${mark}${shown}${isMandatory ? "+" : ""}:${printName(name)}${alias}`;
}
