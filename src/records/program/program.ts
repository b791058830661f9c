/**
 * The match program: a pattern compiled for one query. A structured tree of operations over bytes with captures into slots,
 * plain data, the same for the WebAssembly scanner and for its plain twin. Only what the query wants has a slot; everything
 * else is recognised without being decoded. Recognition never depends on what is wanted.
 *
 * Execution: operations run in order from a position; one that fails makes its sequence fail. There is no backtracking over what
 * an operation took. `optional`, `choice`, `repeat` and `look` restore the position, and set to NULL the slots inside them, when
 * their body fails. All slots are NULL at the start of an attempt.
 *
 * Attempts start at every byte that no record before it covers, never at the end of input; one that takes no byte has failed.
 * Where a maximum cuts an operation short (a long run of digits, of bytes of a set), matching goes on with the next operation there.
 */
import type { DataType, PatternHeader } from "#language";

/** A set of bytes as 256 bits: bit `b & 31` of word `b >> 5`. */
export type ByteSet = readonly [number, number, number, number, number, number, number, number];

/** Index into `MatchProgram.slots`; -1: not wanted, recognise only. */
export type SlotIndex = number;

/**
 * A value the query wants. `path` is how the query names it: field, then members. A slot of type array, object or variant holds JSON
 * text. A number may fill a slot of another number type (alternatives with fields of one name): it is converted to the slot's type.
 * Slots with an empty path are the program's own: nobody asks for them.
 */
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
  /**
   * A match can hold a line feed only as its very last byte, and depends on nothing behind it: any place behind a line feed is a safe place to
   * start, and a line that is there to its end can be decided.
   */
  readonly isLineBound: boolean;
  /** Most bytes look-behinds reach back before a record's start. */
  readonly lookBehindBytes: number;
  /** Zones that `timestamp` operations name by index. */
  readonly zones: readonly Zone[];
  /** How texts become values that are more than their bytes; `decode` and `pairs` operations name them by index. */
  readonly decoders: readonly Decoder[];
  /** Only bytes below this header are tried; lines of headers and comments count as matched. Such programs are line-bound. */
  readonly header: PatternHeader | null;
}

/**
 * A time zone as its changes: from `startsMs[i]` (UTC, ascending; the first is -infinity as the smallest int64) `offsetsMs[i]` is added to UTC.
 * A local time belongs to the last change `i` for which `local - offsetsMs[i - 1] >= startsMs[i]` (the first, when there is none): of the
 * two meanings of an hour that comes twice the earlier, and in an hour that is left out the offset behind it.
 */
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
  | JsonOperation
  | DecodeOperation
  | PairsOperation
  | CellOperation
  | CardOperation;

/** Exactly these bytes; `ignoresCase`: ASCII letters in any case. */
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
 * The end of input is a position like others, whatever `stopFirst` says. A `DATA` right before the end of a line is compiled with
 * `staysInLine`. An optional `LD?` has `min` 0 and `emptyIsNull`.
 */
export interface UntilOperation extends OperationBase {
  readonly kind: "until";
  readonly staysInLine: boolean;
  readonly min: number;
  readonly max: number;
  readonly stop: readonly MatchOperation[];
  /** Bytes that can stand where `stop` matches; all 256 when it can match nothing. */
  readonly stopFirst: ByteSet;
  readonly slot: SlotIndex;
  readonly emptyIsNull: boolean;
}

/**
 * `INT LONG HEXINT HEXLONG`: optional sign, then as many digits as there are (hex: optional `0x`). Fails without a digit or when
 * the value is outside `min…max` (always within 64 bits). `maxBytes` bounds the whole text. Slot: integer or long.
 * `mayBeEmpty`: without a digit it matches nothing, not even the sign, and gives NULL; a value out of bounds fails all the same.
 * `0x` (or `0X`) is a prefix only where a hex digit follows it. Sign and prefix count as bytes of `minBytes…maxBytes`; they are taken
 * without regard to `maxBytes`, digits only up to it. Leading zeros are digits like others.
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
 * The value is JavaScript's `Number()` of the text with a point for the separator: correctly rounded, infinite beyond the range. An
 * exponent without digits is not taken, nor is a point without digits on either side; nothing is taken behind `maxBytes`. Bounds and
 * `mayBeEmpty` as for integers.
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

/** `BOOLEAN`: true or false in any case, whatever stands behind it. `mayBeEmpty`: neither of them matches nothing and gives NULL. */
export interface BooleanOperation extends OperationBase {
  readonly kind: "boolean";
  readonly mayBeEmpty: boolean;
  readonly slot: SlotIndex;
}

/**
 * `IPADDR IPV4 IPV6`. IPv4: four decimal parts of 1 to 3 digits, each at most 255. IPv6: RFC 4291 text, `::` once at most, an
 * IPv4 tail allowed, no zone. Takes as much as forms an address. Where both are allowed and both match, the longer one counts.
 * Slot: ip. Parts of IPv4 may have leading zeros and are decimal; a part takes a digit only while it stays within 3 digits and 255, so
 * `1.1.1.256` is `1.1.1.25` and a `6` behind it. `::` stands for one group of zeros at least. What cannot belong to the address any
 * more is left: `1::2:` is `1::2`, `1::2::3` is `1::2`. An IPv4 tail is tried before a group, where six groups stand before it, or at
 * most five with `::` among them.
 */
export interface AddressOperation extends OperationBase {
  readonly kind: "address";
  readonly allowsV4: boolean;
  readonly allowsV6: boolean;
  readonly mayBeEmpty: boolean;
  readonly slot: SlotIndex;
}

/** `MACADDR`: six pairs of hex digits with `:` or `-` between them, the same throughout; what stands behind the sixth does not matter. Slot: mac. */
export interface MacOperation extends OperationBase {
  readonly kind: "mac";
  readonly mayBeEmpty: boolean;
  readonly slot: SlotIndex;
}

/**
 * `TIMESTAMP HTTPDATE ISO8601 …`: the parts in order. Fails when a part does not match or is out of range (month 1–12, day 1 to
 * the month's length, hour 0–23 (1–12, 1–24 by letter), minute 0–59, second 0–60). Slot: timestamp, or timestamp-nano when `isNano`.
 *
 * All parts are matched first, then checked. Of a unit that stands twice the last counts. Day of month: against the month (1 when
 * there is none) of the year that was read, Gregorian leap years included, or of a leap year when none was read. Day of year 1–366, 366
 * only in leap years; it takes the place of month and day. Parts that are missing: year 1970, month 1, day 1, all others 0. Hour: of
 * several kinds the first of 0–23, 1–24 (24 is 0 of the same day), 0–11, 1–12 (12 is 0); the last two get 12 more for pm. Second 60 is
 * second 0 of the next minute. An epoch part counts alone: only fractions and milliseconds are added to it, to negative ones as well.
 * The zone part is subtracted, else the offset of `zone` is. Nanoseconds that do not fit 64 bits fail, wanted or not.
 * `mayBeEmpty`: whatever fails, nothing is matched and the slot is NULL.
 */
export interface TimestampOperation extends OperationBase {
  readonly kind: "timestamp";
  readonly parts: readonly TimePart[];
  /** Index into `zones` for times without a zone part. */
  readonly zone: number;
  /**
   * A day but no year part: the latest year that puts the time at most 24 hours after the file's reference time and that has this day. Years
   * are tried from the one behind the reference time's (in UTC) down, twelve of them; the operation fails when none fits.
   */
  readonly infersYear: boolean;
  readonly isNano: boolean;
  readonly mayBeEmpty: boolean;
  readonly slot: SlotIndex;
}

export type TimePart =
  | { readonly kind: "literal"; readonly bytes: readonly number[] }
  /**
   * Decimal digits, `min…max` of them and at least one, greedily; `mayPad`: one leading blank may stand for a missing digit (syslog's
   * `Aug  6`), at most `max - 1` digits follow it then.
   */
  | {
      readonly kind: "number";
      readonly unit: NumberUnit;
      readonly min: number;
      readonly max: number;
      readonly mayPad: boolean;
    }
  /** English month name, its first three letters or, `isFull`, all of it for `MMMM`; any case. With `names`: the first of them that stands. */
  | { readonly kind: "month-name"; readonly isFull: boolean; readonly names: readonly TimeName[] | null }
  /** The same with a weekday, ignored. */
  | { readonly kind: "weekday-name"; readonly isFull: boolean; readonly names: readonly TimeName[] | null }
  | { readonly kind: "am-pm" }
  /** A fraction of a second with `min…max` digits (letters `S` and `f`): 3 digits of it count, or 9 when `isNano`; further ones are dropped. */
  | { readonly kind: "fraction"; readonly min: number; readonly max: number }
  /** `Z`, `UTC`, `GMT` in capitals, `+02`, `+0200`, `+02:00`, `-05:30`. Hours up to 23; minutes are taken where two digits up to 59 follow. */
  | { readonly kind: "zone" }
  /** Whole seconds or milliseconds since 1970, sign allowed, then 1 to `most` digits, as many as there are. */
  | { readonly kind: "epoch"; readonly unit: "second" | "millisecond"; readonly most: number };

/** A name of a month or weekday, which count from 1. ASCII letters stand in any case. */
export interface TimeName {
  readonly bytes: readonly number[];
  readonly value: number;
}

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

/** How a captured text is written: what must be undone to get its value. Bytes that are not UTF-8 are replaced afterwards. */
export type TextEncoding =
  | "plain"
  | "backslash" // \" \' \\ \n \r \t \xHH (that byte) \uHHHH (pairs of surrogates joined, a lone one is U+FFFD); any other backslash is kept
  | "doubled-double-quote" // "" is "
  | "doubled-single-quote" // '' is '
  | "json"; // RFC 8259 string escapes; a lone surrogate is U+FFFD

/**
 * `DQS SQS CSVDQS CSVSQS`: a quoted text; the slot gets what is between the quotes, decoded. `min…max` bound the bytes between
 * the quotes. Quoted text may span lines unless `staysInLine`. Bytes are counted as they stand, escapes included. A backslash keeps
 * whatever byte follows it; with `staysInLine` a line feed is refused there too. It fails when the text is not closed in time.
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

/**
 * `STRING`: a double- or single-quoted text (backslash escapes), else one or more visible characters (0x21–0x7E, 0x80–0xFF).
 * The quoted form stays in its line, and fails when it is shorter than `min`; one that is not closed within `max` bytes or its line is
 * visible characters, the quote included. Those are at most `max`.
 */
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

/**
 * Body again and again while it matches and moves on, at most `max` times; fails below `min`. Slots inside keep the last round: each round
 * starts with them NULL, and one that fails puts back what they held before it. A round that takes nothing counts, and is the last.
 */
export interface RepeatOperation extends OperationBase {
  readonly kind: "repeat";
  readonly body: readonly MatchOperation[];
  readonly min: number;
  readonly max: number;
}

/**
 * Tests body at the position (`ahead`), or whether body matches some bytes that end at it, at most 64 back (`behind`; the shortest wins).
 * Takes nothing, captures nothing. Look-behind starts 1 to 64 bytes back, also in earlier records, and must end exactly at the position.
 */
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

/**
 * Matches `body`, which fills `slot` with a text; that text is then decoded by a decoder of the program when it is given out, compared
 * or grouped by. Nothing is decoded before: recognition costs what `body` costs. A slot that is NULL behind `body` stays NULL.
 */
export interface DecodeOperation extends OperationBase {
  readonly kind: "decode";
  readonly body: readonly MatchOperation[];
  readonly slot: SlotIndex;
  readonly decoder: number;
}

/**
 * What becomes of a text's bytes.
 *
 * - `charset`: they are in a charset of `TextDecoder`; escapes are undone behind it. What the charset does not know is U+FFFD.
 * - `doubled`: a text in quotes in which the quote stands twice for itself.
 * - `json-string`: the text, decoded by its encoding, as a JSON string.
 * - `items`: `rounds` are matched again from the text's start, in the bytes around it as they were (look-arounds and searches see them).
 *   The value is a JSON array with an item per round.
 * - `pairs`: the same, as a JSON object with a member per round, in their order; of equal keys the first counts, rounds without a key
 *   do not. The value is the first of the `values` that is not NULL.
 * - `pair`: one round; its value as JSON, or `isText`: a string as it is, other values as their JSON text, objects and arrays likewise.
 * - `json-words`: the text is JSON that may hold words; the value is that JSON with strings in their place.
 * - `json-items`: the text is a JSON array; the value is that array with each element as `value` reads it, in the form of `item`.
 *
 * Values in JSON: whole numbers in decimal digits, exact; numbers with fractions as JavaScript prints them, infinite ones as `1e999`;
 * addresses as text; times as `2024-12-31T23:59:59.123Z`, nanoseconds with nine digits; tuples as objects with all their names, those
 * inside others as null when all of their members are NULL; what already is JSON text as it stands.
 */
export type Decoder =
  | { readonly kind: "charset"; readonly charset: string }
  | { readonly kind: "doubled"; readonly quote: number }
  | { readonly kind: "json-string" }
  | { readonly kind: "json-words"; readonly charset: string | null }
  | (RoundsDecoder & { readonly kind: "items"; readonly item: ItemShape })
  | (RoundsDecoder & PairShape & { readonly kind: "pairs" })
  | (RoundsDecoder & PairShape & { readonly kind: "pair"; readonly isText: boolean })
  | {
      readonly kind: "json-items";
      readonly slots: readonly Slot[];
      readonly value: JsonValueOperation;
      readonly item: ItemShape;
      readonly isLenient: boolean;
      /** Decoders of strings, and of objects and bare values, among the slots; -1: none. */
      readonly texts: number;
      readonly embedded: number;
    };

interface RoundsDecoder {
  /** What `body` captures into; its slots count in this list and not in the program's. */
  readonly slots: readonly Slot[];
  readonly body: readonly MatchOperation[];
  readonly max: number;
}

interface PairShape {
  readonly key: SlotIndex;
  readonly values: readonly ItemShape[];
}

/** Where a value inside of another is found: in a slot, or as a tuple of such. */
export type ItemShape =
  | { readonly kind: "slot"; readonly slot: SlotIndex }
  | {
      readonly kind: "tuple";
      readonly members: readonly { readonly name: string; readonly shape: ItemShape }[];
    };

/**
 * `KVP` of which single members are wanted: rounds as in `repeat`, but a slot in `members` gets the value of the first round whose key
 * is `utf8`, and keeps it. `key` and `values` are slots of the program's own that the body fills; of `values` the first that is not
 * NULL counts, and when all are NULL the member is NULL. Keys are compared as decoded UTF-8.
 */
export interface PairsOperation extends OperationBase {
  readonly kind: "pairs";
  readonly body: readonly MatchOperation[];
  readonly min: number;
  readonly max: number;
  readonly key: SlotIndex;
  readonly values: readonly SlotIndex[];
  readonly members: readonly PairMember[];
}

/**
 * A member of key-value pairs. `asText`: a slot of type string. Texts among the values are taken as they are, or through `textDecoder`
 * when it is not -1; for all others the slot gets the text of the whole round, to be decoded by `decoder`.
 */
export interface PairMember {
  readonly utf8: readonly number[];
  readonly slot: SlotIndex;
  readonly textDecoder: number;
  readonly decoder: number;
}

/**
 * One cell of a CSV record (RFC 4180): in quotes, where a quote inside is doubled and line feeds may stand, or else all bytes up to the
 * next separator, line feed, carriage return before a line feed, or the end of input. Behind a quoted cell one of these must stand. Takes
 * neither. A text of more than `max` bytes does not match. Without `body`: the slot gets the text. With it: operations that must match
 * all of the text as if it were a whole input. `emptyIsNull`: a cell without a byte, not even quotes, matches and gives NULL.
 */
export interface CellOperation extends OperationBase {
  readonly kind: "cell";
  readonly separator: number;
  readonly quote: number;
  readonly max: number;
  readonly body: readonly MatchOperation[];
  readonly slot: SlotIndex;
  readonly emptyIsNull: boolean;
  /** Undoes doubled quotes. */
  readonly decoder: number;
}

/**
 * `CREDITCARD`: 13 to 19 digits, with a single blank or dash between any two of them, whose check digit is right (ISO/IEC 7812-1, annex
 * B). As many digits as there are; a twentieth makes it fail.
 */
export interface CardOperation extends OperationBase {
  readonly kind: "card";
}

/** Puts a text into a slot, takes nothing. */
export interface ConstantOperation extends OperationBase {
  readonly kind: "constant";
  readonly utf8: readonly number[];
  readonly slot: SlotIndex;
}

/** The longest entry that stands here gives its integer; an empty entry stands everywhere. `ignoresCase`: ASCII letters. */
export interface EnumOperation extends OperationBase {
  readonly kind: "enum";
  readonly entries: readonly { readonly bytes: readonly number[]; readonly value: number }[];
  readonly ignoresCase: boolean;
  readonly slot: SlotIndex;
}

/**
 * A JSON value by RFC 8259. Blanks before it are taken (0x20, 0x09, 0x0D; not line feeds, which belong to the record before). Fails when it is not well formed, longer than `maxBytes` (without the blanks), or
 * not of the shape. Only as a member does null stand for an object or array: here it fails where one is required. Strings may hold
 * bytes that are not UTF-8. All of the value is validated, wanted or not; what follows it does not matter (`truex` is `true`).
 */
export interface JsonOperation extends OperationBase {
  readonly kind: "json";
  readonly value: JsonValueOperation;
  readonly maxBytes: number;
  /**
   * Names and texts may stand without quotes: as words, which are bytes above 0x20 other than `"` `,` `:` `{` `}` `[` `]`; in a value `:`
   * is one of them. A word that is a number, true, false or null counts as such, any other as the string of its bytes.
   */
  readonly isLenient: boolean;
}

/**
 * What to do with a JSON value. `any` accepts and skips (captures its text when `slot` ≥ 0: objects and variants are kept as JSON
 * text). `object` looks into members. `scalar` matches by type. Where a value of the kind that `accepts` names is not there, `any` fails.
 * JSON null gives NULL everywhere, and fits everything.
 */
export type JsonValueOperation =
  | { readonly kind: "any"; readonly accepts: "any" | "object" | "array"; readonly slot: SlotIndex }
  | JsonObjectOperation
  | JsonArrayOperation
  | JsonScalarOperation;

/**
 * An array of values of one shape: all of its elements must be of it, null fits. Fails on a value that is no array. The slot gets the
 * array's text, to be decoded by `decoder`. `element` has no slots.
 */
export interface JsonArrayOperation {
  readonly kind: "array";
  readonly element: JsonValueOperation;
  readonly slot: SlotIndex;
  readonly decoder: number;
}

export interface JsonObjectOperation {
  readonly kind: "object";
  /** Fails on a value that is not an object; false (paths into untyped JSON): slots below are NULL then. */
  readonly isRequired: boolean;
  readonly members: readonly JsonMemberOperation[];
  /**
   * Slot for the JSON text of all members not declared in the pattern, or -1: each as it stands in the data from the quote of its name to
   * the end of its value, in the order of the data, with commas between them and braces around; `{}` without any. Members that are looked
   * into without being declared are part of it.
   */
  readonly greedySlot: SlotIndex;
  /** Names of members the pattern declares: they are not part of the greedy rest, not even a second one of the same name. */
  readonly declared: readonly (readonly number[])[];
}

export interface JsonMemberOperation {
  /**
   * The member's name as UTF-8; compared with the decoded name in the data. Of equal names in the data the first counts. Several
   * `members` of an object may have the same name (a value wanted with several types): each of them gets the value.
   */
  readonly utf8: readonly number[];
  /** The object fails without it (JSON null counts as present and gives NULL). */
  readonly isMandatory: boolean;
  readonly value: JsonValueOperation;
}

/**
 * A scalar of a type. Without `body` (type string): a JSON string decoded; numbers and booleans give their text. Objects and arrays are
 * mismatches. With `body`: the text of the number, boolean or string, decoded when it holds an escape, must match all of it (operations
 * as outside of JSON, as if the text were a whole input, their slots inside) from start to end.
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
