/** What detections read: records of any shipped format in one vocabulary. */

/** What a log is about. Which rules look at an event follows from it. */
export type EventKind = "web" | "proxy" | "auth" | "firewall" | "cloud" | "network" | "other";

/** Where an event stands: enough to read it again. */
export interface EventPlace {
  readonly uri: string;
  /** In the uncompressed bytes of the source. */
  readonly offset: number;
  readonly length: number;
}

/** A value of a field: texts, numbers, and addresses as they are written. */
export type EventValue = string | number | bigint | boolean;

/** A text as it stands in the log, in UTF-8: the bytes from `start` to `end`. */
export interface TextSpan {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/**
 * A record, or bytes that no record covers. Consumers read it while they are called and keep none of it: the object may stand for the
 * next record afterwards.
 */
export interface DetectionEvent {
  readonly kind: EventKind;
  readonly place: EventPlace;
  /** The offset of `place`. Absent: see there. */
  readonly offset?: number;
  /** False: bytes that the pattern did not match; only `rawText` tells of them. */
  readonly isParsed: boolean;
  /** Milliseconds since 1970 UTC; null: the event tells no time. */
  readonly timeMs: number | null;
  /** The value of a field by its ECS name, such as `source.ip`; null when the event has none. */
  value(field: string): EventValue | null;
  /** The values of a field whose `value` is a JSON text: those of a list, and texts in it without escapes; each is tested by itself. Absent: no field is JSON. */
  values?(field: string): readonly EventValue[];
  /** The bits of a field's value that is an IPv4 address; null: it is none. Absent: only its text is at hand. */
  ipv4?(field: string): number | null;
  /** False: no event of this log has the field, nor does any that the same object stands for later. Absent: nobody knows. */
  has?(field: string): boolean;
  /** The value of a field as a number; null: there is none, or it is no number. Absent: see `value`. */
  number?(field: string): number | null;
  /** Where the text of a field stands, for those who look at bytes; valid until the next call. Null: see `value`. Absent: the same. */
  span?(field: string): TextSpan | null;
  /** The bytes as text; what is no UTF-8 is U+FFFD. */
  rawText(): string;
  /** False: `rawText` reads the source again, so that it must be asked for few events. Absent: it does not. */
  readonly isTextAtHand?: boolean;
  /** False: nothing stands in the field that a sieved rule needs there (see `RuleEngine`); an empty name asks of all fields. Absent: nobody has looked. */
  isMarked?(field: string): boolean;
}
