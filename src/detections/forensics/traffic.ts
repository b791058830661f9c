/** Does data leave? Bytes per page and per client against their own history. */
import type { Finding } from "../finding.ts";
import type { ClientRecord } from "../pass/client-table.ts";
import { type DayTotal, type DayTotals, startOfDay } from "../pass/day-totals.ts";
import type { PageRecord } from "../pass/page-table.ts";
import { extensionOfPath } from "../pass/paths.ts";
import { bytesText, countText, shortText } from "../pass/words.ts";
import { forensicFinding } from "./forensic-finding.ts";
import { deviationsAbove, type Norm, normOf } from "./robust.ts";

/** A day is compared with at least so many others. */
const FEWEST_DAYS = 4;
/** It stands out when it is this far above them, that many times their median, and this large. */
const FAR = 8;
const LEAST_RATIO = 5;
const LEAST_BYTES = 100_000_000;
/** An upload of so many bytes is a file. */
const LARGE_UPLOAD = 10_000_000;
const GIGABYTE = 1_000_000_000;
/** So many findings of a kind are told. */
const TOLD = 25;

interface LoudDay {
  readonly day: DayTotal;
  readonly norm: Norm;
}

/** The day that stands out most among the others; null when none does. */
function loudDay(totals: DayTotals): LoudDay | null {
  const days = totals.list();
  if (days.length <= FEWEST_DAYS) return null;
  const loudest = days.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  if (loudest.bytes < LEAST_BYTES) return null;
  const norm = normOf(days.filter((day) => day !== loudest).map(({ bytes }) => bytes));
  const isLoud =
    loudest.bytes >= norm.median * LEAST_RATIO &&
    deviationsAbove(loudest.bytes, norm, Math.max(norm.median * 0.05, 1)) >= FAR;
  return isLoud ? { day: loudest, norm } : null;
}

/** Keeps the largest ones. */
function loudest<Item>(items: readonly Item[], bytesOf: (item: Item) => number): readonly Item[] {
  return [...items].sort((a, b) => bytesOf(b) - bytesOf(a)).slice(0, TOLD);
}

/** Pages that gave out far more on one day than on others. */
export function findPageTraffic(pages: readonly PageRecord[]): readonly Finding[] {
  const loud = pages.flatMap((page) => {
    const found = page.answers === null ? null : loudDay(page.answers.days);
    return found === null ? [] : [{ page, ...found }];
  });
  return loudest(loud, ({ day }) => day.bytes).map(({ page, day, norm }) =>
    forensicFinding({
      ruleId: "forensic-page-traffic",
      severity: "medium",
      outcome: "unknown",
      client: page.answers?.clients.size === 1 ? (page.answers.clientNames[0] ?? null) : null,
      about: { "url.path": page.path, ...(page.host === "" ? {} : { "url.domain": page.host }) },
      firstTimeMs: startOfDay(day.day),
      lastTimeMs: startOfDay(day.day + 1) - 1,
      count: day.events,
      measures: { day_bytes: day.bytes, median_day_bytes: Math.round(norm.median) },
      sentence: `"${shortText(page.path)}" gave out ${bytesText(day.bytes)} on one day; usual are ${bytesText(norm.median)}.`,
      evidence: [],
    }),
  );
}

/** Clients that moved far more on one day than on others. */
export function findClientTraffic(clients: Iterable<ClientRecord>): readonly Finding[] {
  const loud = [...clients].flatMap((client) =>
    (["received", "sent"] as const).flatMap((direction) => {
      const totals = client[direction];
      const found = totals === null ? null : loudDay(totals);
      return found === null ? [] : [{ client, direction, ...found }];
    }),
  );
  return loudest(loud, ({ day }) => day.bytes).map(({ client, direction, day, norm }) =>
    forensicFinding({
      ruleId: "forensic-client-traffic",
      severity: "low",
      outcome: "unknown",
      client: client.name,
      about: { direction },
      firstTimeMs: startOfDay(day.day),
      lastTimeMs: startOfDay(day.day + 1) - 1,
      count: day.events,
      measures: { day_bytes: day.bytes, median_day_bytes: Math.round(norm.median) },
      sentence: `${client.name} ${direction} ${bytesText(day.bytes)} on one day; usual are ${bytesText(norm.median)}.`,
      evidence: [],
    }),
  );
}

/** Pages that gave a gigabyte or more to few clients. */
export function findGigabytePages(pages: readonly PageRecord[]): readonly Finding[] {
  const large = pages.filter(
    ({ answers }) =>
      answers !== null && answers.bytes >= GIGABYTE && !answers.clients.isFull && answers.clients.size <= 3,
  );
  return loudest(large, ({ answers }) => answers?.bytes ?? 0).flatMap(({ answers, path, host, isScript }) =>
    answers === null
      ? []
      : [
          forensicFinding({
            ruleId: "forensic-gigabyte-page",
            severity: isScript || extensionOfPath(path) === "" ? "medium" : "low",
            outcome: "unknown",
            client: answers.clients.size === 1 ? (answers.clientNames[0] ?? null) : null,
            about: { "url.path": path, ...(host === "" ? {} : { "url.domain": host }) },
            firstTimeMs: answers.firstMs,
            lastTimeMs: answers.lastMs,
            count: answers.count,
            measures: { answer_bytes: answers.bytes, clients: answers.clients.size },
            sentence: `"${shortText(path)}" gave ${bytesText(answers.bytes)} to ${countText(answers.clients.size, "client")}.`,
            evidence: [answers.first, answers.last].filter((evidence) => evidence !== null),
          }),
        ],
  );
}

/** Pages that many read, and one or two sent something to. */
export function findUnusualUploads(pages: readonly PageRecord[]): readonly Finding[] {
  const unusual = pages.filter(({ answers }) => {
    if (answers === null || answers.posts === 0 || (answers.posters?.size ?? 0) > 2) return false;
    return answers.count >= 20 && answers.clients.size >= 10 && answers.posts * 20 <= answers.count;
  });
  return loudest(unusual, ({ answers }) => answers?.sentBytes ?? 0).flatMap(({ answers, path, host }) =>
    answers === null || answers.firstPost === null
      ? []
      : [
          forensicFinding({
            ruleId: "forensic-unusual-upload",
            severity: answers.sentBytes >= LARGE_UPLOAD ? "medium" : "low",
            outcome: answers.sentBytes >= LARGE_UPLOAD ? "succeeded" : "attempted",
            client: answers.firstPoster,
            about: { "url.path": path, ...(host === "" ? {} : { "url.domain": host }) },
            firstTimeMs: answers.firstPost.timeMs,
            lastTimeMs: answers.firstPost.timeMs,
            count: answers.posts,
            measures: { posts: answers.posts, answers: answers.count, sent_bytes: answers.sentBytes },
            sentence: `${answers.firstPoster ?? "A client"} sent data to "${shortText(path)}", which others only read (${countText(answers.posts, "time")} of ${answers.count}).`,
            evidence: [answers.firstPost],
          }),
        ],
  );
}
