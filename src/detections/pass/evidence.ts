/** Records that findings rest on, kept while the log is read. */
import type { DetectionEvent } from "../event.ts";
import type { Evidence } from "../finding.ts";
import type { RuleMatch } from "../rule.ts";
import { actOf } from "./acts.ts";

/** Longer records are cut. */
const LONGEST_TEXT = 4096;
/** Longer matched texts are cut. */
const LONGEST_MATCH = 512;
/** So many findings show. */
const SHOWN = 10;
/** So many of the earliest are kept per key, for findings that lie between others. */
const KEPT = 48;

/**
 * The evidence that an event is, and what of it matched. Its text is left out when it would have to be read again: `fillEvidence` reads what
 * findings show.
 */
export function evidenceOf(event: DetectionEvent, match: RuleMatch | null): Evidence {
  const { uri, offset, length } = event.place;
  const act = actOf(event);
  return {
    uri,
    offset,
    length,
    timeMs: event.timeMs,
    rawText: event.isTextAtHand === false ? "" : event.rawText().slice(0, LONGEST_TEXT),
    field: match?.field ?? null,
    form: match?.form ?? [],
    matchedText: match === null ? null : match.text.slice(0, LONGEST_MATCH),
    ...(act === null ? {} : { act }),
  };
}

/** The evidence without its text, for records that will hardly be shown. */
export function placeOf(event: DetectionEvent): Evidence {
  const { uri, offset, length } = event.place;
  return { uri, offset, length, timeMs: event.timeMs, rawText: "", field: null, form: [], matchedText: null };
}

/** The order of evidence: by time, then by where it stands. Records without time come first. */
export function compareEvidence(a: Evidence, b: Evidence): number {
  return (
    (a.timeMs ?? Number.NEGATIVE_INFINITY) - (b.timeMs ?? Number.NEGATIVE_INFINITY) ||
    compareTexts(a.uri, b.uri) ||
    a.offset - b.offset ||
    0
  );
}

/** The order of texts by UTF-16 units: the same on every machine. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** What a finding shows of its evidence: the first nine and the last one, each record once. */
export function shownEvidence(all: readonly Evidence[]): readonly Evidence[] {
  const sorted = [...all].sort(compareEvidence);
  const once = sorted.filter((item, index) => {
    const before = sorted[index - 1];
    return before === undefined || before.uri !== item.uri || before.offset !== item.offset;
  });
  return once.length <= SHOWN ? once : [...once.slice(0, SHOWN - 1), ...once.slice(-1)];
}

/**
 * Keeps the earliest records and the latest one, whatever order they come in. Ask `wants` before making evidence: most events of a long
 * attack are neither.
 */
export class EvidenceKeeper {
  #early: Evidence[] = [];
  #latest: Evidence | null = null;

  /** Whether an event of this time would be kept. */
  wants(timeMs: number | null): boolean {
    if (this.#early.length < KEPT) return true;
    const latest = this.#latest?.timeMs ?? Number.NEGATIVE_INFINITY;
    const time = timeMs ?? Number.NEGATIVE_INFINITY;
    return time >= latest || time < (this.#early[KEPT - 1]?.timeMs ?? Number.NEGATIVE_INFINITY);
  }

  /** Keeps it, and lets go what is neither early nor late any more. */
  add(evidence: Evidence): void {
    if (this.#latest === null || compareEvidence(evidence, this.#latest) > 0) this.#latest = evidence;
    const early = this.#early;
    let index = early.length;
    while (index > 0 && compareEvidence(evidence, early[index - 1] ?? evidence) < 0) index--;
    if (index >= KEPT) return;
    early.splice(index, 0, evidence);
    if (early.length > KEPT) early.pop();
  }

  /** What is kept between two times, both included. */
  between(firstMs: number | null, lastMs: number | null): readonly Evidence[] {
    const all = this.#latest === null ? this.#early : [...this.#early, this.#latest];
    return all.filter(
      ({ timeMs }) =>
        timeMs === null ||
        (timeMs >= (firstMs ?? Number.NEGATIVE_INFINITY) && timeMs <= (lastMs ?? Number.POSITIVE_INFINITY)),
    );
  }

  /** Lets go what is older than this time, so that later ones find room. */
  forget(beforeMs: number): void {
    this.#early = this.#early.filter(({ timeMs }) => timeMs !== null && timeMs >= beforeMs);
  }
}
