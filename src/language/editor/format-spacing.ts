/** What stands between two neighbours on a line. */
import type { Atom } from "./format-atoms.ts";

/** Whether an atom is this symbol. */
export function isAtom(atom: Atom | null | undefined, text: string): boolean {
  return atom?.kind === "symbol" && atom.text === text;
}

/** Whether an atom is one of these words, given in small letters. */
export function isWordOf(atom: Atom | null | undefined, words: ReadonlySet<string>): boolean {
  return atom?.kind === "word" && words.has(atom.text.toLowerCase());
}

/** Whether `atom` is a sign of the value behind it. */
export function isSign(previous: Atom | null, atom: Atom): boolean {
  return (isAtom(atom, "-") || isAtom(atom, "+")) && (previous === null || !previous.endsValue);
}

/** Whether a blank stands between two atoms that follow one another inside the same brackets. */
export function hasBlank(previous: Atom, atom: Atom): boolean {
  if (isAtom(atom, ":") || isAtom(atom, "::") || isAtom(atom, ".")) return false;
  if (isAtom(previous, ":") || isAtom(previous, "::") || isAtom(previous, ".")) return false;
  if (isAtom(atom, "(") || isAtom(atom, "[")) return !previous.endsValue;
  return true;
}
