/** Which page gave in? */
import type { Finding } from "../finding.ts";
import type { ClientTable } from "../pass/client-table.ts";
import type { AnswerSizes, LargeAnswer } from "../pass/page-answers.ts";
import type { PageRecord } from "../pass/page-table.ts";
import { bytesText, shortText } from "../pass/words.ts";
import { forensicFinding } from "./forensic-finding.ts";
import { deviationsAbove, type Norm, normOf } from "./robust.ts";

/** An answer this many deviations above the norm stands out. */
const FAR = 6;
/** It must also be that many times the median, and larger by so many bytes: small pages differ by the length of a name. */
const LEAST_RATIO = 1.5;
const LEAST_BYTES = 1_000;
/** Fewer clients, or answers, make no norm. */
const FEWEST_CLIENTS = 5;
const FEWEST_ANSWERS = 8;

/** Answers to suspects that are far above what the page answers to others. */
export function findPagesThatGaveIn(pages: readonly PageRecord[], clients: ClientTable): readonly Finding[] {
  const suspects = new Set([...clients.all()].flatMap((client) => (client.isSuspect ? [client.name] : [])));
  if (suspects.size === 0) return [];
  const isSuspect = (name: string) => suspects.has(name);
  return pages.flatMap((page) => [
    ...inSizes(page, page.answers?.whole ?? null, isSuspect),
    ...inSizes(page, page.answers?.parts ?? null, isSuspect),
  ]);
}

function inSizes(
  page: PageRecord,
  sizes: AnswerSizes | null,
  isSuspect: (client: string) => boolean,
): readonly Finding[] {
  const suspects = sizes?.largest().filter(({ client }) => isSuspect(client)) ?? [];
  if (sizes === null || suspects.length === 0) return [];
  const norm = normOfPage(sizes, isSuspect);
  if (norm === null) return [];
  const leastMad = Math.max(norm.median * 0.02, 40);
  return suspects
    .filter(
      ({ bytes }) =>
        bytes >= norm.median * LEAST_RATIO &&
        bytes - norm.median >= LEAST_BYTES &&
        deviationsAbove(bytes, norm, leastMad) >= FAR,
    )
    .map((answer) => finding(page, answer, norm, deviationsAbove(answer.bytes, norm, leastMad)));
}

/** What others got first; where there are too few others, what was answered mostly. */
function normOfPage(sizes: AnswerSizes, isSuspect: (client: string) => boolean): Norm | null {
  const others = sizes.firstBytes((client) => !isSuspect(client));
  if (others.length >= FEWEST_CLIENTS) return normOf(others);
  const some = sizes.someBytes();
  return some.length >= FEWEST_ANSWERS ? normOf(some) : null;
}

function finding(page: PageRecord, answer: LargeAnswer, norm: Norm, deviations: number): Finding {
  const { client, bytes, timeMs, evidence, before } = answer;
  return forensicFinding({
    ruleId: "forensic-page-gave-in",
    severity: "high",
    outcome: "succeeded",
    client,
    about: { "url.path": page.path, ...(page.host === "" ? {} : { "url.domain": page.host }) },
    firstTimeMs: timeMs,
    lastTimeMs: timeMs,
    count: 1,
    measures: {
      answer_bytes: bytes,
      median_bytes: Math.round(norm.median),
      mad_bytes: Math.round(norm.mad),
      deviations: Math.round(deviations * 10) / 10,
      requests_before: before.length,
    },
    sentence: `"${shortText(page.path)}" answered ${client} with ${bytesText(bytes)}; usual are ${bytesText(norm.median)}.`,
    evidence: [...before, evidence],
  });
}
