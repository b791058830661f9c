/** What texts must hold for a test to be fulfilled: a literal of a list, or a sign. */

import type { TextTricks } from "./ordinary-text.ts";
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
  /** What tells of tricks. */
  readonly tricks: TextTricks;
  /** Who looks for it: a scan looks for the signs of shapes anyway, so that one of these more costs nothing. */
  readonly by: NeedUser;
}

/** Who looks for what is needed: a scan in all events, or the engine in the values of those that it was given. */
export type NeedUser = "scan" | "engine";

/** What the commonness of signs costs beside the share of values that a text stands in. */
const SIGN_COST = 0.05;
/** The share of values that hold a text of which it is known that it is ordinary. */
const ORDINARY_SHARE = 0.25;

/** More texts than these are no help. */
const MOST_TEXTS = 2000;

/**
 * What normal forms leave as it is (see `normal-forms`): inside words; with a slash on either side, for slashes are put straight, but one
 * stays; with blanks and slashes between words, where what they are disguised by is looked for too. A form holds an encoded byte when it
 * stands so in the log, or when decoding made it.
 */
const PIECES: Readonly<Record<TextTricks, RegExp>> = {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are what some rules look for.
  unknown: /\/?[a-z0-9_.,:;<>=()[\]{}!@~|&%\u0001-\u0008\u000e-\u001b-]+\/?/g,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: see above.
  "of blanks": /\/?[a-z0-9_.,:;<>=()[\]{}!@~|&% \u0001-\u0008\u000e-\u001b-]+\/?/g,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: see above.
  "of blanks and slashes": /[a-z0-9_.,:;<>=()[\]{}!@~|&% /\u0001-\u0008\u000e-\u001b-]+/g,
};
/** A piece of one character stands everywhere. */
const SHORTEST_PIECE = 2;
/** Pieces that say nothing. */
const EMPTY_PIECE = /^(?:[./\-,% ]*=?[./\-,% ]*|[:%])$/;

/** What holds when a text stands somewhere; null: nothing that helps. */
export function needOfText(text: string, knowledge: TextKnowledge): Need | null {
  const pieces = [...text.toLowerCase().matchAll(PIECES[knowledge.tricks])]
    .map(([piece]) => piece)
    .filter((piece) => piece.length >= SHORTEST_PIECE && !EMPTY_PIECE.test(piece));
  const sign = rarestSign(text, knowledge.signs);
  const ofSign: Need | null = sign === 0 ? null : { texts: [], signs: sign };
  const needs = pieces.map((piece): Need => ({ texts: [piece], signs: 0 }));
  return needs.reduce((best, need) => betterNeed(best, need, knowledge), ofSign);
}

/** One of several holds; null when one of them says nothing. */
export function eitherNeed(needs: readonly (Need | null)[]): Need | null {
  const known = needs.flatMap((need) => (need === null ? [] : [need]));
  if (known.length === 0 || known.length < needs.length) return null;
  const texts = shortest(new Set(known.flatMap((need) => need.texts)));
  return texts.length > MOST_TEXTS
    ? null
    : { texts, signs: known.reduce((all, { signs }) => all | signs, 0) };
}

/** Longer texts are not looked through. */
const LONGEST_LOOKED_THROUGH = 40;

/** The texts without those that hold another one. */
function shortest(texts: ReadonlySet<string>): readonly string[] {
  return [...texts].filter((text) => {
    if (text.length > LONGEST_LOOKED_THROUGH) return true;
    for (let start = 0; start < text.length; start++)
      for (let end = start + SHORTEST_PIECE; end <= text.length; end++)
        if (end - start < text.length && texts.has(text.slice(start, end))) return false;
    return true;
  });
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
  return ofTexts + costOfSigns(signs, by === "scan") * SIGN_COST;
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
  [" ", 0.03],
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
