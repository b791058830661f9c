/** How regularly a client comes back to a host. */
import { normOf, quantileOfSorted, sortedNumbers } from "./robust.ts";

/** A series of contacts of one client with one host: times in milliseconds in order, and bytes where the log tells them. */
export interface ContactSeries {
  readonly timesMs: readonly number[];
  readonly sizes: readonly number[];
}

/** The score and what led to it. Shares and scores go from 0 to 1. */
export interface BeaconScore {
  readonly score: number;
  /** The usual pause between two contacts. */
  readonly periodMs: number;
  /** MAD of the pauses as a share of the usual one. */
  readonly jitter: number;
  /** Bowley's skewness of the pauses, -1 to 1. */
  readonly skewness: number;
  readonly sizeScore: number;
  /** Share of bins of the series' own span with a contact. */
  readonly coverage: number;
}

/** Fewer contacts show no rhythm. */
export const FEWEST_CONTACTS = 20;
/** Pauses of contacts at random (exponential) have this MAD as a share of their median: 0.4812 / 0.6931. */
const RANDOM_JITTER = 0.6942;
/** The quartile range of such pauses as a share of their median: ln 3 / ln 2. */
const RANDOM_SPREAD = 1.585;
/** At this share of the jitter of chance the score is one half. */
const HALF_AT = 0.36;
/** Bins of the span, at most. */
const MOST_BINS = 48;
/** A shorter usual pause is the loading of a page. */
const SHORTEST_PERIOD_MS = 1_000;

/**
 * Scores a series: 1 is a clock, chance lies below 0.5. Null: too few contacts.
 *
 * The pauses count most: MAD about their median against that of contacts at random, lowered by Bowley's skewness as far as they are spread
 * at all, since one-sided pauses are those of people. A series that comes and goes covers few bins of its span, which lowers the score;
 * sizes that are the same raise it a little. After the beacon analysis of RITA (Active Countermeasures), put against chance.
 */
export function scoreBeacon({ timesMs, sizes }: ContactSeries): BeaconScore | null {
  if (timesMs.length < FEWEST_CONTACTS) return null;
  const pauses = sortedNumbers(timesMs.slice(1).map((time, index) => time - (timesMs[index] ?? time)));
  const { median, mad } = normOf(pauses);
  const coverage = coverageOf(timesMs, median);
  const sizeScore = scoreSizes(sizes);
  const nothing = { periodMs: median, jitter: 1, skewness: 0, sizeScore, coverage };
  if (median < SHORTEST_PERIOD_MS) return { ...nothing, score: 0 };
  const jitter = mad / median;
  const first = quantileOfSorted(pauses, 0.25);
  const third = quantileOfSorted(pauses, 0.75);
  const skewness = third === first ? 0 : (first + third - 2 * median) / (third - first);
  const spread = Math.min(1, (third - first) / median / RANDOM_SPREAD);
  const regularity = 1 / (1 + (jitter / (RANDOM_JITTER * HALF_AT)) ** 2);
  const timing = regularity * (1 - Math.abs(skewness) * spread) * coverage;
  const score = timing + (1 - timing) * timing * 0.2 * sizeScore;
  return { score, periodMs: median, jitter, skewness, sizeScore, coverage };
}

/** Bins of the series' own span with a contact; wide enough that a clock of this period leaves none empty. */
function coverageOf(timesMs: readonly number[], periodMs: number): number {
  const startMs = timesMs[0] ?? 0;
  const spanMs = (timesMs.at(-1) ?? startMs) - startMs;
  const widthMs = Math.max(spanMs / MOST_BINS, periodMs * 2, 1);
  const bins = Math.max(1, Math.floor(spanMs / widthMs));
  const filled = new Set(timesMs.map((time) => Math.min(bins - 1, Math.floor((time - startMs) / widthMs))));
  return filled.size / bins;
}

function scoreSizes(sizes: readonly number[]): number {
  if (sizes.length < FEWEST_CONTACTS) return 0;
  const { median, mad } = normOf(sizes);
  return median === 0 ? 0 : Math.max(0, 1 - mad / median);
}

/**
 * The score of a host that many clients contact: update servers and clocks are beacons too. `share` is how many of all clients do; below ten
 * clients in the log it says nothing.
 */
export function lowerByPrevalence(score: number, clientsOfHost: number, allClients: number): number {
  if (allClients < 10 || clientsOfHost < 3) return score;
  return score * (1 - 0.6 * Math.min(1, (2 * clientsOfHost) / allClients));
}
