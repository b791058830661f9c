/** Names for fields: what the text calls them, else what they look like. */
import { dataKind, typeOfField, type Widening } from "./field-types.ts";
import { LEVELS } from "./levels.ts";
import type { FieldSketch, JsonSketch, Sketch, ValueType } from "./sketch.ts";

/** The names of named pieces. */
export type Names = ReadonlyMap<object, string>;

const METHODS: ReadonlySet<string> = new Set(
  "GET POST PUT DELETE HEAD OPTIONS PATCH CONNECT TRACE PROPFIND".split(" "),
);
/** Words before a value that do not say what it is. */
const WEAK_WORDS: ReadonlySet<string> = new Set(
  "a an and are as at by did does failed for from has in is into it no not of on or reached retry since than that the this to too via was were while with".split(
    " ",
  ),
);
/** A key directly in front of a value: `port=`, `"user": `, `pid `. */
const KEY_BEFORE = /(?:^|[^\w.-])([A-Za-z_][\w.-]{0,40}?)["']?(?:\s?[=:]\s?|\s)["'[(<{*#]?$/;

interface Walk {
  readonly names: Map<object, string>;
  /** The kind of value under each name, anywhere in the pattern. */
  readonly kinds: Map<string, string>;
  readonly widening: Widening;
  /** Names of this record so far. */
  used: Set<string>;
  /** The literal text since the last field. */
  before: string;
  /** What the fields before were called, the last one last. */
  readonly earlier: string[];
  readonly isWeb: boolean;
}

/**
 * Names for all pieces that get one. Pieces of one record have different names. `kinds`: the kind of value under each name in other
 * records of the pattern, which is added to.
 */
export function nameFields(
  sketches: readonly Sketch[],
  widening: Widening,
  kinds: Map<string, string> = new Map(),
): Names {
  const walk: Walk = {
    names: new Map(),
    kinds,
    widening,
    used: new Set(),
    before: "",
    earlier: [],
    isWeb: looksLikeWeb(sketches),
  };
  nameAll(walk, sketches);
  return walk.names;
}

function looksLikeWeb(sketches: readonly Sketch[]): boolean {
  return sketches.some((sketch) => {
    if (sketch.kind === "field")
      return (sketch.type.kind === "matcher" && sketch.type.matcher === "HTTPDATE") || isMethods(sketch);
    if (sketch.kind === "optional") return looksLikeWeb(sketch.body);
    return sketch.kind === "choice" && sketch.branches.some(looksLikeWeb);
  });
}

function isMethods({ values }: FieldSketch): boolean {
  return values.length > 0 && values.every((value) => METHODS.has(value));
}

function nameAll(walk: Walk, sketches: readonly Sketch[]): void {
  for (const sketch of sketches) nameOne(walk, sketch);
}

function nameOne(walk: Walk, sketch: Sketch): void {
  switch (sketch.kind) {
    case "literal":
      if (sketch.hint !== null) give(walk, sketch, identifier(sketch.hint), "string");
      walk.before += sketch.text;
      return;
    case "field": {
      const type = typeOfField(sketch, walk.widening);
      give(
        walk,
        sketch,
        sketch.hint === null ? nameOf(walk, sketch) : nameOfHint(sketch.hint, type),
        dataKind(type),
      );
      walk.before = "";
      return;
    }
    case "optional":
      return nameAll(walk, sketch.body);
    case "choice":
      return nameChoice(walk, sketch);
    case "json":
      if (sketch.isFlat) nameMembers(walk, sketch);
      return;
    case "blanks":
      walk.before += " ";
      return;
    case "pairs":
      give(walk, sketch, sketch.hint, "object");
      walk.before = "";
      return;
    case "look":
    case "header":
    case "comments":
      return;
    default:
  }
}

/** A date with its clock is more than its first key says. */
function nameOfHint(hint: string, type: ValueType): string {
  const isWhole = type.kind === "time" && type.formats.every((format) => /[Hhs]/.test(format));
  return isWhole && /^(?:date|time)$/i.test(hint) ? "timestamp" : identifier(hint);
}

function nameChoice(walk: Walk, sketch: Extract<Sketch, { kind: "choice" }>): void {
  if (sketch.hint !== null) give(walk, sketch, identifier(sketch.hint), "string");
  const { used, before } = walk;
  const after = new Set(used);
  const depth = walk.earlier.length;
  for (const branch of sketch.branches) {
    walk.used = new Set(used);
    walk.before = before;
    walk.earlier.length = Math.min(walk.earlier.length, depth);
    const isWholeRest =
      sketch.hint !== null &&
      branch.length === 1 &&
      branch[0]?.kind === "field" &&
      branch[0].type.kind === "free";
    if (!isWholeRest) nameAll(walk, branch);
    for (const name of walk.used) after.add(name);
  }
  walk.used = after;
  walk.before = "";
}

/** Members of a flat object are fields of the record: they keep their names where these are free. */
function nameMembers(walk: Walk, { members, hasMore }: JsonSketch): void {
  for (const member of members) {
    const text = member.shape.kind === "matcher" ? member.shape.text : "tuple";
    give(walk, member, member.name, kindOfMember(text));
  }
  if (hasMore) walk.used.add("more");
}

function kindOfMember(text: string): string {
  if (text === "STRING") return "string";
  return text.startsWith("TIMESTAMP") ? "timestamp" : dataKind({ kind: "matcher", matcher: text });
}

/** The name, or the first free one with a number behind it. */
function give(walk: Walk, sketch: object, wanted: string, kind: string): void {
  const isFree = (name: string) => !walk.used.has(name) && (walk.kinds.get(name) ?? kind) === kind;
  let name = wanted;
  const [stem, first] = /_1$/.test(wanted) ? [wanted.slice(0, -2), 2] : [wanted, 2];
  for (let number = first; !isFree(name); number++) name = `${stem}_${number}`;
  walk.used.add(name);
  walk.kinds.set(name, kind);
  walk.names.set(sketch, name);
  walk.earlier.push(name);
}

/** A text as a name: lower case when it is all capitals, words joined by underscores. */
export function identifier(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^_+|_+$/g, "");
  const lower = /[a-z]/.test(plain) ? plain : plain.toLowerCase();
  if (lower === "") return "field";
  return /^[A-Za-z_]/.test(lower) ? lower : `n${lower}`;
}

function nameOf(walk: Walk, field: FieldSketch): string {
  return (
    nameByValues(walk, field) ??
    nameByText(walk, field) ??
    nameByPlace(walk, field) ??
    nameByType(walk, field)
  );
}

/** Values that say themselves what they are. */
function nameByValues(walk: Walk, field: FieldSketch): string | null {
  const given = field.values.filter((value) => value !== "");
  if (given.length === 0) return null;
  const all = (test: (value: string) => boolean) => given.every(test);
  const kind = dataKind(typeOfField(field, walk.widening));
  if (kind === "timestamp") return "timestamp";
  if (isMethods(field)) return "method";
  if (all((value) => LEVELS.has(value.toLowerCase()))) return "level";
  if (all((value) => /^HTTP\/\d/.test(value))) return "protocol";
  if (given.some((value) => /^(?:Mozilla|curl|Wget|python-requests|Go-http-client)\//.test(value)))
    return "user_agent";
  if (
    given.length > 0 &&
    all((value) => value === "-" || /^https?:\/\//.test(value)) &&
    walk.earlier.includes("status") &&
    !walk.earlier.includes("referrer")
  ) {
    return "referrer";
  }
  return null;
}

/** The word in front of it. */
function nameByText(walk: Walk, field: FieldSketch): string | null {
  const kind = dataKind(typeOfField(field, walk.widening));
  const [, word] = KEY_BEFORE.exec(walk.before) ?? [];
  if (word === undefined || /^HTTP/.test(word)) return null;
  const lower = word.toLowerCase();
  if (kind === "integer" && /\.[a-z]{1,5}$/.test(word)) return "line";
  if (kind === "ip" && (lower === "from" || lower === "by")) return "client_ip";
  if (kind === "ip" && lower === "to") return "server_ip";
  if (kind === "ip" && lower === "client") return "client_ip";
  if (kind === "ipsocket" && lower === "client") return "client";
  if (lower === "for" && kind === "string") return "user";
  if (WEAK_WORDS.has(lower) || word.length < 2) return null;
  const isKey = /[=:]\s?["'[(<{*#]?$/.test(walk.before);
  const isNumber = kind === "integer" || kind === "long" || kind === "double";
  const isTyped = isNumber
    ? /^[a-z_]+$/.test(word) && !/[\])]\s/.test(walk.before.slice(-2))
    : NOUNS.has(lower);
  return isKey || isTyped ? identifier(word) : null;
}

const NOUNS: ReadonlySet<string> = new Set(
  "user username peer source src dst address addr ip gateway target host hostname domain path file filename uri url method query request zone server client interface service device group role session thread module action status state type name table database topic queue key id code reason error version port pid".split(
    " ",
  ),
);

/** What is known of a field's place. */
interface FieldPlace {
  readonly field: FieldSketch;
  readonly type: ValueType;
  readonly kind: string;
  /** The literal text in front of it. */
  readonly before: string;
  readonly earlier: readonly string[];
  readonly last: string | undefined;
  readonly isWeb: boolean;
}

const isInteger = ({ kind }: FieldPlace): boolean => kind === "integer" || kind === "long";
const isString = ({ kind }: FieldPlace): boolean => kind === "string";

/** Names that places have in many logs, in the order in which they are tried. */
const PLACE_NAMES: readonly (readonly [name: string, fits: (place: FieldPlace) => boolean])[] = [
  ["client_ip", ({ kind, earlier }) => kind === "ip" && earlier.length === 0],
  ["client_ip", ({ kind, earlier, isWeb }) => kind === "ip" && isWeb && !earlier.includes("status")],
  ["uri", (place) => place.last === "method" && isString(place)],
  ["status", (place) => (place.last === "protocol" || place.last === "request") && isInteger(place)],
  ["bytes", (place) => place.last === "status" && isInteger(place)],
  ["user", (place) => place.isWeb && isString(place) && place.before === " " && place.last === "ident"],
  ["thread", (place) => place.last === "level" && isString(place) && place.before.endsWith("[")],
  ["pid", (place) => place.last === "level" && isInteger(place) && place.before === "] "],
  ["pid", (place) => isInteger(place) && /[A-Za-z]\[$/.test(place.before)],
  ["tid", (place) => place.last === "pid" && isInteger(place) && place.before === "#"],
  ["connection", (place) => place.last === "tid" && isInteger(place) && place.before === ": *"],
  ["logger", (place) => place.earlier.includes("level") && isString(place) && areClasses(place.field)],
];

/** Names with points, as classes and modules have. */
function areClasses({ values }: FieldSketch): boolean {
  return (
    values.length > 0 && values.every((value) => /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$/.test(value))
  );
}

/** Where it stands, and what stands before it. */
function nameByPlace(walk: Walk, field: FieldSketch): string | null {
  const { earlier, before, isWeb } = walk;
  const type = typeOfField(field, walk.widening);
  const place: FieldPlace = {
    field,
    type,
    kind: dataKind(type),
    before,
    earlier,
    last: earlier.at(-1),
    isWeb,
  };
  const found = PLACE_NAMES.find(([name, fits]) => fits(place) && !earlier.includes(name));
  if (found !== undefined) return found[0];
  return isWeb && type.kind === "quoted" ? nameOfQuoted(earlier) : null;
}

function nameOfQuoted(earlier: readonly string[]): string | null {
  const hasRequest = earlier.includes("request") || earlier.includes("method");
  if (!earlier.includes("status")) return hasRequest ? null : "request";
  if (!earlier.includes("referrer")) return "referrer";
  return earlier.includes("user_agent") ? null : "user_agent";
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  integer: "number_1",
  long: "number_1",
  double: "decimal_1",
  HEXLONG: "hex_1",
  BOOLEAN: "flag_1",
  ip: "ip",
  ipsocket: "socket",
  IPNET: "network",
  MACADDR: "mac",
};

function nameByType(walk: Walk, field: FieldSketch): string {
  const type = typeOfField(field, walk.widening);
  if (type.kind === "matcher" && (type.matcher === "UUID" || type.matcher === "URI"))
    return type.matcher.toLowerCase();
  if (type.kind === "free") return "message";
  if (field.bytes.isHash) return "hash";
  return TYPE_NAMES[dataKind(type)] ?? "text_1";
}
