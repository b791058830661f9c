/** The demo's log: one day of a small shop, with attacks in it. */
import { attackHits } from "./attackers.ts";
import { printHit } from "./hit.ts";
import { openRandom } from "./random.ts";
import { visitorHits } from "./visitors.ts";

const DAY_MS = Date.UTC(2026, 9, 1);
const SEED = 20_261_001;
const VISITOR_HITS = 17_500;

/** The log as text, the same each time: about 20,000 lines in the order of their times. */
export function makeSampleLog(): string {
  const random = openRandom(SEED);
  const hits = [...visitorHits(random, DAY_MS, VISITOR_HITS), ...attackHits(random, DAY_MS)];
  return hits
    .sort((a, b) => a.atMs - b.atMs)
    .map(printHit)
    .join("");
}
