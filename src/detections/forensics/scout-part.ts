/** Who scouted the site? */
import type { Evidence, Finding } from "../finding.ts";
import type { ClientRecord } from "../pass/client-table.ts";
import type { EventView } from "../pass/event-view.ts";
import { compareTexts } from "../pass/evidence.ts";
import type { PassPart } from "../pass/part.ts";
import { countText, durationText } from "../pass/words.ts";
import { forensicFinding } from "./forensic-finding.ts";
import { medianOf, sortedNumbers } from "./robust.ts";

/** Fewer different pages are a visit. */
const FEWEST_PAGES = 20;
/** So many are told. */
const TOLD = 25;
/** Evidence is kept of the pages that make a client interesting. */
const KEPT_FROM = 12;
const KEPT_UNTIL = 20;
/** A pause below which nobody reads. */
const QUICK_MS = 2_000;

interface Scout {
  readonly client: ClientRecord;
  readonly score: number;
  readonly pages: number;
  readonly medianGapMs: number;
  readonly refusedShare: number;
}

/** Counts pages per client, and ranks who looked over the site. */
export class ScoutPart implements PassPart {
  readonly fields: readonly string[] = [];
  readonly kinds = ["web"] as const;
  readonly #clients: () => Iterable<ClientRecord>;
  readonly #evidence = new Map<number, Evidence[]>();
  #scouts = 0;

  constructor(clients: () => Iterable<ClientRecord>) {
    this.#clients = clients;
  }

  observe(view: EventView): void {
    const { client, page, timeMs } = view;
    if (client === null || page === null) return;
    if (page.isStatic) {
      if (page.path === "/robots.txt") client.hasAskedRobots = true;
      return;
    }
    client.pageRequests++;
    if (timeMs !== null) client.addTime(timeMs);
    if (!client.addPage(page.id)) return;
    const size = client.pageCount;
    if (size >= KEPT_FROM && size < KEPT_UNTIL) this.#keep(client, view.evidence());
  }

  /** A client is let go. */
  releaseClient(client: ClientRecord): void {
    this.#evidence.delete(client.id);
  }

  take(isEnd: boolean): readonly Finding[] {
    if (!isEnd) return [];
    const scouts = [...this.#clients()].flatMap((client) => {
      const scout = scoutOf(client);
      return scout === null ? [] : [scout];
    });
    scouts.sort((a, b) => b.score - a.score || compareTexts(a.client.name, b.client.name));
    this.#scouts = scouts.length;
    return scouts.slice(0, TOLD).map((scout, index) => this.#finding(scout, index + 1));
  }

  notes(): readonly string[] {
    return this.#scouts <= TOLD
      ? []
      : [`${this.#scouts} clients looked over the site; the first ${TOLD} are told.`];
  }

  #keep(client: ClientRecord, evidence: Evidence): void {
    const kept = this.#evidence.get(client.id);
    if (kept === undefined) this.#evidence.set(client.id, [evidence]);
    else kept.push(evidence);
  }

  #finding({ client, score, pages, medianGapMs, refusedShare }: Scout, rank: number): Finding {
    const isNoisy = refusedShare >= 0.3 || client.signs > 0;
    const robots = client.hasAskedRobots ? " It asked for robots.txt." : "";
    return forensicFinding({
      ruleId: "forensic-scouting",
      severity: isNoisy ? "low" : "informational",
      outcome: client.answered > 0 ? "attempted" : "failed",
      client: client.name,
      about: {},
      firstTimeMs: client.firstMs,
      lastTimeMs: client.lastMs,
      count: client.pageRequests,
      measures: {
        rank,
        score: Math.round(score * 1000) / 1000,
        distinct_pages: pages,
        median_gap_ms: medianGapMs,
        share_4xx: Math.round(refusedShare * 1000) / 1000,
      },
      sentence:
        `${client.name} asked for ${countText(pages, "different page")}, usually ${gapText(medianGapMs)} apart; ` +
        `${Math.round(refusedShare * 100)} % of its requests were refused.${robots}`,
      evidence: this.#evidence.get(client.id) ?? [],
    });
  }
}

function gapText(ms: number): string {
  return ms < 1000 ? "less than a second" : durationText(ms);
}

function scoutOf(client: ClientRecord): Scout | null {
  const pages = client.pageCount;
  if (pages < FEWEST_PAGES || client.times.length < 2) return null;
  const times = sortedNumbers(client.times);
  const medianGapMs = medianOf(times.slice(1).map((time, index) => time - (times[index] ?? time)));
  const refusedShare = client.refused / Math.max(1, client.events);
  if (medianGapMs > QUICK_MS && refusedShare < 0.3) return null;
  const breadth = Math.min(1, Math.log10(pages) / 4);
  const speed = 1 / (1 + medianGapMs / QUICK_MS);
  const score = 0.5 * breadth + 0.25 * speed + 0.25 * refusedShare + (client.hasAskedRobots ? 0.02 : 0);
  return { client, score, pages, medianGapMs, refusedShare };
}
