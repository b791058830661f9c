/** Is there a web shell? Pages that were answered and should not exist, and what happened around them. */
import type { Evidence, Finding } from "../finding.ts";
import type { ClientTable } from "../pass/client-table.ts";
import { compareTexts } from "../pass/evidence.ts";
import type { PageAnswers } from "../pass/page-answers.ts";
import type { PageRecord } from "../pass/page-table.ts";
import { extensionOfPath } from "../pass/paths.ts";
import { bytesText, countText, shortText } from "../pass/words.ts";
import { forensicFinding } from "./forensic-finding.ts";
import { countSuspects, SHELL_POINTS, type ShellScore, type SuspectPage, scoreShell } from "./shell-score.ts";
import type { UploadLog } from "./upload-log.ts";

/** So many pages are told at most. */
const TOLD = 50;
/** Without an inventory, a page needs more signs. */
const POINTS_WITHOUT_INVENTORY = 65;
/** A shell that gives so much in one answer, or in all, gives data. */
const LARGE_ANSWER = 1_000_000;
const LARGE_TOTAL = 10_000_000;
/** An archive below this size is a mistake page. */
const LEAST_ARCHIVE = 10_000;

const ARCHIVES: ReadonlySet<string> = new Set(
  "7z bak bz2 csv db dump gz mdb old rar sql sqlite sqlite3 tar tgz xz zip".split(" "),
);

/** Findings about unlisted pages, and what was not told. */
export interface UnlistedPages {
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
  /** Ids of the pages that are told as web shells. */
  readonly shellIds: ReadonlySet<number>;
}

interface RankedPage extends SuspectPage {
  readonly score: ShellScore;
  /** Whom it is told of: the only client, or the one that shows signs of an attack. */
  readonly client: string | null;
}

/** Ranks unlisted pages by signs of a web shell; what happened around the shells is told with them. */
export function findUnlistedPages(
  pages: readonly PageRecord[],
  clients: ClientTable,
  uploads: UploadLog,
  hasInventory: boolean,
): UnlistedPages {
  const ranked = pages
    .flatMap((page) => rankedPage(page, clients, uploads))
    .filter(({ score }) => hasInventory || score.points >= POINTS_WITHOUT_INVENTORY)
    .sort(compareRanked);
  const told = ranked.slice(0, TOLD);
  const shells = told.filter(({ score }) => score.points >= SHELL_POINTS);
  const isSuspect = (name: string | null) => name !== null && clients.find(name)?.isSuspect === true;
  const findings = [
    ...told.map((page, index) => pageFinding(page, index + 1)),
    ...shells.flatMap(uploadFinding),
    ...shells.flatMap(shellDataFinding),
    ...shells.flatMap(removalFinding),
    ...pages.flatMap((page) => archiveFinding(page, isSuspect)),
  ];
  const rest = ranked.length - told.length;
  const notes =
    rest > 0
      ? [`${ranked.length} pages that are not in the inventory were answered; the first ${TOLD} are told.`]
      : [];
  return { findings, notes, shellIds: new Set(shells.map(({ page }) => page.id)) };
}

function rankedPage(page: PageRecord, clients: ClientTable, uploads: UploadLog): readonly RankedPage[] {
  const { answers } = page;
  if (answers === null || answers.isListed === true || answers.first === null) return [];
  if (answers.isListed === null && !page.isScript) return [];
  const names = answers.clientNames;
  const hasSigns = (name: string) => clients.find(name)?.isSuspect === true;
  const upload = uploads.lastBefore(answers.firstMs, page.id, names, hasSigns);
  const suspect: SuspectPage = { page, answers, upload, suspectClients: countSuspects(names, clients) };
  const client = names.find(hasSigns) ?? (answers.clients.size === 1 ? (names[0] ?? null) : null);
  return [{ ...suspect, score: scoreShell(suspect), client }];
}

function compareRanked(a: RankedPage, b: RankedPage): number {
  return (
    b.score.points - a.score.points ||
    a.answers.clients.size - b.answers.clients.size ||
    compareTexts(a.page.path, b.page.path) ||
    compareTexts(a.page.host, b.page.host)
  );
}

function aboutPage(page: PageRecord): Readonly<Record<string, string>> {
  return { "url.path": page.path, ...(page.host === "" ? {} : { "url.domain": page.host }) };
}

function pageFinding(ranked: RankedPage, rank: number): Finding {
  const { page, answers, score, client } = ranked;
  const isShell = score.points >= SHELL_POINTS;
  const who = answers.clients.isFull ? "more than 64 clients" : countText(answers.clients.size, "client");
  return forensicFinding({
    ruleId: isShell ? "forensic-web-shell" : "forensic-unlisted-page",
    severity: isShell ? (score.points >= 80 ? "critical" : "high") : "informational",
    outcome: isShell ? "succeeded" : "unknown",
    client: isShell ? client : null,
    about: aboutPage(page),
    firstTimeMs: answers.firstMs,
    lastTimeMs: answers.lastMs,
    count: answers.count,
    measures: {
      rank,
      score: score.points,
      clients: answers.clients.size,
      user_agents: answers.agents.length,
      answer_bytes: answers.bytes,
      posts: answers.posts,
    },
    sentence:
      `"${shortText(page.path)}" answered ${who} ${countText(answers.count, "time")} with ${bytesText(answers.bytes)}` +
      `${score.words.length === 0 ? "" : `; it ${score.words.join(", ")}`}.`,
    evidence: evidenceOfAnswers(answers),
  });
}

function evidenceOfAnswers({ first, last }: PageAnswers): readonly Evidence[] {
  return [first, last].filter((evidence) => evidence !== null);
}

function uploadFinding({ page, upload }: RankedPage): readonly Finding[] {
  if (upload === null) return [];
  return [
    forensicFinding({
      ruleId: "forensic-upload",
      severity: "high",
      outcome: "succeeded",
      client: upload.client,
      about: aboutPage(page),
      firstTimeMs: upload.timeMs,
      lastTimeMs: upload.timeMs,
      count: 1,
      measures: {},
      sentence: `${upload.client} sent data to "${shortText(upload.path)}"; "${shortText(page.path)}" was answered since.`,
      evidence: [upload.evidence],
    }),
  ];
}

function shellDataFinding({ page, answers, client }: RankedPage): readonly Finding[] {
  if (answers.largestBytes < LARGE_ANSWER && answers.bytes < LARGE_TOTAL) return [];
  return [
    dataFinding(page, answers, client, `The page "${shortText(page.path)}", which should not exist, gave`),
  ];
}

function archiveFinding(page: PageRecord, isSuspect: (name: string | null) => boolean): readonly Finding[] {
  const { answers } = page;
  if (answers === null || answers.isListed === true || answers.clients.size > 3) return [];
  if (!ARCHIVES.has(extensionOfPath(page.path)) || answers.largestBytes < LEAST_ARCHIVE) return [];
  const client = answers.clientNames.find(isSuspect);
  if (client === undefined) return [];
  return [dataFinding(page, answers, client, `${client} fetched "${shortText(page.path)}",`)];
}

function dataFinding(page: PageRecord, answers: PageAnswers, client: string | null, words: string): Finding {
  return forensicFinding({
    ruleId: "forensic-data-taken",
    severity: "critical",
    outcome: "succeeded",
    client,
    about: aboutPage(page),
    firstTimeMs: answers.firstMs,
    lastTimeMs: answers.lastMs,
    count: answers.count,
    measures: { answer_bytes: answers.bytes, largest_answer_bytes: answers.largestBytes },
    sentence: `${words} ${bytesText(answers.bytes)} in all, ${bytesText(answers.largestBytes)} at most in one answer.`,
    evidence: evidenceOfAnswers(answers),
  });
}

function removalFinding({ page, answers, client }: RankedPage): readonly Finding[] {
  if (page.lastMissingMs <= answers.lastMs) return [];
  const since = (page.missing ?? [])
    .filter(({ timeMs }) => timeMs > answers.lastMs)
    .sort((a, b) => a.timeMs - b.timeMs);
  const own = since.find((missing) => missing.client === client) ?? since[0];
  const timeMs = since[0]?.timeMs ?? page.lastMissingMs;
  return [
    forensicFinding({
      ruleId: "forensic-removal",
      severity: "medium",
      outcome: "succeeded",
      client,
      about: aboutPage(page),
      firstTimeMs: timeMs,
      lastTimeMs: Math.max(timeMs, page.lastMissingMs),
      count: Math.max(1, since.length),
      measures: {},
      sentence: `"${shortText(page.path)}" was answered, and is missing since.`,
      evidence: since
        .flatMap(({ evidence }) => (evidence === null ? [] : [evidence]))
        .concat(own?.evidence ?? []),
    }),
  ];
}
