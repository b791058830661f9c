/** What texts must hold for a test to be fulfilled: a literal of a list, or a sign. */

import { costOfSigns, rarestSign, type SignSet } from "./signs.ts";

/** One of the texts (lower case), or one of the signs. */
export interface Need {
  readonly texts: readonly string[];
  readonly signs: SignSet;
}

/** What is known of the texts that are looked at. */
export interface TextKnowledge {
  readonly isOrdinary: (text: string) => boolean;
  /** The signs that tell something. */
  readonly signs: SignSet;
  /** Who looks for it: a scan looks for all signs anyway, so that one sign more costs nothing. */
  readonly by: NeedUser;
}

/** Who looks for what is needed: a scan in all events, or the engine in the values of those that it was given. */
export type NeedUser = "scan" | "engine";

/** What the commonness of signs costs beside the share of values that a text stands in. A scan looks for all signs anyway. */
const SIGN_COST: Readonly<Record<NeedUser, number>> = { scan: 1e-6, engine: 0.05 };
/** The share of values that hold a text of which it is known that it is ordinary. */
const ORDINARY_SHARE = 0.25;

/** More texts than these are no help. */
const MOST_TEXTS = 2000;

/**
 * What no normal form changes inside a word (see `normal-forms`), with a slash on either side: slashes are put straight, but one stays.
 * A form holds an encoded byte when it stands so in the log, or when decoding made it.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are what some rules look for.
const PIECE = /\/?[a-z0-9_.,:;<>=()[\]{}!@~|%\u0001-\u0008\u000e-\u001b-]+\/?/g;
/** A piece of one character stands everywhere. */
const SHORTEST_PIECE = 2;

/** What holds when a text stands somewhere; null: nothing that helps. */
export function needOfText(text: string, knowledge: TextKnowledge): Need | null {
  const pieces = [...text.toLowerCase().matchAll(PIECE)]
    .map(([piece]) => piece)
    .filter((piece) => piece.length >= SHORTEST_PIECE && !/^(?:[./\-=,%]+|[:%])$/.test(piece));
  const sign = rarestSign(text, knowledge.signs);
  const ofSign: Need | null = sign === 0 ? null : { texts: [], signs: sign };
  const needs = pieces.map((piece): Need => ({ texts: [piece], signs: 0 }));
  return needs.reduce((best, need) => betterNeed(best, need, knowledge), ofSign);
}

/** One of several holds; null when one of them says nothing. */
export function eitherNeed(needs: readonly (Need | null)[]): Need | null {
  const known = needs.flatMap((need) => (need === null ? [] : [need]));
  if (known.length === 0 || known.length < needs.length) return null;
  const texts = [...new Set(known.flatMap((need) => need.texts))];
  return texts.length > MOST_TEXTS
    ? null
    : { texts, signs: known.reduce((all, { signs }) => all | signs, 0) };
}

/** Of two that both hold the one that lets through less. */
export function betterNeed(first: Need | null, second: Need | null, knowledge: TextKnowledge): Need | null {
  if (first === null || second === null) return first ?? second;
  return costOfNeed(first, knowledge) <= costOfNeed(second, knowledge) ? first : second;
}

/** Roughly how much ordinary data has what is needed. */
export function costOfNeed({ texts, signs }: Need, { isOrdinary, by }: TextKnowledge): number {
  const ofTexts = texts.reduce(
    (sum, text) => sum + (isOrdinary(text) ? ORDINARY_SHARE : 0) + shareOfLines(text),
    0,
  );
  return ofTexts + costOfSigns(signs) * SIGN_COST[by];
}

/** A value has so many characters, roughly. */
const VALUE_LENGTH = 40;
/** How often a character stands at a place, roughly. */
const OF_LETTER = 0.06;
const OF_DIGIT = 0.04;
const OF_MARK: ReadonlyMap<string, number> = new Map([
  ["/", 0.1],
  ["-", 0.04],
  [".", 0.03],
  ["=", 0.02],
  ["_", 0.01],
]);
const OF_OTHER = 0.003;
/** Letters follow each other as they do in words. */
const WORDS = 5;

/** Roughly the share of ordinary values that a text stands in. */
function shareOfLines(text: string): number {
  let share = VALUE_LENGTH * (/^[a-z/]+$/.test(text) ? WORDS : 1);
  for (const character of text) {
    if (/[a-z]/.test(character)) share *= OF_LETTER;
    else share *= /[0-9]/.test(character) ? OF_DIGIT : (OF_MARK.get(character) ?? OF_OTHER);
  }
  return Math.min(1, share);
}
