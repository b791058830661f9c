/** What texts must hold for a test to be fulfilled: a literal of a list, or a sign. */

import { isOrdinary } from "./ordinary-text.ts";

/** One of the texts (lower case), or, where `sign` says so, a sign of the field. */
export interface Need {
  readonly texts: readonly string[];
  readonly sign: boolean;
}

/** More texts than these are no help. */
const MOST_TEXTS = 400;

/**
 * What no normal form changes inside a word (see `normal-forms`), with a slash on either side: slashes are put straight, but one stays.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are what some rules look for.
const PIECE = /\/?[a-z0-9_.,:;<>=()[\]{}!@~|\u0001-\u0008\u000e-\u001b-]+\/?/g;
/** A piece of one character stands everywhere. */
const SHORTEST_PIECE = 2;

/** What holds when a text stands somewhere; null: nothing that helps. */
export function needOfText(text: string, holdsSign: (text: string) => boolean): Need | null {
  const pieces = [...text.toLowerCase().matchAll(PIECE)].map(([piece]) => piece);
  const longest = pieces.reduce((best, piece) => (isBetter(piece, best) ? piece : best), "");
  // Dots alone are signs where they are rare, and stand in every line elsewhere.
  if (longest.length >= SHORTEST_PIECE && !/^[./\-=,:]+$/.test(longest))
    return { texts: [longest], sign: false };
  return holdsSign(text) ? { texts: [], sign: true } : null;
}

/** What ordinary logs do not hold is better than what is long. */
function isBetter(piece: string, best: string): boolean {
  if (best === "") return true;
  const [isPlain, wasPlain] = [isOrdinary(piece), isOrdinary(best)];
  return isPlain === wasPlain ? piece.length > best.length : wasPlain;
}

/** One of several holds; null when one of them says nothing. */
export function eitherNeed(needs: readonly (Need | null)[]): Need | null {
  const known = needs.flatMap((need) => (need === null ? [] : [need]));
  if (known.length === 0 || known.length < needs.length) return null;
  const texts = [...new Set(known.flatMap((need) => need.texts))];
  return texts.length > MOST_TEXTS ? null : { texts, sign: known.some(({ sign }) => sign) };
}

/** Of two that both hold the one that lets through less. */
export function betterNeed(first: Need | null, second: Need | null): Need | null {
  if (first === null || second === null) return first ?? second;
  return costOf(first) <= costOf(second) ? first : second;
}

/** Whether a need is of no help: a text of it stands in ordinary data. */
export function isOrdinaryNeed({ texts }: Need): boolean {
  return texts.some(isOrdinary);
}

/** Roughly how much ordinary data has what is needed. */
function costOf({ texts, sign }: Need): number {
  const ordinary = texts.filter(isOrdinary).length;
  const others = texts.reduce((sum, text) => sum + 1 / text.length ** 2, 0);
  return 1000 * ordinary + others + (sign ? 10 : 0);
}
