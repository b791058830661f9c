/** How well a name fits what was typed. */
import type { CompletionItem } from "./items.ts";

/** An item with how much its place speaks for it: 0 is best. */
export interface Candidate {
  readonly item: CompletionItem;
  readonly weight: number;
}

/** Most items of one answer. */
const MOST_ITEMS = 1000;

/** The items that fit what was typed, the best first; of one label and kind the first. */
export function rankItems(candidates: readonly Candidate[], typed: string): readonly CompletionItem[] {
  const seen = new Set<string>();
  const fitting = candidates.flatMap(({ item, weight }, index) => {
    const misfit = misfitOf(item.label, typed);
    const key = `${item.kind} ${item.label}`;
    if (misfit === null || seen.has(key)) return [];
    seen.add(key);
    return [{ item, score: misfit * 10 + weight, index }];
  });
  fitting.sort((a, b) => a.score - b.score || a.index - b.index);
  return fitting.slice(0, MOST_ITEMS).map(({ item }) => item);
}

/**
 * How far a label is from what was typed; null: it does not fit. 0: it starts so, 1: it does in another case, 2: a part of it does,
 * 3: it holds it, 4: it holds the letters in this order.
 */
export function misfitOf(label: string, typed: string): number | null {
  if (label.startsWith(typed)) return 0;
  const [name, part] = [label.toLowerCase(), typed.toLowerCase()];
  if (name.startsWith(part)) return 1;
  const at = name.indexOf(part);
  if (at > 0 && /[^\p{L}\p{N}]/u.test(name.charAt(at - 1))) return 2;
  if (at > 0) return 3;
  let place = 0;
  for (const letter of part) {
    place = name.indexOf(letter, place) + 1;
    if (place === 0) return null;
  }
  return 4;
}
