/** Events as rules are asked of them: which values they have, in which forms, and in which pieces when they are long. */
import type { DetectionEvent, EventValue } from "../event.ts";
import { asItStands, type NormalForm, normalForms } from "../normal-forms/normal-forms.ts";
import type { RuleMatch } from "../rule.ts";

/** Whether a match counts. Of bytes that no pattern matched nothing is known: that something is not in them says nothing. */
export function counts(event: DetectionEvent, { text }: Pick<RuleMatch, "text">): boolean {
  return event.isParsed || text !== "";
}

/** Fields of requests that all bytes stand for in an event that no pattern matched. */
const REQUEST_FIELDS = new Set(["url.original", "url.path", "url.query", "http.request.line"]);

/**
 * The event as rules are asked of it: of bytes that no pattern matched, what is asked of the request is asked of all of them. Events with
 * long texts: see `piecesOf`.
 */
export function askedEvent(event: DetectionEvent): DetectionEvent {
  if (event.isParsed) return event;
  const { kind, place, timeMs } = event;
  const text = event.rawText();
  return {
    kind,
    place,
    isParsed: false,
    timeMs,
    value: (field) => (REQUEST_FIELDS.has(field) ? text : null),
    rawText: () => text,
  };
}

/** Longer texts are judged piece by piece, UTF-16 units; pieces overlap, for what is looked for is shorter. */
const PIECE_LENGTH = 65_536;
const OVERLAP_LENGTH = 1_024;

/** A piece of an event: of long texts, the part from `offset` on. */
export interface EventPiece {
  readonly event: DetectionEvent;
  readonly offset: number;
}

/** Whether a text of the event can be longer than a piece. */
export function isLong({ place }: DetectionEvent): boolean {
  return place.length > PIECE_LENGTH;
}

/**
 * The pieces of an event with long texts, one after the other; its short texts are in each. The first is the only one when none of what was
 * asked of it is long: ask before going on.
 */
export function* piecesOf(event: DetectionEvent): Generator<EventPiece> {
  const whole = askedEvent(event);
  const { kind, place, isParsed, timeMs } = whole;
  const step = PIECE_LENGTH - OVERLAP_LENGTH;
  let hasMore = true;
  for (let offset = 0; hasMore; offset += step) {
    hasMore = false;
    const pieceOf = (value: EventValue) => {
      const text = longText(value);
      if (text === null) return value;
      if (offset + PIECE_LENGTH < text.length) hasMore = true;
      return text.slice(offset, offset + PIECE_LENGTH);
    };
    const piece: DetectionEvent = {
      kind,
      place,
      isParsed,
      timeMs,
      value: (field) => {
        const value = whole.value(field);
        return value === null ? null : pieceOf(value);
      },
      values: (field) => valuesOf(whole, field).map(pieceOf),
      rawText: () => String(pieceOf(whole.rawText())),
    };
    yield { event: piece, offset };
  }
}

/** The value, if it is a text that has pieces. */
function longText(value: EventValue): string | null {
  return typeof value === "string" && value.length > PIECE_LENGTH ? value : null;
}

/** A match in a piece as one in the event. */
export function movedMatch<Match extends Omit<RuleMatch, "rule">>(
  match: Match,
  event: DetectionEvent,
  offset: number,
): Match {
  const value = match.field === null ? event.rawText() : event.value(match.field);
  const isMoved = match.start !== null && value !== null && longText(value) !== null;
  return isMoved ? { ...match, start: match.start + offset } : match;
}

/** The forms of an event's values, each made once. */
export class EventForms {
  readonly event: DetectionEvent;
  readonly #forms = new Map<string, readonly NormalForm[]>();
  #raw: readonly NormalForm[] | null = null;

  constructor(event: DetectionEvent) {
    this.event = event;
  }

  of(field: string, isNormal: boolean): readonly NormalForm[] {
    const values = valuesOf(this.event, field);
    if (values.length === 0) return NO_FORMS;
    if (!isNormal) return values.map((value) => asItStands(String(value)));
    const known = this.#forms.get(field) ?? values.flatMap((value) => normalForms(String(value)));
    this.#forms.set(field, known);
    return known;
  }

  anywhere(isNormal: boolean): readonly NormalForm[] {
    if (!isNormal) return [asItStands(this.event.rawText())];
    this.#raw ??= normalForms(this.event.rawText());
    return this.#raw;
  }
}

const NO_FORMS: readonly NormalForm[] = [];
const NO_VALUES: readonly EventValue[] = [];
/** What JSON texts begin with that hold other texts. */
const JSON_BEGINS = '[{"';

/** What a field holds: nothing, a value, each value of a list, or what else a JSON text says. */
export function valuesOf(event: DetectionEvent, field: string): readonly EventValue[] {
  const value = event.value(field);
  if (value === null) return NO_VALUES;
  const isJson = typeof value === "string" && value !== "" && JSON_BEGINS.includes(value.charAt(0));
  return isJson && event.values !== undefined ? event.values(field) : [value];
}
