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
}

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
    .filter((piece) => piece.length >= SHORTEST_PIECE && !/^[./\-=,:%]+$/.test(piece));
  const rare = pieces.filter((piece) => !knowledge.isOrdinary(piece));
  const longest = (rare.length > 0 ? rare : pieces).reduce(
    (best, piece) => (piece.length > best.length ? piece : best),
    "",
  );
  const sign = rarestSign(text, knowledge.signs);
  if (longest !== "" && (rare.length > 0 || sign === 0)) return { texts: [longest], signs: 0 };
  return sign === 0 ? null : { texts: [], signs: sign };
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
export function costOfNeed({ texts, signs }: Need, { isOrdinary }: TextKnowledge): number {
  const ordinary = texts.filter(isOrdinary).length;
  const others = texts.reduce((sum, text) => sum + 1 / text.length ** 2, 0);
  return 1000 * ordinary + others + costOfSigns(signs);
}
