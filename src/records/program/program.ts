/**
 * The match program: a pattern compiled for one query. A structured tree of operations over bytes with captures into slots,
 * plain data, the same for the WebAssembly scanner and for its plain twin. Only what the query wants has a slot; everything
 * else is recognised without being decoded. Recognition never depends on what is wanted.
 *
 * Execution: operations run in order from a position; one that fails makes its sequence fail. There is no backtracking over what
 * an operation took. `optional`, `choice`, `repeat` and `look` restore the position, and set to NULL the slots inside them, when
 * their body fails. All slots are NULL at the start of an attempt.
 */
import type { DataType } from "#language";

/** A set of bytes as 256 bits: bit `b & 31` of word `b >> 5`. */
export type ByteSet = readonly [number, number, number, number, number, number, number, number];

/** Index into `MatchProgram.slots`; -1: not wanted, recognise only. */
export type SlotIndex = number;

/** A value the query wants. `path` is how the query names it: field, then members. */
export interface Slot {
  readonly path: readonly string[];
  readonly type: DataType;
}

/** Where in the pattern's text an operation comes from, in UTF-16 units. */
export interface PatternRange {
  readonly start: number;
  readonly end: number;
}

export interface MatchProgram {
  readonly slots: readonly Slot[];
  readonly body: readonly MatchOperation[];
  /** Bytes a record can start with; an attempt at any other byte fails. */
  readonly firstBytes: ByteSet;
  /** A match can hold a line feed only as its very last byte: any place behind a line feed is a safe place to start. */
  readonly isLineBound: boolean;
  /** Most bytes look-behinds reach back before a record's start. */
  readonly lookBehindBytes: number;
  /** Zones that `timestamp` operations name by index. */
  readonly zones: readonly Zone[];
}

/** A time zone as its changes: from `startsMs[i]` (UTC, ascending; the first is -infinity as the smallest int64) `offsetsMs[i]` is added to UTC. */
export interface Zone {
  readonly name: string;
  readonly startsMs: readonly bigint[];
  readonly offsetsMs: readonly number[];
}

interface OperationBase {
  readonly at: PatternRange;
}

export type MatchOperation =
  | LiteralOperation
  | SetOperation
  | UntilOperation
  | IntegerOperation
  | DecimalOperation
  | BooleanOperation
  | AddressOperation
  | MacOperation
  | TimestampOperation
  | QuotedOperation
  | WordOperation
  | LineEndOperation
  | EdgeOperation
  | OptionalOperation
  | ChoiceOperation
  | RepeatOperation
  | LookOperation
  | CaptureOperation
  | ConstantOperation
  | EnumOperation
  | JsonOperation;

/** Exactly these bytes. */
export interface LiteralOperation extends OperationBase {
  readonly kind: "literal";
  readonly bytes: readonly number[];
  readonly ignoresCase: boolean;
}

/** As many bytes of the set as there are, at most `max`; fails below `min`. Slot: text. */
export interface SetOperation extends OperationBase {
  readonly kind: "set";
  readonly set: ByteSet;
  readonly min: number;
  readonly max: number;
  readonly slot: SlotIndex;
  /** Taking nothing gives NULL rather than the empty text. */
  readonly emptyIsNull: boolean;
}

/**
 * `LD` and `DATA`: as few bytes as possible, at least `min`, at most `max`, up to the first position where all of `stop`
 * matches (tested without capture). `LD` never takes a line feed. Fails when there is no such position. An empty `stop` ends at
 * the line feed or the end of input (`LD`), or at the end of input (`DATA`). The bytes of `stop` are not taken. Slot: text.
 */
export interface UntilOperation extends OperationBase {
  readonly kind: "until";
  readonly staysInLine: boolean;
  readonly min: number;
  readonly max: number;
  readonly stop: readonly MatchOperation[];
  /** Bytes that `stop` can start with; all 256 when it can match nothing. */
  readonly stopFirst: ByteSet;
  readonly slot: SlotIndex;
  readonly emptyIsNull: boolean;
}

/**
 * `INT LONG HEXINT HEXLONG`: optional sign, then as many digits as there are (hex: optional `0x`). Fails without a digit or when
 * the value is outside `min…max` (always within 64 bits). `maxBytes` bounds the whole text. Slot: integer or long.
 * `mayBeEmpty`: without a digit it matches nothing and gives NULL.
 */
export interface IntegerOperation extends OperationBase {
  readonly kind: "integer";
  readonly radix: 10 | 16;
  readonly min: bigint;
  readonly max: bigint;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly mayBeEmpty: boolean;
  readonly slot: SlotIndex;
}

/**
 * `FLOAT DOUBLE CFLOAT CDOUBLE`: `[+-]? (digits [point digits?] | point digits) ([eE] [+-]? digits)?`, as much as possible.
 * `point` is the byte of the decimal separator. Slot: double (float is rounded when printed).
 */
export interface DecimalOperation extends OperationBase {
  readonly kind: "decimal";
  readonly point: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly mayBeEmpty: boolean;
  readonly slot: SlotIndex;
}

/** `BOOLEAN`: true or false in any case. */
export interface BooleanOperation extends OperationBase {
  readonly kind: "boolean";
  readonly mayBeEmpty: boolean;
  readonly slot: SlotIndex;
}

/**
 * `IPADDR IPV4 IPV6`. IPv4: four decimal parts of 1 to 3 digits, each at most 255. IPv6: RFC 4291 text, `::` once at most, an
 * IPv4 tail allowed, no zone. Takes as much as forms an address. Where both are allowed and both match, the longer one counts.
 * Slot: ip.
 */
export interface AddressOperation extends OperationBase {
  readonly kind: "address";
  readonly allowsV4: boolean;
  readonly allowsV6: boolean;
  readonly mayBeEmpty: boolean;
  readonly slot: SlotIndex;
}

/** `MACADDR`: six pairs of hex digits with `:` or `-` between them, the same throughout. Slot: mac. */
export interface MacOperation extends OperationBase {
  readonly kind: "mac";
  readonly mayBeEmpty: boolean;
  readonly slot: SlotIndex;
}

/**
 * `TIMESTAMP HTTPDATE ISO8601 …`: the parts in order. Fails when a part does not match or is out of range (month 1–12, day 1 to
 * the month's length, hour 0–23 (1–12, 1–24 by letter), minute 0–59, second 0–60). Slot: timestamp, or timestamp-nano when `isNano`.
 */
export interface TimestampOperation extends OperationBase {
  readonly kind: "timestamp";
  readonly parts: readonly TimePart[];
  /** Index into `zones` for times without a zone part. */
  readonly zone: number;
  /** No year part: the latest year that puts the time at most one day after the file's reference time. */
  readonly infersYear: boolean;
  readonly isNano: boolean;
  readonly mayBeEmpty: boolean;
  readonly slot: SlotIndex;
}

export type TimePart =
  | { readonly kind: "literal"; readonly bytes: readonly number[] }
  /** Decimal digits, `min…max` of them, greedily; `mayPad`: one leading blank may stand for a missing digit (syslog's `Aug  6`). */
  | {
      readonly kind: "number";
      readonly unit: NumberUnit;
      readonly min: number;
      readonly max: number;
      readonly mayPad: boolean;
    }
  /** English month name, `isFull` for `MMMM`; any case. */
  | { readonly kind: "month-name"; readonly isFull: boolean }
  /** English weekday name, ignored. */
  | { readonly kind: "weekday-name"; readonly isFull: boolean }
  | { readonly kind: "am-pm" }
  /** A fraction of a second with `min…max` digits; `scale` digits after the point count (3 or 9), further ones are dropped. */
  | { readonly kind: "fraction"; readonly min: number; readonly max: number }
  /** `Z`, `UTC`, `GMT`, `+02`, `+0200`, `+02:00`, `-05:30`. */
  | { readonly kind: "zone" }
  /** Whole seconds or milliseconds since 1970, sign allowed. */
  | { readonly kind: "epoch"; readonly unit: "second" | "millisecond" };

export type NumberUnit =
  | "year"
  | "year-of-century" // two digits; below 32 is 20xx, else 19xx
  | "month"
  | "day"
  | "day-of-year"
  | "hour-0-23"
  | "hour-1-24"
  | "hour-0-11"
  | "hour-1-12"
  | "minute"
  | "second"
  | "millisecond"
  | "ignored";

/** How a captured text is written: what must be undone to get its value. */
export type TextEncoding =
  | "plain"
  | "backslash" // \" \\ \n \r \t \xHH \uHHHH; any other escaped byte stands for itself with its backslash kept
  | "doubled-double-quote" // "" is "
  | "doubled-single-quote" // '' is '
  | "json"; // RFC 8259 string escapes

/**
 * `DQS SQS CSVDQS CSVSQS`: a quoted text; the slot gets what is between the quotes, decoded. `min…max` bound the bytes between
 * the quotes. Quoted text may span lines unless `staysInLine`.
 */
export interface QuotedOperation extends OperationBase {
  readonly kind: "quoted";
  readonly quote: number;
  readonly encoding: TextEncoding;
  readonly min: number;
  readonly max: number;
  readonly staysInLine: boolean;
  readonly slot: SlotIndex;
  readonly emptyIsNull: boolean;
}

/** `STRING`: a double- or single-quoted text (backslash escapes), else one or more visible characters (0x21–0x7E, 0x80–0xFF). */
export interface WordOperation extends OperationBase {
  readonly kind: "word";
  readonly min: number;
  readonly max: number;
  readonly slot: SlotIndex;
  readonly emptyIsNull: boolean;
}

/** `EOL` (a line feed, or the end of input when it does not stand right behind one), `EOL(any=true)` (also CR LF). */
export interface LineEndOperation extends OperationBase {
  readonly kind: "line-end";
  readonly allowsCarriageReturn: boolean;
}

/** `BOS` `MOS` `EOS`: at the start of the input, not at its start, at its end. Take nothing. */
export interface EdgeOperation extends OperationBase {
  readonly kind: "edge";
  readonly edge: "start" | "not-start" | "end";
}

/** Body or nothing. */
export interface OptionalOperation extends OperationBase {
  readonly kind: "optional";
  readonly body: readonly MatchOperation[];
}

/** The first branch that matches. */
export interface ChoiceOperation extends OperationBase {
  readonly kind: "choice";
  readonly branches: readonly (readonly MatchOperation[])[];
}

/** Body again and again while it matches and moves on, at most `max` times; fails below `min`. Slots inside keep the last round. */
export interface RepeatOperation extends OperationBase {
  readonly kind: "repeat";
  readonly body: readonly MatchOperation[];
  readonly min: number;
  readonly max: number;
}

/** Tests body at the position (`ahead`), or whether body matches some bytes that end at it, at most 64 back (`behind`; the shortest wins). Takes nothing, captures nothing. */
export interface LookOperation extends OperationBase {
  readonly kind: "look";
  readonly direction: "ahead" | "behind";
  readonly isNegated: boolean;
  readonly body: readonly MatchOperation[];
}

/** The text that body matches. `emptyIsNull` as above. */
export interface CaptureOperation extends OperationBase {
  readonly kind: "capture";
  readonly body: readonly MatchOperation[];
  readonly slot: SlotIndex;
  readonly emptyIsNull: boolean;
}

/** Puts a text into a slot, takes nothing. */
export interface ConstantOperation extends OperationBase {
  readonly kind: "constant";
  readonly utf8: readonly number[];
  readonly slot: SlotIndex;
}

/** The longest entry that stands here gives its integer. */
export interface EnumOperation extends OperationBase {
  readonly kind: "enum";
  readonly entries: readonly { readonly bytes: readonly number[]; readonly value: number }[];
  readonly ignoresCase: boolean;
  readonly slot: SlotIndex;
}

/** A JSON value by RFC 8259, blanks before it allowed. Fails when it is not well formed, longer than `maxBytes`, or not of the shape. */
export interface JsonOperation extends OperationBase {
  readonly kind: "json";
  readonly value: JsonValueOperation;
  readonly maxBytes: number;
}

/**
 * What to do with a JSON value. `any` accepts and skips (captures its text when `slot` ≥ 0: objects and variants are kept as JSON
 * text). `object` looks into members. `scalar` matches by type.
 */
export type JsonValueOperation =
  | { readonly kind: "any"; readonly accepts: "any" | "object" | "array"; readonly slot: SlotIndex }
  | JsonObjectOperation
  | JsonScalarOperation;

export interface JsonObjectOperation {
  readonly kind: "object";
  /** Fails on a value that is not an object; false (paths into untyped JSON): slots below are NULL then. */
  readonly isRequired: boolean;
  readonly members: readonly JsonMemberOperation[];
  /** Slot for the JSON text of all members not declared in the pattern, or -1. */
  readonly greedySlot: SlotIndex;
  /** Members the pattern declares: they are not part of the greedy rest. A superset of `members` that are declared. */
  readonly declared: readonly (readonly number[])[];
}

export interface JsonMemberOperation {
  /** The member's name as UTF-8; compared with the decoded name in the data. Of equal names in the data the first counts. */
  readonly utf8: readonly number[];
  /** The object fails without it (JSON null counts as present and gives NULL). */
  readonly isMandatory: boolean;
  readonly value: JsonValueOperation;
}

/**
 * A scalar of a type. `type` string: a JSON string decoded; numbers, booleans give their text when `isStrict` is false, else NULL.
 * Others: the JSON number or string's text must match all of `body` (operations as outside of JSON, their slot inside) from start to end.
 * On mismatch: fails the whole object when `isRequired` (a type declared in the pattern), else NULL (casts of untyped paths).
 * JSON null always gives NULL.
 */
export interface JsonScalarOperation {
  readonly kind: "scalar";
  readonly type: DataType;
  readonly isRequired: boolean;
  readonly body: readonly MatchOperation[];
  readonly slot: SlotIndex;
}
