/** Which values a scan leaves to the plain twin: those it makes only when they are given out, and those it has matched for it. */
import type { Decoder, MatchOperation, MatchProgram, SlotIndex } from "./program.ts";
import { slotsIn } from "./slots-in.ts";

/** What of a program's slots the scanner does not read by itself. */
export interface DeferredSlots {
  /** Recognised by the scanner; the value is made from its text when it is given out. What it is, by slot. */
  readonly built: ReadonlyMap<SlotIndex, string>;
  /** Matched by the twin, too. */
  readonly matched: ReadonlySet<SlotIndex>;
}

const WORDS: Readonly<Record<Exclude<Decoder["kind"], "charset">, string>> = {
  doubled: "quotes",
  "json-string": "pair",
  "json-words": "JSON with words",
  items: "array",
  pairs: "pairs",
  pair: "pair",
  "json-items": "JSON array",
};

/** Goes through a program. Cost: linear. */
export function deferredSlots({ body, decoders }: MatchProgram): DeferredSlots {
  const built = new Map<SlotIndex, string>();
  const matched = new Set<SlotIndex>();
  const nameOf = (index: number) => {
    const decoder = decoders[index];
    if (decoder === undefined) return "text";
    return decoder.kind === "charset" ? decoder.charset : WORDS[decoder.kind];
  };
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) for (const item of part) visit(item);
    if (typeof part !== "object" || part === null) return;
    if ("slot" in part && "decoder" in part && isIndex(part.slot) && isIndex(part.decoder)) {
      const isCell = "kind" in part && part.kind === "cell";
      if (!isCell) built.set(part.slot, nameOf(part.decoder));
    }
    if (isLenientJson(part)) for (const slot of slotsIn([part])) matched.add(slot);
    for (const inner of Object.values(part)) visit(inner);
  };
  visit(body);
  return { built, matched };
}

function isIndex(value: unknown): value is number {
  return typeof value === "number" && value >= 0;
}

function isLenientJson(part: object): part is MatchOperation & { readonly kind: "json" } {
  return "kind" in part && part.kind === "json" && "isLenient" in part && part.isLenient === true;
}
