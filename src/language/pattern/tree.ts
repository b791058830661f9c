/**
 * The tree of a checked pattern: what the pattern parser makes and the match program is compiled from.
 * Names are resolved, literals unescaped, quantifiers explicit, matcher aliases canonical.
 */
import type { TextSource, TextSpan } from "#text";
import type { Field } from "../types.ts";
import type { PatternHeader } from "./header.ts";

/** A pattern without errors. `fields` are its exports in the order of writing. */
export interface Pattern {
  readonly source: TextSource;
  readonly root: GroupNode;
  readonly fields: readonly Field[];
  /** The header that names the columns; null for patterns that know them by themselves. */
  readonly header: PatternHeader | null;
}

/** How often an element may stand, both bounds included. For text matchers bytes are counted, for literals and groups repetitions. */
export interface Quantifier {
  readonly min: number;
  readonly max: number;
}

/** What every element can carry. */
interface ElementBase {
  readonly span: TextSpan;
  /** As written (`*` is 0…4096, `+` is 1…4096); null when none is written: the matcher's default holds. */
  readonly quantifier: Quantifier | null;
  /** `?` behind it: may be missing, the field is NULL then. */
  readonly isOptional: boolean;
  /** The export name, or null. */
  readonly name: string | null;
  /** Look-around in front of it: tested, takes no bytes. */
  readonly look: "ahead" | "not-ahead" | "behind" | "not-behind" | null;
}

export type PatternNode =
  | LiteralNode
  | SetNode
  | MatcherNode
  | GroupNode
  | ChoiceNode
  | ReferenceNode
  | StructureNode
  | ArrayNode
  | KvpNode
  | EnumNode
  | ConstantNode
  | CsvNode
  | JsonNode;

/** `'text'`; matched as UTF-8 bytes (`\xHH` is that single byte, kept in `bytes`). */
export interface LiteralNode extends ElementBase {
  readonly kind: "literal";
  readonly bytes: readonly number[];
  /** ASCII letters match in any case. */
  readonly ignoresCase: boolean;
}

/** `[a-z]`, and the class matchers (`DIGIT`, `NSPACE`, …): bytes that are in a set. */
export interface SetNode extends ElementBase {
  readonly kind: "set";
  /** Sorted, disjoint, inclusive byte ranges; negation is already carried out. */
  readonly ranges: readonly (readonly [first: number, last: number])[];
  /** `charset` and `locale` of a class matcher; absent when neither is given. A null quantifier means one byte. */
  readonly config?: Readonly<Record<string, string | number | boolean>>;
}

/** A matcher of the list in `matchers.ts`, by its canonical name (`INTEGER` → `INT`, `LDATA` → `LD`, `TIME` → `TIMESTAMP`, …). */
export interface MatcherNode extends ElementBase {
  readonly kind: "matcher";
  readonly matcher: string;
  /** Config with defaults left out; the first unnamed value of `TIMESTAMP('…')` is `format`. */
  readonly config: Readonly<Record<string, string | number | boolean>>;
}

/** `( a b c )`; `separator` from `(fs=',')` stands between neighbours. */
export interface GroupNode extends ElementBase {
  readonly kind: "group";
  readonly members: readonly PatternNode[];
  readonly separator: readonly number[] | null;
}

/** `( a | b )`: each branch is a sequence; the first that matches wins. */
export interface ChoiceNode extends ElementBase {
  readonly kind: "choice";
  readonly branches: readonly GroupNode[];
}

/** `$x`: a named sub-pattern. Exported it is a TUPLE of its fields, or a STRING when it has none. */
export interface ReferenceNode extends ElementBase {
  readonly kind: "reference";
  readonly target: string;
  readonly definition: GroupNode;
}

/** `STRUCTURE{ … }`: a sequence as one TUPLE. */
export interface StructureNode extends ElementBase {
  readonly kind: "structure";
  readonly body: GroupNode;
}

/** `ARRAY{ … }{n,m}`. */
export interface ArrayNode extends ElementBase {
  readonly kind: "array";
  readonly body: GroupNode;
}

/** `KVP{ … }`: pairs in any order; exports `key` and `value…`. */
export interface KvpNode extends ElementBase {
  readonly kind: "kvp";
  readonly body: GroupNode;
}

/** `ENUM{'a'=1}`: the longest text that fits gives its integer. */
export interface EnumNode extends ElementBase {
  readonly kind: "enum";
  readonly entries: readonly { readonly bytes: readonly number[]; readonly value: number }[];
  readonly ignoresCase: boolean;
}

/** `<'const'>:name`: a field without bytes. */
export interface ConstantNode extends ElementBase {
  readonly kind: "constant";
  readonly value: string;
}

/** `CSV{ … }`: one RFC 4180 record of the given columns. */
export interface CsvNode extends ElementBase {
  readonly kind: "csv";
  readonly columns: readonly PatternNode[];
  readonly separator: number;
  readonly quote: number;
  readonly hasHeader: boolean;
}

/** `JSON`, `JSON{…}`, `JSON_ARRAY`, `JSON_VALUE`. */
export interface JsonNode extends ElementBase {
  readonly kind: "json";
  readonly shape: JsonShape;
  readonly maxBytes: number;
  /** `strict=false`: names and one-word values may stand without quotes. */
  readonly isStrict: boolean;
  /** `charset` and `locale`; absent when neither is given. */
  readonly config?: Readonly<Record<string, string | number | boolean>>;
}

/** What a JSON value must look like. */
export type JsonShape =
  | { readonly kind: "any" } // any JSON value: VARIANT
  | { readonly kind: "any-object" } // any object: OBJECT
  | { readonly kind: "any-array" } // any array: ARRAY(VARIANT)
  | { readonly kind: "array"; readonly element: JsonShape }
  | { readonly kind: "object"; readonly object: JsonObjectShape }
  | { readonly kind: "scalar"; readonly matcher: MatcherNode | EnumNode }
  | { readonly kind: "text"; readonly body: GroupNode }; // a string member taken apart by a pattern

/** `JSON{ … }(greedy=…, flat=…)`: named members in any order, others skipped or collected. */
export interface JsonObjectShape {
  readonly members: readonly JsonMember[];
  /** Name of the OBJECT that collects all members not named, or null. */
  readonly greedy: string | null;
  /** Members become fields of the record instead of a TUPLE. */
  readonly isFlat: boolean;
}

export interface JsonMember {
  readonly memberName: string;
  /** Field name; null: read and dropped, or a text pattern whose own exports take its place. */
  readonly name: string | null;
  readonly isMandatory: boolean;
  readonly shape: JsonShape;
  readonly span: TextSpan;
}
