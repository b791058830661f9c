/**
 * Where things lie in the scanner's memory, in bytes. From low to high:
 *
 * ```
 * 0        reserved: address 0 means NULL
 * 1024     constants: byte tables, literals, names
 * ...      nesting stack of the JSON validator
 * ...      scratch for texts that must be decoded before they are compared
 * ...      rows: columns of ROWS_PER_BATCH values    | groups: hash table, arena of entries
 * ...      heap of text values (rows)
 * ...      window: 64 bytes before it for look-behind, 64 zero bytes after its content; last, so that it can grow
 * ```
 */

import type { TextEncoding } from "../program/program.ts";

/** Encodings as the module and the host number them. */
export const ENCODINGS: readonly TextEncoding[] = [
  "plain",
  "backslash",
  "doubled-double-quote",
  "doubled-single-quote",
  "json",
];

/**
 * The first bits of what a text slot says besides address and length: from bit 0 its encoding, from `decoder` on the decoder's index
 * and one, from `text` on which text stands for the input (`textBounds` numbers them), 0: the input itself.
 */
export const ENCODING_BITS = { decoder: 3, text: 15 } as const;
/** Decoders of a program. */
export const MOST_DECODERS: number = (1 << (ENCODING_BITS.text - ENCODING_BITS.decoder)) - 2;
/** Texts that are told apart in one attempt. */
export const MOST_TEXTS: number = (1 << (31 - ENCODING_BITS.text)) - 1;

/** First address of constants. */
export const CONSTANTS_AT = 1024;
/** Deepest nesting of JSON that is followed; deeper documents do not match. Eight bytes each. */
export const JSON_DEPTH_LIMIT = 1_048_576;
/** Bytes for decoding one text that a predicate looks at. */
export const SCRATCH_BYTES: number = 4 << 20;
/** Rows that leave the module at a time: large enough to make messages cheap, small enough for the first rows to come soon. */
export const ROWS_PER_BATCH = 16_384;
/** Bytes of text values in one batch; grows when a single row needs more. */
export const HEAP_BYTES: number = 4 << 20;
/** Bytes of a text that can bound the rows of an order; behind longer ones the bound before stays. */
export const LONGEST_BOUND_BYTES = 1024;
/** Slots of the group table that are in use at first; a power of two. */
export const FIRST_GROUP_SLOTS: number = 1 << 10;
/** Slots of the group table at most; it is emptied at half of it. */
export const GROUP_SLOTS: number = 1 << 19;
/** Bytes of group entries; emptied when full. */
export const GROUP_ARENA_BYTES: number = 24 << 20;
/** Bytes read at a time; 4 MiB was measured best. */
export const READ_BYTES: number = 4 << 20;
/** Size of the window: what is read at a time and what was left of the time before. A longer line makes it grow. */
export const WINDOW_BYTES: number = 8 << 20;
/** Bytes kept before the window for look-behind. */
export const LOOK_BEHIND_BYTES = 64;
/** Zero bytes behind the window's content, readable by 16-byte loads. */
export const PADDING_BYTES = 64;
/** A line or record may not be longer than this. */
export const LONGEST_WINDOW_BYTES: number = 1 << 29;

/** What `scan` says about why it came back. */
export const SCAN_STATUS = {
  reachedStop: 0,
  noRoom: 1,
  needsBytes: 2,
  reachedLimit: 3,
  textTooLong: 4,
} as const;
